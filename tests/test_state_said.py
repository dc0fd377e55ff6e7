"""What is said: failures, questions that come back, paths, own images, and offers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.drop_news import DropNews
from iae_studio.state.messages import (
    CHOOSE_FOLDER,
    DROPPING,
    REPORT,
    STOP_LOOKING,
    TRAIN_ON,
    Message,
    MovedImages,
    brief,
)
from iae_studio.state.studio_state import StudioState
from tests.widgets import heard_of
from trainer.messages import Failed
from trainer.recipe.catalogue import CATALOGUE

AAE = CATALOGUE["aae-small"]


def said(state: StudioState) -> str:
    return "" if state.messages.current is None else state.messages.current.text


def test_missing_data_are_asked_for_and_a_trace_is_logged(state) -> None:
    logged = heard_of(state.messages.logged)
    state.messages.show_failure(Failed("No data.", "Get them.", data_missing=True, trace="Line 1"))
    assert said(state) == "No data. Get them." and state.messages.current.error
    assert state.messages.current.actions == (CHOOSE_FOLDER,)
    assert logged == [("No data. Get them.",), ("Line 1",)]
    state.displayed.select(DisplayedModel(AAE))
    assert not said(state), "it was about the model before"
    state.messages.show_picture_failure(Failed("It cannot be drawn."))
    assert not state.messages.current.actions and len(logged) == 3
    state.messages.withdraw_picture_failure()
    assert not said(state)


def test_a_question_about_no_model_stands_over_another_model_and_an_error_does_not(state) -> None:
    state.messages.show_message(Message("What happened?", actions=(REPORT,)))
    state.messages.show_error("A bad file.")
    state.displayed.select(DisplayedModel(AAE))
    assert said(state) == "What happened?"
    state.messages.keep(Message("It is damaged.", True))
    assert said(state) == "It is damaged."
    state.messages.keep(Message("Another."))
    state.messages.keep(None)
    assert said(state) == "It is damaged.", "something was said since"
    state.messages.show_message(None)
    assert said(state) == "What happened?"


def test_what_is_gone_is_named_and_what_its_run_was_is_asked() -> None:
    moved = MovedImages("/a/photos", Path("runs/it"))
    assert moved.name == "photos" and moved.message().error
    assert moved.message().text.startswith('"/a/photos" is not there')
    assert moved.message("It is another.").text == "It is another."


def test_a_long_path_keeps_its_short_parts() -> None:
    path = f"/home/{'a' * 41}/pictures/{'b' * 40}"
    assert (
        brief(f"In {path} is none.")
        == f"In /home/{'a' * 20}…{'a' * 19}/pictures/{'b' * 40} is none."
    )
    assert brief("x" * 60) == "x" * 60 and brief("x" * 61) == "x" * 20 + "…" + "x" * 19
    assert len(brief("/".join("abcd" * 40))) == 100


def test_own_images_are_named_with_what_to_do(state) -> None:
    recipe = CATALOGUE["shoes-small"].with_images("/a/one", "/a/two")
    for busy, way in ((False, "press Train"), (True, "stop the training that runs first, then")):
        state.displayed.use_own_images(recipe, busy)
        assert f", on the images in one and two: {way}" in said(state)
    assert state.displayed.model == DisplayedModel(recipe)


def test_of_two_offers_each_names_its_own_and_the_last_is_first(state) -> None:
    news, long = DropNews(state.messages), "n" * 30
    offers = [replace(TRAIN_ON, about=(f"/a/{name}",)) for name in ("one", long)]
    news.run("look", "Looking…")
    news.add("one: 20.", False, offers[0])
    news.add("long: 20.", False, offers[1])
    news.add("one: 20.", False, offers[0])
    news.show()
    current = state.messages.current
    assert current.text == "Looking… one: 20. long: 20." and current.topic == DROPPING
    labels = [action.label for action in current.actions]
    assert labels == [STOP_LOOKING.label, "Train on one…", f"Train on {'n' * 10}…{'n' * 9}…"]
    news.run("look", "Looking: 5 images…")
    assert said(state).startswith("Looking: 5 images…") and news.runs("look")
    news.forget("look")
    news.show()
    assert said(state) == "one: 20. long: 20." and not news.runs("look")
    state.messages.show_message(None)
    news.show()
    assert not said(state), "it was told"
