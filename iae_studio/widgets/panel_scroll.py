"""What a dock holds: a panel that scrolls where the window is too small for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_LEAST = QSize(320, 52)  # px: no panel demands more, unless it sets a minimum itself


class PanelScroll(QScrollArea):
    """Takes the sizes that its panel asks for, but never forces the window to be larger."""

    def __init__(self, view: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._scrolled = False  # at some time: then room for the bar is kept
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(view)
        self.setFocusProxy(view)

    def sizeHint(self) -> QSize:
        return self._view.sizeHint()

    def minimumSizeHint(self) -> QSize:
        view = self._view
        least = view.minimumSizeHint().boundedTo(_LEAST).expandedTo(view.minimumSize())
        bar = self.verticalScrollBar().sizeHint().width() if self._scrolled else 0
        return QSize(least.width() + bar, least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view and event.type() == QEvent.Type.LayoutRequest:
            self.setMaximumHeight(self._view.maximumHeight())
            self.updateGeometry()
            self._fit()
        return bool(super().eventFilter(watched, event))

    def _fit(self) -> None:
        """As large as there is room, and as large as the panel needs at the least.

        Qt itself would make a panel with text that wraps as tall as it would like to be.
        """
        room = self.maximumViewportSize()
        least = self._least(room.width())
        if least.height() > room.height():
            if not self._scrolled:
                self._scrolled = True
                self.updateGeometry()
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            least = self._least(room.width())
        self._view.resize(room.expandedTo(least))

    def _least(self, width: int) -> QSize:
        view = self._view
        least, layout = view.minimumSizeHint().expandedTo(view.minimumSize()), view.layout()
        if layout is not None and layout.hasHeightForWidth():
            least.setHeight(layout.minimumHeightForWidth(max(width, least.width())))
        return least.boundedTo(view.maximumSize())
