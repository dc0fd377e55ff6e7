"""What only a GPU can show: that it is right there, how fast it is, and what it learns there."""
