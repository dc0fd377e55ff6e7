"""All that is turned, as values that a file can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

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
from trainer.messages import column_seeds
from trainer.storage.checked import all_of, is_a, number, text, whole, wrong

MOST_SEED = 1 << 31  # of a column, or of test images
MOST_SCALE, MOST_OFFSET = 2.0, 100.0  # what sliders and typed numbers reach, and more
MOST_SLIDERS = 4096
MOST_AXES, MOST_AXIS = 512, 1e4  # directions, and what a number of one can be

T = TypeVar("T")


def values_of(settings: Settings) -> dict[str, Any]:
    """For JSON; `settings_of` is the inverse."""
    return {**asdict(settings), "locked": sorted(settings.locked)}


def settings_of(values: Mapping[str, Any]) -> Settings:
    """The settings of such values. Raises UserError where one is not as it should be."""

    def offset(value: object, name: str) -> float:
        return number(value, name, -MOST_OFFSET, MOST_OFFSET)

    def several(name: str, most: int, each: Callable[[object, str], T]) -> tuple[T, ...]:
        return all_of(values.get(name), name, most, each)

    def yes(name: str) -> bool:
        return is_a(bool, values.get(name), name)

    seed = whole(values.get("seed"), "seed", MAX_SEED)
    seeds = several("seeds", MOST, lambda value, name: whole(value, name, MOST_SEED))
    if len(seeds) not in (COLUMNS, MOST):  # an older version had fewer columns
        raise wrong("seeds")
    return Settings(
        seed,
        (*seeds, *column_seeds(seed, MOST)[len(seeds) :]),
        _columns(values.get("wanted_columns", 0)),
        frozenset(several("locked", MOST, lambda value, name: whole(value, name, MOST - 1))),
        number(values.get("noise_scale"), "noise_scale", 0.0, MOST_SCALE),
        several("noise_offsets", MOST_SLIDERS, offset),
        several("code_offsets", MOST_SLIDERS, offset),
        yes("raw_code"),
        _axes(values.get("code_axes", []), "code_axes"),
        _axes(values.get("noise_axes", []), "noise_axes"),
        _view(values),
        yes("wants_way_back"),
        # An older version had none of the picture.
        is_a(bool, values.get("code_here", True), "code_here"),
        is_a(bool, values.get("noise_here", True), "noise_here"),
    )


def _columns(value: object) -> int:
    """As many as can be chosen; 0: as many as suit the model."""
    wanted = whole(value, "wanted_columns", MOST)
    if wanted and wanted < FEWEST:
        raise wrong("wanted_columns")
    return wanted


def _axes(value: object, name: str) -> Axes:
    """Directions of one length."""

    def axis(value: object, name: str) -> tuple[float, ...]:
        return all_of(value, name, MOST_SLIDERS, lambda v, n: number(v, n, -MOST_AXIS, MOST_AXIS))

    axes = all_of(value, name, MOST_AXES, axis)
    if len({len(each) for each in axes}) > 1:
        raise wrong(name)
    return axes


def _view(values: Mapping[str, Any]) -> str:
    """An older version knew two."""
    if "view" not in values:
        return CLUSTERS if is_a(bool, values.get("wants_clusters"), "wants_clusters") else PICTURES
    return text(values["view"], "view")
