"""How a map is painted: from the background to what lies below the pointer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPen, QPixmap

from iae_studio.style import theme
from iae_studio.widgets.map_frame import Frame
from iae_studio.widgets.map_scene import Mark, Scene
from iae_studio.widgets.map_sprites import DOT
from iae_studio.widgets.sharp import paint_sharp

LARGE = 96  # px: what is decoded, or lies below the pointer, is about so large
_AWAY = 14  # px from the point that it is about


class MapPainter:
    """Paints one frame of a scene."""

    def __init__(
        self, painter: QPainter, scene: Scene, frame: Frame, font: QFont, ratio: float
    ) -> None:
        self._painter, self._scene, self._frame = painter, scene, frame
        self._ratio = ratio  # of the screen's own pixels to px
        painter.setFont(font)
        self._room = QRect(0, 0, frame.width, frame.height)

    def lattice(self, picture: QImage | None) -> None:
        """The background, all of it as one picture."""
        if self._scene.lattice is not None and picture is not None:
            corners = self._frame.screen(self._scene.lattice[0].corners()).tolist()
            (left, top), (right, bottom) = corners
            self._painter.drawImage(QRectF(QPointF(left, top), QPointF(right, bottom)), picture)

    def dots(self, sprites: list[QPixmap]) -> None:
        """All points that can be seen."""
        at = np.rint(self._frame.screen(self._scene.places) - DOT / 2).astype(int)
        inside = ((at > -DOT) & (at < (self._frame.width, self._frame.height))).all(1)
        draw, hues = self._painter.drawPixmap, self._scene.hues[inside].tolist()
        for (left, top), hue in zip(at[inside].tolist(), hues, strict=True):
            draw(left, top, sprites[hue])

    def pictures(self) -> None:
        """The same as small pictures, in frames of their colours."""
        scene, thumbnails, ratio = self._scene, self._scene.thumbnails, self._ratio
        if thumbnails is None:
            return
        (width, height), rim = thumbnails.size, round(2 * ratio)
        centres = self._frame.screen(scene.places) * ratio
        at = np.rint(centres - (width / 2, height / 2)).astype(int)
        room = self._frame.width * ratio, self._frame.height * ratio
        self._painter.save()
        self._painter.scale(1 / ratio, 1 / ratio)
        inside = np.flatnonzero(((at > (-width, -height)) & (at < room)).all(1))
        for number, (left, top) in zip(inside.tolist(), at[inside].tolist(), strict=True):
            colour = scene.palette[scene.hues[number]]
            framed = left - rim, top - rim, width + 2 * rim, height + 2 * rim
            self._painter.fillRect(*framed, colour)
            thumbnails.paint(self._painter, left, top, number)
        self._painter.restore()

    def mark(self, mark: Mark) -> None:
        """An input: a ring, thicker where it is selected, and its cloud."""
        painter = self._painter
        if len(mark.cloud) > 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("style", 0.8 if mark.selected else 0.35))
            for x, y in self._frame.screen(mark.cloud).tolist():
                painter.drawEllipse(QPointF(x, y), 2, 2)
        ((x, y),) = self._frame.screen(np.array([mark.place], np.float32)).tolist()
        radius = 8 if mark.selected else 6
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("panel", 5.0), ("accent" if mark.selected else "text", 2.5)):
            painter.setPen(QPen(theme.colour(colour), width))
            painter.drawEllipse(QPointF(x, y), radius, radius)

    def target(self) -> None:
        """Where it is decoded, and what lies there."""
        scene, painter = self._scene, self._painter
        if scene.target is None:
            return
        ((x, y),) = self._frame.screen(np.array([scene.target], np.float32)).tolist()
        for colour, width in (("panel", 5.0), ("content", 2.0)):
            painter.setPen(QPen(theme.colour(colour), width))
            painter.drawLine(QPointF(x - 9, y), QPointF(x + 9, y))
            painter.drawLine(QPointF(x, y - 9), QPointF(x, y + 9))
        if scene.decoded is not None:
            self.card(scene.decoded, scene.words, x, y, "content")

    def hovered(self, number: int) -> None:
        """The point below the pointer, before all others, with its name."""
        scene = self._scene
        if scene.thumbnails is None or not 0 <= number < len(scene.places):
            return
        ((x, y),) = self._frame.screen(scene.places[number : number + 1]).tolist()
        self._painter.setPen(QPen(theme.colour("text"), 2.0))
        self._painter.setBrush(scene.palette[scene.hues[number]])
        self._painter.drawEllipse(QPointF(x, y), 6, 6)
        name = scene.names[number] if number < len(scene.names) else ""
        self.card(scene.thumbnails.picture(number), name, x, y, "line")

    def card(self, picture: QImage, words: str, x: float, y: float, frame: str) -> None:
        """A picture enlarged beside a place, where there is room, with words below it."""
        painter = self._painter
        factor = max(1, round(LARGE / max(picture.width(), picture.height(), 1)))
        width, height = picture.width() * factor, picture.height() * factor
        line = painter.fontMetrics().height() + 6 if words else 0
        whole = QRect(0, 0, width + 8, height + 8 + line)
        left = x + _AWAY if x + _AWAY + whole.width() <= self._room.right() else x - _AWAY
        left = left if left > x else left - whole.width()
        top = min(max(y - whole.height() / 2, 0), self._room.bottom() - whole.height())
        whole.moveTo(round(left), round(top))
        painter.setPen(QPen(theme.colour(frame), 1.0))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(QRectF(whole).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        room = QRect(whole.left() + 4, whole.top() + 4, width, height)
        paint_sharp(painter, room, picture, self._ratio)
        if words:
            below = QRect(whole.left() + 4, whole.bottom() - line, width, line)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)
            painter.setPen(theme.colour("text"))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)

    def band(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        """The rectangle that is being drawn."""
        self._painter.setPen(QPen(theme.colour("accent"), 1.0))
        self._painter.setBrush(theme.colour("accent", 0.15))
        self._painter.drawRect(QRectF(QPointF(*one), QPointF(*other)).normalized())
