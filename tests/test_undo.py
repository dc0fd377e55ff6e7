"""Undo and redo of what is explored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.exploration import Exploration, exploration
from iae_studio.state.input_list import Input
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.state.undo import MOST, Undo
from tests.widgets import fresh_state, heard_of
from trainer.exploring.questions.directions import ALL, HERE, RAW
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.snapshots import Moment

NAMES = ("drawn-10", "mnist-clusters-small", "shoes-small", "mog-iae", "mnist-det-small")


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def undo(state, clock) -> Undo:
    made = Undo(state, clock=clock)
    made.begin()
    return made


def bring(state: StudioState, *names: str) -> None:
    spec = state.inputs.spec
    state.inputs.add([Input(name, np.zeros(spec.shape, np.uint8), spec) for name in names])


def let_tests_arrive(state: StudioState) -> None:
    """Three test images as the displayed network sees them."""
    kept, spec = state.inputs.kept(), state.inputs.spec
    if kept.awaits and kept.request is not None:
        made = [Input(f"test {k}", np.ones(spec.shape, np.uint8), spec, test=True) for k in "abc"]
        state.inputs.replace_tests(kept.request, made)


def shown(known: Exploration) -> Exploration:
    """What there is to see of it: test images that are asked for anew are the same ones."""
    inputs = known.inputs
    seen = tuple((each.name, each.spec, each.seen.tobytes()) for each in inputs.inputs)
    kept = replace(inputs, inputs=seen, awaits=False)
    return replace(known, inputs=kept)


# ---- random actions ------------------------------------------------------------------------------

number = st.integers(0, 15)
ACTIONS = st.one_of(
    st.tuples(st.just("seed"), st.integers(0, 50)),
    st.tuples(st.just("lock"), number),
    st.tuples(st.just("borrow"), number),
    st.tuples(st.just("scale"), number),
    st.tuples(st.just("code"), number),
    st.tuples(st.just("noise"), number),
    st.tuples(st.just("basis"), st.sampled_from([ALL, HERE, RAW])),
    st.tuples(st.just("columns"), st.integers(2, 16)),
    st.tuples(st.just("bring"), number),
    st.tuples(st.just("remove"), number),
    st.tuples(st.just("clear"), number),
    st.tuples(st.just("tests"), number),
    st.tuples(st.just("model"), st.sampled_from(NAMES)),
    st.tuples(st.just("view"), st.sampled_from(["pictures", "clusters", "map"])),
    st.tuples(st.just("way back"), number),
    st.tuples(st.just("select"), number),
    st.tuples(st.just("mark"), number),
)


def act(state: StudioState, what: str, value: object) -> None:
    query, inputs = state.query, state.inputs
    if what == "model":
        state.displayed.select(DisplayedModel(CATALOGUE[str(value)], SHIPPED[str(value)]))
    elif what == "view":
        query.set_view(str(value))
    elif what == "basis":
        query.set_code_basis(str(value))
    else:
        assert isinstance(value, int)
        {
            "seed": lambda: query.set_seed(value),
            "lock": lambda: query.toggle_lock(value),
            "borrow": lambda: query.borrow(value),
            "scale": lambda: query.set_noise_scale(value / 8),
            "code": lambda: query.set_code_offsets((value / 4, -1.0)),
            "noise": lambda: query.set_noise_axes(((1.0, 2.0),), (value / 4,)),
            "columns": lambda: query.set_columns(value),
            "bring": lambda: bring(state, f"photo {value}"),
            "remove": lambda: inputs.remove(value),
            "clear": inputs.clear,
            "tests": inputs.want_tests,
            "way back": query.toggle_way_back,
            "select": lambda: state.selection.select(value % 4, value),
            "mark": lambda: state.marks.put("A", value % 4, value),
        }[what]()
    let_tests_arrive(state)


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(ACTIONS, min_size=20, max_size=20))
def test_twenty_undos_lead_to_the_first_state_and_redos_to_the_last(qapp, actions) -> None:
    state, clock = fresh_state(), Clock()
    state.training.engine_ready()
    bring(state, "first", "second")
    state.selection.select(1, 3)
    undo = Undo(state, clock=clock)
    undo.begin()
    states = [exploration(state)]
    for what, value in actions:
        act(state, what, value)
        before = undo.steps
        undo.settle()
        clock.now += 10
        if undo.steps > before:
            states.append(exploration(state))
        else:  # another selection, say: it comes back with its step
            states[-1] = exploration(state)
    for wanted in reversed(states[:-1]):
        assert undo.undo()
        assert shown(exploration(state)) == shown(wanted)
    assert not undo.undo()
    for wanted in states[1:]:
        assert undo.redo()
        assert shown(exploration(state)) == shown(wanted)
    assert not undo.redo()


# ---- what a step is ------------------------------------------------------------------------------


def test_a_slider_on_its_way_is_one_step_and_another_slider_another(state, undo, clock) -> None:
    for value in (0.5, 1.0, 1.5):
        state.query.set_code_offsets((0.0, value))
        undo.settle()
        clock.now += 0.1
    state.query.set_code_offsets((2.0, 1.5))
    undo.settle()
    clock.now += 10
    state.query.set_code_offsets((2.5, 1.5))
    assert undo.undo() == "code slider 1" and state.query.code_offsets == (2.0, 1.5)
    assert undo.undo() == "code slider 1" and state.query.code_offsets == (0.0, 1.5)
    assert undo.undo() == "code slider 2" and not any(state.query.code_offsets)
    assert undo.steps == 0


def test_each_press_of_space_is_a_step_however_fast(state, undo) -> None:
    for _ in range(3):
        state.query.resample()
        undo.settle()
    undo.undo()
    assert state.query.seed == 2


def test_a_selection_is_no_step_but_comes_back_with_its_step(state, undo) -> None:
    bring(state, "a", "b", "c")
    undo.settle()
    state.selection.select(2, 4)
    undo.settle()
    state.query.set_seed(5)
    undo.settle()
    state.selection.select(0, 0)
    undo.settle()
    assert undo.steps == 2
    assert undo.undo() == "noise seed"
    assert (state.selection.row, state.selection.column) == (2, 4)


def test_what_arrives_late_is_part_of_the_step_that_asked_for_it(state, undo) -> None:
    state.inputs.want_tests()
    undo.settle()
    assert undo.steps == 0, "nothing is to be seen yet"
    let_tests_arrive(state)
    undo.settle()
    assert undo.steps == 1
    act(state, "model", "mnist-clusters-small")
    state.displayed.select(DisplayedModel(CATALOGUE["shoes-small"], SHIPPED["shoes-small"]))
    undo.settle()
    assert state.inputs.awaits_tests and not state.inputs.images
    let_tests_arrive(state)
    undo.settle()
    assert undo.steps == 2
    assert undo.undo() == "model"
    assert [known.name for known in state.inputs.images] == ["test a", "test b", "test c"]
    asked = heard_of(state.inputs.testsWanted)
    assert undo.redo() == "model" and len(state.inputs.images) == 3
    assert not asked, "those that were there are shown again"


def test_tests_that_were_on_their_way_are_asked_for_again(state, undo) -> None:
    act(state, "bring", 1)
    undo.settle()
    state.displayed.select(DisplayedModel(CATALOGUE["shoes-small"], SHIPPED["shoes-small"]))
    state.inputs.want_tests()
    undo.settle()
    state.query.set_seed(7)
    undo.settle()
    let_tests_arrive(state)
    undo.settle()
    asked = heard_of(state.inputs.testsWanted)
    assert undo.undo() == "noise seed"
    assert len(asked) == 1 and state.inputs.awaits_tests
    let_tests_arrive(state)
    undo.settle()
    assert undo.redo() == "noise seed", "what arrives cuts no way forward off"


def test_a_drawing_stays_with_its_pad(state, undo) -> None:
    spec = state.inputs.spec
    drawn = Input("sketch", np.ones(spec.shape, np.uint8), spec, drawing=True)
    bring(state, "photo")
    undo.settle()
    state.inputs.set_sketch(drawn)
    undo.settle()
    assert undo.steps == 1
    state.selection.select(1, 2)
    state.query.set_seed(3)
    undo.settle()
    undo.undo()
    assert state.inputs.images[0] is drawn and state.selection.row == 1
    undo.undo()
    assert state.inputs.images == [drawn]


def test_directions_that_were_found_later_are_no_step(state, undo) -> None:
    state.query.set_code_offsets((1.0,))
    undo.settle()
    state.query.set_code_axes(((0.5, 0.5),), (1.0,))
    undo.settle()
    assert undo.steps == 1
    state.query.set_seed(1)
    undo.undo()
    assert state.query.code_axes == ((0.5, 0.5),)


def test_steps_and_their_images_are_bounded(state, undo, clock, monkeypatch) -> None:
    for seed in range(1, MOST + 20):
        state.query.set_seed(seed)
        undo.settle()
    assert undo.steps == MOST
    monkeypatch.setattr("iae_studio.state.undo.MOST_BYTES", 10_000)
    for name in "abcdefgh" * 20:
        bring(state, name)
        state.inputs.clear()
        bring(state, f"{name} again")
        undo.settle()
    assert undo.steps < 20
    while undo.undo():
        pass


# ---- trainings and their moments -----------------------------------------------------------------


def moments(run: Path) -> tuple[Moment, ...]:
    return tuple(Moment(step, run / f"{step}", 10) for step in (0, 10, 20, 40))


def test_moments_played_are_one_step_and_a_late_list_belongs_to_its_step(
    state, undo, clock, tmp_path
) -> None:
    run = tmp_path / "run"
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"], run))
    state.time.set_moments(run, moments(run))
    undo.settle()
    for step in (0, 10, 20, 40):
        state.time.look_at(step)
        undo.settle()
        clock.now += 1
    act(state, "model", "drawn-10")
    undo.settle()
    assert undo.undo() == "model"
    assert state.time.step is None and state.time.wanted == 40
    state.time.set_moments(run, moments(run))
    undo.settle()
    assert state.time.step == 40 and undo.redoes == "model"
    assert undo.undo() == "moment" and state.time.live


def test_a_training_is_no_step_and_earlier_steps_are_about_its_weights(
    state, undo, tmp_path
) -> None:
    recipe, run = CATALOGUE["drawn-10"], tmp_path / "run"
    state.displayed.select(DisplayedModel(recipe, SHIPPED["drawn-10"]))
    undo.settle()
    state.query.set_seed(4)
    undo.settle()
    state.training.start(anew=True)
    state.training.began(run, recipe, np.zeros((0, 14), np.float32))
    state.training.set_state(State.TRAINING)
    undo.settle()
    state.query.set_seed(5)
    undo.settle()
    assert undo.undo() == "noise seed" and undo.undo() == "noise seed"
    assert state.displayed.model == DisplayedModel(recipe, run, live=True)
    assert state.query.seed == 0
    act(state, "model", "mnist-clusters-small")
    undo.settle()
    state.training.set_state(State.IDLE)
    state.training.ended()
    undo.undo()
    assert state.displayed.model == DisplayedModel(recipe, run), "it trains no more"
