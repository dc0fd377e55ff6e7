"""Where things lie on this computer, and files that are whole or not there."""
