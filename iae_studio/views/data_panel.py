"""The panel of the browser: it is made when it is first looked at, and comes forward by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import as_panel

if TYPE_CHECKING:
    from iae_studio.views.data_browser import DataBrowser


class DataPanel(QWidget):
    """Holds the browser `dataBrowser`."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._state = state
        self._browser: DataBrowser | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        tip = "What the network sees: by class and cluster, the best and the worst reconstructed"
        act(self, "Data", "Browse the data", "Ctrl+B", self.browse, tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Seen: Qt shows a dock behind another too, but does not paint it."""
        super().paintEvent(event)
        if self._browser is None:
            QTimer.singleShot(0, self, self._make)

    def _make(self) -> None:
        """Imported only now: the window is painted sooner."""
        from iae_studio.views.data_browser import DataBrowser

        if self._browser is None:
            made = self._browser = DataBrowser(self._state)
            self._layout.addWidget(made)
            made.show()  # now: what is hidden takes no focus
            dock = self._dock()
            if dock is not None:
                dock.visibilityChanged.connect(made.browsing.wake)

    def browse(self) -> None:
        """To the front, ready for keys; away again where it is in front already."""
        dock, browser = self._dock(), self._browser
        if dock is not None and browser is not None and browser.sheet.hasFocus():
            dock.hide()
            return
        if dock is not None:
            dock.show()
            dock.raise_()
        self._make()
        assert self._browser is not None
        self._browser.sheet.setFocus()

    def _dock(self) -> QDockWidget | None:
        """What it is docked in."""
        around: QWidget | None = self
        while around is not None and not isinstance(around, QDockWidget):
            around = around.parentWidget()
        return around
