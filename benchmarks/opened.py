"""What the benchmarks of the window share: the opened program, its ticks and its paintings."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from iae_studio.app import Studio
from iae_studio.style import theme
from iae_studio.widgets.image_grid import ImageGrid
from trainer.messages import Rendering

TICK = 16  # ms
PATIENCE = 120.0  # s
Row = tuple[str, str, str]  # what, figure, goal


class Ticks(QObject):
    """The time between ticks of a timer on the GUI thread, in ms."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self, interval=TICK)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.gaps.append(1e3 * (now - self._last))
        self._last = now

    @contextmanager
    def counted(self) -> Iterator[None]:
        self.gaps, self._last = [], 0.0
        self._timer.start()
        yield
        self._timer.stop()


class Paints(QObject):
    """How often a widget was painted, while `counts` says so."""

    def __init__(self, watched: QObject, counts: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self.count, self._counts = 0, counts
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint and self._counts()
        return False


def wait(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Let the window work until something is so."""
    loop, end = QEventLoop(), time.perf_counter() + seconds
    timer = QTimer(interval=1)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > end else None)
    timer.start()
    if not done():
        loop.exec()
    if not done():
        raise SystemExit("The window did not answer in time.")


def pause(seconds: float) -> None:
    end = time.perf_counter() + seconds
    wait(lambda: time.perf_counter() >= end, seconds + PATIENCE)


@contextmanager
def own_folders() -> Iterator[Path]:
    """A folder that is gone afterwards; in it lies what the program keeps of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for what in ("DATA", "CACHE", "CONFIG", "STATE"):
            os.environ[f"XDG_{what}_HOME"] = str(Path(folder) / what)
        yield Path(folder)


@contextmanager
def studio(folder: Path, recipe: str, size: tuple[int, int] = (1280, 800)) -> Iterator[Studio]:
    """The program with an experiment shown, once its first pictures are there."""
    app = QApplication.instance()
    theme.apply(app, True)
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("recipe", recipe)
    opened = Studio(settings)
    opened.window.resize(*size)
    opened.start()
    wait(lambda: opened.state.answers.rendering is not None)
    yield opened
    opened.window.close()
    opened.window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def tick_row(what: str, gaps: list[float], goal: str) -> Row:
    """Of times between ticks, or of frames, in ms."""
    middle, high = np.percentile(gaps, (50, 99))
    return (what, f"p50 {middle:.1f}, p99 {high:.1f}, worst {max(gaps):.1f} ms", goal)


def move_row(what: str, times: list[float], goal: int) -> Row:
    """Of times from a hand's move to what comes of it, in ms."""
    middle, high = np.percentile(times, (50, 95))
    return (what, f"p50 {middle:.1f}, p95 {high:.1f} ms", f"p95 <= {goal}")


def hand_times(
    opened: Studio, moves: Iterable[Callable[[], object]]
) -> tuple[list[float], list[float]]:
    """From each move of a hand to the first row painted, and to all tiles, in ms."""
    state = opened.state
    viewport = opened.window.findChild(ImageGrid, "imageGrid").viewport()
    paints = Paints(viewport)
    signals = (state.answers.previewed, state.answers.rendered)
    answered: list[dict[int, int]] = [{}, {}]  # stamp: paints before its answer
    times: tuple[list[float], list[float]] = ([], [])

    def note(known: dict[int, int], rendering: Rendering) -> None:
        known.setdefault(rendering.stamp, paints.count)

    links = [s.connect(partial(note, known)) for s, known in zip(signals, answered, strict=True)]
    for move in moves:
        began = time.perf_counter()
        move()
        stamp = state.answers.probe().stamp
        for known, kept in zip(answered, times, strict=True):
            wait(lambda s=stamp, k=known: paints.count > k.get(s, paints.count))
            kept.append(1e3 * (time.perf_counter() - began))
        pause(0.05)
    for signal, link in zip(signals, links, strict=True):
        signal.disconnect(link)
    viewport.removeEventFilter(paints)
    return times
