"""The parts of the state by themselves: what each remembers, and what it forgets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import MAX_INPUTS, Input
from iae_studio.state.opened import Looked, Opened, Unread, in_short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.state.turned import MAX_SEED
from tests.widgets import heard_of
from trainer.exploring.questions.directions import RAW
from trainer.messages import column_seeds
from trainer.recipe.catalogue import CATALOGUE


def picture(name: str, state: StudioState, **more: object) -> Input:
    return Input(name, np.zeros((28, 28, 1), np.uint8), state.inputs.spec, **more)


def names(state: StudioState) -> list[str]:
    return [known.name for known in state.inputs.images]


# ---- the question --------------------------------------------------------------------------------


def test_a_locked_column_keeps_its_noise_and_a_seed_has_six_figures(state) -> None:
    query = state.query
    query.toggle_lock(2)
    query.toggle_lock(16)  # there is none
    query.toggle_lock(-1)
    assert query.locked == {2}
    query.set_seed(7)
    assert query.seeds == (*column_seeds(7, 16)[:2], 2, *column_seeds(7, 16)[3:])
    query.toggle_lock(2)
    query.set_seed(MAX_SEED)
    assert query.seeds == column_seeds(999_999, 16)
    query.resample()
    assert (query.seed, query.seeds) == (0, column_seeds(0, 16))


def test_only_what_changes_is_asked_again(state) -> None:
    query, asked = state.query, heard_of(state.answers.asked)
    for change, value in (
        (query.set_noise_scale, 0.5),
        (query.set_noise_offsets, (1.0,)),
        (query.set_code_offsets, (2.0,)),
    ):
        change(value)
        change(value)
    assert [probe.stamp for probe, _ in asked] == [1, 2, 3]
    last = asked[-1][0]
    assert (last.noise_scale, last.noise_offsets, last.code_offsets) == (0.5, (1.0,), (2.0,))
    query.set_code_basis(RAW)
    last = asked[-1][0]
    assert last.raw_code and last.code_offsets == () and last.noise_offsets == (1.0,)


def test_clusters_and_the_way_back_are_shown_where_there_are_any(state) -> None:
    query, pictures = state.query, heard_of(state.query.picturesChanged)
    query.set_view("clusters")
    query.toggle_way_back()
    assert len(pictures) == 1 and not query.shows_clusters and not query.shows_way_back
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-clusters-small"]))
    assert query.shows_clusters, "it was chosen, and now there are some"
    state.displayed.select(DisplayedModel(CATALOGUE["faces-small"]))
    assert not query.shows_clusters and query.columns == 6
    query.toggle_way_back()
    assert query.shows_way_back and len(pictures) == 2
    query.toggle_way_back()
    assert not query.shows_way_back
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-det-small"]))
    assert query.columns == 1, "without noise all answers are the same"


# ---- the inputs ----------------------------------------------------------------------------------


def test_new_images_go_on_top_and_the_oldest_fall_off(state) -> None:
    state.inputs.add([picture(f"{k}", state) for k in range(MAX_INPUTS)])
    state.inputs.add([picture("new", state)])
    assert len(state.inputs.images) == MAX_INPUTS
    assert names(state)[:2] == ["new", "0"] and names(state)[-1] == f"{MAX_INPUTS - 2}"
    state.inputs.remove(0)
    state.inputs.remove(-1)
    state.inputs.remove(MAX_INPUTS)
    assert names(state) == [f"{k}" for k in range(MAX_INPUTS - 1)]
    state.inputs.clear()
    assert not state.inputs.images


def test_the_users_images_wait_to_be_seen_anew_and_test_images_go(state) -> None:
    stale = heard_of(state.inputs.specWanted)
    state.inputs.add([picture("mine", state), picture("test", state, test=True)])
    assert not stale
    state.displayed.select(DisplayedModel(CATALOGUE["svhn-75-small"]))
    assert not state.inputs.images
    (waiting, spec), *_ = stale
    assert [known.name for known in waiting] == ["mine"] and spec == state.inputs.spec
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    assert names(state) == ["mine"]


def test_test_images_that_are_there_already_are_not_exchanged(state) -> None:
    """Asked for by another model of the same data; one other pixel or name makes them others."""
    state.inputs.want_tests()
    first = [picture("one", state, test=True), picture("two", state, test=True)]
    state.inputs.replace_tests(state.inputs._request, first)
    assert state.inputs.images == first and not state.inputs.awaits_tests
    bright = replace(first[1], seen=first[1].seen + 1)
    for others in ([*first], [first[0], bright], [replace(first[0], name="1"), bright], first[:1]):
        before = state.inputs.images
        same = len(others) == 2 and others[1] is before[1] and others[0] is before[0]
        state.inputs.want_tests()
        state.inputs.replace_tests(state.inputs._request, [replace(each) for each in others])
        assert (state.inputs.images == before) is same
        assert not state.inputs.awaits_tests
    state.inputs.want_tests()
    state.inputs.replace_tests(None, first)
    assert state.inputs.awaits_tests, "it was asked for by nobody"


def test_what_came_of_a_drop_is_told_once(state) -> None:
    bad = (Unread("a.png", "a.png is damaged."), Unread("b.png", "b.png is damaged."))
    logged = heard_of(state.messages.logged)
    state.drops.add_opened(Opened((picture("good", state),), ("No such file.",), unread=bad))
    message = state.messages.current
    assert names(state) == ["good"] and message.error
    assert message.text == "No such file. a.png is damaged. The same goes for b.png."
    assert ("a.png is damaged.",) in logged and ("b.png is damaged.",) in logged
    state.drops.add_opened(Opened((picture("another", state),)))
    assert state.messages.current is None, "all went well"


def test_while_folders_are_looked_through_the_first_two_are_named(state) -> None:
    looked = heard_of(state.drops.lookWanted)
    opened = Opened(holders=(Path("/a/one"), Path("/a/two"), Path("/a/three.zip")))
    state.drops.add_opened(opened)
    assert looked == [(opened, state.inputs.spec)]
    assert state.messages.current.text == 'Looking through "one" and "two"…'
    assert [action.label for action in state.messages.current.actions] == ["Stop"]
    told = "one: 20 images."
    state.drops.add_looked(opened, Looked(told, to_train_on=("/a/one",)))
    assert state.messages.current.text == told
    (offer,) = state.messages.current.actions
    assert offer.about == ("/a/one",) and offer.label == "Train on one…"


def test_of_two_looks_each_is_told_until_it_is_over(state) -> None:
    first, second = Opened(holders=(Path("/a/one"),)), Opened(holders=(Path("/a/two"),))
    state.drops.add_opened(first)
    state.drops.add_opened(second)
    assert state.messages.current.text == 'Looking through "one"… Looking through "two"…'
    state.drops.add_looked(first, Looked("one: 20 images."))
    assert state.messages.current.text == 'Looking through "two"… one: 20 images.'
    state.drops.add_looked(second, Looked("two: a film.", faulty=True))
    assert state.messages.current.text == "two: a film. one: 20 images."
    assert state.messages.current.error and not state.messages.current.actions


def test_a_look_that_failed_is_told_and_over(state) -> None:
    opened = Opened(holders=(Path("/a/one"),))
    for why in ("The disk is gone.", ""):
        state.drops.add_opened(opened)
        assert state.messages.current.text.startswith('Looking through "one"')
        if why:
            state.messages.show_error(why)
        state.drops.lack_looked(opened)
        current = state.messages.current
        assert (current.text, current.error) == (why, True) if why else current is None
        state.messages.show_message(None)


@pytest.mark.parametrize(
    ("count", "named"),
    [(1, ""), (2, "1"), (3, "1 and 2"), (5, "1, 2, 3 and 4"), (7, "1, 2, 3, 4 and 2 more")],
)
def test_files_of_one_fault_are_told_in_one_sentence(count: int, named: str) -> None:
    told = in_short(Unread(f"{k}", f"{k} is torn.") for k in range(count))
    assert told == "0 is torn." + (f" The same goes for {named}." if named else "")


def test_images_without_ink_are_counted() -> None:
    blank = [Unread(f"{k}", f"{k} is blank.", damaged=False) for k in range(1200)]
    assert in_short(blank) == "1,200 images show no ink, and are not shown."
    assert in_short(blank[:1]) == "0 is blank."


# ---- what is displayed ---------------------------------------------------------------------------


def test_what_cannot_be_loaded_makes_way_for_what_was_shown(state) -> None:
    good = DisplayedModel(CATALOGUE["mnist-10-small"], Path("good.safetensors"))
    for loaded in (DisplayedModel(CATALOGUE["aae-small"]), DisplayedModel(CATALOGUE["vae-small"])):
        state.displayed.select(loaded)
        state.displayed.has_drawn()
    for _ in range(3):  # each answer tells of it
        state.displayed.select(good)
        state.displayed.has_drawn()
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-5-small"], Path("bad.safetensors")))
    state.messages.show_error("It is damaged.")
    state.answers.set_blank(state.answers.probe().stamp, has_weights=False)
    assert state.displayed.model == good
    assert state.messages.current.text == "It is damaged."
    assert not state.displayed.go_back(), "once: that may be gone as well"


def test_a_model_that_is_gone_when_it_is_shown_again_makes_way_for_the_one_before(state) -> None:
    before, gone = DisplayedModel(CATALOGUE["aae-small"]), DisplayedModel(CATALOGUE["vae-small"])
    for loaded in (before, gone, gone):
        state.displayed.select(loaded)
        state.displayed.has_drawn()
    assert state.displayed.go_back() and state.displayed.model == before


def test_a_training_that_ended_is_a_run(state) -> None:
    recipe = CATALOGUE["drawn-10"]
    state.displayed.select(DisplayedModel(recipe, None, live=True))
    state.displayed.has_drawn()
    changed = heard_of(state.displayed.changed)
    state.displayed.end_live(Path("runs/it"))
    assert state.displayed.model == DisplayedModel(recipe, Path("runs/it"))
    assert len(changed) == 1 and state.displayed.model.is_run
    state.displayed.end_live(Path("runs/other"))
    assert state.displayed.model.path == Path("runs/it")


def test_a_model_that_was_opened_is_shown_and_named(state) -> None:
    state.displayed.open_model(CATALOGUE["mnist-10-small"], Path("some/digits.safetensors"))
    assert state.displayed.model.path == Path("some/digits.safetensors")
    assert not state.displayed.model.is_run
    assert state.messages.current.text == "Showing digits.safetensors, a model of mnist-10-small."
    assert state.displayed.way_on(busy=False) == "press Train"
    state.displayed.open_model(CATALOGUE["mnist-10-small"], Path("runs/it"))
    assert state.displayed.way_on(busy=False) == "press Go on"
    assert (
        state.displayed.way_on(busy=True) == "stop the training that runs first, then press Go on"
    )


@pytest.mark.parametrize("now", [State.TRAINING, State.PAUSED, State.UNSAVED])
def test_a_new_run_is_never_taken_for_the_one_that_is_under_way(state, now) -> None:
    state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    state.training.start()
    state.training.set_state(now)
    commands, wanted = heard_of(state.training.commandWanted), heard_of(state.training.wanted)
    state.training.start(anew=True)
    assert not commands and not wanted
    assert "queue a new run" in state.messages.current.text
