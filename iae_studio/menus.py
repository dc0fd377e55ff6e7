"""The menus of the window, and the keys of what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from iae_studio.dialogs import Dialogs
from iae_studio.state.studio_state import StudioState


class HasMenus(Protocol):
    """What a window does itself."""

    state: StudioState
    dialogs: Dialogs

    def paste(self) -> None: ...
    def toggle_theme(self) -> None: ...
    def show_log(self) -> None: ...


class Menus:
    """Fills the menu bar of a window."""

    def __init__(self, window: QMainWindow, does: HasMenus, panels: Iterable[QAction]) -> None:
        """`panels` show and hide what is docked."""
        self._window, self._does = window, does
        self._state, self._dialogs = does.state, does.dialogs
        self._file()
        self._train()
        self._view(panels)
        self._help()

    def _file(self) -> None:
        dialogs, menu = self._dialogs, self._window.menuBar().addMenu("&File")
        self._act(menu, "&Open images…", "Ctrl+O", dialogs.open_images)
        self._act(menu, "&Paste image", "Ctrl+V", self._does.paste)
        self._act(menu, "&Test images", "R", self._state.inputs.want_tests)
        menu.addSeparator()
        self._act(menu, "O&wn images to train on…", "Ctrl+I", dialogs.choose_own_images)
        self._act(menu, "Open &model…", "Ctrl+Shift+O", dialogs.open_model)
        self._act(menu, "Save s&heet as PNG…", "Ctrl+E", dialogs.save_sheet)
        menu.addSeparator()
        self._act(menu, "&Quit", "Ctrl+Q", self._window.close)

    def _train(self) -> None:
        training, query = self._state.training, self._state.query
        menu = self._window.menuBar().addMenu("&Train")
        self._act(menu, "&Train, pause, go on", "T", self._train_or_pause)
        self._act(menu, "&New run", "Ctrl+T", lambda: training.start(anew=True))
        self._act(menu, "&Step", ".", lambda: training.command("step"))
        self._act(menu, "St&op and keep", "Ctrl+.", lambda: training.command("stop"))
        self._act(menu, "&Save a checkpoint", "Ctrl+S", lambda: training.command("save"))
        noise = self._window.menuBar().addMenu("&Noise")
        self._act(noise, "&Resample", "Space", query.resample)

    def _view(self, panels: Iterable[QAction]) -> None:
        query, menu = self._state.query, self._window.menuBar().addMenu("&View")
        for action in panels:
            menu.addAction(action)
        menu.addSeparator()
        self._act(menu, "&Way back", "B", query.toggle_way_back)
        menu.addSeparator()
        self._act(menu, "&Dark or light", "Ctrl+D", self._does.toggle_theme)

    def _help(self) -> None:
        dialogs, menu = self._dialogs, self._window.menuBar().addMenu("&Help")
        self._act(menu, "&Shortcuts", "F1", dialogs.show_shortcuts)
        self._act(menu, "The &paper", "", dialogs.open_paper)
        menu.addSeparator()
        self._act(menu, "Show the &log", "", self._does.show_log)
        self._act(menu, "&Report…", "", dialogs.save_report)
        menu.addSeparator()
        self._act(menu, "&About IAE Studio", "", dialogs.show_about)

    def _act(self, menu: QMenu, text: str, keys: str, do: Callable[[], object]) -> None:
        action = QAction(text, self._window)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: do())
        menu.addAction(action)

    def _train_or_pause(self) -> None:
        if self._state.training.busy:
            self._state.training.toggle_pause()
        else:
            self._state.training.start()
