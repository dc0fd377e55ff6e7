"""The images a network sees: drawings, those seen anew, test images, and what came of drops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import MAX_INPUTS, Input, spec_of
from iae_studio.state.opened import Looked, Opened, Unread, in_short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from tests.widgets import fresh_state, heard_of
from trainer.recipe.catalogue import CATALOGUE


def picture(name: str, state: StudioState, **more: object) -> Input:
    spec = state.inputs.spec
    return Input(name, np.zeros(spec.shape, np.uint8), spec, **more)


def names(state: StudioState) -> list[str]:
    return [known.name for known in state.inputs.images]


def display(state: StudioState, name: str, path: str | None = None) -> None:
    state.displayed.select(DisplayedModel(CATALOGUE[name], None if path is None else Path(path)))


# ---- the pad and what is pasted ------------------------------------------------------------------


def test_a_drawing_is_one_row_until_it_is_kept(state) -> None:
    state.inputs.add([picture("mine", state)])
    for _ in range(2):
        state.inputs.set_sketch(picture("sketch", state, drawing=True))
    assert names(state) == ["sketch", "mine"]
    state.inputs.keep_sketch()
    state.inputs.set_sketch(picture("sketch", state, drawing=True))
    state.inputs.keep_sketch()
    assert names(state) == ["drawing 2", "drawing 1", "mine"]
    state.inputs.set_sketch(None)
    assert names(state) == ["drawing 2", "drawing 1", "mine"], "the pad is empty"


def test_a_drawing_for_another_network_is_seen_anew(state) -> None:
    late, stale = picture("sketch", state, drawing=True), heard_of(state.inputs.specWanted)
    display(state, "svhn-75-small")
    state.inputs.set_sketch(late)
    assert stale == [([late], state.inputs.spec)] and not state.inputs.images


def test_a_pasted_picture_goes_with_its_name_to_a_model_of_images(state) -> None:
    wanted, files = heard_of(state.drops.pictureWanted), heard_of(state.drops.filesWanted)
    state.drops.open_picture(QImage(3, 2, QImage.Format.Format_RGB32), "pasted 1")
    ((seen, name, spec),) = wanted
    assert (seen.width(), name, spec) == (3, "pasted 1", state.inputs.spec)
    state.drops.open_files([])
    state.drops.open_files([Path("a.png")])
    assert files == [([Path("a.png")], state.inputs.spec)]
    display(state, "mog-iae")
    state.drops.open_picture(QImage(3, 2, QImage.Format.Format_RGB32), "pasted 2")
    assert len(wanted) == 1 and state.messages.current.error
    assert "points in the plane" in state.messages.current.text
    state.drops.open_files([Path("model.safetensors")])
    assert files[1:] == [([Path("model.safetensors")], None)], "it may be a model"


# ---- seen anew -----------------------------------------------------------------------------------


def test_what_was_seen_anew_takes_the_place_of_what_it_was(state) -> None:
    one, two = picture("one", state), picture("two", state)
    state.inputs.add([one, two])
    display(state, "svhn-75-small")
    exchanged = heard_of(state.inputs.exchanged)
    late = replace(two, name="late")
    state.inputs.exchange([(two, late)])
    assert not exchanged and not state.inputs.images, "of a network that is gone"
    state.inputs.exchange([(two, picture("two, in colour", state))])
    assert names(state) == ["two, in colour"] and len(exchanged) == 1
    state.inputs.exchange([(one, picture("one, in colour", state)), (two, late)])
    assert names(state) == ["one, in colour", "two, in colour"], "in their order"


def test_points_keep_the_images_that_stand_and_how_they_are_seen(state) -> None:
    state.inputs.add([picture("mine", state)])
    spec, changed = state.inputs.spec, heard_of(state.inputs.changed)
    display(state, "mog-iae")
    assert names(state) == ["mine"] and state.inputs.spec == spec and not changed


def test_a_window_that_opens_on_points_sees_as_for_digits(qapp) -> None:
    made = StudioState.create(CATALOGUE["mog-iae"])
    assert made.inputs.spec == spec_of(CATALOGUE["drawn-10"])


def test_what_a_user_brought_is_counted_whether_it_is_seen_or_not(state) -> None:
    state.inputs.add([picture("mine", state), picture("test", state, test=True)])
    assert [known.name for known in state.inputs.brought()] == ["mine"]
    display(state, "svhn-75-small")
    assert [known.name for known in state.inputs.brought()] == ["mine"]


def test_images_that_are_there_and_no_change_ask_nothing(state) -> None:
    exchanged = heard_of(state.inputs.exchanged)
    state.inputs.add([])
    state.inputs.remove(0)
    assert not exchanged
    state.inputs.add([picture("a", state), picture("b", state)])
    state.inputs.remove(1)
    assert len(exchanged) == 2 and names(state) == ["a"]
    state.inputs.clear()
    assert len(exchanged) == 3 and not state.inputs.images


def test_no_more_test_images_are_taken_than_there_is_room(state) -> None:
    state.inputs.add([picture(f"{k}", state) for k in range(MAX_INPUTS - 1)])
    state.inputs.want_tests()
    tests = [picture("first", state, test=True), picture("second", state, test=True)]
    state.inputs.replace_tests(state.inputs._request, tests)
    assert len(state.inputs.images) == MAX_INPUTS and names(state)[-1] == "first"


# ---- test images ---------------------------------------------------------------------------------


def answer_tests(state: StudioState) -> None:
    """Bring those that were asked for."""
    state.inputs.replace_tests(state.inputs._request, [picture("test", state, test=True)])


def test_other_test_images_are_chosen_by_the_next_seed(state) -> None:
    asked = heard_of(state.inputs.testsWanted)
    assert state.inputs.tests_seed is None, "there are none"
    for _ in range(3):
        state.inputs.want_tests()
    assert [request.seed for (request,) in asked] == [0, 1, 2]
    assert state.inputs.tests_seed == 2 and state.inputs.awaits_tests
    state.inputs.lack_tests(asked[0][0])
    assert state.inputs.awaits_tests, "others are on their way"
    state.inputs.lack_tests(asked[2][0])
    assert not state.inputs.awaits_tests and state.inputs.tests_seed is None
    display(state, "mog-iae")
    state.inputs.want_tests()
    assert len(asked) == 3, "points have none"


def test_test_images_follow_the_data_unless_they_were_sent_away(state) -> None:
    asked = heard_of(state.inputs.testsWanted)
    display(state, "drawn-10")
    answer_tests(state)
    display(state, "drawn-10", "runs/it")
    assert len(asked) == 1, "the same data"
    display(state, "svhn-75-small")
    assert [request.recipe.name for (request,) in asked] == ["drawn-10", "svhn-75-small"]
    display(state, "drawn-10")
    assert len(asked) == 3, "those on their way were of other data"
    answer_tests(state)
    state.inputs.add([picture("mine", state)])
    state.inputs.remove(1)
    assert names(state) == ["mine"]
    display(state, "svhn-75-small")
    assert len(asked) == 3, "the user took them away"


def test_another_run_on_the_same_own_images_has_the_same_ones_tested(state) -> None:
    asked, own = heard_of(state.inputs.testsWanted), CATALOGUE["drawn-10"].with_images("/photos")
    state.displayed.select(DisplayedModel(own, Path("runs/one")))
    state.inputs.want_tests()
    answer_tests(state)
    state.displayed.select(DisplayedModel(own, Path("runs/other")))
    assert [request.seed for (request,) in asked] == [0, 1, 1]
    assert asked[-1][0].model == Path("runs/other")


@pytest.mark.parametrize("seed", [5, 0, None])
def test_test_images_are_restored_by_their_seed_or_left_out(state, seed) -> None:
    asked = heard_of(state.inputs.testsWanted)
    state.inputs.restore_tests(seed)
    assert state.inputs.tests_seed == seed
    state.inputs.renew_tests()
    assert [request.seed for (request,) in asked] == ([] if seed is None else [seed])
    assert state.inputs.tests_seed == seed and state.inputs.awaits_tests is (seed is not None)


def test_while_the_engine_loads_no_test_images_are_asked_for(qapp) -> None:
    made = fresh_state()
    asked = heard_of(made.inputs.testsWanted)
    display(made, "drawn-10")
    assert not asked and made.training.state is State.STARTING
    made.training.engine_ready()
    display(made, "drawn-10")
    assert len(asked) == 1


# ---- drops ---------------------------------------------------------------------------------------


def test_a_dropped_model_is_named_though_images_fell_with_it(state) -> None:
    model = CATALOGUE["mnist-10-small"], Path("digits.safetensors")
    state.drops.add_opened(Opened((picture("mine", state),), model=model))
    assert state.messages.current.text.startswith("Showing digits.safetensors")
    assert names(state) == ["mine"]


def test_what_is_wrong_in_a_folder_is_told_after_what_it_holds(state) -> None:
    opened, logged = Opened(holders=(Path("/a/one"),)), heard_of(state.messages.logged)
    state.drops.add_opened(opened)
    bad = (Unread("a.png", "a.png is torn."),)
    state.drops.add_looked(opened, Looked("one: 20 images.", unread=bad))
    assert state.messages.current.text == "one: 20 images. a.png is torn."
    assert state.messages.current.error and ("a.png is torn.",) in logged
    state.messages.show_message(None)
    note = Opened((picture("mine", state),), notes=("It has no colour.",))
    state.drops.add_opened(note)
    assert state.messages.current.text == "It has no colour." and not state.messages.current.error


def test_two_folders_for_two_domains_are_trained_on_together(state) -> None:
    opened = Opened(holders=(Path("/a/one"), Path("/a/two")))
    state.drops.add_opened(opened)
    state.drops.add_looked(opened, Looked("Both.", to_train_on=("/a/one", "/a/two")))
    (offer,) = state.messages.current.actions
    assert offer.label == "Train on them…" and offer.about == ("/a/one", "/a/two")


def test_each_fault_has_its_sentence() -> None:
    told = [Unread("a", "a is torn."), Unread("b", "b is empty."), Unread("c", "c is torn.")]
    assert in_short(told) == "a is torn. The same goes for c. b is empty."
