"""Checkpoints and models whose tensors somebody changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.steps import saved_run
from tests.tiny import recipe_of
from trainer.training.checkpoint import STATE, RunFolder

Tensors = dict[str, Tensor]


def state_with(path: Path, change: Callable[[Tensors], object], step: str = "3") -> RunFolder:
    """A run of points whose checkpoint somebody changed."""
    folder, _ = saved_run(path / "run", recipe_of("mog-iae"), steps=3)
    tensors = load_file(folder.path / STATE)
    change(tensors)
    save_file(tensors, folder.path / STATE, {"step": step})
    return folder


def with_option(recipe: str, option: str, value: object) -> str:
    """A recipe of a model file, in which somebody changed an option: "model.width"."""
    content = json.loads(recipe)
    group, _, name = option.partition(".")
    content[group][name] = value
    return json.dumps(content)


def first(tensors: Tensors, ending: str) -> str:
    return next(key for key in sorted(tensors) if key.endswith(ending))


def put(ending: str, make: Callable[[Tensor], Tensor]) -> Callable[[Tensors], None]:
    """Another tensor in the place of one."""

    def change(tensors: Tensors) -> None:
        name = first(tensors, ending)
        tensors[name] = make(tensors[name])

    return change


def filled(ending: str, value: float) -> Callable[[Tensors], None]:
    return put(ending, lambda old: torch.full_like(old, value))


def without(*parts: str) -> Callable[[Tensors], None]:
    def change(tensors: Tensors) -> None:
        for name in [name for name in tensors if any(part in name for part in parts)]:
            del tensors[name]

    return change
