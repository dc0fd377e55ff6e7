"""Pictures that a view sends to the grid."""

from __future__ import annotations

import numpy as np

from iae_studio.state.input_list import MAX_INPUTS
from iae_studio.views.to_grid import send


def pictures(state, *greys: int) -> list[tuple[str, np.ndarray]]:
    shape = state.inputs.spec.shape
    return [(f"test {grey}", np.full(shape, grey, np.uint8)) for grey in greys]


def names(state) -> list[str]:
    return [known.name for known in state.inputs.images]


def test_a_picture_that_is_there_is_selected_and_not_added(state) -> None:
    assert send(state, pictures(state, 1, 2, 3))
    assert names(state) == ["test 1", "test 2", "test 3"]
    assert state.selection.input.name == "test 1"
    assert send(state, pictures(state, 3, 4))
    assert names(state) == ["test 4", "test 1", "test 2", "test 3"]
    assert state.selection.input.name == "test 3"
    ((name, _),) = pictures(state, 1)
    assert send(state, [(name, np.full(state.inputs.spec.shape, 9, np.uint8))])
    assert names(state).count("test 1") == 2, "of the same name, but another picture"


def test_pictures_of_another_model_are_left_out(state) -> None:
    assert not send(state, [("test 1", np.zeros((5, 6, 3), np.uint8))])
    assert names(state) == []


def test_of_several_those_come_that_there_is_room_for(state) -> None:
    send(state, pictures(state, *range(MAX_INPUTS - 1)))
    send(state, pictures(state, 201, 202, 203))
    assert names(state)[:2] == ["test 201", "test 0"] and len(names(state)) == MAX_INPUTS
    assert "2 of these images did not fit" in state.messages.current.text
    send(state, pictures(state, 204))
    assert names(state)[0] == "test 204" and len(names(state)) == MAX_INPUTS
