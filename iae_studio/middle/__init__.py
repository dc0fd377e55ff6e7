"""The ways to look at the displayed model in the middle, each in a file, which registers it."""
