"""A trained model at work: snapshots, what they answer, and the files they come from."""
