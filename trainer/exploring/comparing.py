"""What each of several models makes of the same inputs, and what is known of each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.evaluation.better import BETTER, MEANINGS, NAMES
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.comparing import (
    Curves,
    Known,
    Made,
    WhatIsKnown,
    WhatItMakes,
)
from trainer.inference.model_files import known_metrics, load_snapshot
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import Snapshot, fresh_snapshot
from trainer.inference.snapshot_cache import LATELY
from trainer.messages import Floats, Probe, Rendering, UserError
from trainer.recipe.saved import read_meta
from trainer.storage.snapshots import moments_in, nearest
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.small_files import mark_of

POINTS_OF_CURVE = 800
NO_NUMBERS = ("recipe", "step", "not_measured")  # entries of measures that are none


# ---- pictures ------------------------------------------------------------------------------------


def what_it_makes(snapshot: Snapshot, question: WhatItMakes, told: Circumstances) -> Made:
    """The model's tiles, pixel for pixel what it renders alone; or why there are none."""
    try:
        asked = _weights(snapshot, question, told)
        if asked.points is not None:
            scale = question.probe.noise_scale
            return Made(
                asked.step, cloud=sample_cloud(asked, 0, question.probe.noise_seeds[0], scale)
            )
        shape = question.probe.images.shape[1:]
        if asked.recipe.image_shape != shape:
            raise UserError("Another model lies there by now: add it to the comparison again.")
        return _made(asked, question.probe, told)
    except UserError as error:
        return Made(0, why=str(error))


def _weights(snapshot: Snapshot, question: WhatItMakes, told: Circumstances) -> Snapshot:
    """Those in hand, where they are what is asked for; else they are loaded. Raises UserError."""
    path, step, device = question.path, question.step, snapshot.device
    if _in_hand(snapshot, question, told):
        return snapshot
    if path is None or (path.is_dir() and not (path / STATE).exists()):
        return LATELY.held(
            (Path(), question.recipe, str(device)), lambda: fresh_snapshot(question.recipe, device)
        )
    if step is not None and path.is_dir():
        moment = nearest(moments_in(path), step)
        if moment is None:
            raise UserError(f"No moment of {path.name} is kept any more: add its newest weights.")
        return LATELY.snapshot(moment.path, device)
    if path.is_dir():  # a run that was saved since is another one
        key = (path, mark_of(path / STATE), str(device))
        return LATELY.held(key, lambda: load_snapshot(path, device, told.root))
    return LATELY.snapshot(path, device, told.root)


def _in_hand(snapshot: Snapshot, question: WhatItMakes, told: Circumstances) -> bool:
    same = told.path == question.path and snapshot.recipe == question.recipe
    if question.step is None:
        return same and told.moment is None
    return same and told.moment is not None and snapshot.step == question.step


def _made(snapshot: Snapshot, probe: Probe, told: Circumstances) -> Made:
    """Image by image, which gives the same pixels, so that a newer question need not wait long."""
    rows: list[Rendering] = []
    for place in range(len(probe.images)):
        told.progress(place, len(probe.images))
        rows.append(render(snapshot, replace(probe, images=probe.images[place : place + 1])))
    codes = [row.code_pictures for row in rows if row.code_pictures is not None]
    return Made(
        snapshot.step,
        np.concatenate([row.tiles for row in rows]),
        np.concatenate(codes) if codes else None,
    )


# ---- losses and measures -------------------------------------------------------------------------


def what_is_known(
    snapshot: Snapshot, question: WhatIsKnown, told: Circumstances
) -> tuple[Known, ...]:
    """Of each model; what cannot be read of one takes nothing from the others."""
    found = []
    for place, (path, step) in enumerate(question.models):
        told.progress(place, len(question.models))
        known = _known(path, step)
        found.append(replace(known, better=BETTER, names=NAMES, meanings=MEANINGS))
    return tuple(found)


def _known(path: Path | None, step: int | None) -> Known:
    if path is None:
        return Known(lacking="nothing was trained")
    try:
        return _of_run(path, step) if path.is_dir() else _of_file(path)
    except UserError as error:
        return Known(lacking=str(error))


def _of_file(path: Path) -> Known:
    meta = read_meta(path)
    return Known(meta.step, None, "a model file keeps no losses", dict(flat(meta.metrics)))


def _of_run(path: Path, step: int | None) -> Known:
    """Up to a step; what was measured of a run says nothing about its moments."""
    measures = {} if step is not None else dict(flat(known_metrics(path)))
    losses = RunFolder(path).curves()
    last = len(losses)
    if step is not None:
        losses = losses[:step]
    if not len(losses):
        return Known(last, None, "it has no losses yet", measures)
    return Known(len(losses), thinned(losses), "", measures)


def flat(measures: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, float]]:
    """The numbers among measures; of a group each with the group's name before its own."""
    for name, value in measures.items():
        if isinstance(value, Mapping) and name not in NO_NUMBERS:
            yield from flat(value, f"{above}{name}: ")
        elif type(value) in (int, float) and math.isfinite(value) and name not in NO_NUMBERS:
            yield f"{above}{name}", float(value)


def thinned(losses: Floats, most: int = POINTS_OF_CURVE) -> Curves:
    """Means over blocks of steps, at most so many; a mean of nothing is NaN."""
    count, columns = losses.shape
    block = max(-(-count // most), 1)
    full = -(-count // block) * block
    there = np.zeros((full, columns), bool)
    there[:count] = np.isfinite(losses)
    values = np.zeros((full, columns))
    values[:count] = np.where(there[:count], losses, 0)
    shape = (full // block, block, columns)
    totals, counts = values.reshape(shape).sum(1), there.reshape(shape).sum(1)
    means = np.divide(totals, counts, out=np.full_like(totals, np.nan), where=counts > 0)
    firsts = np.arange(0, full, block, dtype=np.float64) + 1
    lasts = np.minimum(firsts + block - 1, count)
    return Curves((firsts + lasts) / 2, means.astype(np.float32), count)


__all__ = ["flat", "thinned", "what_is_known", "what_it_makes"]
