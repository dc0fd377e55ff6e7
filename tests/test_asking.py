"""Questions to the displayed model: who is answered, by which weights, and when not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
import torch

from iae_studio.state.asking import Asked
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.messages import Message
from iae_studio.state.model_files import SHIPPED
from iae_studio.threads import explore
from iae_studio.threads.explore import Explorers, ExploreThread, Subject
from iae_studio.threads.render import RenderThread
from tests.widgets import heard_of
from trainer.exploring.questions.base import Circumstances, Lane, Question
from trainer.exploring.questions.data import JudgeImages, ListImages, Where
from trainer.inference.snapshot import Snapshot, fresh_snapshot
from trainer.messages import Failed, UserError
from trainer.recipe.catalogue import CATALOGUE

PATIENCE = 20_000  # ms


@dataclass(frozen=True, eq=False)
class Which(Question[int]):
    """Of which step the weights are."""

    answered_by: ClassVar[str] = "tests.test_asking:which"


@dataclass(frozen=True, eq=False)
class Long(Question[int]):
    """It ends when nobody waits."""

    answered_by: ClassVar[str] = "tests.test_asking:long"
    lane: ClassVar[Lane] = Lane.SLOW


@dataclass(frozen=True, eq=False)
class SlowWhich(Which):
    lane: ClassVar[Lane] = Lane.SLOW


@dataclass(frozen=True, eq=False)
class Wrong(Question[int]):
    answered_by: ClassVar[str] = "tests.test_asking:wrong"


def which(snapshot: Snapshot, question: Which, told: Circumstances) -> int:
    return snapshot.step


def long(snapshot: Snapshot, question: Long, told: Circumstances) -> int:
    while True:
        told.progress(1, 2)


def wrong(snapshot: Snapshot, question: Wrong, told: Circumstances) -> int:
    raise UserError("No answer to that.")


@pytest.fixture
def threads(qtbot, state, monkeypatch):
    """All threads, wired as in the program."""
    monkeypatch.setattr(explore, "REST", 0.0)
    all_lanes = tuple(ExploreThread(lane) for lane in Lane)
    for thread in all_lanes:
        state.asking.wanted.connect(thread.ask)
        state.asking.cancelled.connect(thread.cancel)
        thread.answered.connect(state.asking.answer)
        thread.lacked.connect(state.asking.lack)
        thread.moved.connect(state.asking.move)
        thread.start()
    yield all_lanes
    for thread in all_lanes:
        thread.ask_to_end()
        assert thread.wait(PATIENCE)


def snapshot_of(name: str = "drawn-10", step: int = 0) -> Snapshot:
    return replace(fresh_snapshot(CATALOGUE[name], torch.device("cpu")), step=step)


def test_a_question_waits_for_the_model_it_is_about(qtbot, state, threads) -> None:
    found: list[int] = []
    threads[0].show(Subject(snapshot_of("mnist-det-small", 5)))
    state.asking.ask(Which(), found.append)
    qtbot.wait(100)
    assert not found
    threads[0].show(Subject(snapshot_of(step=7)))
    qtbot.waitUntil(lambda: found == [7], timeout=PATIENCE)
    threads[0].hold()
    state.asking.ask(Which(), found.append)
    qtbot.wait(100)
    assert found == [7], "another model is on its way"


def test_what_follows_is_answered_by_newer_weights_until_it_is_cancelled(
    qtbot, state, threads
) -> None:
    found: list[int] = []
    threads[0].show(Subject(snapshot_of(step=1)))
    state.asking.ask(Which(), found.append, follows=True)
    qtbot.waitUntil(lambda: found == [1], timeout=PATIENCE)
    threads[0].show(Subject(snapshot_of(step=2)))
    qtbot.waitUntil(lambda: found == [1, 2], timeout=PATIENCE)
    state.asking.cancel("Which")
    threads[0].show(Subject(snapshot_of(step=3)))
    qtbot.wait(100)
    assert found == [1, 2]


def test_a_newer_question_of_a_kind_takes_the_place_of_an_older(qtbot, state, threads) -> None:
    older: list[int] = []
    newer: list[int] = []
    state.asking.ask(Which(), older.append)
    state.asking.ask(Which(), newer.append)
    other: list[int] = []
    state.asking.ask(Which(), other.append, kind="of another view")
    threads[0].show(Subject(snapshot_of(step=4)))
    qtbot.waitUntil(lambda: newer == [4] and other == [4], timeout=PATIENCE)
    assert not older


def test_what_takes_long_tells_how_far_it_is_and_ends_at_once(qtbot, state, threads) -> None:
    moved = heard_of(state.asking.moved)
    threads[1].show(Subject(snapshot_of()))
    state.asking.ask(Long(), pytest.fail, pytest.fail)
    qtbot.waitUntil(lambda: bool(moved), timeout=PATIENCE)
    assert moved[0] == ("Long", 1, 2)
    quick: list[int] = []
    threads[0].show(Subject(snapshot_of(step=9)))
    state.asking.ask(Which(), quick.append)
    qtbot.waitUntil(lambda: quick == [9], timeout=PATIENCE)  # while the other one lasts
    state.asking.cancel("Long")
    after: list[int] = []
    state.asking.ask(SlowWhich(), after.append)
    qtbot.waitUntil(lambda: after == [0], timeout=PATIENCE)


@pytest.mark.parametrize("question", [ListImages, JudgeImages])
def test_a_map_does_not_wait_for_all_images_of_the_data(
    qtbot, state, threads, monkeypatch, question
) -> None:
    monkeypatch.setattr(question, "answered_by", long)
    for thread in threads:
        thread.show(Subject(snapshot_of(step=7)))
    moved = heard_of(state.asking.moved)
    state.asking.ask(question(Where()), lambda _: None, kind="data")
    qtbot.waitUntil(lambda: bool(moved), timeout=PATIENCE)
    found: list[int] = []
    state.asking.ask(SlowWhich(), found.append, kind="map")
    qtbot.waitUntil(lambda: found == [7], timeout=PATIENCE)
    state.asking.cancel("data")


def test_another_model_is_not_answered_for(qtbot, state, threads) -> None:
    threads[0].show(Subject(snapshot_of(step=1)))
    found: list[int] = []
    state.asking.ask(Which(), found.append, follows=True)
    qtbot.waitUntil(lambda: found == [1], timeout=PATIENCE)
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-det-small"]))
    threads[0].show(Subject(snapshot_of("mnist-det-small", 2)))
    threads[0].show(Subject(snapshot_of(step=3)))
    qtbot.wait(100)
    assert found == [1]


def test_what_cannot_be_answered_is_told_once(qtbot, state, threads) -> None:
    failed = heard_of(threads[0].failed)
    lacked: list[bool] = []
    threads[0].show(Subject(snapshot_of()))
    for _ in range(2):
        before = len(lacked)
        state.asking.ask(Wrong(), pytest.fail, lambda: lacked.append(True))
        qtbot.waitUntil(lambda n=before: len(lacked) > n, timeout=PATIENCE)
    assert [told.what for (told,) in failed] == ["No answer to that."]


def test_another_answer_between_does_not_have_it_told_again(qtbot, state, threads) -> None:
    failed, found = heard_of(threads[0].failed), []
    threads[0].show(Subject(snapshot_of()))
    for number in range(2):
        lacked: list[bool] = []
        state.asking.ask(Wrong(), pytest.fail, lambda known=lacked: known.append(True))
        qtbot.waitUntil(lambda known=lacked: bool(known), timeout=PATIENCE)
        state.asking.ask(Which(), found.append)
        qtbot.waitUntil(lambda least=number: len(found) > least, timeout=PATIENCE)
    assert len(failed) == 1
    state.asking.ask(Wrong(), pytest.fail)
    state.asking.cancel("Wrong")
    state.asking.ask(Wrong(), pytest.fail)
    qtbot.waitUntil(lambda: len(failed) == 2, timeout=PATIENCE)


def test_an_answer_on_its_way_when_it_was_cancelled_reaches_nobody(state) -> None:
    wanted = heard_of(state.asking.wanted)
    state.asking.ask(Which(), pytest.fail)
    (asked,) = wanted[0]
    assert isinstance(asked, Asked)
    state.asking.cancel("Which")
    state.asking.answer(asked, 1)
    state.asking.lack(asked)


def test_weights_that_are_not_shown_any_more_answer_nothing(qtbot, state, tmp_path) -> None:
    """The trained model is still being loaded when an untrained one of its recipe is chosen."""
    recipe, file = CATALOGUE["drawn-10"], SHIPPED["drawn-10"]
    explorers = Explorers()
    explorers.connect(state.asking, state.messages)
    render = RenderThread(explorers)
    threads = (render, *explorers.threads)
    probe = state.answers.probe()
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            for path in (file, None):
                render.show(DisplayedModel(recipe, path), Folders())
                render.ask(probe)
            found: list[int] = []
            state.asking.ask(Which(), found.append)
            qtbot.waitUntil(lambda f=found: len(f) == 1, timeout=PATIENCE)
            assert found == [0]
    finally:
        for thread in threads:
            thread.ask_to_end()
            assert thread.wait(PATIENCE)


def test_data_that_lack_for_an_answer_take_no_questions_place(state) -> None:
    """Nobody asked by hand; the view says in its own place what it lacks."""
    state.messages.show_message(Message("Where are the images?"))
    logged = heard_of(state.messages.logged)
    state.messages.show_answer_failure(Failed("They are not there.", gone="trip"))
    state.messages.show_answer_failure(Failed("MNIST is not there.", data_missing=True))
    assert state.messages.current.text == "Where are the images?" and len(logged) == 2
    state.messages.show_answer_failure(Failed("The memory is full."))
    assert state.messages.current.text == "The memory is full."
