"""A strip: one picture at five offsets along a direction; a click on one moves there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from iae_studio.style import theme
from iae_studio.widgets.plain import plain
from iae_studio.widgets.sharp import paint_frame
from iae_studio.widgets.spoken import describe

CELL, APART = 44, 3  # px
_RIM = 2  # px of a cell around its picture, for the frame
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}


class Strip(QWidget):
    """Pictures in a row, the one nearest the value framed; old ones stay until new ones come."""

    chosen = Signal(float)  # by the user: an offset

    def __init__(self, role: str, offsets: tuple[float, ...], parent: QWidget | None = None):
        super().__init__(parent)
        self._role, self._offsets = role, offsets
        self._pictures: list[QImage] = []
        self._scaled: list[QImage] = []
        self._value = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.notifier().changed.connect(self.update)
        self._describe()

    def name(self, caption: str) -> None:
        """What a screen reader calls it."""
        words = ", ".join(map(_words, self._offsets))
        self.setAccessibleName(f"Pictures along {caption}, at {words}")

    def pictures(self) -> list[QImage]:
        """What it shows, in their own size."""
        return list(self._pictures)

    def setPictures(self, pictures: list[QImage]) -> None:
        """One for each offset; none while nothing is known."""
        if len(pictures) not in (0, len(self._offsets)):
            raise ValueError(f"a strip has {len(self._offsets)} pictures, not {len(pictures)}")
        self._pictures, self._scaled = list(pictures), []
        self.update()

    def nearest(self) -> int:
        """Which picture is nearest the value."""
        return min(range(len(self._offsets)), key=lambda k: abs(self._offsets[k] - self._value))

    def setValue(self, value: float) -> None:
        """The slider's value; says nothing."""
        before = self.nearest()
        self._value = value
        if self.nearest() != before:
            self._describe()
            self.update()

    def _describe(self) -> None:
        describe(self, f"nearest: {_words(self._offsets[self.nearest()])}")

    # ---- where -------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        count = len(self._offsets)
        return QSize(count * CELL + (count - 1) * APART, CELL)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, CELL)

    def cell(self, place: int) -> QRectF:
        """Where a picture is, with the room for its frame."""
        count = len(self._offsets)
        side = min(CELL, (self.width() - (count - 1) * APART) // count)
        return QRectF(place * (side + APART), (self.height() - side) // 2, side, side)

    def _at(self, x: float) -> int | None:
        """Which picture is there, or beside it."""
        step = self.cell(1).left()
        place = int(x // step) if step > 0 else 0
        return place if 0 <= place < len(self._offsets) else None

    # ---- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._scale()
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        for place in range(len(self._offsets)):
            box = self._own(place)
            if self._scaled:
                painter.drawImage(box, self._scaled[place])
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("line", 0.6))
                painter.drawRoundedRect(box, 3 * ratio, 3 * ratio)
        painter.scale(ratio, ratio)
        if self._scaled or self.hasFocus():
            self._frame(painter, self._own(self.nearest()))
        painter.end()

    def _own(self, place: int) -> QRect:
        """Where a picture is in the screen's own pixels: of one size, whatever the scale."""
        cell, ratio = self.cell(place), self.devicePixelRatioF()
        rim = round(_RIM * ratio)
        side = max(int(cell.width() * ratio) - 2 * rim, 1)
        return QRect(round(cell.left() * ratio) + rim, round(cell.top() * ratio) + rim, side, side)

    def _frame(self, painter: QPainter, box: QRect) -> None:
        ratio = self.devicePixelRatioF()
        paint_frame(painter, box, theme.colour(self._role), ratio, _RIM)
        if self.hasFocus():
            paint_frame(painter, box, theme.colour("text"), ratio)

    def _scale(self) -> None:
        """Each pixel by a whole factor where the cell has room for it, else smoothly."""
        side = self._own(0).width()
        if not self._pictures or (self._scaled and self._scaled[0].width() == side):
            return
        whole = side % self._pictures[0].width() == 0
        mode, keep = Qt.TransformationMode, Qt.AspectRatioMode.IgnoreAspectRatio
        how = mode.FastTransformation if whole else mode.SmoothTransformation
        self._scaled = [picture.scaled(side, side, keep, how) for picture in self._pictures]

    # ---- hands -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(self._offsets[place])
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._offsets) - 1
        places = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.chosen.emit(self._offsets[min(max(self.nearest() + _KEYS[key], 0), last)])
        elif key in places:
            self.chosen.emit(self._offsets[places[key]])
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._at(event.pos().x())
            words = "" if place is None else f"{_words(self._offsets[place])} deviations"
            QToolTip.showText(event.globalPos(), plain(words), self)
            return True
        return bool(super().event(event))


def _words(offset: float) -> str:
    return f"{offset:g}".replace("-", "\N{MINUS SIGN}")
