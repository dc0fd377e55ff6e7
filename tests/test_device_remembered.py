"""The device that was chosen is taken again at the next start."""

from __future__ import annotations

import pytest
import torch
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QComboBox

from iae_studio.device_controller import DeviceController
from iae_studio.threads import render
from tests.gpus import with_gpus
from tests.studio import LONG, find, running
from tests.widgets import heard_of
from trainer.devices import choice
from trainer.devices.records import DeviceInfo, FoundDevices


@pytest.fixture
def computer(monkeypatch):
    """Makes the program find GPUs; it computes on the CPU. Returns the names that it asked for."""
    asked: list[str] = []
    real = render.load_engine

    def choose(name: str) -> torch.device:
        asked.append(name)
        return torch.device("cpu")

    def has(found: FoundDevices) -> list[str]:
        def load() -> FoundDevices:
            real()
            return found

        monkeypatch.setattr(render, "load_engine", load)
        asked.clear()
        return asked

    monkeypatch.setattr(choice, "choose_device", choose)
    return has


def test_a_choice_by_hand_outlives_the_program(qtbot, own_folders, computer) -> None:
    asked = computer(with_gpus("A100", "T4"))
    with running(own_folders, qtbot, "mog-iae") as studio:
        qtbot.waitUntil(lambda: set(asked) == {"auto"}, timeout=LONG)
        box = find(studio, QComboBox, "deviceBox")
        box.setCurrentIndex(box.findData("cuda:1"))
        qtbot.waitUntil(lambda: "cuda:1" in asked, timeout=LONG)

    asked = computer(with_gpus("A100", "T4"))
    with running(own_folders, qtbot, "mog-iae") as studio:
        with qtbot.waitSignal(studio.state.answers.clouded, timeout=LONG):
            studio.state.query.resample()  # the first may have come already
        assert find(studio, QComboBox, "deviceBox").currentText() == "GPU 1"
        assert set(asked) == {"cuda:1"}, "nothing is drawn on another one first"
        studio.state.devices.choose("cpu")  # as where a device was lost: not by hand
    settings = QSettings(str(own_folders / "settings.ini"), QSettings.Format.IniFormat)
    assert settings.value("device") == "cuda:1"


def test_where_it_is_gone_another_is_taken_with_a_word(qtbot, own_folders, computer) -> None:
    asked, file = computer(with_gpus("A100")), own_folders / "settings.ini"
    file.write_text("[General]\ndevice=cuda:1\n")
    with running(own_folders, qtbot, "mog-iae") as studio:
        qtbot.waitUntil(lambda: bool(asked), timeout=LONG)
        assert studio.state.devices.chosen == "cuda:0" and set(asked) == {"auto"}
    assert "device=cuda:1" in file.read_text(), "it may be back at the next start"


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("", "cuda:1, which was chosen, is not here. A100 is used."),
        ("It is full.", "cuda:1, which was chosen, does not work. It is full. A100 is used."),
    ],
)
def test_why_another_is_taken(why: str, said: str, state, tmp_path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("device", "cuda:1")
    thread, logged = render.RenderThread(), heard_of(state.messages.logged)
    controller = DeviceController(state, settings, thread)
    known = with_gpus("A100").known
    broken = (DeviceInfo("cuda:1", "T4", why),) if why else ()
    thread.ready.emit(FoundDevices((*broken, *known)))
    assert controller and logged == [(said,)]


@pytest.mark.parametrize("kept", ["tpu", "auto", "@Invalid()", "cuda:1\\x0", "x" * 9999])
def test_nonsense_in_the_settings_is_no_choice(kept: str, state, tmp_path) -> None:
    file = tmp_path / "settings.ini"
    file.write_text(f"[General]\ndevice={kept}\n")
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    controller = DeviceController(state, settings, render.RenderThread())
    assert state.devices.chosen == "auto"
    state.devices.offer(with_gpus("A100"))
    assert controller and state.devices.chosen == "cuda:0"


def test_of_several_gpus_the_number_is_whole_and_the_list_names_the_cards(
    qtbot, own_folders, computer
) -> None:
    computer(with_gpus("NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA T4"))
    with running(own_folders, qtbot, "mog-iae") as studio:
        box = find(studio, QComboBox, "deviceBox")
        qtbot.waitUntil(lambda: box.currentText() == "GPU 0", timeout=LONG)
        qtbot.waitUntil(lambda: box.width() >= box.sizeHint().width(), timeout=LONG)
        room = QComboBox()
        room.addItem("GPU 0")
        room.ensurePolished()
        assert box.sizeHint().width() >= room.sizeHint().width()
        assert "RTX 4090" in box.toolTip()
        with qtbot.waitExposed(box.view()):
            box.showPopup()
        words = box.fontMetrics().horizontalAdvance("GPU 0: NVIDIA GeForce RTX 4090 Laptop GPU")
        assert box.view().viewport().width() >= words
        box.hidePopup()
