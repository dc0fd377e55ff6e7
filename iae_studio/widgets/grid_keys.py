"""The keys that move in a grid of tiles."""

from __future__ import annotations

from PySide6.QtCore import Qt

# Rows down and columns to the right; Home and End go as far as there are any.
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Home: (0, -10_000),
    Qt.Key.Key_End: (0, 10_000),
}
