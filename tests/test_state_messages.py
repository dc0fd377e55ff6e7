"""What the state says of itself: the training, questions, errors; and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import (
    DISCARD,
    MOVED,
    TRAIN_ON,
    Message,
    Messages,
    MovedImages,
    brief,
    short,
)
from iae_studio.state.training import State
from iae_studio.views.message_bar import MessageBar
from tests.widgets import heard_of
from trainer.messages import Failed
from trainer.recipe.catalogue import CATALOGUE

# ---- the training --------------------------------------------------------------------------------


def test_train_goes_on_with_a_run_unless_a_new_one_is_wanted(state) -> None:
    wanted, commands = heard_of(state.training.wanted), heard_of(state.training.commandWanted)
    recipe = CATALOGUE["drawn-10"]
    state.displayed.select(DisplayedModel(recipe, Path("runs/it")))
    state.training.start()
    state.training.start()  # it loads already
    assert wanted == [(recipe, Path("runs/it"))] and not commands
    state.training.set_state(State.TRAINING)
    state.training.start()
    state.training.toggle_pause()
    state.training.set_state(State.PAUSED)
    state.training.toggle_pause()
    state.training.start()
    assert commands == [("pause",), ("go",), ("go",)]
    state.training.set_state(State.IDLE)
    state.training.command("stop")
    state.training.save_in(Path("elsewhere"))
    assert len(commands) == 3, "nobody is there to hear it"
    state.training.start(anew=True)
    assert wanted[1:] == [(recipe, None)]


def test_what_could_not_be_saved_is_kept_until_it_is(state) -> None:
    training, messages = state.training, state.messages
    commands = heard_of(training.commandWanted)
    training.set_state(State.UNSAVED)
    training.could_not_save("The disk is full.")
    assert training.busy and DISCARD in messages.current.actions
    training.save_in(Path("elsewhere"))
    assert commands == [(Path("elsewhere"),)]
    training.saved(Path("elsewhere/it"), 1234)
    assert training.run_path == Path("elsewhere/it")
    training.set_state(State.IDLE)
    assert messages.current.text == f"Saved step 1,234 in {Path('elsewhere/it')}."


def test_whose_images_are_gone_is_asked_where_they_are(state) -> None:
    state.training.run_path = Path("runs/it")
    state.training.failed(Failed("Your photos are not there.", gone="/photos"))
    message = state.messages.current
    assert message.text == "Your photos are not there." and message.topic == MOVED
    about = message.actions[0].about
    assert (about.gone, about.run, about.go_on) == ("/photos", Path("runs/it"), True)
    state.training.failed(Failed("Out of memory.", "Choose a smaller batch."))
    assert state.messages.current.text == "Out of memory. Choose a smaller batch."


def test_what_is_left_out_of_a_training_is_told_of_short_names(state) -> None:
    long = "p" * 60
    state.training.left_out("digits: 20 images.")
    assert state.messages.current.text == "Training on digits: 20 images."
    state.training.recipe = CATALOGUE["shoes-small"].with_images(f"/a/{long}", "/a/shoes")
    state.training.left_out(f"{long}: 20 images. shoes: 30 images.")
    told = f"Training on {'p' * 20}…{'p' * 19}: 20 images. shoes: 30 images."
    assert state.messages.current.text == told and not state.messages.current.error


@pytest.mark.parametrize(("gone", "first"), [("/photos", "find folder"), ("/a.ZIP", "find zip")])
def test_what_it_was_is_offered_first(gone: str, first: str) -> None:
    of_a_run = MovedImages(gone, Path("runs/it")).message().actions
    assert [action.name for action in of_a_run] == [first, *{"find folder", "find zip"} - {first}]
    assert of_a_run[0].label != of_a_run[1].label
    assert [action.name for action in MovedImages(gone).message().actions] == ["own images"]
    assert not of_a_run[0].about.go_on, "only what was trained on goes on by itself"


# ---- what is said --------------------------------------------------------------------------------


def test_a_question_comes_back_when_what_was_said_over_it_is_dismissed(qapp) -> None:
    messages = Messages()
    question = Message("Train on them?", actions=(TRAIN_ON,), topic="offer")
    messages.show_message(question)
    messages.show_error("A bad file.")
    assert messages.current.error and messages.holds(question)
    messages.show_message(None)
    assert messages.current == question
    messages.show_message(Message("Or on these?", actions=(TRAIN_ON,), topic="offer"))
    assert not messages.holds(question), "another about the same takes its place"
    messages.clear()
    messages.turn_away()
    assert messages.current.text == "Or on these?"
    messages.act(TRAIN_ON)
    assert messages.current is None
    messages.ask_again()
    assert messages.current.text == "Or on these?"
    messages.amend(Message("Well?", topic="offer"))
    assert messages.current.text == "Well?"
    messages.withdraw("offer")
    assert messages.current is None


def test_an_aside_never_hides_an_error(qapp) -> None:
    messages = Messages()
    logged = heard_of(messages.logged)
    messages.show_aside("A run is damaged.")
    assert messages.current.text == "A run is damaged."
    messages.show_error("The disk is full.")
    messages.show_aside("Another is, too.")
    assert messages.current.text == "The disk is full."
    assert [text for (text,) in logged][-1] == "Another is, too."


def test_the_bar_shows_what_stands_and_its_buttons_act_on_it(qtbot) -> None:
    messages = Messages()
    wanted, bar = heard_of(messages.actionWanted), MessageBar(messages)
    qtbot.addWidget(bar)
    text, first, second = (
        bar.findChild(kind, f"message{name}")
        for kind, name in ((QLabel, "Text"), (QPushButton, "Button0"), (QPushButton, "Button1"))
    )
    assert bar.isHidden()
    messages.show_error("The disk is full.")
    assert not bar.isHidden() and bar.property("role") == "error"
    assert text.text() == "The disk is full." and first.isHidden() and second.isHidden()
    messages.show_message(Message("Which?", actions=(TRAIN_ON, DISCARD)))
    assert bar.property("role") == "" and not first.isHidden() and not second.isHidden()
    assert (first.text(), second.text()) == (TRAIN_ON.label, DISCARD.label)
    second.click()
    assert wanted == [(DISCARD,)] and bar.isHidden()
    second.click()
    assert len(wanted) == 1, "what was asked is answered"
    messages.show_message(Message("Well?", actions=(DISCARD,)))
    assert not first.isHidden() and second.isHidden()
    bar.findChild(QToolButton).click()
    assert messages.current is None and bar.isHidden()


def test_of_long_names_both_ends_are_read() -> None:
    assert short("short.png") == "short.png" and short("x" * 40) == "x" * 40
    assert short("a" * 30 + "b" * 30) == "a" * 20 + "…" + "b" * 19
    assert brief(f'"{"n" * 90}.png" is damaged.') == f'"{"n" * 19}…{"n" * 14}.png" is damaged.'
    assert brief("Nothing long stands here.") == "Nothing long stands here."
