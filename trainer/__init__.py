"""Implicit autoencoders (Makhzani, arXiv 1805.09804): the engine, usable without a window.

Importing this package, `trainer.messages` or `trainer.recipe.recipe` does not import torch.
"""

__version__ = "0.1.0"
