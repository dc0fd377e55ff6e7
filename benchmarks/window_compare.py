"""How soon a moved slider is seen in all of three compared models, and what a round of them takes.

python -m benchmarks.window_compare
"""

from __future__ import annotations

import time

from PySide6.QtWidgets import QApplication

from benchmarks.opened import (
    Paints,
    Row,
    Ticks,
    move_row,
    own_folders,
    pause,
    studio,
    tick_row,
    wait,
)
from iae_studio.app import Studio
from iae_studio.middle.compare import COMPARE
from iae_studio.state.ready_made import ready_made
from iae_studio.state.studio_state import FIRST
from iae_studio.views.compare import CompareView

MOVES = 60
DRAG = 0.03  # s between two moves of a drag
GOAL = 150  # ms


def rows(opened: Studio) -> list[Row]:
    """Figure 2 as a live table: single moves, then a drag."""
    state = opened.state
    state.comparing.set(ready_made(state.library)[0].models)
    state.query.set_view(COMPARE)
    view = opened.window.explore.view(COMPARE)
    assert isinstance(view, CompareView)
    asking, models = view.pictures.asking, state.comparing.models
    wait(lambda: all(asking.answer(model) is not None for model in models))
    pause(2.0)
    found = [move_row(f"{len(models)} models, a slider moved: all painted", _moves(opened), GOAL)]
    ticks = Ticks()
    with ticks.counted():
        for number in range(MOVES):
            state.query.set_noise_scale(0.5 + 0.005 * number)
            pause(DRAG)
    found.append(tick_row("ticks while it is dragged", ticks.gaps, "p99 <= 33"))
    state.comparing.clear()
    return found


def _moves(opened: Studio) -> list[float]:
    """From each move to the painting that shows what all models answered to it, in ms."""
    view = opened.window.explore.view(COMPARE)
    assert isinstance(view, CompareView)
    pictures, models = view.pictures, opened.state.comparing.models
    before = [pictures.asking.answer(model) for model in models]

    def shown() -> bool:
        new = (
            pictures.asking.answer(model) is not old
            for model, old in zip(models, before, strict=True)
        )
        # While that timer runs, the grid still has the pictures of before.
        return all(new) and not pictures._soon.isActive()

    paints = Paints(pictures.grid.viewport(), shown)
    times = []
    for number in range(MOVES):
        before[:] = [pictures.asking.answer(model) for model in models]
        paints.count, began = 0, time.perf_counter()
        opened.state.query.set_noise_scale(1.0 + 0.01 * (number % 50) + 0.001)
        wait(lambda: paints.count > 0)
        times.append(1e3 * (time.perf_counter() - began))
        pause(0.1)
    pictures.grid.viewport().removeEventFilter(paints)
    return times


def main() -> None:
    app = QApplication.instance() or QApplication([])
    with own_folders() as folder, studio(folder, FIRST) as opened:
        for row in rows(opened):
            print(" | ".join(row))
    del app


if __name__ == "__main__":
    main()
