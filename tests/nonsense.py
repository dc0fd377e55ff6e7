"""Runs on the disk that hold nonsense, or what a newer version wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from safetensors.torch import load_file, save_file

from tests.tiny import recipe_of, trained
from trainer.training.checkpoint import STATE, RunFolder


def good_run(folder: Path, name: str = "mog-iae") -> Path:
    """A run that can be read."""
    state, _ = trained(recipe_of(name), 2)
    RunFolder.create(folder, recipe_of(name)).save(state)
    return folder


def changed(folder: Path, **values: object) -> None:
    """A run whose recipe.json holds other values."""
    RunFolder.create(folder, recipe_of("mog-iae"))
    file = folder / "recipe.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def raw(folder: Path, content: bytes) -> None:
    """A run whose recipe.json holds these bytes."""
    folder.mkdir(parents=True)
    (folder / "recipe.json").write_bytes(content)


def deep_in_a_good_one(folder: Path) -> None:
    """Lists in lists, after a good beginning."""
    raw(folder, b'{"format": 2, "began": "2026", "recipe": {"about": ' + b"[" * 100_000)


def piped(folder: Path) -> None:
    """A pipe in the place of recipe.json."""
    folder.mkdir(parents=True)
    os.mkfifo(folder / "recipe.json")


def piped_state(folder: Path) -> None:
    """A pipe in the place of the checkpoint."""
    RunFolder.create(folder, recipe_of("mog-iae"))
    os.mkfifo(folder / STATE)


def foldered(folder: Path) -> None:
    """A folder in the place of recipe.json."""
    (folder / "recipe.json").mkdir(parents=True)


def looped(folder: Path) -> None:
    """A link to itself."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(folder)


def huge(folder: Path) -> None:
    """More than any memory holds."""
    raw(folder, b"")
    with (folder / "recipe.json").open("r+b") as file:
        file.truncate(1 << 40)  # of nothing


def cut(folder: Path) -> None:
    """Half of a checkpoint."""
    good_run(folder)
    content = (folder / STATE).read_bytes()
    (folder / STATE).write_bytes(content[: len(content) // 2])


def odd_step(folder: Path, step: str) -> None:
    """A checkpoint of no such step."""
    good_run(folder)
    save_file(load_file(folder / STATE), folder / STATE, {"step": step})


NONSENSE: dict[str, Callable[[Path], object]] = {
    "began null": lambda f: changed(f, began=None),
    "began a list": lambda f: changed(f, began=[["2026"]]),
    "10**400": lambda f: changed(f, began=10**400),
    "a step of 10**400": lambda f: changed(f, recipe={"about": {"name": 10**400}}),
    "5000 digits": lambda f: raw(f, b'{"began": ' + b"9" * 5000 + b"}"),
    "deep": lambda f: raw(f, b"[" * 100_000),
    "deep inside": deep_in_a_good_one,
    "a list": lambda f: raw(f, b"[]"),
    "empty": lambda f: raw(f, b""),
    "binary": lambda f: raw(f, bytes(range(256))),
    "newer": lambda f: changed(f, format=3),
    "much newer": lambda f: changed(f, format=10**400),
    "format of words": lambda f: changed(f, format="two"),
    "losses": lambda f: changed(f, losses=["one of a later version"]),
    "losses of nothing": lambda f: changed(f, losses=[None]),
    "recipe of nothing": lambda f: changed(f, recipe=None),
    "recipe of lists": lambda f: changed(f, recipe={"about": [], "data": [], "model": []}),
    "a newer option": lambda f: changed(f, recipe=_with("model", "heads", 8)),
    "a newer model": lambda f: changed(f, recipe=_with("model", "kind", "diffusion")),
    "a newer data set": lambda f: changed(f, recipe=_with("data", "name", "imagenet")),
    "a newer choice": lambda f: changed(f, recipe=_with("model", "posterior", "flow")),
    "a pipe": piped,
    "a pipe of a state": piped_state,
    "a folder": foldered,
    "a loop": looped,
    "huge": huge,
    "a cut state": cut,
    "a step of words": lambda f: odd_step(f, "many"),
    "a step of 400 digits": lambda f: odd_step(f, "9" * 400),
    "a step below 0": lambda f: odd_step(f, "-5"),
}
NEWER = ("newer", "much newer", "a newer option", "a newer model", "a newer data set",
         "a newer choice", "losses")  # fmt: skip


def _with(part: str, name: str, value: object) -> dict[str, object]:
    values = recipe_of("mog-iae").to_mapping()
    values[part][name] = value
    return values
