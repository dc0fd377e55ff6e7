"""How smoothly a full grid scrolls: the most inputs, ten draws of each, in a large window."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QApplication, QScrollBar

from benchmarks.opened import Paints, Row, pause, tick_row, wait
from iae_studio.app import Studio
from iae_studio.state.input_list import MAX_INPUTS
from iae_studio.widgets.image_grid import ImageGrid

DRAWS = 10
SIZE = (1920, 1080)
FRAMES = 400
ENLARGED = 3  # steps: wider than the window
STILL = 0.002  # s between two frames
GOAL = "p99 <= 20"


def rows(opened: Studio) -> list[Row]:
    """Frames of scrolling down, and sideways through an enlarged grid; all is put back."""
    state, window = opened.state, opened.window
    before = window.size(), state.query.wanted_columns, list(state.inputs.images)
    grid = window.findChild(ImageGrid, "imageGrid")
    window.resize(*SIZE)
    _fill(opened)
    what = f"a frame of scrolling {MAX_INPUTS} x {DRAWS} tiles at {SIZE[0]} x {SIZE[1]}"
    found = [tick_row(f"{what}, down", frame_times(grid, grid.verticalScrollBar()), GOAL)]
    grid.setZoom(ENLARGED)
    found.append(
        tick_row(f"{what}, enlarged, sideways", frame_times(grid, grid.horizontalScrollBar()), GOAL)
    )
    grid.setZoom(0)
    window.resize(before[0])
    state.query.set_columns(before[1])
    state.inputs.clear()
    state.inputs.add(before[2])
    return found


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

    wait(there)


def frame_times(grid: ImageGrid, bar: QScrollBar) -> list[float]:
    """From a scroll of a few pixels to its frame painted, in ms, there and back."""
    painted = Paints(grid.viewport())
    times, step, app = [], 7, QApplication.instance()
    bar.setValue(0)
    pause(STILL)
    for _ in range(FRAMES):
        if not bar.minimum() <= bar.value() + step <= bar.maximum():
            step = -step
        count, began = painted.count, time.perf_counter()
        bar.setValue(bar.value() + step)
        while painted.count == count and time.perf_counter() - began < 1:
            app.processEvents()  # returns once what was begun is painted
        times.append(1e3 * (time.perf_counter() - began))
        pause(STILL)
    bar.setValue(0)
    grid.viewport().removeEventFilter(painted)
    return times
