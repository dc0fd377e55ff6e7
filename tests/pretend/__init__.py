"""A GPU that does not exist, and what is tried on it.

Tensors of a device of their own go the ways that they go on a GPU, forward and backward, and are
computed on the CPU. As on a GPU, tensors of two devices do not mix, and NumPy cannot see what lies
there; as on Apple's, there is no float64. Each look at a value, for which a GPU would have to be
waited for, is noted.

A process that had it once has it for good, so all of it is tried in one of its own:
`python -m tests.pretend FILE`.
"""
