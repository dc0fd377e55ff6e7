"""What model files and run folders say of themselves, whatever lies there. No torch."""

from __future__ import annotations

import json
import re
import stat
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from trainer.messages import LOSSES, UserError
from trainer.recipe.migration import RUN_FORMAT, brief, brief_error, check_age, loss_names, newer
from trainer.recipe.recipe import Recipe
from trainer.storage.faults import in_words
from trainer.storage.files import is_missing, parse_object, read_object
from trainer.storage.regular import kind_of

MODEL_SUFFIX = ".safetensors"
KIND, MODEL_FORMAT = "iae-studio model", 1
COMPACT_FORMAT = 2  # with matrices of eight bits
MOST_STEPS = 10**9  # ten times as many as a recipe may have: a finished run can go on
_WHEN = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[\d.+:Z]{0,16}", re.ASCII)
EARLIER_LOSSES = 13  # losses of a run that does not say which it keeps


@dataclass(frozen=True)
class ModelMeta:
    """What a model file says: its recipe, the steps it was trained, and how it was measured."""

    recipe: Recipe
    step: int
    metrics: Mapping[str, Any]
    checksum: str = ""  # of its tensors; earlier versions wrote none
    split: str = ""  # what own images were split by; earlier versions wrote nothing


@dataclass(frozen=True)
class Parent:
    """The run that another one began from: its folder's name, when it began, and the step.

    `whole`: from a checkpoint, with optimisers and discriminators; else from averaged weights.
    """

    run: str
    when: str
    step: int
    whole: bool

    def to_mapping(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Begun:
    """What a run noted as it began: the recipe, how many losses it keeps, and when; "" if lost."""

    recipe: Recipe
    losses: int
    when: str
    parent: Parent | None = None
    fresh_from: int = 0  # the step at which its optimisers began


def text_inside(path: Path) -> dict[str, str]:
    """The text inside a safetensors file. Raises UserError where it is none, or damaged."""
    with in_words(path, "cannot be read"):
        if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe could wait for ever
            kind = kind_of(path)
            raise UserError(f"{path} is {kind}, and no model: copy it again, or name another.")
    try:
        with safe_open(str(path), "np") as file:
            return dict(file.metadata() or {})
    except (OSError, ValueError, SafetensorError) as error:
        if path.suffix.lower() != MODEL_SUFFIX:
            why = f"it is no {MODEL_SUFFIX} file; name one, or a run folder"
        else:
            why = "it is damaged or cut short: download or copy it again"
        raise UserError(
            f"{path} cannot be read as a model: {why} ({brief_error(error)})."
        ) from error


def step_inside(meta: Mapping[str, str], path: Path) -> int:
    """The step at which weights were saved. Raises UserError where it is not told."""
    try:
        step = int(meta["step"])
    except (KeyError, ValueError) as error:
        raise UserError(f"{path} is damaged: it names no recipe or step.") from error
    if not 0 <= step <= MOST_STEPS:
        raise UserError(f"{path} is damaged: it names the step {brief(step)}.")
    told = meta.get("format", str(RUN_FORMAT))  # which nothing was written of yet
    if told not in map(str, range(1, RUN_FORMAT + 1)):
        raise UserError(f"{path}: {newer(f'format {brief(told)}')}")
    return step


def read_meta(path: Path) -> ModelMeta:
    """What a model file says of itself. Raises UserError, also where a newer version made it."""
    meta = text_inside(path)
    kind, _, number = meta.get("kind", "").rpartition(" ")
    if kind != KIND or not number.isdecimal():
        raise UserError(f"{path} is a safetensors file, but not a model of IAE Studio.")
    try:
        if number not in (str(MODEL_FORMAT), str(COMPACT_FORMAT)):
            raise newer(f"its kind is {brief(meta['kind'])}")
        if "recipe" not in meta:
            raise UserError("It is damaged: it names no recipe or step.")
        recipe = Recipe.from_json(meta["recipe"])
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    try:
        metrics = parse_object(meta.get("metrics", "{}"), "its measures")
    except UserError:  # which nothing is drawn from
        metrics = {}
    step, split = step_inside(meta, path), meta.get("split", "")
    return ModelMeta(recipe, step, metrics, meta.get("checksum", ""), split)


def read_begun(folder: Path) -> Begun:
    """What was noted as a run began. Raises UserError, also where a newer version began it."""
    file = folder / "recipe.json"
    if is_missing(file):
        raise UserError(f"{folder} is not a run folder: it has no recipe.json.")
    content = read_object(file)
    try:
        check_age(content, RUN_FORMAT)
        names = loss_names(content.get("losses", LOSSES[:EARLIER_LOSSES]))
        if not names or names != LOSSES[: len(names)]:
            raise newer("it keeps losses that this one does not know")
        if "recipe" not in content:
            raise UserError("It is damaged: it lacks its recipe.")
        recipe = Recipe.from_mapping(content["recipe"])
    except UserError as error:
        raise UserError(f"{file}: {error}") from error
    except (TypeError, KeyError, AttributeError) as error:
        raise UserError(f"{file} is damaged: what it says of the losses is no list.") from error
    when = content.get("began")
    known = isinstance(when, str) and _WHEN.fullmatch(when) is not None
    parent, fresh = _parent(content.get("parent")), content.get("fresh_from", 0)
    if not _is_step(fresh):
        raise UserError(f"{file} is damaged: its optimisers began at step {brief(fresh)}.")
    return Begun(recipe, len(names), str(when) if known else "", parent, fresh)


def begun_json(recipe: Recipe, parent: Parent | None = None, fresh_from: int = 0) -> bytes:
    """What is noted as a run begins now; `read_begun` is the inverse."""
    began: dict[str, Any] = {
        "format": RUN_FORMAT,
        "began": time.strftime("%Y-%m-%d %H:%M:%S"),
        "losses": LOSSES,
        "recipe": recipe.to_mapping(),
    }
    if parent is not None:
        began["parent"] = parent.to_mapping()
    if fresh_from:
        began["fresh_from"] = fresh_from
    return json.dumps(began, indent=1).encode()


def _parent(told: object) -> Parent | None:
    """What is told of a parent; None for what cannot be one: nothing is trained by it."""
    if not isinstance(told, dict):
        return None
    run, when, step, whole = (told.get(key) for key in ("run", "when", "step", "whole"))
    named = isinstance(run, str) and Path(run).name == run and isinstance(when, str)
    if not named or not _is_step(step) or not isinstance(whole, bool):
        return None
    return Parent(str(run), str(when), int(str(step)), whole)


def _is_step(told: object) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= MOST_STEPS
