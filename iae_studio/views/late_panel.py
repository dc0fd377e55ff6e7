"""A panel whose content is made when it is first looked at: the window is painted sooner."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from iae_studio.views.building_blocks import as_panel


class LatePanel(QWidget):
    """Holds what `make` makes, which may import what loads slowly."""

    def __init__(self, make: Callable[[], QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._make = make
        self.content: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Seen: Qt shows a dock behind another too, but does not paint it."""
        super().paintEvent(event)
        if self.content is None:
            QTimer.singleShot(0, self, self.made)

    def made(self) -> QWidget:
        """The content, made by now."""
        if self.content is None:
            self.content = self._make()
            self._layout.addWidget(self.content)
            self.content.show()  # now: what is hidden takes no focus
        return self.content

    def bring_forward(self) -> QWidget:
        """In front of the other panels; its content."""
        dock = self.dock()
        if dock is not None:
            dock.show()
            dock.raise_()
        return self.made()

    def dock(self) -> QDockWidget | None:
        """What it is docked in."""
        around: QWidget | None = self
        while around is not None and not isinstance(around, QDockWidget):
            around = around.parentWidget()
        return around
