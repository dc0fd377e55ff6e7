"""How much memory is used and free: read, told in a terminal, and shown beside the speed."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QLabel

from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.views.training_bar import TrainingBar
from iae_studio.widgets.elided_label import ElidedLabel
from tests.studio import LONG, find, little_data, press, running
from tests.tiny import kind_of, trained
from tests.widgets import shown
from trainer.cli import main
from trainer.devices import memory, memory_use
from trainer.devices.memory_words import in_full, in_short
from trainer.messages import LOSSES, MemoryUse, Progress
from trainer.recipe.catalogue import CATALOGUE
from trainer.training.progress_bar import _summary

GIB, MIB = 1 << 30, 1 << 20
CPU, GPU = torch.device("cpu"), torch.device("cuda", 1)
ROOMY = MemoryUse("cuda:0", int(2.1 * GIB), 20 * GIB, 24 * GIB)
SCARCE = MemoryUse("cuda:0", 21 * GIB, GIB, 24 * GIB)


def report(use: MemoryUse | None, step: int = 250) -> Progress:
    rows = np.full((1, len(LOSSES)), 0.5, np.float32)
    return Progress(step, 1000, LOSSES, rows, 12.3, 100.0, memory=use)


# ---- read ----------------------------------------------------------------------------------------


def test_a_training_tells_of_the_memory_as_the_system_does() -> None:
    _, told = trained(kind_of("iae"), 3)
    use = told[-1].memory
    assert use is not None and use.device == "cpu"
    held = torch.ones(64 * MIB, dtype=torch.uint8)
    more = memory_use.memory_use(CPU)
    assert more.used - use.used > 32 * MIB or sys.platform != "linux"
    assert 0 < more.free <= more.total and len(held)


def test_the_memory_is_read_once_a_second_and_a_lost_driver_ends_nothing(monkeypatch) -> None:
    now, asked = [100.0], []

    def read(device: torch.device) -> MemoryUse:
        asked.append(device)
        if len(asked) > 2:
            raise RuntimeError("CUDA error: device lost")
        return MemoryUse(str(device), len(asked), 1, 9)

    monkeypatch.setattr(memory_use, "memory_use", read)
    monkeypatch.setattr(memory_use.time, "monotonic", lambda: now[0])
    gauge = memory_use.MemoryGauge(GPU)
    seen = []
    for _ in range(4):
        seen.append([gauge.read().used for _ in range(3)][-1])
        now[0] += 1.0
    assert seen == [1, 2, 2, 2] and len(asked) == 4


def torchs_figures(monkeypatch, reserved: int, allocated: int, free: int, total: int) -> list:
    asked = []

    def told(figure):
        def tell(device):
            asked.append(device)
            return figure

        return tell

    monkeypatch.setattr(torch.accelerator, "memory_reserved", told(reserved))
    monkeypatch.setattr(torch.accelerator, "memory_allocated", told(allocated))
    monkeypatch.setattr(torch.accelerator, "get_memory_info", told((free, total)))
    return asked


def test_of_several_gpus_the_one_that_is_meant_is_asked(monkeypatch) -> None:
    asked = torchs_figures(monkeypatch, 5 * GIB, 2 * GIB, 10 * GIB, 24 * GIB)
    use = memory_use.memory_use(GPU)
    assert use == MemoryUse("cuda:1", 5 * GIB, 13 * GIB, 24 * GIB)
    assert set(asked) == {GPU}
    assert memory.fits(4 * GIB, GPU, mapped=False), "what torch keeps for later is free to us"
    assert not memory.fits(5 * GIB, GPU, mapped=False)


def test_an_apple_gpu_shares_the_memory_of_the_computer(monkeypatch) -> None:
    for name, figure in (
        ("recommended_max_memory", 12 * GIB),
        ("driver_allocated_memory", GIB),
        ("current_allocated_memory", GIB),
    ):
        monkeypatch.setattr(torch.mps, name, lambda figure=figure: figure)
    mps = torch.device("mps", 0)
    monkeypatch.setattr(memory, "available", lambda: 3 * GIB)
    assert memory.free_on(mps) == 3 * GIB and not memory.fits(2 * GIB, mps, mapped=False)
    monkeypatch.setattr(memory, "available", lambda: 30 * GIB)
    assert memory.free_on(mps) == 11 * GIB


def test_a_driver_of_intel_need_not_tell_what_is_free(monkeypatch) -> None:
    torchs_figures(monkeypatch, 3 * GIB, GIB, 0, 0)

    def silent(device: torch.device) -> tuple[int, int]:
        raise RuntimeError("The device doesn't support querying the available free memory.")

    class Properties:
        total_memory = 8 * GIB

    monkeypatch.setattr(torch.accelerator, "get_memory_info", silent)
    monkeypatch.setattr(torch.xpu, "get_device_properties", lambda device: Properties())
    monkeypatch.setattr(memory, "available", lambda: 30 * GIB)
    use = memory_use.memory_use(torch.device("xpu", 0))
    assert (use.free, use.total) == (7 * GIB, 8 * GIB)


# ---- told ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (ROOMY, "2.1 of 24 GiB"),
        (SCARCE, "memory nearly full, 1.0 GiB free"),
        (MemoryUse("cpu", 500 * MIB, 800 * MIB, 1000 * MIB), "500 MiB of 1,000 MiB"),
        (MemoryUse("mps:0", 500 * MIB, 0, 0), "500 MiB"),
        (MemoryUse("mps:0", 0, 0, 0), ""),
    ],
)
def test_memory_in_words(use: MemoryUse, said: str) -> None:
    assert in_short(use) == said
    if said:
        assert use.device == "cpu" or use.device in in_full(use)


def test_the_bar_of_a_terminal_has_it_first() -> None:
    assert _summary(report(ROOMY)).startswith("2.1 of 24 GiB, rec D 0.500, ")
    assert _summary(report(None)).startswith("rec D 0.500, ")


def test_the_command_line_tells_it(tmp_path, capsys) -> None:
    run = str(tmp_path / "run")
    assert main(["train", "mog-iae", "--steps", "3", "--device", "cpu", "--out", run]) == 0
    assert " GiB, " in capsys.readouterr().err


# ---- shown ---------------------------------------------------------------------------------------


@pytest.fixture
def bar(qtbot, qapp) -> TrainingBar:
    theme.apply(qapp, True)
    state = StudioState.create(CATALOGUE["drawn-10"].but(warm=0.0))
    made = shown(qtbot, TrainingBar(state.displayed, state.training, state.devices), 1600, 50)
    made.state = state
    state.training.engine_ready()
    state.training.recipe = state.displayed.recipe
    state.training.set_state(State.TRAINING)
    return made


def seen(bar: TrainingBar) -> tuple[str, str]:
    """What stands in the line, and beside it."""
    label = bar.findChild(QLabel, "memoryText")
    words = bar.findChild(ElidedLabel, "statusText").shown()
    return words, label.text() if label.isVisible() else ""


def test_it_stands_beside_the_speed_and_goes_first(bar) -> None:
    label = bar.findChild(QLabel, "memoryText")
    bar.state.training.progressed.emit(report(ROOMY))
    words, memory_told = seen(bar)
    assert memory_told == "· 2.1 of 24 GiB" and "12.3/s" in words
    assert label.toolTip().splitlines() == [
        "Memory of the GPU (cuda:0)",
        "2.1 GiB used by this program",
        "20.0 GiB free",
        "24.0 GiB in all",
    ]
    width = bar.width()
    while seen(bar)[1]:
        assert seen(bar)[0] in (words, words.removeprefix("Training · ")), "they are whole"
        width -= 20
        bar.resize(width, 50)
    assert "12.3/s" in seen(bar)[0], "the memory goes first"
    bar.resize(1600, 50)
    assert seen(bar) == (words, memory_told)
    bar.state.training.set_state(State.PAUSED)
    assert seen(bar)[1], "it is still taken"
    bar.state.training.set_state(State.IDLE)
    assert not seen(bar)[1]


def test_little_memory_takes_the_place_of_words_and_another_colour(bar) -> None:
    label = bar.findChild(QLabel, "memoryText")
    bar.state.training.progressed.emit(report(ROOMY))
    quiet = label.palette().windowText().color()
    bar.state.training.progressed.emit(report(SCARCE, 260))
    assert label.palette().windowText().color() != quiet
    assert "close other programs" in label.toolTip()
    words, memory_told = seen(bar)
    width = bar.width()
    while "12.3/s" in seen(bar)[0]:
        width -= 20
        bar.resize(width, 50)
    assert words.startswith("Training") and seen(bar) == (
        "step 260 of 1,000 · 1 min 40 s left",
        memory_told,
    )
    while seen(bar)[1] == memory_told:
        width -= 10
        bar.resize(width, 50)
    assert seen(bar)[1] == "· 1.0 GiB free", "the figure alone, where there is no room for more"
    bar.state.training.progressed.emit(report(ROOMY, 270))
    assert label.palette().windowText().color() == quiet


def test_the_window_shows_what_a_training_takes(qtbot, own_folders, monkeypatch) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae", (1400, 800)) as studio:
        press(studio, qtbot, "startButton")
        label = find(studio, QLabel, "memoryText")
        qtbot.waitUntil(lambda: label.isVisible() and "GiB" in label.text(), timeout=LONG)
        assert label.toolTip().startswith("Memory of the computer")
        train_over = find(studio, ElidedLabel, "statusText")
        press(studio, qtbot, "stopButton")
        qtbot.waitUntil(lambda: not label.isVisible(), timeout=LONG)
        assert "step" not in train_over.text()
