"""Where Tab leads: part by part of the window, in each from the top down as one reads."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

LINE = 24  # px: what lies no further apart is on one line


def next_focus(window: QWidget, parts: Sequence[QWidget], forward: bool) -> QWidget | None:
    """What comes after the widget that has the keyboard, or before it.

    Qt goes by the order in which widgets were made: sliders that a model brings come last.
    """
    # Part by part: of a dialog that lies on the window nothing may be held.
    inside = [each for part in parts for each in (part, *part.findChildren(QWidget))]
    ways = [each for each in dict.fromkeys(inside) if _takes_tab(each, window)]
    ways.sort(key=lambda each: _place(each, window, parts))
    if not ways:
        return None
    now = window.focusWidget()
    if now in ways:
        return ways[(ways.index(now) + (1 if forward else -1)) % len(ways)]
    if now is None:
        return ways[0 if forward else -1]
    here = _place(now, window, parts)
    after = [each for each in ways if (_place(each, window, parts) > here) is forward]
    return (after or ways)[0 if forward else -1]


def _takes_tab(part: QWidget, window: QWidget) -> bool:
    return (
        bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and part.isVisible()
        and part.isEnabled()
        and part.focusProxy() is None
        and part.window() is window
    )


def _place(part: QWidget, window: QWidget, parts: Sequence[QWidget]) -> tuple[int, int, int]:
    rank = next((k for k, each in enumerate(parts) if each.isAncestorOf(part)), len(parts))
    centre = part.mapTo(window, QPoint(0, part.height() // 2))
    return rank, centre.y() // LINE, centre.x()
