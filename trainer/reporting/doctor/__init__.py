"""What a bug report must know of a computer, and whether its devices compute what they should."""
