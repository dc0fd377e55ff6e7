"""One picture as large as its place, with whole and sharp pixels; and a wipe between two."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.sheet import Pixels, to_image
from iae_studio.widgets.spoken import describe

LEAST = 64  # px
_STEP = 0.05  # of the width: how far an arrow key moves the wipe


class Canvas(QWidget):
    """A picture at the top left of its place, in whole factors of its pixels where these fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)

    def image(self) -> QImage:
        """What is shown, in its own size; null while nothing is."""
        return self._image

    def setPixels(self, pixels: Pixels) -> None:
        """uint8 [H, W, 1 or 3]."""
        self._image = to_image(pixels)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(4 * LEAST, 4 * LEAST)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, LEAST)

    def target(self) -> QRect:
        """Where the picture lies, in pixels of the screen's own."""
        ratio = self.devicePixelRatioF()
        room = QSize(int(self.width() * ratio), int(self.height() * ratio))
        own = self._image.size()
        if own.isEmpty():
            return QRect()
        factor = min(room.width() / own.width(), room.height() / own.height())
        factor = float(int(factor)) if factor >= 1 else factor
        size = QSize(round(own.width() * factor), round(own.height() * factor))
        return QRect(QPoint(0, 0), size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ratio = QPainter(self), self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        target = self.target()
        shrunk = target.width() < self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        if self._image.isNull():
            painter.fillRect(self._blank(), theme.colour("text", 0.045))
        else:
            self._paint(painter, target)
        painter.end()

    def _blank(self) -> QRect:
        ratio = self.devicePixelRatioF()
        side = int(min(self.width(), self.height()) * ratio)
        return QRect(0, 0, side, side)

    def _paint(self, painter: QPainter, target: QRect) -> None:
        painter.drawImage(target, self._image)


class Wipe(Canvas):
    """Two pictures in one place: the first left of a handle, the second right of it.

    The handle is dragged, or moved by the arrow keys, Home and End.
    """

    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second = QImage()
        self._share = 0.5
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self._tell()

    def setPair(self, first: Pixels, second: Pixels) -> None:
        """Two pictures of one size."""
        self._second = to_image(second)
        self.setPixels(first)

    def share(self) -> float:
        """Where the handle is: 0 shows the second picture alone, 1 the first."""
        return self._share

    def setShare(self, share: float) -> None:
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            self._share = share
            self._tell()
            self.update()
            self.moved.emit(share)

    def _tell(self) -> None:
        describe(self, f"the first picture fills {self._share:.0%} from the left")

    def _paint(self, painter: QPainter, target: QRect) -> None:
        painter.drawImage(target, self._second)
        edge = target.left() + round(self._share * target.width())
        painter.save()
        painter.setClipRect(QRect(target.left(), target.top(), edge - target.left(), self._tall()))
        painter.drawImage(target, self._image)
        painter.restore()
        px = max(round(self.devicePixelRatioF()), 1)
        colour = theme.colour("accent")
        around = theme.colour("panel", 0.8)
        painter.fillRect(QRect(edge - 2 * px, target.top(), 4 * px, target.height()), around)
        painter.fillRect(QRect(edge - px, target.top(), 2 * px, target.height()), colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = 7 if self.hasFocus() else 5
        for radius, fill in ((wide + 1, around), (wide, colour)):
            painter.setBrush(fill)
            painter.drawEllipse(QPoint(edge, target.center().y()), radius * px, radius * px)

    def _tall(self) -> int:
        return int(self.height() * self.devicePixelRatioF()) + 1

    def _drag(self, event: QMouseEvent) -> None:
        target = self.target()
        if target.width():
            x = event.position().x() * self.devicePixelRatioF()
            self.setShare((x - target.left()) / target.width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = {
            Qt.Key.Key_Left: self._share - _STEP,
            Qt.Key.Key_Right: self._share + _STEP,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: 1.0,
        }
        if event.key() in places:
            self.setShare(places[Qt.Key(event.key())])
        else:
            event.ignore()
