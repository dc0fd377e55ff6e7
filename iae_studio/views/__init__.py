"""The views: each shows some parts of the state, and calls their methods."""
