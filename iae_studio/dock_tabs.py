"""Docks that lie behind each other: their tabs say what they are, so they need no title bars."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QTabWidget

from iae_studio.style import theme
from iae_studio.views.dock_title import DockTitle


class DockTabs(QObject):
    """Puts the docks of a group behind the first of them; alone or floating they have their bar."""

    def __init__(self, window: QMainWindow, groups: Sequence[Sequence[QDockWidget]]) -> None:
        super().__init__(window)
        self._window, self._docks = window, [dock for group in groups for dock in group]
        for area in (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea):
            window.setTabPosition(area, QTabWidget.TabPosition.North)
        for group in groups:
            for before, dock in pairwise(group):
                window.tabifyDockWidget(before, dock)
        for dock in self._docks:
            dock.topLevelChanged.connect(self._soon)
            dock.visibilityChanged.connect(self._soon)
            dock.dockLocationChanged.connect(self._soon)
            dock.windowTitleChanged.connect(self._soon)
        theme.follow(window, self.fit)

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
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in self._window.findChildren(QTabBar, options=direct):
            bar.setAccessibleName("Panels that lie behind each other")
        for dock in self._docks:
            beside = self._window.tabifiedDockWidgets(dock)
            tabbed = not dock.isFloating() and any(not each.isHidden() for each in beside)
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                title.fold(tabbed)
