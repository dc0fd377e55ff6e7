"""Losses read from run folders: of a run, of those it began from, and of those that began there.

No torch: a run is looked at while the engine still loads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from iae_studio.state.curves import Family, Kin
from iae_studio.state.model_files import STATE_FILE
from iae_studio.widgets.history import History
from trainer.messages import LOSSES, Floats, UserError
from trainer.recipe.saved import Begun, read_begun, step_inside, text_inside
from trainer.storage.files import is_missing
from trainer.storage.regular import open_regular
from trainer.training.curves_file import whole_curves

ANCESTORS, CHILDREN = 4, 6  # at most so many are shown
PLACES = 1000  # of a relative's curve: about so many are drawn
MOST = 1 << 20  # bytes of a recipe.json, which has a few thousand


def read_family(run: Path) -> Family:
    """The losses of a run and of its kin; where they cannot be read, why."""
    try:
        begun = read_begun(run)
        return Family(run, _rows(run, begun), tuple(_kin(run, begun)))
    except (UserError, OSError) as error:
        return Family(run, np.empty((0, len(LOSSES)), np.float32), problem=str(error))


def _rows(run: Path, begun: Begun) -> Floats:
    state = run / STATE_FILE
    if is_missing(state):
        return np.empty((0, len(LOSSES)), np.float32)
    steps = step_inside(text_inside(state), state)
    return whole_curves(run / "curves.f32", steps, begun.losses)


def _kin(run: Path, begun: Begun) -> Iterator[Kin]:
    at, told = run, begun
    for _ in range(ANCESTORS):
        found = _parent_of(at, told)
        if found is None:
            break
        at, told = found
        yield from _thinned(at, told, 0)
    children = [child for child in _beside(run) if _names(child, run)]
    for child in children[:CHILDREN]:
        try:
            known = read_begun(child)
        except UserError:
            continue
        parent = known.parent
        if parent is not None and (parent.run, parent.when) == (run.name, begun.when):
            yield from _thinned(child, known, parent.step)


def _parent_of(run: Path, begun: Begun) -> tuple[Path, Begun] | None:
    """The run that one began from, if it still lies beside it."""
    if begun.parent is None:
        return None
    folder = run.parent / begun.parent.run
    try:
        found = read_begun(folder)
    except (UserError, OSError):
        return None
    return (folder, found) if found.when == begun.parent.when and folder != run else None


def _beside(run: Path) -> list[Path]:
    try:
        return sorted(folder for folder in run.parent.iterdir() if folder != run)
    except OSError:
        return []


def _names(child: Path, run: Path) -> bool:
    """Whether its recipe.json speaks of the run at all: most do not, and are read no further."""
    try:
        with open_regular(child / "recipe.json") as file:
            return json.dumps(run.name)[1:-1].encode() in file.read(MOST)
    except (OSError, UserError):
        return False


def _thinned(run: Path, begun: Begun, after: int) -> Iterator[Kin]:
    """A curve that is drawn faintly needs no more than a thousand places."""
    try:
        rows = _rows(run, begun)
    except (UserError, OSError):
        return
    history = History(len(LOSSES))
    history.append(rows)
    steps, values = history.sample(0, len(rows), 0, PLACES)
    later = steps > after
    if later.any():
        yield Kin(run.name, steps[later], values[later])
