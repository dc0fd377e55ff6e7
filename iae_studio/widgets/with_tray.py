"""A widget with a tray below it, which gives way where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QRegion, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from iae_studio.style import theme

_SLIVER = 26  # px: less than this of a tray is nothing


class WithTray(QWidget):
    """The tray has the height it asks for; what lies above has the rest, and its least always.

    A layout would make the window higher whenever the tray opens, or squeeze both.
    """

    def __init__(self, above: QWidget, tray: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._above, self._tray = above, tray
        above.setParent(self)
        tray.setParent(self)

    def _lay_out(self) -> None:
        width, height = self.width(), self.height()
        tray = self._tray.sizeHint().expandedTo(self._tray.minimumSize())
        wanted = 0 if self._tray.isHidden() else tray.height()
        room = height - _least(self._above).height() - theme.GAP
        below = min(wanted, room) if room >= min(wanted, theme.px(_SLIVER)) else 0
        gap = theme.GAP if below else 0
        self._above.setGeometry(0, 0, width, height - below - gap)
        self._tray.setGeometry(0, height - (wanted if below else 0), width, wanted)
        # What finds no room is hidden at the top: nothing is squeezed, and the foot stays put.
        if 0 < below < wanted:
            self._tray.setMask(QRegion(0, wanted - below, width, below))
        else:
            self._tray.clearMask()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._lay_out()
            self.updateGeometry()
        return bool(super().event(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def minimumSizeHint(self) -> QSize:
        least = self._above.minimumSizeHint().expandedTo(self._above.minimumSize())
        tray = 0 if self._tray.isHidden() else self._tray.minimumSizeHint().width()
        return QSize(max(least.width(), tray), least.height())

    def sizeHint(self) -> QSize:
        return self._above.sizeHint().expandedTo(self.minimumSizeHint())


def _least(above: QWidget) -> QSize:
    """What is to be seen needs so much; of pages, the one in front."""
    page = (above.currentWidget() if isinstance(above, QStackedWidget) else None) or above
    return page.minimumSizeHint().expandedTo(page.minimumSize())
