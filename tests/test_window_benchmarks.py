"""The benchmarks of the window measure what they say."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject

from benchmarks import opened, window_compare
from iae_studio.middle.compare import COMPARE
from iae_studio.state.ready_made import ready_made
from iae_studio.widgets.compare_grid import CompareGrid
from tests.studio import LONG, find, little_data, newest, running
from trainer.messages import Pixels


class Watching(QObject):
    """Keeps the pictures that a grid painted last."""

    def __init__(self, grid: CompareGrid, painted: list[Pixels | None]) -> None:
        super().__init__()
        self._grid, self._painted = grid, painted
        grid.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._painted[:] = [column.pictures for column in self._grid.columns()]
        return False


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as started:
        yield started


def test_a_move_of_compared_models_ends_once_their_answers_are_painted(
    studio, qtbot, monkeypatch
) -> None:
    """Not once they are there: what a hand waits for is to see them."""
    newest(studio, qtbot)
    state, painted, seen = studio.state, [], []
    state.comparing.set(ready_made(state.library)[0].models)
    state.query.set_view(COMPARE)
    asking = studio.window.explore.view(COMPARE).pictures.asking

    def answers() -> list[np.ndarray]:
        return [asking.answer(model).made.tiles[:, 0] for model in state.comparing.models]

    def after_a_move(seconds: float) -> None:
        found = [any(np.array_equal(each, answer) for each in painted) for answer in answers()]
        seen.append(all(found))
        opened.pause(0.2)

    qtbot.waitUntil(lambda: all(map(asking.answer, state.comparing.models)), timeout=LONG)
    opened.pause(0.5)
    grid = find(studio, CompareGrid, "compareGrid")
    watching = Watching(grid, painted)
    monkeypatch.setattr(window_compare, "MOVES", 4)
    monkeypatch.setattr(window_compare, "pause", after_a_move)
    assert len(window_compare._moves(studio)) == 4 and seen == [True] * 4
    grid.viewport().removeEventFilter(watching)
