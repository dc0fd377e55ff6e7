"""Runs on the disk, made in a moment, for the tests of their list."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import RunFolder

POINTS = CATALOGUE["mog-iae"].but(width=8, steps=40)


def a_run(
    name: str,
    recipe: Recipe = POINTS,
    step: int = 5,
    began: str = "2026-11-20 10:00:00",
    parent: dict[str, object] | None = None,
) -> Path:
    """A run folder among the window's runs, whose checkpoint is of that step; 0: it has none."""
    folder = RunFolder.create(runs_root() / name, recipe)
    if step:
        state = folder.load(torch.device("cpu"))
        state.step = step
        folder.save(state)
    file = folder.path / "recipe.json"
    content = json.loads(file.read_text()) | {"began": began}
    file.write_text(json.dumps(content | ({"parent": parent} if parent else {})))
    return folder.path


def bytes_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
