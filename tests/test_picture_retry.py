"""A picture that failed is tried again; a message stands as long as it is true."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import Messages
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.training import State
from tests.studio import LONG, little_data, newest, running
from tests.widgets import fresh_state
from trainer.inference import render


def full_memory(monkeypatch, times: int, error: Exception) -> list[int]:
    """The next pictures find no memory; returns how many were asked for."""
    real, asked = render.render, []

    def rendering(*args: object, **kwargs: object) -> object:
        asked.append(1)
        if len(asked) <= times:
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(render, "render", rendering)
    return asked


def said(studio) -> str:
    message = studio.state.messages.current
    return message.text if message is not None else ""


@pytest.mark.parametrize(
    "error",
    [MemoryError(), torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("of the driver")],
    ids=lambda error: type(error).__name__,
)
def test_the_next_question_tries_again(error, qtbot, own_folders: Path, monkeypatch) -> None:
    with running(own_folders, qtbot) as studio:
        newest(studio, qtbot)
        asked = full_memory(monkeypatch, 3, error)
        told: list[object] = []
        studio.render.failed.connect(told.append)
        for number in (1, 2, 3):
            studio.state.query.resample()
            qtbot.waitUntil(lambda number=number: len(asked) == number, timeout=LONG)
            qtbot.waitUntil(lambda: studio.state.answers.rendering is None, timeout=LONG)
        assert len(told) == 1, "told once, not at each question"
        assert said(studio) == str(told[0])
        studio.state.query.resample()
        assert newest(studio, qtbot).step > 0, "of the model's own weights"
        qtbot.waitUntil(lambda: said(studio) == "", timeout=LONG)
        full_memory(monkeypatch, 1, error)
        studio.state.query.resample()
        qtbot.waitUntil(lambda: len(told) == 2, timeout=LONG)


def test_a_picture_that_fails_keeps_its_model(qtbot, own_folders: Path, monkeypatch) -> None:
    """With the model that was there before, noise and sliders would be lost, too."""
    with little_data(monkeypatch), running(own_folders, qtbot, "mnist-10-small") as studio:
        state = studio.state
        newest(studio, qtbot)
        path = SHIPPED["drawn-10"]
        state.displayed.select(DisplayedModel(model_recipe(path), path))
        newest(studio, qtbot)
        state.query.set_noise_scale(1.5)
        newest(studio, qtbot)
        full_memory(monkeypatch, 1, MemoryError())
        state.query.resample()
        qtbot.waitUntil(lambda: state.answers.rendering is None, timeout=LONG)
        assert state.displayed.model.path == path and state.query.noise_scale == 1.5
        state.query.resample()
        newest(studio, qtbot)
        assert state.displayed.model.path == path


def test_a_failed_save_is_no_longer_told_once_one_worked() -> None:
    state = fresh_state()
    training, messages = state.training, state.messages
    for now in (State.TRAINING, State.PAUSED, State.UNSAVED):
        training.set_state(now)
        training.could_not_save("The disk is full.")
        assert messages.current.error
        training.saved(Path("run"), 5)
        current = messages.current
        assert current is None or not current.error, now
        messages.show_message(None)
        assert messages.current is None, "nor does it come back"


def test_another_error_stands_when_a_save_worked() -> None:
    messages: Messages = (state := fresh_state()).messages
    messages.show_error("x.png is no image.")
    state.training.saved(Path("run"), 5)
    assert messages.current.text == "x.png is no image."
