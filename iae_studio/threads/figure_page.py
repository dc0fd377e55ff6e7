"""A figure as a page for print: painted once, written as PNG, SVG or PDF.

Words and points stay vectors in SVG and PDF; pictures are enlarged by whole factors, so that their
pixels are sharp squares in all three. The page is as wide as they are: at most a page of text, but
where they need more even as they are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from iae_studio.style.tokens import LIGHT
from iae_studio.widgets.sheet import to_image
from trainer.exploring.questions.figure import Block, Figure, Plane
from trainer.messages import Floats, UserError
from trainer.storage.faults import in_words
from trainer.storage.files import write_bytes

DPI = 300
INCH = 25.4
WIDTH, NARROWEST = 170.0, 80.0  # mm: a page of text; less breaks the caption too often
MARGIN, GAP, BETWEEN = 2.0, 0.4, 3.0  # mm: around, between tiles, between blocks
TITLE, TEXT = 9.0, 8.0  # points
LARGEST = 16.0  # mm, of a tile; small pictures are no better for being larger
REACH = 3.2  # a plane goes from -REACH to REACH
DOT = 0.3  # mm
KINDS = (".png", ".svg", ".pdf")
DOTS = 25.4 / DPI  # mm of one dot

_OF = {"data": LIGHT.text, "content": LIGHT.content, "style": LIGHT.style}
_HUES = ("#4682c8", "#e69632", "#5aaa64", "#c85a78", "#826ebe", "#6eb4be", "#aa8c5a")


def figure_path(path: Path) -> Path:
    """Where a figure is written: a name without an ending gets .pdf. Raises UserError."""
    if not path.suffix:
        return path.with_name(f"{path.name}.pdf")
    if path.suffix.lower() not in KINDS:
        kinds = ", ".join(KINDS)
        raise UserError(f"{path.name}: a figure is no {path.suffix}. Choose one of {kinds}.")
    return path


def write_figure(figure: Figure, path: Path) -> Path:
    """Write the figure, whole or not at all; its path. Raises UserError."""
    target = figure_path(path)
    data = as_bytes(figure, target.suffix.lower())
    with in_words(target, "cannot be written"):
        write_bytes(target, data)
    return target


def as_bytes(figure: Figure, kind: str) -> bytes:
    """The figure as a file of that kind."""
    page = _Page(figure)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    {".png": _png, ".svg": _svg, ".pdf": _pdf}[kind](page, buffer)
    buffer.close()
    return bytes(buffer.data().data())


def _png(page: _Page, buffer: QBuffer) -> None:
    image = QImage(page.dots, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(DPI / INCH * 1000))
    image.setDotsPerMeterY(round(DPI / INCH * 1000))
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    page.paint(painter)
    painter.end()
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)


def _svg(page: _Page, buffer: QBuffer) -> None:
    from PySide6.QtSvg import QSvgGenerator

    drawn = QSvgGenerator()
    drawn.setOutputDevice(buffer)
    drawn.setResolution(DPI)
    drawn.setSize(page.dots)
    drawn.setViewBox(QRect(0, 0, page.dots.width(), page.dots.height()))
    drawn.setTitle(page.figure.title)
    drawn.setDescription(page.figure.caption)
    painter = QPainter(drawn)
    page.paint(painter)
    painter.end()


def _pdf(page: _Page, buffer: QBuffer) -> None:
    writer = QPdfWriter(buffer)
    writer.setTitle(page.figure.title)
    writer.setResolution(DPI)
    size = QPageSize(QSizeF(page.dots) * DOTS, QPageSize.Unit.Millimeter, "figure")
    upright = QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(size, upright, QMarginsF(0, 0, 0, 0)))
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    page.paint(painter)
    painter.end()


class _Page:
    """Where everything stands, in dots of DPI."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self._title, self._text = _font(TITLE, bold=True), _font(TEXT)
        self._high = QFontMetricsF(self._text).height()
        self._margin, self._gap, self._between = (_in_dots(mm) for mm in (MARGIN, GAP, BETWEEN))
        self._whole = _in_dots(WIDTH) - 2 * self._margin
        self._side = self._plane_side()
        self._times = self._enlargement()
        title = QFontMetricsF(self._title).horizontalAdvance(figure.title)
        least = max(_in_dots(NARROWEST) - 2 * self._margin, title)
        self._whole = max(least, self._content_width(self._times))
        self._top = self._margin + QFontMetricsF(self._title).height() + self._high * 1.6
        below = self._top + self._content_height() + self._high * 0.6
        words = QFontMetricsF(self._text).boundingRect(
            QRectF(0, 0, self._whole, 1e5), Qt.TextFlag.TextWordWrap, figure.caption
        )
        self._words = QRectF(self._margin, below, self._whole, words.height() + 1)
        right, bottom = self._words.right(), self._words.bottom()
        self.dots = QSize(round(right + self._margin), round(bottom + self._margin))

    def _enlargement(self) -> int:
        """The largest whole factor at which all blocks stand beside each other, or 1."""
        widest = max((block.tiles.shape[3] for block in self.figure.blocks), default=1)
        factors = range(int(_in_dots(LARGEST) // widest), 1, -1)
        fitting = (times for times in factors if self._content_width(times) <= self._whole)
        return next(fitting, 1)

    def _content_width(self, times: int) -> float:
        """Of all blocks and planes beside each other."""
        widths = [self._width_of(block, times) + self._between for block in self.figure.blocks]
        widths += [self._side + self._between for _ in self.figure.planes]
        return sum(widths) - self._between

    def _width_of(self, block: Block, times: int) -> float:
        """Of its pictures, or of its head, where that is wider."""
        columns, wide = block.tiles.shape[1], block.tiles.shape[3]
        head = QFontMetricsF(self._text).horizontalAdvance(block.head)
        return max(float(columns * (wide * times + self._gap) - self._gap), head)

    def _plane_side(self) -> float:
        count = max(1, len(self.figure.planes))
        return min((self._whole - self._between * (count - 1)) / count, _in_dots(70))

    def _content_height(self) -> float:
        if self.figure.planes:
            return self._side
        return max(self._height_of(block) for block in self.figure.blocks)

    def _height_of(self, block: Block) -> float:
        rows, _, high = block.tiles.shape[:3]
        return float(rows * (high * self._times + self._gap) - self._gap)

    def paint(self, painter: QPainter) -> None:
        """Paint all of it."""
        painter.setPen(QColor(LIGHT.text))
        painter.setFont(self._title)
        ascent = QFontMetricsF(self._title).ascent()
        painter.drawText(QPointF(self._margin, self._margin + ascent), self.figure.title)
        painter.setFont(self._text)
        left = self._margin
        for block in self.figure.blocks:
            left += self._paint_block(painter, block, left) + self._between
        for plane in self.figure.planes:
            self._paint_plane(painter, plane, left)
            left += self._side + self._between
        painter.setPen(QColor(LIGHT.text))
        painter.drawText(self._words, Qt.TextFlag.TextWordWrap, self.figure.caption)

    def _head(self, painter: QPainter, head: str, of: str, left: float) -> None:
        painter.setPen(QColor(_OF[of]))
        painter.drawText(QPointF(left, self._top - self._high * 0.4), head)

    def _paint_block(self, painter: QPainter, block: Block, left: float) -> float:
        """Its width."""
        self._head(painter, block.head, block.of, left)
        rows, columns, high, wide = block.tiles.shape[:4]
        times = self._times
        for row in range(rows):
            for column in range(columns):
                tile = block.tiles[row, column].repeat(times, 0).repeat(times, 1)
                x = left + column * (wide * times + self._gap)
                y = self._top + row * (high * times + self._gap)
                place = QRectF(round(x), round(y), wide * times, high * times)
                painter.drawImage(place, to_image(tile))
        return self._width_of(block, times)

    def _paint_plane(self, painter: QPainter, plane: Plane, left: float) -> None:
        self._head(painter, plane.head, "data", left)
        frame = QRectF(left, self._top, self._side, self._side)
        painter.setPen(QColor(LIGHT.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_dots(painter, plane.behind, frame, ["#bebebe"] * len(plane.behind))
        hues = [_HUES[int(group) % len(_HUES)] for group in plane.groups]
        self._paint_dots(painter, plane.points, frame, hues)

    def _paint_dots(
        self, painter: QPainter, points: Floats, frame: QRectF, hues: list[str]
    ) -> None:
        radius = _in_dots(DOT)
        inside = np.abs(points).max(1) < REACH if len(points) else np.zeros(0, bool)
        for (x, y), hue, shown in zip(points, hues, inside, strict=True):
            if shown:
                painter.setBrush(QColor(hue))
                across = frame.left() + (x / REACH + 1) / 2 * frame.width()
                down = frame.top() + (1 - y / REACH) / 2 * frame.height()
                painter.drawEllipse(QPointF(across, down), radius, radius)


def _in_dots(mm: float) -> float:
    return mm / DOTS


def _font(points: float, bold: bool = False) -> QFont:
    """Sized in dots, so that the screen's own density decides nothing."""
    font = QFont()
    font.setPixelSize(round(points / 72 * DPI))
    font.setBold(bold)
    return font
