"""What a picture carries, as a question to a model on the command line. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer.messages import MOST_DRAWS, MOST_SEED, Floats, Probe, UserError
from trainer.recipe.recipe import Recipe
from trainer.reporting.state_chunk import unpacked

_MOST = 4096  # offsets, and numbers of a direction
_LARGEST = 1e4  # of a number


@dataclass(frozen=True, eq=False)
class Restored:
    """What is asked, and of which weights: their fingerprint, empty for untrained ones."""

    probe: Probe
    fingerprint: str
    step: int
    clusters: bool  # all categories in place of the images
    way_back: bool


def restored(values: Mapping[str, Any], recipe: Recipe) -> Restored:
    """The question in what a picture carries. Raises UserError where it is not as it should be."""
    settings, weights = (_mapping(values.get(key), key) for key in ("settings", "weights"))
    names, columns = values.get("names"), values.get("columns")
    mark, step = weights.get("fingerprint"), weights.get("step")
    shape = recipe.image_shape
    if not isinstance(names, list) or shape is None or not isinstance(mark, str):
        raise _wrong("names")
    if not isinstance(columns, int) or not 1 <= columns <= MOST_DRAWS or not isinstance(step, int):
        raise _wrong("columns")
    probe = Probe(
        0,
        unpacked(values.get("images"), len(names), shape),
        _seeds(settings.get("seeds"))[:columns],
        float(_numbers([settings.get("noise_scale")], "noise_scale")[0]),
        tuple(_numbers(settings.get("code_offsets"), "code_offsets").tolist()),
        settings.get("raw_code") is True,
        tuple(_numbers(settings.get("noise_offsets"), "noise_offsets").tolist()),
        _axes(settings.get("code_axes"), "code_axes"),
        _axes(settings.get("noise_axes"), "noise_axes"),
    )
    clusters = settings.get("view") == "clusters" and recipe.categorical
    back = settings.get("wants_way_back") is True and recipe.varies_code
    return Restored(probe, mark, step, clusters, back)


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(name)
    return value


def _seeds(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_DRAWS:
        raise _wrong("seeds")
    if not all(type(each) is int and 0 <= each <= MOST_SEED for each in value):
        raise _wrong("seeds")
    return tuple(value)


def _numbers(value: object, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not isinstance(value, list) or len(value) > _MOST:
        raise _wrong(name)
    if not all(type(each) in (int, float) and abs(each) <= _LARGEST for each in value):
        raise _wrong(name)
    return np.array(value, np.float64)


def _axes(value: object, name: str) -> Floats | None:
    if not isinstance(value, list) or len(value) > _MOST:
        raise _wrong(name)
    rows = [_numbers(each, name) for each in value]
    if len({len(row) for row in rows}) > 1:
        raise _wrong(name)
    return np.array(rows, np.float32) if rows else None


def _wrong(name: str) -> UserError:
    return UserError(f"What the picture says of how it was made is damaged: {name}.")
