"""The icons: vectors on a 16 px square, painted in whatever colour is in force."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPainterPath, QPen, QPixmap

SIDE = 16  # px
_STROKE = 1.4
_BOX = 16.0

# One line a piece of an icon: stroked (~) or filled (*). M, L, Q, C and Z as in SVG; O is a circle
# (x y r), R a rounded rectangle (x y w h r), A an arc (x y r from sweep, degrees anticlockwise).
_DRAWN = """
play * M 4.5 3.4 Q 4.5 2.4 5.4 2.9 L 13 7.4 Q 13.8 8 13 8.6 L 5.4 13.1
play * Q 4.5 13.6 4.5 12.6 Z
pause * R 3.5 3 3.2 10 1 R 9.3 3 3.2 10 1
step * M 3 3.7 Q 3 2.8 3.8 3.3 L 9.9 7.4 Q 10.7 8 9.9 8.6 L 3.8 12.7 Q 3 13.2 3 12.3
step * Z R 11 3 2 10 0.8
stop * R 3.5 3.5 9 9 1.6
save ~ M 2.7 4.2 Q 2.7 2.7 4.2 2.7 L 10.6 2.7 L 13.3 5.4 L 13.3 11.8
save ~ Q 13.3 13.3 11.8 13.3 L 4.2 13.3 Q 2.7 13.3 2.7 11.8 Z M 5.2 13.2 L 5.2 9
save ~ L 10.8 9 L 10.8 13.2 M 5.4 2.8 L 5.4 5.6 L 9.4 5.6
dice ~ R 2.5 2.5 11 11 2.4
dice * O 5.6 5.6 1.05 O 8 8 1.05 O 10.4 10.4 1.05 O 10.4 5.6 1.05 O 5.6 10.4 1.05
lock ~ M 5.2 7.2 L 5.2 5.2 C 5.2 1.6 10.8 1.6 10.8 5.2 L 10.8 7.2
lock * R 3.4 7 9.2 6.6 1.4
unlock ~ R 3.9 7.4 8.2 5.9 1.2 M 5.2 7.2 L 5.2 4.9 C 5.2 1.7 9.6 1.3 10.6 3.9
open ~ M 2.5 12.6 L 2.5 4.6 Q 2.5 3.4 3.7 3.4 L 6.2 3.4 L 7.6 5 L 11.6 5
open ~ Q 12.6 5 12.6 6 L 12.6 7.2 M 2.6 12.8 L 4.5 7.9 Q 4.8 7.2 5.5 7.2 L 14.4 7.2
open ~ L 12.6 12.2 Q 12.3 12.9 11.6 12.9 L 2.7 12.9
folder ~ M 2.3 4.6 Q 2.3 3.3 3.6 3.3 L 6.2 3.3 L 7.7 5 L 12.4 5 Q 13.7 5 13.7 6.3
folder ~ L 13.7 11.5 Q 13.7 12.8 12.4 12.8 L 3.6 12.8 Q 2.3 12.8 2.3 11.5 Z
paste ~ M 5.4 3.4 L 4.5 3.4 Q 3.3 3.4 3.3 4.6 L 3.3 12.5 Q 3.3 13.7 4.5 13.7
paste ~ L 11.5 13.7 Q 12.7 13.7 12.7 12.5 L 12.7 4.6 Q 12.7 3.4 11.5 3.4 L 10.6 3.4
paste ~ R 5.6 2 4.8 2.7 0.9 M 5.8 8 L 10.2 8 M 5.8 10.6 L 8.8 10.6
pencil ~ M 2.7 13.3 L 3.4 10.3 L 10.9 2.8 Q 11.5 2.2 12.1 2.8 L 13.2 3.9
pencil ~ Q 13.8 4.5 13.2 5.1 L 5.7 12.6 Z M 9.5 4.2 L 11.8 6.5
eraser ~ M 6.4 13.2 L 2.8 9.6 Q 2 8.8 2.8 8 L 8.4 2.6 Q 9.2 1.8 10 2.6 L 13.4 6
eraser ~ Q 14.2 6.8 13.4 7.6 L 7.8 13.2 Z M 5.5 5.6 L 10.5 10.6 M 7.6 13.4 L 13.6 13.4
outline ~ M 2.4 12.6 L 2.4 9.8 Q 7 8.8 8.4 3.4 L 13.2 3.4 L 13.6 12.6 Z M 2.6 10.9 L 13.4 10.9
image ~ R 2.3 3 11.4 10 1.6 M 2.6 11.4 L 5.9 7.9 L 8.6 10.6 L 10.4 8.9 L 13.4 11.8
image * O 10.4 6 1.05
trash ~ M 2.9 4.4 L 13.1 4.4 M 6 4.2 L 6 2.6 L 10 2.6 L 10 4.2 M 4.1 4.6 L 4.7 12.4
trash ~ Q 4.8 13.5 5.9 13.5 L 10.1 13.5 Q 11.2 13.5 11.3 12.4 L 11.9 4.6 M 6.7 7.2
trash ~ L 6.7 10.8 M 9.3 7.2 L 9.3 10.8
reset ~ A 8 8.4 4.9 130 -300 M 2.6 2.9 L 4.7 4.7 L 2.9 7
download ~ M 8 2.4 L 8 9.8 M 4.9 6.9 L 8 10 L 11.1 6.9 M 2.8 11.2 L 2.8 13.2 L 13.2 13.2
download ~ L 13.2 11.2
close ~ M 4.2 4.2 L 11.8 11.8 M 11.8 4.2 L 4.2 11.8
sun ~ O 8 8 2.9 M 8 1.5 L 8 2.8 M 8 13.2 L 8 14.5 M 1.5 8 L 2.8 8 M 13.2 8 L 14.5 8
sun ~ M 3.4 3.4 L 4.3 4.3 M 11.7 11.7 L 12.6 12.6 M 12.6 3.4 L 11.7 4.3 M 4.3 11.7
sun ~ L 3.4 12.6
moon ~ M 13.4 9.6 C 10 11.4 5.2 9 6.3 2.7 C 2.6 4 1.2 8.9 4.2 11.9
moon ~ C 7.2 14.9 12.2 13.6 13.4 9.6 Z
plus ~ M 8 3.2 L 8 12.8 M 3.2 8 L 12.8 8
float ~ R 3 5.6 7.4 7.4 1 M 6.2 5.4 L 6.2 3.6 Q 6.2 3 6.8 3 L 12.4 3
float ~ Q 13 3 13 3.6 L 13 9.2 Q 13 9.8 12.4 9.8 L 10.6 9.8
bookmark ~ M 4.4 2.7 L 11.6 2.7 L 11.6 13.3 L 8 10.5 L 4.4 13.3 Z
dot * O 8 8 3.2
ring ~ O 8 8 2.7
check ~ M 3.4 8.4 L 6.6 11.5 L 12.6 4.9
drop ~ M 8 2.2 C 5.6 5.6 3.9 7.3 3.9 9.7 C 3.9 15 12.1 15 12.1 9.7
drop ~ C 12.1 7.3 10.4 5.6 8 2.2 Z
between ~ M 5.2 8 L 10.8 8
between * O 3.4 8 1.8 O 12.6 8 1.8
sum ~ M 2.4 4.8 L 7 4.8 M 9 11.2 L 13.6 11.2 M 11.3 8.9 L 11.3 13.5 M 12.4 3 L 3.6 13
loop ~ A 8 8 5 60 -320 M 10.2 1.6 L 10.6 3.9 L 8.2 4.5
chevron-down ~ M 4.4 6.3 L 8 9.9 L 11.6 6.3
chevron-up ~ M 4.4 9.7 L 8 6.1 L 11.6 9.7
chevron-left ~ M 9.7 4.4 L 6.1 8 L 9.7 11.6
chevron-right ~ M 6.3 4.4 L 9.9 8 L 6.3 11.6
"""


def _read(drawn: str) -> dict[str, tuple[str, str]]:
    """Name: (what is stroked, what is filled)."""
    shapes: dict[str, tuple[str, str]] = {}
    for line in drawn.strip().splitlines():
        name, how, text = line.split(" ", 2)
        stroked, filled = shapes.get(name, ("", ""))
        shapes[name] = (
            (f"{stroked} {text}", filled) if how == "~" else (stroked, f"{filled} {text}")
        )
    return shapes


_SHAPES = _read(_DRAWN)
_TAKES = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0, "O": 3, "R": 5, "A": 5}


def names() -> tuple[str, ...]:
    """All icons there are."""
    return tuple(_SHAPES)


@lru_cache(maxsize=256)
def _path(text: str) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    words = iter(text.split())
    for op in words:
        numbers = [float(next(words)) for _ in range(_TAKES[op])]
        _extend(path, op, numbers)
    return path


def _extend(path: QPainterPath, op: str, at: list[float]) -> None:
    if op == "O":
        path.addEllipse(QRectF(at[0] - at[2], at[1] - at[2], 2 * at[2], 2 * at[2]))
    elif op == "R":
        path.addRoundedRect(QRectF(*at[:4]), at[4], at[4])
    elif op == "A":
        box = QRectF(at[0] - at[2], at[1] - at[2], 2 * at[2], 2 * at[2])
        path.arcMoveTo(box, at[3])
        path.arcTo(box, at[3], at[4])
    elif op == "Z":
        path.closeSubpath()
    elif op == "M":
        path.moveTo(*at)
    elif op == "L":
        path.lineTo(*at)
    elif op == "Q":
        path.quadTo(*at)
    else:
        path.cubicTo(*at)


def paint(
    painter: QPainter, name: str, box: QRectF, colour: QColor, width: float = _STROKE
) -> None:
    """Paint one icon into a square."""
    stroked, filled = _SHAPES[name]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(box.width(), box.height())
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side / _BOX, side / _BOX)
    if filled:
        painter.fillPath(_path(filled), colour)
    if stroked:
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(_path(stroked), pen)
    painter.restore()


def make(name: str, colour: QColor, side: int = SIDE) -> QIcon:
    """An icon of pictures for its sizes and scales, with a paler one for disabled widgets.

    Not a QIconEngine: one made in Python outlives Qt at exit, and the process ends with a crash.
    """
    if name not in _SHAPES:
        raise KeyError(f"no icon named {name!r}; there are {', '.join(_SHAPES)}")
    pale = QColor(colour)
    pale.setAlphaF(colour.alphaF() * 0.4)
    icon = QIcon()
    for length in {SIDE, side}:
        for scale in sorted({1, 2, _largest_scale()}):
            for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, pale)):
                picture = render(name, length, ink, scale)
                picture.setDevicePixelRatio(scale)
                icon.addPixmap(picture, mode)
    return icon


def _largest_scale() -> int:
    """Of the screens there are."""
    return max((math.ceil(s.devicePixelRatio()) for s in QGuiApplication.screens()), default=1)


def render(name: str, side: int, colour: QColor, scale: int) -> QPixmap:
    """A picture of an icon, for style sheets, which take files only."""
    made = QPixmap(side * scale, side * scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    paint(painter, name, QRectF(0, 0, side * scale, side * scale), colour, width=1.6)
    painter.end()
    return made
