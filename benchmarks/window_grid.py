"""How smoothly a full grid scrolls: the most inputs, ten draws of each, in a large window."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QScrollBar

from iae_studio.app import Studio
from iae_studio.state.input_list import MAX_INPUTS
from iae_studio.widgets.image_grid import ImageGrid

DRAWS = 10
SIZE = (1920, 1080)
FRAMES = 400
ENLARGED = 3  # steps: wider than the window
PATIENCE = 120.0  # s
GOAL = "p99 <= 20"

Row = tuple[str, str, str]  # what, figure, goal


def rows(opened: Studio) -> list[Row]:
    """Frames of scrolling down, and sideways through an enlarged grid; all is put back."""
    state, window = opened.state, opened.window
    before = window.size(), state.query.wanted_columns, list(state.inputs.images)
    grid = window.findChild(ImageGrid, "imageGrid")
    window.resize(*SIZE)
    _fill(opened)
    what = f"a frame of scrolling {MAX_INPUTS} x {DRAWS} tiles at {SIZE[0]} x {SIZE[1]}"
    found = [_row(f"{what}, down", frame_times(grid, grid.verticalScrollBar()))]
    grid.setZoom(ENLARGED)
    found.append(_row(f"{what}, enlarged, sideways", frame_times(grid, grid.horizontalScrollBar())))
    grid.setZoom(0)
    window.resize(before[0])
    state.query.set_columns(before[1])
    state.inputs.clear()
    state.inputs.add(before[2])
    return found


def _row(what: str, times: list[float]) -> Row:
    middle, high = np.percentile(times, (50, 99))
    return (what, f"p50 {middle:.1f}, p99 {high:.1f}, worst {max(times):.1f} ms", GOAL)


def _fill(opened: Studio) -> None:
    """As many inputs as there may be, each drawn ten times."""
    state = opened.state
    state.query.set_columns(DRAWS)
    known = list(state.inputs.images)
    while len(state.inputs.images) < MAX_INPUTS:
        state.inputs.add(known)

    def there() -> bool:
        answer = state.answers.rendering
        return answer is not None and answer.tiles.shape[:2] == (MAX_INPUTS, DRAWS)

    _wait(there)


def frame_times(grid: ImageGrid, bar: QScrollBar) -> list[float]:
    """From a scroll of a few pixels to its frame painted, in ms, there and back."""
    painted = _Painted(grid.viewport())
    times, step, app = [], 7, QApplication.instance()
    bar.setValue(0)
    _wait(lambda: True)
    for _ in range(FRAMES):
        if not bar.minimum() <= bar.value() + step <= bar.maximum():
            step = -step
        count, began = painted.count, time.perf_counter()
        bar.setValue(bar.value() + step)
        while painted.count == count and time.perf_counter() - began < 1:
            app.processEvents()  # returns once what was begun is painted
        times.append(1e3 * (time.perf_counter() - began))
        _wait(lambda: True)
    bar.setValue(0)
    grid.viewport().removeEventFilter(painted)
    return times


class _Painted(QObject):
    """How often a widget was painted."""

    def __init__(self, watched: QObject) -> None:
        super().__init__()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def _wait(done: Callable[[], bool]) -> None:
    """Let the window and its threads work, for a moment at the least."""
    loop, end = QEventLoop(), time.perf_counter() + PATIENCE
    timer = QTimer(interval=2)
    timer.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > end else None)
    timer.start()
    loop.exec()
    if not done():
        raise SystemExit("The window did not answer in time.")
