"""What is explored, as plain data that a file can hold, for the next start of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import MAX_INPUTS, Input
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import (
    CLUSTERS,
    COLUMNS,
    FEWEST,
    MAX_SEED,
    MOST,
    PICTURES,
    Axes,
    Settings,
)
from trainer.messages import UserError, column_seeds
from trainer.recipe.recipe import Recipe

FORMAT = 1
MOST_SEED = 1 << 31  # of a column, or of test images
MOST_SCALE, MOST_OFFSET = 2.0, 100.0  # what sliders and typed numbers reach, and more
MOST_SLIDERS = 4096
MOST_AXES, MOST_AXIS = 512, 1e4  # directions, and what a number of one can be
MOST_TEXT = 4096  # letters of a path or name

T = TypeVar("T")


@dataclass(frozen=True)
class Explored:
    """What the window shows; with the inputs themselves, which are written on a thread."""

    model: DisplayedModel
    step: int  # of its weights
    tests: int | None  # the seed of the test images, where there are any
    inputs: tuple[Input, ...]  # of the user
    settings: Settings


@dataclass(frozen=True)
class Picture:
    """Where an input is found again: a file of the user's, or one that was kept for it."""

    name: str
    place: str = ""
    kept: str = ""
    grey_range: str = ""


@dataclass(frozen=True)
class Session:
    """The same as it is in the file."""

    recipe: Recipe
    path: str  # of the weights; empty for fresh ones
    step: int
    tests: int | None
    pictures: tuple[Picture, ...]
    settings: Settings

    def to_mapping(self) -> dict[str, Any]:
        """For JSON; `parsed` is the inverse."""
        settings = asdict(self.settings)
        return {
            "format": FORMAT,
            "recipe": self.recipe.to_mapping(),
            "path": self.path,
            "step": self.step,
            "tests": self.tests,
            "pictures": [asdict(picture) for picture in self.pictures],
            "settings": {**settings, "locked": sorted(self.settings.locked)},
        }


def explored(state: StudioState) -> Explored:
    """What is shown now."""
    model, facts = state.displayed.model, state.answers.facts
    # A run goes on, and the sliders of its weights keep their sense.
    step = 0 if facts is None or model.is_run or model.live else facts.step
    return Explored(
        model,
        step,
        state.inputs.tests_seed,
        state.inputs.brought(),
        state.query.now(),
    )


def session_of(now: Explored, pictures: Sequence[Picture]) -> Session:
    """What the file holds of it; `pictures` are where the inputs are found again."""
    path = "" if now.model.path is None else str(now.model.path.absolute())
    return Session(now.model.recipe, path, now.step, now.tests, tuple(pictures), now.settings)


# ---- reading: every value is looked at, for anybody may have written it --------------------------


def parsed(values: Mapping[str, Any]) -> Session:
    """The session in a file's object. Raises UserError where one value is not as it should be."""
    if values.get("format") != FORMAT:
        raise UserError("The session is of another version.")
    settings = _mapping(values.get("settings"), "settings")
    recipe = Recipe.from_mapping(_mapping(values.get("recipe"), "recipe"))
    tests = values.get("tests")
    return Session(
        recipe,
        _text(values.get("path"), "path"),
        _whole(values.get("step"), "step", 1 << 62),
        None if tests is None else _whole(tests, "tests", MOST_SEED),
        _all_of(values.get("pictures"), "pictures", MAX_INPUTS, _picture),
        _settings(settings),
    )


def _settings(values: Mapping[str, Any]) -> Settings:
    def offset(value: object, name: str) -> float:
        return _number(value, name, -MOST_OFFSET, MOST_OFFSET)

    def several(name: str, most: int, each: Callable[[object, str], T]) -> tuple[T, ...]:
        return _all_of(values.get(name), name, most, each)

    def yes(name: str) -> bool:
        return _is(bool, values.get(name), name)

    seed = _whole(values.get("seed"), "seed", MAX_SEED)
    seeds = several("seeds", MOST, lambda value, name: _whole(value, name, MOST_SEED))
    if len(seeds) not in (COLUMNS, MOST):  # an older version had fewer columns
        raise _wrong("seeds")
    return Settings(
        seed,
        (*seeds, *column_seeds(seed, MOST)[len(seeds) :]),
        _columns(values.get("wanted_columns", 0)),
        frozenset(several("locked", MOST, lambda value, name: _whole(value, name, MOST - 1))),
        _number(values.get("noise_scale"), "noise_scale", 0.0, MOST_SCALE),
        several("noise_offsets", MOST_SLIDERS, offset),
        several("code_offsets", MOST_SLIDERS, offset),
        yes("raw_code"),
        _axes(values.get("code_axes", []), "code_axes"),
        _axes(values.get("noise_axes", []), "noise_axes"),
        _view(values),
        yes("wants_way_back"),
        # An older version had none of the picture.
        _is(bool, values.get("code_here", True), "code_here"),
        _is(bool, values.get("noise_here", True), "noise_here"),
    )


def _columns(value: object) -> int:
    """As many as can be chosen; 0: as many as suit the model."""
    wanted = _whole(value, "wanted_columns", MOST)
    if wanted and wanted < FEWEST:
        raise _wrong("wanted_columns")
    return wanted


def _axes(value: object, name: str) -> Axes:
    """Directions of one length."""

    def axis(value: object, name: str) -> tuple[float, ...]:
        return _all_of(value, name, MOST_SLIDERS, lambda v, n: _number(v, n, -MOST_AXIS, MOST_AXIS))

    axes = _all_of(value, name, MOST_AXES, axis)
    if len({len(each) for each in axes}) > 1:
        raise _wrong(name)
    return axes


def _view(values: Mapping[str, Any]) -> str:
    """An older version knew two."""
    if "view" not in values:
        return CLUSTERS if _is(bool, values.get("wants_clusters"), "wants_clusters") else PICTURES
    return _text(values["view"], "view")


def _picture(value: object, name: str) -> Picture:
    values = _mapping(value, name)
    parts = ("name", "place", "kept", "grey_range")
    picture = Picture(*(_text(values.get(part), f"{name}: {part}") for part in parts))
    if picture.kept and Path(picture.kept).name != picture.kept:  # it lies beside the session
        raise _wrong(name)
    return picture


def _wrong(name: str) -> UserError:
    return UserError(f"The session is damaged: {name} is not as it should be.")


def _is(kind: type[T], value: object, name: str) -> T:
    if not isinstance(value, kind):
        raise _wrong(name)
    return value


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    return _is(dict, value, name)


def _text(value: object, name: str) -> str:
    text = _is(str, value, name)
    if len(text) > MOST_TEXT or "\0" in text:
        raise _wrong(name)
    return text


def _whole(value: object, name: str, most: int) -> int:
    number = _is(int, value, name)
    if isinstance(value, bool) or not 0 <= number <= most:
        raise _wrong(name)
    return number


def _number(value: object, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name)
    if not low <= value <= high:  # neither is what is no number
        raise _wrong(name)
    return float(value)


def _all_of(value: object, name: str, most: int, each: Callable[[object, str], T]) -> tuple[T, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise _wrong(name)
    return tuple(each(part, name) for part in value)
