"""Where the inputs of the grid lie on the map."""

from __future__ import annotations

import numpy as np

from iae_studio.state.input_list import Input
from iae_studio.views.map_asking import MapQuestions
from iae_studio.views.map_words import PLANE
from iae_studio.widgets.map_scene import Mark
from trainer.exploring.plane import nearest
from trainer.exploring.questions.map import MapImages
from trainer.messages import Floats


def marks_of(asked: MapQuestions, selected: Input | None, kind: str) -> list[Mark]:
    """A mark for each input: in the plane at the mean of its draws, which are its cloud.

    Among neighbourhoods, which have no place for what they were not made of, an image that is on
    the map lies where it lies, another one where the nearest code does.
    """
    if asked.map is None or asked.codes is None:
        return []
    if kind == PLANE:
        return [] if asked.plane is None else _in_plane(asked, selected)
    return [] if asked.places is None else _among_neighbours(asked, selected, asked.places)


def _in_plane(asked: MapQuestions, selected: Input | None) -> list[Mark]:
    assert asked.plane is not None and asked.codes is not None
    made = []
    for known, cloud in zip(asked.inputs, asked.plane.coordinates(asked.codes), strict=True):
        x, y = cloud.mean(0).tolist()
        made.append(Mark((x, y), cloud, known is selected, known.name))
    return made


def _among_neighbours(asked: MapQuestions, selected: Input | None, places: Floats) -> list[Mark]:
    assert asked.map is not None and asked.codes is not None
    images = asked.map.images
    numbers = {name: number for number, name in enumerate(images.names)}
    others = nearest(asked.map.codes, asked.codes.mean(1))
    made = []
    for known, other in zip(asked.inputs, others.tolist(), strict=True):
        number = _number_of(known, images, numbers)
        x, y = places[number if number >= 0 else other].tolist()
        made.append(Mark((x, y), np.zeros((0, 2), np.float32), known is selected, known.name))
    return made


def _number_of(known: Input, images: MapImages, numbers: dict[str, int]) -> int:
    """Which image of the map an input is; -1: none. `numbers` are those of the names."""
    number = numbers.get(known.name, -1)
    if number >= 0 and np.array_equal(images.pictures[number], known.seen):
        return number
    return -1
