"""Pictures that a view sends to the grid: the same one twice is selected, not added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iae_studio.state.input_list import MAX_INPUTS, Input
from iae_studio.state.studio_state import StudioState
from trainer.messages import Pixels


def send(state: StudioState, pictures: Sequence[tuple[str, Pixels]]) -> bool:
    """Add named pictures on top, and select the first; whether it is there now.

    They are chosen by hand: they stay when other test images are taken. Of several only those come
    that there is room for, and how many do not is said; for a single one the oldest input goes.
    """
    inputs = state.inputs
    fitting = [each for each in pictures if each[1].shape == inputs.spec.shape]
    if not fitting:
        return False  # another model is displayed by now
    fresh = [each for each in fitting if row_of(inputs.images, *each) < 0]
    room = max(MAX_INPUTS - len(inputs.images), 0) if len(fresh) > 1 else 1
    inputs.add([_input_of(state, *each) for each in fresh[:room]])
    if fresh[room:]:
        state.messages.show_error(
            f"The grid is full: {len(fresh) - room:,} of these images did not fit. Clear it first."
        )
    row = row_of(inputs.images, *fitting[0])
    state.selection.select(row)
    return row >= 0


def row_of(images: Sequence[Input], name: str, seen: Pixels) -> int:
    """Where a picture is among the inputs; -1: it is not."""
    rows = (
        row
        for row, known in enumerate(images)
        if known.name == name and np.array_equal(known.seen, seen)
    )
    return next(rows, -1)


def _input_of(state: StudioState, name: str, picture: Pixels) -> Input:
    seen = np.array(picture)  # without all those that it may be a part of
    original = np.repeat(seen, 3, 2) if seen.shape[2] == 1 else seen
    return Input(name, seen, state.inputs.spec, original)
