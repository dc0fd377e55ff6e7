"""What a picture carries, as a question to a model on the command line. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer.messages import MOST_DRAWS, MOST_SEED, Floats, Probe
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MOST_STEPS
from trainer.reporting.state_chunk import unpacked
from trainer.storage.checked import all_of, is_a, mapping, number, text, whole, wrong

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
    settings, weights = (mapping(values.get(key), key) for key in ("settings", "weights"))
    shape = recipe.image_shape
    if shape is None:
        raise wrong("images")
    names = all_of(values.get("names"), "names", _MOST, text)
    columns = whole(values.get("columns"), "columns", MOST_DRAWS, least=1)
    seeds = all_of(settings.get("seeds"), "seeds", MOST_DRAWS, _seed)
    if not seeds:
        raise wrong("seeds")
    probe = Probe(
        0,
        unpacked(values.get("images"), len(names), shape),
        seeds[:columns],
        _number(settings.get("noise_scale"), "noise_scale"),
        all_of(settings.get("code_offsets"), "code_offsets", _MOST, _number),
        is_a(bool, settings.get("raw_code"), "raw_code"),
        all_of(settings.get("noise_offsets"), "noise_offsets", _MOST, _number),
        _axes(settings.get("code_axes"), "code_axes"),
        _axes(settings.get("noise_axes"), "noise_axes"),
    )
    clusters = settings.get("view") == "clusters" and recipe.categorical
    back = settings.get("wants_way_back") is True and recipe.varies_code
    step = whole(weights.get("step"), "step", MOST_STEPS)
    return Restored(probe, text(weights.get("fingerprint"), "fingerprint"), step, clusters, back)


def _seed(value: object, name: str) -> int:
    return whole(value, name, MOST_SEED)


def _number(value: object, name: str) -> float:
    return number(value, name, -_LARGEST, _LARGEST)


def _axes(value: object, name: str) -> Floats | None:
    rows = all_of(value, name, _MOST, lambda v, n: all_of(v, n, _MOST, _number))
    if len({len(row) for row in rows}) > 1:
        raise wrong(name)
    return np.array(rows, np.float32) if rows else None
