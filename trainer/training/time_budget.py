"""How many steps fit into some minutes."""

from __future__ import annotations

import time

from trainer.data.batches import TrainingBatches
from trainer.recipe.recipe import Recipe
from trainer.training.loop import run, start

CALIBRATION_SECONDS = 2.0


def fit_to_time(recipe: Recipe, batches: TrainingBatches, minutes: float) -> Recipe:
    """The recipe with as many steps as fit, so that its schedules end when the time does."""
    seconds = 0.0  # a step takes
    for warm, share in ((1.0, recipe.schedule.warm), (0.0, 1 - recipe.schedule.warm)):
        if share:
            seconds += share / _speed(recipe.but(warm=warm), batches, minutes)
    return recipe.but(steps=steps_in(minutes, seconds))


def steps_in(minutes: float, seconds: float) -> int:
    """How many steps fit that take so many seconds each; a run has a few at least."""
    return max(10, int(60 * minutes / seconds))


def _speed(recipe: Recipe, batches: TrainingBatches, minutes: float) -> float:
    """Steps per second."""
    began, rate = time.monotonic(), 1.0
    for progress in run(start(recipe, batches.device), batches, 10**9):
        rate = progress.rate
        if time.monotonic() - began > min(CALIBRATION_SECONDS, 3 * minutes):
            break
    return rate
