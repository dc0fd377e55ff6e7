"""What defines an experiment: the recipe, what fits together, and the catalogue. No torch."""

from trainer.recipe.recipe import Recipe

__all__ = ["Recipe"]
