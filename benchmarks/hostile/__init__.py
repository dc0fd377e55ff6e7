"""Bad files by the thousand, and what the program says to each."""
