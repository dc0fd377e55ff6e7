"""Where a GPU is full, pictures and answers come from the CPU, until a training ends."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
import torch

from iae_studio.memory_controller import PICTURES
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.training import State
from iae_studio.threads import explore, shortage
from iae_studio.threads.explore import ExploreThread
from iae_studio.threads.subject import Subject
from iae_studio.threads.train import TrainingThread
from tests.studio import LONG, little_data, newest, press, running, steps, wait_state
from tests.tiny import CPU
from tests.widgets import heard_of
from trainer.exploring.questions.base import Circumstances, Lane, Question
from trainer.inference import render, snapshot
from trainer.inference.snapshot import Snapshot, fresh_snapshot
from trainer.recipe.catalogue import CATALOGUE

FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture
def gpu(monkeypatch) -> None:
    """Every device counts as a GPU that has not "cpu" for its name."""
    monkeypatch.setattr(shortage, "_is_gpu", lambda device: device != "cpu")


# ---- pictures ------------------------------------------------------------------------------------


def test_the_cpu_draws_until_a_training_ends(qtbot, own_folders, monkeypatch, gpu) -> None:
    real, full, asked = render.render, [True], []
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as studio:
        before = newest(studio, qtbot)

        def rendering(*args: object) -> object:
            asked.append(studio.render._weights.device)
            if full[0] and asked[-1] != "cpu":
                raise FULL
            return real(*args)

        monkeypatch.setattr(render, "render", rendering)
        blank, failed = heard_of(studio.render.blank), heard_of(studio.render.failed)
        studio.state.answers.ask()
        newest(studio, qtbot)
        assert asked == ["auto", "cpu"] and not blank and not failed
        assert np.array_equal(studio.state.answers.rendering.tiles, before.tiles)
        current = studio.state.messages.current
        assert current is not None and current.text == PICTURES and not current.error
        studio.state.query.resample()
        newest(studio, qtbot)
        assert asked[2:] == ["cpu"], "a GPU that is full is left alone"
        full[0] = False
        studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) > 2, timeout=LONG)
        studio.state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
        qtbot.waitUntil(lambda: len(asked) > 3, timeout=LONG)
        assert asked[-1] == "cpu"
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
        qtbot.waitUntil(lambda: asked[-1] == "auto", timeout=LONG)
        qtbot.waitUntil(lambda: studio.state.messages.current is None, timeout=LONG)


def test_a_picture_for_which_there_is_no_memory_at_all_says_so(
    qtbot, own_folders, monkeypatch
) -> None:
    with running(own_folders, qtbot) as studio:
        newest(studio, qtbot)

        def full(*_: object) -> object:
            raise MemoryError

        monkeypatch.setattr(render, "render", full)
        studio.state.query.resample()
        qtbot.waitUntil(lambda: studio.state.messages.current is not None, timeout=LONG)
        assert "show fewer images" in studio.state.messages.current.text


def test_a_training_that_has_no_room_for_its_pictures_goes_on(
    qtbot, own_folders, monkeypatch
) -> None:
    monkeypatch.setattr(shortage, "_is_gpu", lambda device: True)
    monkeypatch.setattr("iae_studio.threads.publishing.PUBLISH_SECONDS", 0.0)
    made: list[Snapshot] = []

    def full(*_: object) -> Snapshot:
        raise FULL

    with little_data(monkeypatch):
        thread = TrainingThread(made.append)
        failed = heard_of(thread.failed)
        monkeypatch.setattr(snapshot, "publish", full)
        thread.start()
        thread.begin(CATALOGUE["mog-iae"].but(steps=30), None, "cpu", Folders())
        with qtbot.waitSignal(thread.ended, timeout=LONG):
            pass
        thread.ask_to_end()
        assert thread.wait(LONG)
    assert made[-1].step == 30 and made[-1].points is not None and not failed


def test_live_weights_are_let_go(qtbot, own_folders, monkeypatch) -> None:
    """When the training is over and another model is displayed."""
    live: list[weakref.ref] = []
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as studio:
        publish = studio.training.publish

        def watched(made: Snapshot) -> None:
            live.append(weakref.ref(made.model))
            publish(made)

        studio.training.publish = watched
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) > 3, timeout=LONG)
        gc.disable()
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
        path = SHIPPED["drawn-10"]
        studio.state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"], path))
        newest(studio, qtbot)
        try:
            qtbot.waitUntil(lambda: not [ref for ref in live if ref()], timeout=5000)
        finally:
            gc.enable()
        assert live


# ---- questions -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Where(Question[str]):
    """On which device it is answered; a GPU has no room for it."""

    answered_by: ClassVar[str] = "tests.test_memory_pictures:where"


@dataclass(frozen=True, eq=False)
class Large(Question[int]):
    """There is no memory for it, so many times."""

    times: int
    answered_by: ClassVar[str] = "tests.test_memory_pictures:large"


asked: list[str] = []


def where(shown: Snapshot, question: Where, told: Circumstances) -> str:
    asked.append(shown.device.type)
    if shown.device.type != "cpu":
        raise FULL
    assert all(weight.device == CPU for weight in shown.model.parameters())
    return shown.device.type


def large(shown: Snapshot, question: Large, told: Circumstances) -> int:
    asked.append("large")
    if len(asked) <= question.times:
        raise MemoryError
    return len(asked)


@pytest.fixture
def thread(qtbot, state, monkeypatch) -> Iterator[ExploreThread]:
    asked.clear()
    monkeypatch.setattr(explore, "LATER", 0.01)
    made = ExploreThread(Lane.QUICK)
    state.asking.wanted.connect(made.ask)
    made.answered.connect(state.asking.answer)
    made.lacked.connect(state.asking.lack)
    made.start()
    yield made
    made.ask_to_end()
    assert made.wait(LONG)


def test_a_question_falls_to_the_cpu_where_the_gpu_is_full(qtbot, state, thread, gpu) -> None:
    fell, failed, found = heard_of(thread.fellBack), heard_of(thread.failed), []
    shown = replace(fresh_snapshot(CATALOGUE["drawn-10"], CPU), device=torch.device("meta"))
    thread.show(Subject(shown))
    for count in (1, 2):
        state.asking.ask(Where(), found.append)
        qtbot.waitUntil(lambda count=count: len(found) == count, timeout=LONG)
    assert asked == ["meta", "cpu", "cpu"] and len(fell) == 1 and not failed
    thread.shortage.over()
    state.asking.ask(Where(), found.append)
    qtbot.waitUntil(lambda: len(found) == 3, timeout=LONG)
    assert asked[3:] == ["meta", "cpu"], "when a training ends the GPU is tried again"


def test_a_question_that_finds_no_memory_is_tried_again_and_told_once(qtbot, state, thread) -> None:
    failed, lacked, found = heard_of(thread.failed), heard_of(thread.lacked), []
    thread.show(Subject(fresh_snapshot(CATALOGUE["drawn-10"], CPU), live=False))
    state.asking.ask(Large(2), found.append)
    qtbot.waitUntil(lambda: found == [3], timeout=LONG)
    assert len(failed) == 1 and "tried again" in str(failed[0][0]) and not lacked
    asked.clear()
    state.asking.ask(Large(99), found.append)
    qtbot.waitUntil(lambda: len(lacked) == 1, timeout=LONG)
    assert len(asked) == explore.TRIES + 1


def test_who_answers_holds_no_weights_that_are_not_shown(qtbot, state, thread) -> None:
    found: list[str] = []
    shown = fresh_snapshot(CATALOGUE["drawn-10"], CPU)
    seen = weakref.ref(shown.model)
    thread.show(Subject(shown))
    state.asking.ask(Where(), found.append, follows=True)
    qtbot.waitUntil(lambda: len(found) == 1, timeout=LONG)
    del shown
    thread.hold()
    qtbot.waitUntil(lambda: seen() is None, timeout=5000)
