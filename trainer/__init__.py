"""Implicit autoencoders (Makhzani, arXiv 1805.09804): the engine, usable without a window.

    model = trainer.load("shoes-small")
    pictures = model.reconstruct("shoe.png", draws=8, seed=0)

Importing this package, `trainer.messages` or `trainer.recipe` does not import torch: what is named
here is imported when it is first used. `__init__.pyi` has its types.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "CATALOGUE": "trainer.recipe.catalogue",
    "LoadedModel": "trainer.api.loaded",
    "Recipe": "trainer.recipe.recipe",
    "Training": "trainer.api.training",
    "UserError": "trainer.messages",
    "amend": "trainer.api.branching",
    "branch": "trainer.api.branching",
    "evaluate": "trainer.api.loaded",
    "find_recipe": "trainer.recipe.catalogue",
    "load": "trainer.api.loaded",
    "train": "trainer.api.training",
}
__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> object:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
