"""Data loaded with a bar, where it takes long enough to be looked at."""

from __future__ import annotations

from pathlib import Path

from tqdm import tqdm

from trainer.data.dataset import DataSet
from trainer.data.loading import load_data
from trainer.recipe.recipe import Recipe

PATIENCE = 1.0  # seconds without a bar


def load_with_bar(recipe: Recipe, root: Path | None) -> DataSet:
    """As `load_data`, with a progress bar; Ctrl-C ends it and leaves nothing half-made."""
    with tqdm(desc="reading images", unit="", delay=PATIENCE, leave=False) as bar:

        def show(done: int, total: int) -> None:
            if done < bar.n:  # a second part begins
                bar.reset()
            bar.total = total or None
            bar.update(done - bar.n)

        return load_data(recipe, root, show)
