"""The map of codes: one widget that paints all points, and hears mouse, wheel and keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from iae_studio.widgets.map_surface import MapSurface

_HIT = 9  # px around a point
_DRAG = 4  # px that a hand may tremble
_NOTCH = 1.2  # zoom of one notch of a wheel ...
_MOST = 1200  # ... of which no event counts for more than ten
_STEPS = 40  # of the decode point across the view
_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ZOOMS = {Qt.Key.Key_Plus: 1.25, Qt.Key.Key_Equal: 1.25, Qt.Key.Key_Minus: 0.8}


class MapCanvas(MapSurface):
    """Where a place can be decoded, a click or drag does it; else a drag moves the map.

    The middle or right button, and the wheel, move and zoom always; Shift and a drag choose points.
    """

    hovered = Signal(int)  # a point; -1: none
    picked = Signal(int)  # a point that was clicked
    boxed = Signal(list)  # the points in a rectangle
    decodeWanted = Signal(float, float)  # a place of the map
    decodeLeft = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.decodable = False
        self._held: Qt.MouseButton | None = None
        self._from = self._at = QPointF()
        self._on = -1  # the point that was pressed
        self._dragged = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # ---- mouse -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            return
        self._held, self._dragged = event.button(), False
        self._from = self._at = event.position()
        self._on = self._near(event.position())
        if event.button() == Qt.MouseButton.LeftButton:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._band = _pair(self._from), _pair(self._from)
            elif self._decodes and self._on < 0:
                self._decode(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._held is None:
            self._point_at(self._near(place))
            return
        moved, self._at = place - self._at, place
        away = (place - self._from).manhattanLength()
        self._dragged = self._dragged or away > _DRAG
        if self._band is not None:
            self._band = _pair(self._from), _pair(place)
            self.update()
        elif self._dragged and self._decodes and self._held == Qt.MouseButton.LeftButton:
            self._point_at(-1)
            self._decode(place)
        elif self._dragged:
            self._fitted = False
            self._look(self._frame.panned(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != self._held:
            return
        self._held = None
        if self._band is not None:
            one, other = self._band
            self._band = None
            self.update()
            if self._dragged:
                self.boxed.emit(self._scene.inside(self._frame, one, other).tolist())
        elif event.button() == Qt.MouseButton.LeftButton and not self._dragged:
            place = _pair(event.position())
            far = float(max(self.width(), self.height()))
            picked = self._on
            if picked < 0 and not self._decodes:  # the nearest, wherever it is
                picked = self._scene.near(self._frame, *place, far)
            if picked >= 0:
                self.picked.emit(picked)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = min(max(event.angleDelta().y(), -_MOST), _MOST)
        if turned:
            self._fitted = False
            place = event.position()
            self._look(self._frame.zoomed(_NOTCH ** (turned / 120), place.x(), place.y()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    @property
    def _decodes(self) -> bool:
        return self.decodable and len(self._scene.places) > 0

    def _near(self, place: QPointF) -> int:
        return self._scene.near(self._frame, place.x(), place.y(), _HIT)

    def _decode(self, place: QPointF) -> None:
        self.decodeWanted.emit(*self._frame.place(place.x(), place.y()))

    def _point_at(self, number: int) -> None:
        if number != self._hover:
            self._hover = number
            self.hovered.emit(number)
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if number >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.update()

    # ---- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, middle = Qt.Key(event.key()), (self.width() / 2, self.height() / 2)
        if key in _MOVES:
            self._step(*_MOVES[key])
        elif key in _ZOOMS:
            self._fitted = False
            self._look(self._frame.zoomed(_ZOOMS[key], *middle))
        elif key == Qt.Key.Key_Home:
            self.fit()
        elif key == Qt.Key.Key_Escape and self._scene.target is not None:
            self.decodeLeft.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick_nearest()
        else:
            super().keyPressEvent(event)

    def _step(self, across: int, down: int) -> None:
        """The decode point, or the map, a step on."""
        step = max(self.width(), self.height()) / _STEPS
        if not self._decodes:
            self._fitted = False
            self._look(self._frame.panned(-across * step, -down * step))
            return
        x, y = self._scene.target or (self._frame.x, self._frame.y)
        units = step / self._frame.scale
        self.decodeWanted.emit(x + across * units, y - down * units)

    def _pick_nearest(self) -> None:
        """The point nearest to the decode point, or to the middle."""
        x, y = self._scene.target or (self._frame.x, self._frame.y)
        away = (x - self._frame.x) * self._frame.scale, (self._frame.y - y) * self._frame.scale
        place = self.width() / 2 + away[0], self.height() / 2 + away[1]
        found = self._scene.near(self._frame, *place, 1e9)
        if found >= 0:
            self.picked.emit(found)


def _pair(place: QPointF) -> tuple[float, float]:
    return place.x(), place.y()
