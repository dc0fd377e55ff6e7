"""Large images that fall onto the real window: told of, stopped, and in nobody's way."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QPushButton

from iae_studio.state.messages import STOP_LOOKING
from tests.own_images import DIGITS, brought, dropped, in_dialog, said
from tests.studio import LONG, find, little_data, photos, press, running, show
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


def large(folder: Path, count: int) -> Path:
    """Files that take long to decode: progressive, 12 megapixels."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    pixels = rng.integers(200, 256, (378, 504, 3), np.uint8)
    pixels[100:250, 150:350] //= 8
    small = Image.fromarray(pixels)
    small.resize((4032, 3024)).save(folder / "0.jpg", progressive=True, quality=90)
    for k in range(1, count):
        (folder / f"{k}.jpg").hardlink_to(folder / "0.jpg")
    return folder


def begins(studio, qtbot, folder: Path) -> None:
    show(studio, qtbot, DIGITS)
    studio.state.inputs.clear()
    dropped(studio.window, folder)
    qtbot.waitUntil(lambda: said(studio).startswith("Opening"), timeout=2000)


def test_opening_says_how_far_it_is_and_can_be_stopped(studio, qtbot, tmp_path) -> None:
    begins(studio, qtbot, large(tmp_path / "camera", 64))
    qtbot.waitUntil(lambda: "64 images… 2 done" in said(studio), timeout=LONG)
    assert find(studio, QPushButton, "messageButton0").text() == "Stop"
    press(studio, qtbot, "messageButton0")
    began = time.monotonic()
    done = threading.Event()
    studio.own_images.opening.submit(done.set)
    qtbot.waitUntil(done.is_set, timeout=LONG)
    assert time.monotonic() - began < 4
    qtbot.wait(100)
    assert not said(studio) and not brought(studio)


def test_the_window_closes_and_dialogs_answer_meanwhile(studio, qtbot, tmp_path) -> None:
    folder = large(tmp_path / "camera", 64)
    few = photos(tmp_path / "few", 20)
    begins(studio, qtbot, folder)
    began = time.monotonic()

    def see(dialog) -> None:
        dialog.images.edit.setText(str(few))
        dialog.images.look()
        qtbot.waitUntil(lambda: dialog.images.ready, timeout=LONG)
        dialog.reject()

    show_own = studio.window.dialogs.choose_own_images
    in_dialog(qtbot, see)
    show_own(str(few))
    assert time.monotonic() - began < 4
    assert said(studio).startswith("Opening"), "it goes on"
    began = time.monotonic()
    studio.window.close()
    assert time.monotonic() - began < 4


def test_seeing_many_anew_does_not_hold_up_the_end(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    studio.state.drops.open_files([large(tmp_path / "camera", 24)])
    qtbot.waitUntil(lambda: len(brought(studio)) == 24, timeout=LONG)
    show(studio, qtbot, CATALOGUE["svhn-75-small"].but(width=4))
    began = time.monotonic()
    studio.window.close()
    assert time.monotonic() - began < 4


def test_what_opens_at_once_says_nothing_of_it(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    told = []
    studio.state.messages.changed.connect(lambda message: told.append(message))
    dropped(studio.window, photos(tmp_path / "a", 1) / "0.png")
    qtbot.waitUntil(lambda: brought(studio) == ["0.png"], timeout=LONG)
    qtbot.wait(500)
    assert not any(STOP_LOOKING in message.actions for message in told if message)
