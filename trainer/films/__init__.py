"""Films of what a model does: what is shown when, frame by frame, and how it is written.

`scene`, `plan` and `formats` need no torch, so that a window can import them.
"""
