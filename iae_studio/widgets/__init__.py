"""Things to look at that know nothing of the program."""
