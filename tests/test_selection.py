"""Which picture all views are about."""

from __future__ import annotations

import numpy as np

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.studio_state import StudioState
from tests.widgets import heard_of
from trainer.recipe.catalogue import CATALOGUE


def bring(state: StudioState, *names: str) -> None:
    spec = state.inputs.spec
    state.inputs.add([Input(name, np.full(spec.shape, 10, np.uint8), spec) for name in names])


def selected(state: StudioState) -> tuple[str | None, int, int]:
    known = state.selection
    return (known.input.name if known.input else None, known.row, known.column)


def test_while_there_are_inputs_one_is_selected_and_stays_so(state) -> None:
    changed = heard_of(state.selection.changed)
    assert selected(state) == (None, -1, 0)
    bring(state, "a", "b")
    assert selected(state) == ("a", 0, 0)
    state.selection.select(1, 3)
    bring(state, "new")
    assert selected(state) == ("b", 2, 3), "it moved down"
    state.inputs.remove(2)
    assert selected(state) == ("a", 1, 3), "its neighbour"
    state.selection.select(7)
    state.selection.select(1, 3)
    assert len(changed) == 4, "nothing there, and nothing new"
    state.inputs.clear()
    assert selected(state) == (None, -1, 3) and len(changed) == 5


def test_a_column_that_is_gone_is_not_selected(state) -> None:
    bring(state, "a")
    state.selection.select(0, 99)
    assert state.selection.column == 7
    state.query.set_columns(12)
    state.selection.select(0, 11)
    state.query.set_columns(4)
    assert state.selection.column == 3
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-det-small"]))
    bring(state, "c")
    assert state.selection.column == 0


def test_a_tile_is_a_question_of_its_own(state) -> None:
    bring(state, "a", "b")
    state.query.set_noise_scale(0.5)
    probe = state.answers.probe_of(1, 2)
    assert probe.noise_seeds == (state.query.seeds[2],) and len(probe.images) == 1
    assert probe.noise_scale == 0.5
