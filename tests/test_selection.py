"""Which picture all views are about."""

from __future__ import annotations

import numpy as np

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.studio_state import StudioState
from iae_studio.threads.jobs import see_anew
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


def test_selection_and_marks_outlive_a_model_that_sees_another_size(state) -> None:
    spec, wanted = state.inputs.spec, heard_of(state.inputs.specWanted)
    pictures = [np.full((40, 40, 3), 10, np.uint8) for _ in "abc"]
    state.inputs.add([Input(n, spec(p), spec, p) for n, p in zip("abc", pictures, strict=True)])
    state.selection.select(1, 2)
    state.marks.put("A", 2, 1)
    for name in ("svhn-75-small", "drawn-10", "svhn-75-small"):
        state.displayed.select(DisplayedModel(CATALOGUE[name]))
        assert selected(state)[:2] == (None, -1) and state.marks.tile("A") is None
        pairs = see_anew(*wanted[-1])
        state.inputs.exchange(pairs)
        assert selected(state) == ("b", 1, 2) and state.marks.tile("A") == (2, 1)

    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    bring(state, "new")
    state.selection.select(0)
    state.inputs.exchange(see_anew(*wanted[-1]))
    assert selected(state)[0] == "new", "a hand has chosen another one meanwhile"
    state.displayed.select(DisplayedModel(CATALOGUE["svhn-75-small"]))
    state.inputs.clear()
    bring(state, "d")
    assert selected(state)[0] == "d" and not state.marks.kept()


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
