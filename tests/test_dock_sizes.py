"""How large the docks are: with nothing to show, as a training begins, and with larger text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QTabBar

from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.window import SIZE, Window
from tests.widgets import LEFT, fresh_state
from trainer.messages import LOSSES


@pytest.fixture
def window(qtbot, qapp, own_folders, monkeypatch) -> Iterator[Window]:
    theme.apply(qapp, True)
    settings = QSettings(str(own_folders / "settings.ini"), QSettings.Format.IniFormat)
    monkeypatch.setattr(
        Window, "screen", lambda _: type("", (), {"availableSize": lambda _: SIZE})()
    )
    made = Window(fresh_state(), settings, lambda *_, **__: None)
    made.show()
    qtbot.waitExposed(made)
    made.complete()
    qtbot.waitUntil(lambda: dock(made, "Experiments").width() > 300)
    yield made
    theme.set_zoom(qapp, 1.0)
    made.close()
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def dock(window: Window, title: str) -> QDockWidget:
    return window.findChild(QDockWidget, f"dock {title}")


def sizes(window: Window) -> tuple[int, int, int]:
    """The widths of both sides, and the height of the experiments above the pad."""
    experiments = dock(window, "Experiments")
    return experiments.width(), dock(window, "This picture").width(), experiments.height()


def test_losses_have_little_room_until_a_training_begins(window, qtbot) -> None:
    below, view = dock(window, "Training"), window.view("training")
    low = below.height()
    assert low < 120 and view.height() <= low, "its words are seen without scrolling"
    window.state.training.set_state(State.LOADING)
    window.state.training.curvesLoaded.emit(np.ones((3, len(LOSSES)), np.float32))
    qtbot.waitUntil(lambda: below.height() > low + 50)
    window.resizeDocks([below], [230], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: below.height() > 190)
    tall = below.height()
    window.state.training.set_state(State.IDLE)
    dock(window, "Data").raise_()
    qtbot.wait(50)
    assert dock(window, "Data").height() == tall, "what a hand chose stays"


@pytest.mark.parametrize("title", ["Data", "Bookmarks"])
def test_what_lies_behind_the_empty_losses_has_its_room(window, qtbot, title: str) -> None:
    low = dock(window, "Training").height()
    dock(window, title).raise_()
    qtbot.waitUntil(lambda: dock(window, title).height() > low + 50)


@pytest.mark.parametrize("wait", [0, 500])
def test_the_sides_grow_and_shrink_with_the_text(window, qtbot, wait: int) -> None:
    first = sizes(window)
    for _ in range(2):
        for _ in range(5):
            window.zoom_text(1)
            qtbot.wait(wait)
        qtbot.waitUntil(lambda: sizes(window)[0] > 1.15 * first[0])
        qtbot.waitUntil(lambda: sizes(window)[1] > 1.05 * first[1])
        assert window.explore.width() > 0.4 * window.width()
        window.zoom_text(0)
        qtbot.waitUntil(lambda: sizes(window)[:2] == first[:2])
        qtbot.waitUntil(lambda: abs(sizes(window)[2] - first[2]) < 24)


def test_a_side_that_a_hand_made_narrow_stays_narrower(window, qtbot) -> None:
    window.zoom_text(1)
    qtbot.wait(300)  # all is laid out by then
    edge = QPoint(sizes(window)[0] + 2, 300)
    qtbot.mousePress(window, LEFT, pos=edge)
    qtbot.mouseMove(window, edge - QPoint(60, 0))
    qtbot.waitUntil(lambda: sizes(window)[0] < edge.x() - 50)
    qtbot.mouseRelease(window, LEFT, pos=edge - QPoint(60, 0))
    narrow = sizes(window)[0]
    for steps in (1, -1):
        window.zoom_text(steps)
        qtbot.wait(300)
    qtbot.waitUntil(lambda: sizes(window)[0] == narrow)


def test_names_of_panels_are_whole_where_the_middle_has_room(window, qtbot) -> None:
    for _ in range(4):
        window.zoom_text(1)
    bars = [bar for bar in window.findChildren(QTabBar) if bar.tabText(0) == "Experiments"]
    assert bars
    qtbot.waitUntil(lambda: all(bar.width() >= bar.sizeHint().width() for bar in bars))
