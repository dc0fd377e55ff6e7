"""Docks that lie behind each other: their tabs say what they are, so they need no title bars."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget


class DockTabs(QObject):
    """Puts docks of the bottom behind the first of them; alone or floating they have their bar."""

    def __init__(self, window: QMainWindow, docks: Sequence[QDockWidget]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        window.setTabPosition(Qt.DockWidgetArea.BottomDockWidgetArea, QTabWidget.TabPosition.North)
        for before, dock in pairwise(docks):
            window.tabifyDockWidget(before, dock)
        for dock in docks:
            dock.topLevelChanged.connect(self._soon)
            dock.visibilityChanged.connect(self._soon)
            dock.dockLocationChanged.connect(self._soon)
        self.fit()

    def bring_forward(self, dock: QDockWidget) -> None:
        """In front of the others, also where the window is not shown yet."""
        layout = self._window.layout()
        assert layout is not None  # every main window has one
        layout.activate()  # or there are no tabs yet
        dock.raise_()

    def _soon(self, _: object) -> None:
        QTimer.singleShot(0, self, self.fit)  # amid a move Qt's own layout must not change

    def fit(self) -> None:
        """Title bars for those that have no tab."""
        for dock in self._docks:
            beside = self._window.tabifiedDockWidgets(dock)
            tabbed = not dock.isFloating() and any(not each.isHidden() for each in beside)
            if tabbed is (dock.titleBarWidget() is None):
                dock.setTitleBarWidget(QWidget(dock) if tabbed else None)  # type: ignore[arg-type]
