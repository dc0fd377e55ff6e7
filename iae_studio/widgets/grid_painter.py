"""How an image grid looks: heads, tiles, outlines. It reads the grid and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from iae_studio.style import icons, theme
from iae_studio.widgets.grid_layout import CODE, HEAT, SEEN, GridLayout
from iae_studio.widgets.sheet import Sheet

NOWHERE = (-1, -1)  # no row, hence no tile
_CROSS = 16  # px, the button that removes a row


@dataclass
class Look:
    """What the grid shows beside its pictures."""

    heads: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    code: bool = False  # a column for codes that are pictures
    heat: bool = False  # a column for where the noise acts
    role: str = "style"  # the colour of the draws' heads: amber where noise makes them differ
    roles: tuple[str, ...] = ()  # of each draw's head, where they are not alike
    apart: tuple[int, ...] = ()  # px before each draw, where the draws are in groups
    locked: frozenset[int] = frozenset()
    hover: tuple[int, int] = NOWHERE
    selected: tuple[int, int] = NOWHERE
    marks: dict[tuple[int, int], str] = field(default_factory=dict)  # words on tiles
    hover_head: int | None = None
    hover_cross: bool = False
    focus: bool = False
    font: QFont = field(default_factory=QFont)

    def role_of(self, column: int) -> str:
        """The colour of a draw's head."""
        return self.roles[column] if 0 <= column < len(self.roles) else self.role


def cross_box(tile: QRect, ratio: float) -> QRect:
    """Where the small x lies that removes a row: in the corner of the tile the model sees."""
    side, inset = round(_CROSS * ratio), round(3 * ratio)
    return QRect(tile.right() + 1 - side - inset, tile.top() + inset, side, side)


class GridPainter:
    """Paints one frame in device pixels of the view."""

    def __init__(
        self,
        painter: QPainter,
        layout: GridLayout,
        sheet: Sheet,
        look: Look,
        ratio: float,
        scrolled: QPoint,
        room: QSize,
    ) -> None:
        self._p, self._layout, self._sheet = painter, layout, sheet
        self._look, self._ratio = look, ratio
        self._scrolled, self._room = scrolled, room

    def _px(self, length: float) -> int:
        return round(length * self._ratio)

    def tile(self, row: int, column: int) -> QRect:
        """Where a tile lies in the view."""
        shift = self._layout.shift(column, self._scrolled.x())
        return QRect(*self._layout.box(row, column)).translated(-shift, -self._scrolled.y())

    def paint_body(self) -> None:
        """What is in sight; what the model sees lies over the columns that scroll below it."""
        self._p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        rows = self._rows()
        columns = self._layout.columns_in(self._scrolled.x(), self._room.width())
        self._paint_tiles(rows, [column for column in columns if column != SEEN])
        self._paint_frames(rows, pinned=False)
        self._pin(self._room.height())
        self._paint_tiles(rows, [SEEN])
        self._paint_names(rows)
        self._paint_frames(rows, pinned=True)

    def _rows(self) -> range:
        layout, top = self._layout, self._scrolled.y()
        pitch = layout.tile[1] + layout.gap
        first = max((top - layout.header) // pitch, 0)
        last = min((top + self._room.height() - layout.header) // pitch + 1, layout.rows)
        return range(first, last)

    def _paint_tiles(self, rows: Sequence[int], columns: Sequence[int]) -> None:
        blank = theme.colour("text", 0.045)
        for row in rows:
            for column in columns:
                if self._sheet.has(row, column):
                    self._sheet.paint(self._p, self.tile(row, column), row, column)
                else:
                    self._p.fillRect(self.tile(row, column), blank)

    def _pin(self, height: int) -> None:
        """The ground of what stays in sight, where other columns are scrolled below it."""
        if self._scrolled.x() > 0:
            right, line = self._layout.pinned, self._px(1)
            self._p.fillRect(QRect(0, 0, right, height), theme.colour("panel"))
            self._p.fillRect(QRect(right, 0, line, height), theme.colour("line"))

    def _paint_frames(self, rows: Sequence[int], pinned: bool) -> None:
        """Around the selected tile and the one below the pointer."""
        look = self._look
        for tile, word in look.marks.items():
            if tile[0] in rows and (tile[1] == SEEN) is pinned:
                self._paint_mark(self.tile(*tile), word)
        if look.selected[0] in rows and (look.selected[1] == SEEN) is pinned:
            strong = "accent" if look.focus else "muted"
            self._outline(self.tile(*look.selected), strong, self._px(2))
        if look.hover[0] in rows and (look.hover[1] == SEEN) is pinned:
            self._outline(self.tile(*look.hover), "accent", self._px(1))
            if pinned:
                self._paint_cross(cross_box(self.tile(*look.hover), self._ratio))

    def _outline(self, tile: QRect, role: str, width: int) -> None:
        """A frame around a tile, in the gap, so that it hides no pixel of the picture."""
        colour, outer = theme.colour(role), tile.adjusted(-width, -width, width, width)
        across = QSize(outer.width(), width)
        down = QSize(width, outer.height())
        corner = QPoint(outer.left(), tile.bottom() + 1)
        for rect in (
            QRect(outer.topLeft(), across),
            QRect(corner, across),
            QRect(outer.topLeft(), down),
            QRect(QPoint(tile.right() + 1, outer.top()), down),
        ):
            self._p.fillRect(rect, colour)

    def _paint_mark(self, tile: QRect, word: str) -> None:
        """A word in the lower corner of a tile, and a thin frame around it."""
        self._outline(tile, "text", self._px(1))
        font = self._font(theme.CAPTION, QFont.Weight.DemiBold)
        font.setPixelSize(min(font.pixelSize(), max(tile.height() // 3, 1)))
        metrics, inset = QFontMetrics(font), self._px(3)
        wide, high = metrics.horizontalAdvance(word) + 2 * inset, metrics.height()
        box = QRect(tile.left(), tile.bottom() + 1 - high, min(wide, tile.width()), high)
        self._p.setFont(font)
        self._p.fillRect(box, theme.colour("panel", 0.88))
        self._p.setPen(theme.colour("text"))
        self._p.drawText(box, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_cross(self, box: QRect) -> None:
        lit = self._look.hover_cross
        self._p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._p.setPen(Qt.PenStyle.NoPen)
        self._p.setBrush(theme.colour("error" if lit else "panel", 1.0 if lit else 0.88))
        self._p.drawRoundedRect(box, self._px(4), self._px(4))
        icons.paint(
            self._p, "close", QRectF(box), theme.colour("on_accent" if lit else "text"), 1.6
        )
        self._p.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_names(self, rows: Sequence[int]) -> None:
        """The inputs' names at the left, where the sheet leaves room for them."""
        font = self._font(theme.CAPTION)
        metrics = QFontMetrics(font)
        names = self._look.names[: self._layout.rows]
        # An advance is a rounded number: without a pixel to spare the name may be cut.
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0) + self._px(1)
        width = min(self._layout.left - self._px(16), widest, self._px(160))
        if width < min(widest, self._px(96)):
            return  # cut to a few letters, a name tells nothing; the tool tip has it
        self._p.setFont(font)
        self._p.setPen(theme.colour("muted"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in rows:
            name = names[row] if row < len(names) else ""
            tile = self.tile(row, SEEN)
            box = QRect(tile.left() - self._px(8) - width, tile.top(), width, tile.height())
            text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)
            self._p.drawText(box, flags, text)

    def _font(self, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        return theme.tabular(theme.sized(self._look.font, self._px(pixels), weight))

    def paint_heads(self) -> None:
        """The heads lie over the tiles that scroll below them."""
        header, width = self._layout.header, self._room.width()
        below = header - self._px(2)
        self._p.fillRect(QRect(0, 0, width, below), theme.colour("panel"))
        self._p.setFont(self._font(theme.CAPTION, QFont.Weight.DemiBold))
        for column in self._layout.columns_in(self._scrolled.x(), width):
            if column != SEEN:
                self._paint_head(column, *self._head(column))
        self._pin(below)
        self._paint_head(SEEN, *self._head(SEEN))
        if self._scrolled.y() > 0:
            self._p.fillRect(QRect(0, below, width, self._px(1)), theme.colour("line"))

    def _head(self, column: int) -> tuple[str, str]:
        """What stands above a column, and the role of its colour."""
        fixed = {
            SEEN: ("sees", "content"),
            CODE: ("code", "content"),
            HEAT: ("noise acts", "style"),
        }
        return fixed.get(column) or (self._look.heads[column], self._look.role_of(column))

    def _room_beside(self, column: int) -> int:
        """How far a head may reach beyond its column, where the next one stands apart."""
        layout = self._layout
        if column < 0:
            return layout.column_gap
        if column == len(self._look.heads) - 1:  # nothing stands at its right
            return layout.tile[0] if column == 0 or layout.apart else 0
        return layout.apart[column + 1] if layout.apart else 0

    def _paint_head(self, column: int, text: str, role: str) -> None:
        layout, metrics = self._layout, self._p.fontMetrics()
        draws = column >= 0 and role == "style"
        hovered = draws and self._look.hover_head == column
        locked = draws and column in self._look.locked
        side, gap = self._px(12), self._px(4)
        mark = side + gap if (locked or hovered) else 0
        spare = self._room_beside(column)
        room = layout.tile[0] + spare - mark
        if column == HEAT and metrics.horizontalAdvance(text) > room:
            text = "heat"
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        wide = metrics.horizontalAdvance(text)
        # The word alone is centred: it must not move when the lock comes and goes.
        start = layout.x(column) - layout.shift(column, self._scrolled.x())
        left = min(start + (layout.tile[0] - wide) // 2, start + layout.tile[0] - wide - mark)
        left = max(left, start) if spare and column >= 0 else left
        height = layout.header - self._px(2)
        self._p.setPen(theme.colour(role))
        self._p.drawText(QRect(left, 0, wide + gap, height), Qt.AlignmentFlag.AlignVCenter, text)
        if mark:
            box = QRectF(left + wide + gap, (height - side) / 2, side, side)
            name = "lock" if locked else "unlock"
            icons.paint(self._p, name, box, theme.colour(role if locked else "muted"))
            self._p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
