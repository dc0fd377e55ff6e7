"""A panel is one record, from wherever it comes: its dock, its menu entry and its jobs."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMenu, QPushButton, QVBoxLayout, QWidget

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.messages import Message
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.time_bar import TimeBar
from tests.studio import LONG, press, running, wait_for_tiles


class BrightnessView(QWidget):
    """Counts the white of the inputs on the worker thread, and tells it."""

    def __init__(self, state: StudioState, submit: Submit) -> None:
        super().__init__()
        self.threads: list[threading.Thread] = []
        self.state, self.submit = state, submit
        self.count = QPushButton("Count")
        self.count.setObjectName("brightnessButton")
        self.count.clicked.connect(self._ask)
        self.fail = QPushButton("Fail")
        self.fail.setObjectName("failButton")
        self.fail.clicked.connect(lambda: submit(self._break, otherwise=self.fail.hide))
        layout = QVBoxLayout(self)
        layout.addWidget(self.count)
        layout.addWidget(self.fail)

    def _ask(self) -> None:
        images = [known.seen for known in self.state.inputs.images]

        def mean() -> float:
            self.threads.append(threading.current_thread())
            return float(sum(image.mean() for image in images) / len(images))

        self.submit(mean, then=self._tell)

    def _tell(self, mean: float) -> None:
        self.threads.append(threading.current_thread())
        self.state.messages.show_message(Message(f"Brightness {mean:.1f}"))

    def _break(self) -> None:
        raise ZeroDivisionError("nothing to count")


@pytest.fixture
def studio(qtbot, own_folders):
    panel = PanelSpec("brightness", "Brightness", "right", BrightnessView, key="Ctrl+Alt+B")
    with PANELS.registered(panel), running(own_folders, qtbot) as started:
        yield started


def test_a_panel_from_elsewhere_docks_and_has_its_menu_entry(studio, qtbot) -> None:
    dock = studio.window.findChild(QDockWidget, "dock Brightness")
    assert dock.isVisible()
    assert studio.window.dockWidgetArea(dock) is Qt.DockWidgetArea.RightDockWidgetArea
    (menu,) = [m for m in studio.window.menuBar().findChildren(QMenu) if m.title() == "&View"]
    titles = [action.text() for action in menu.actions() if action.text()]
    ours = ["Experiments", "Draw", "This picture", "Training", "Data", "Bookmarks"]
    ours = [*ours, "Runs", "Queue", "Brightness"]  # by their keys
    first = titles.index("Experiments")
    assert titles[first : first + 9] == ours
    (action,) = [action for action in menu.actions() if action.text() == "Brightness"]
    assert action.shortcut().toString() == "Ctrl+Alt+B"
    action.trigger()
    assert not dock.isVisible()


def test_a_panel_from_elsewhere_has_work_done_on_the_worker_thread(studio, qtbot) -> None:
    wait_for_tiles(studio, qtbot)
    view = studio.window.view("brightness")
    press(studio, qtbot, "brightnessButton")
    qtbot.waitUntil(lambda: len(view.threads) == 2, timeout=LONG)
    worker, gui = view.threads
    assert gui is threading.current_thread() and worker is not gui
    seen = [known.seen.mean() for known in studio.state.inputs.images]
    told = studio.state.messages.current.text
    assert told == f"Brightness {sum(seen) / len(seen):.1f}"


def test_a_job_that_fails_is_told_and_followed(studio, qtbot) -> None:
    press(studio, qtbot, "failButton")
    view = studio.window.view("brightness")
    qtbot.waitUntil(view.fail.isHidden, timeout=LONG)
    assert "nothing to count" in studio.state.messages.current.text


def test_the_programs_own_panels_are_in_the_registry() -> None:
    assert set(PANELS.names()) >= {"experiments", "drawing", "code and noise", "training"}


def in_front(studio, name: str) -> bool:
    """Whether a panel can be seen, and none of its group lies over it."""
    dock = studio.window.findChild(QDockWidget, f"dock {name}")
    return not dock.isHidden() and not dock.visibleRegion().isEmpty()


def test_a_key_brings_forward_what_lies_behind_another_panel_then_hides_it(studio, qtbot) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    assert in_front(studio, "Experiments")
    assert not in_front(studio, "Runs")
    qtbot.keyClick(studio.window, Qt.Key.Key_7, ctrl)
    qtbot.waitUntil(lambda: in_front(studio, "Runs"), timeout=LONG)
    assert not in_front(studio, "Experiments")
    qtbot.keyClick(studio.window, Qt.Key.Key_7, ctrl)
    assert studio.window.findChild(QDockWidget, "dock Runs").isHidden()
    qtbot.keyClick(studio.window, Qt.Key.Key_7, ctrl)
    qtbot.waitUntil(lambda: in_front(studio, "Runs"), timeout=LONG)


def test_the_time_stands_in_the_window_that_opens(studio, qtbot) -> None:
    studio.window.resize(1280, 800)
    wait_for_tiles(studio, qtbot)
    bar = studio.window.findChild(TimeBar)
    qtbot.waitUntil(lambda: bar.isVisible() and bar.visibleRegion().boundingRect() == bar.rect())


def test_each_letter_of_the_menus_is_taken_once(studio) -> None:
    bar = studio.window.menuBar()
    for menu in (bar, *(each.menu() for each in bar.actions())):
        letters = [
            each.text().split("&", 1)[1][0].lower() for each in menu.actions() if "&" in each.text()
        ]
        assert len(letters) == len(set(letters)), (menu.title() if menu is not bar else "", letters)
