"""The draws that are asked for: how many, and of which noise."""

from __future__ import annotations

import numpy as np

from trainer.messages import MOST_DRAWS, MOST_SEED, UserError, column_seeds
from trainer.recipe.migration import brief


def columns_of(seed: int, draws: int) -> tuple[int, ...]:
    """The noise seeds of a sheet's columns. Raises UserError for what makes no sense."""
    for name, value, least, most in (("draws", draws, 1, MOST_DRAWS), ("seed", seed, 0, MOST_SEED)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise UserError(f"{name} is a whole number from {least} up, not {brief(value)}.")
        if value > most:
            raise UserError(f"{name} is at most {most:,}, not {brief(value)}.")
    return column_seeds(int(seed), int(draws))
