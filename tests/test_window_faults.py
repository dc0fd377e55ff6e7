"""What goes wrong around a training: a full disk at its end, loading that nobody waits for."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import list_runs
from iae_studio.state.own_images import on_own_images
from iae_studio.state.training import State
from tests.studio import LONG, find, press, running, steps, wait_state
from tests.tiny import kept_losses
from trainer.recipe.catalogue import CATALOGUE
from trainer.training import checkpoint

MANY = 3000  # images, which take many seconds to read


class Disk:
    """Full for those who save, until there is room: in all folders, or but in one."""

    def __init__(self, monkeypatch) -> None:
        self.full, self.roomy = True, Path("/nowhere")
        write = checkpoint.write_bytes

        def save(path: Path, data: bytes) -> None:
            if self.full and self.roomy not in path.parents:
                raise OSError(28, "No space left on device")
            write(path, data)

        monkeypatch.setattr(checkpoint, "write_bytes", save)


@pytest.fixture
def studio(qtbot, own_folders):
    with running(own_folders, qtbot, "mog-iae") as started:
        yield started


def begin(studio, qtbot, count: int = 20) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= count, timeout=LONG)


def stop_on_a_full_disk(studio, qtbot, monkeypatch) -> Disk:
    begin(studio, qtbot)
    disk = Disk(monkeypatch)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.UNSAVED)
    message = studio.state.messages
    qtbot.waitUntil(lambda: message.current is not None, timeout=LONG)
    assert "No space left" in find(studio, QLabel, "messageText").text()
    return disk


def only_run():
    (run,) = list_runs()
    return run


# ---- a full disk at the end ----------------------------------------------------------------------


@pytest.mark.parametrize("button", ["saveButton", "stopButton"])
def test_a_training_stopped_on_a_full_disk_is_saved_once_there_is_room(
    studio, qtbot, monkeypatch, button
) -> None:
    disk = stop_on_a_full_disk(studio, qtbot, monkeypatch)
    reached = steps(studio)
    qtbot.wait(200)
    assert steps(studio) == reached, "it went on"
    assert only_run().step == 0
    press(studio, qtbot, button)  # still no room
    qtbot.wait(200)
    assert studio.state.training.state is State.UNSAVED
    disk.full = False
    press(studio, qtbot, button)
    wait_state(studio, qtbot, State.IDLE)
    assert only_run().step == reached
    assert not studio.state.messages.current.error


def test_a_training_stopped_on_a_full_disk_can_go_on(studio, qtbot, monkeypatch) -> None:
    disk = stop_on_a_full_disk(studio, qtbot, monkeypatch)
    reached = steps(studio)
    assert find(studio, QPushButton, "pauseButton").text() == "Go on"
    press(studio, qtbot, "pauseButton")
    wait_state(studio, qtbot, State.TRAINING)
    qtbot.waitUntil(lambda: steps(studio) > reached + 5, timeout=LONG)
    disk.full = False
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    assert only_run().step == steps(studio)


def test_a_training_that_finishes_on_a_full_disk_waits_too(studio, qtbot, monkeypatch) -> None:
    disk = Disk(monkeypatch)
    disk.full = False
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"].but(steps=30)))
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.TRAINING)
    disk.full = True
    wait_state(studio, qtbot, State.UNSAVED)
    disk.full = False
    press(studio, qtbot, "saveButton")
    wait_state(studio, qtbot, State.FINISHED)
    assert only_run().step == 30


def test_what_cannot_be_saved_is_saved_elsewhere(studio, qtbot, monkeypatch, tmp_path) -> None:
    disk = stop_on_a_full_disk(studio, qtbot, monkeypatch)
    disk.roomy = tmp_path / "stick"
    disk.roomy.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(disk.roomy))
    press(studio, qtbot, "messageButton0")
    wait_state(studio, qtbot, State.IDLE)
    (there,) = disk.roomy.iterdir()
    assert kept_losses(there) == steps(studio)
    assert str(there) in studio.state.messages.current.text
    qtbot.waitUntil(lambda: not studio.state.displayed.model.live, timeout=LONG)
    assert studio.state.displayed.model.path == there, "its weights are displayed from there"
    disk.full = False
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.TRAINING)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_what_cannot_be_saved_is_discarded_on_request(studio, qtbot, monkeypatch) -> None:
    disk = stop_on_a_full_disk(studio, qtbot, monkeypatch)
    assert find(studio, QPushButton, "messageButton1").text() == "Discard"
    press(studio, qtbot, "messageButton1")
    wait_state(studio, qtbot, State.IDLE)
    assert only_run().step == 0
    disk.full = False
    begin(studio, qtbot, 5)  # another training can begin


def test_closing_asks_about_what_could_not_be_saved(qtbot, own_folders, monkeypatch) -> None:
    asked = []

    with running(own_folders, qtbot, "mog-iae") as studio:
        disk = stop_on_a_full_disk(studio, qtbot, monkeypatch)

        def answer(parent, title, text, *_):
            asked.append(text)
            disk.full = False
            return QMessageBox.StandardButton.Retry

        monkeypatch.setattr(QMessageBox, "critical", answer)
        reached = steps(studio)
        studio.window.close()
    assert len(asked) == 1
    assert only_run().step == reached


# ---- loading -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def album(tmp_path_factory) -> Path:
    """Many images that take a while to decode: one file under many names."""
    folder = tmp_path_factory.mktemp("album")
    pixels = np.random.default_rng(0).integers(0, 256, (600, 600, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "0.png", compress_level=1)
    for number in range(1, MANY):
        os.link(folder / "0.png", folder / f"{number}.png")
    return folder


def select_album(studio, album: Path) -> None:
    base = CATALOGUE["mnist-10-small"].but(width=4, batch=8)
    recipe = on_own_images(base, str(album), "", "none", 28, False)
    studio.state.displayed.use_own_images(recipe)


def status(studio) -> str:
    return find(studio, QLabel, "statusText").text()


def counted(studio) -> bool:
    return "Loading data: " in status(studio) and f"of {MANY:,} images" in status(studio)


def test_loading_shows_how_far_it_is_and_stops_at_once(studio, qtbot, album) -> None:
    select_album(studio, album)
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: counted(studio), timeout=LONG)
    before = time.monotonic()
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    assert time.monotonic() - before < 4
    assert studio.state.messages.current is None or not studio.state.messages.current.error
    assert not list_runs()


def test_images_to_look_at_are_counted_and_can_be_cancelled(studio, qtbot, album) -> None:
    """Nothing trains: the test images alone are read."""
    select_album(studio, album)
    qtbot.waitUntil(lambda: counted(studio), timeout=LONG)
    press(studio, qtbot, "stopButton")
    qtbot.waitUntil(lambda: not studio.state.inputs.awaits_tests, timeout=4_000)
    qtbot.waitUntil(lambda: status(studio) == "Ready", timeout=LONG)


@pytest.mark.parametrize("trains", [True, False])
def test_closing_does_not_wait_for_data_that_load(qtbot, own_folders, album, trains) -> None:
    with running(own_folders, qtbot, "mog-iae") as studio:
        select_album(studio, album)
        if trains:
            press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: counted(studio), timeout=LONG)
        before = time.monotonic()
        studio.window.close()
        assert time.monotonic() - before < 4
        assert not studio.training.isRunning()
        assert not studio.data.reading.isRunning()
