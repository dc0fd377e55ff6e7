"""The questions and their answers: plain data, no torch. One file a subject."""
