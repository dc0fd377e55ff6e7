"""A training: its state, a step, the loop, and the run folder that it is kept in."""
