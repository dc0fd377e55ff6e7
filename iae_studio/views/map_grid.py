"""Images of a map in the grid: sent there, found there, and where the others of it lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iae_studio.state.input_list import MAX_INPUTS, Input
from iae_studio.state.studio_state import StudioState
from trainer.exploring.questions.map import MapImages


def row_of(inputs: Sequence[Input], images: MapImages, number: int) -> int:
    """Where an image of the map is in the grid; -1: it is not."""
    name, picture = images.names[number], images.pictures[number]
    for row, known in enumerate(inputs):
        if known.name == name and np.array_equal(known.seen, picture):
            return row
    return -1


def number_of(known: Input, images: MapImages, numbers: dict[str, int]) -> int:
    """Which image of the map an input is; -1: none. `numbers` are those of the names."""
    number = numbers.get(known.name, -1)
    if number >= 0 and np.array_equal(images.pictures[number], known.seen):
        return number
    return -1


def send(state: StudioState, images: MapImages, numbers: Sequence[int]) -> int:
    """Send images to the grid, as many as fit, and select the first; how many did not fit."""
    inputs, spec = state.inputs, state.inputs.spec
    if not numbers or images.pictures.shape[1:] != spec.shape:
        return 0
    fresh = [number for number in numbers if row_of(inputs.images, images, number) < 0]
    room = MAX_INPUTS - len(inputs.images)
    brought = [_input_of(state, images, number) for number in fresh[:room]]
    if brought:
        inputs.add(brought)
    row = row_of(inputs.images, images, numbers[0])
    if row >= 0:
        state.selection.select(row)
    return max(len(fresh) - room, 0)


def _input_of(state: StudioState, images: MapImages, number: int) -> Input:
    """Chosen by hand: it stays when other test images are taken."""
    picture = images.pictures[number]
    whole = np.repeat(picture, 3, 2) if picture.shape[2] == 1 else picture
    return Input(images.names[number], picture, state.inputs.spec, whole)
