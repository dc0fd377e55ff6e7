"""A plot over steps with a cursor that pointer and keys move alike."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from iae_studio.widgets.bounded_view import BoundedPlot
from iae_studio.widgets.spoken import describe

_MOVES = {
    Qt.Key.Key_Left: -1.0,
    Qt.Key.Key_Right: 1.0,
    Qt.Key.Key_PageUp: -10.0,
    Qt.Key.Key_PageDown: 10.0,
    Qt.Key.Key_Home: -math.inf,
    Qt.Key.Key_End: math.inf,
}
_HINT = "the arrow keys read the values, step by step"


class KeyedPlot(BoundedPlot):
    """Left and Right move the cursor, Home and End to the ends; Escape takes it away.

    A move is a step, or a px where that is more. Plus and minus zoom, Enter chooses a step.
    """

    pointed = Signal(float)  # the x of the cursor; NaN when it left
    moved = Signal()  # zoomed or panned by hand
    chosen = Signal(float)  # an x, by Enter

    def __init__(self, parent: QWidget | None = None, **parts: Any) -> None:
        self._cursor = math.nan  # of the keys
        self._ends = 1.0, 1.0  # where the keys can go
        super().__init__(parent, **parts)
        self.viewport().setMouseTracking(True)
        self.setKeyed(False)
        describe(self, _HINT)

    def setKeyed(self, on: bool) -> None:
        """Whether there is anything for the keys to read."""
        policy = Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus
        self.setFocusPolicy(policy)
        if not on:
            self._leave()

    def setEnds(self, first: float, last: float) -> None:
        """The first and the last x that the keys go to."""
        self._ends = first, last

    def tell(self, words: str) -> None:
        """Say what is at the cursor, where the keys put it."""
        describe(self, words if math.isfinite(self._cursor) else _HINT)

    # ---- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, at = Qt.Key(event.key()), math.isfinite(self._cursor)
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.focusPolicy() != Qt.FocusPolicy.StrongFocus:
            event.ignore()
        elif key in _MOVES and not held:
            self._go_by(_MOVES[key])
        elif key == Qt.Key.Key_Escape and at:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at:
            self.chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)
            if event.isAccepted():
                self.moved.emit()

    def _go_by(self, moves: float) -> None:
        """From where it is, or from the end, with the view behind it."""
        first, last = self._ends
        (low, high), _ = self.box.viewRange()
        step = max(round((high - low) / max(self.box.width(), 1)), 1)
        at = self._cursor + moves * step if math.isfinite(self._cursor) else last
        at = first if moves == -math.inf else at
        self._cursor = at = min(max(at, first), last)
        if not low <= at <= high:
            by = at - (low if at < low else high)
            self.box.setRange(xRange=(low + by, high + by), padding=0)
            self.moved.emit()
        self.pointed.emit(at)

    def zoom(self, by: float) -> None:
        """See so many times as much of the steps, about the cursor."""
        (low, high), _ = self.box.viewRange()
        about = self._cursor if low <= self._cursor <= high else (low + high) / 2
        ends = (about + by * (low - about), about + by * (high - about))
        self.box.setRange(xRange=ends, padding=0)

    def _leave(self) -> None:
        if math.isfinite(self._cursor):
            self._cursor = math.nan
            self.pointed.emit(math.nan)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _PASSING:
            self._leave()

    # ---- mouse -------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.pointed.emit(self._cursor)
        return bool(super().viewportEvent(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = self.mapToScene(event.position().toPoint())
        inside = self.box.sceneBoundingRect().contains(place)
        at: QPointF = self.box.mapSceneToView(place)
        self._cursor = math.nan
        self.pointed.emit(at.x() if inside else math.nan)


_PASSING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
