"""A bank of sliders, one for each dimension of a vector; some with a strip of pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.widgets.direction_slider import DirectionSlider
from iae_studio.widgets.value_slider import ROW

STRIP_ROOM = 212  # px: five pictures of 40
FEWEST = 8  # rows without a strip that are to be seen at once


class SliderBank(QScrollArea):
    """One slider for each dimension of a vector."""

    edited = Signal(tuple)
    renamed = Signal(int, str)  # by the user: a row, and what it is to be called

    def __init__(
        self, role: str, low: float = -3, high: float = 3, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role, self._low, self._high = role, low, high
        self._rows: list[DirectionSlider] = []
        self._strips = 0  # rows that have one, and are always there ...
        self._unfolded = True  # ... beside the others
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page = page = QWidget()
        page.setProperty("bare", True)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.strips = page  # what holds the strips
        self._column.addStretch(1)
        self.setWidget(page)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        theme.follow(self, self._line_up)

    def rows(self) -> tuple[DirectionSlider, ...]:
        return tuple(self._rows)

    def setRows(self, captions: Sequence[str], tips: Sequence[str] = ()) -> None:
        """One row for each caption; a row whose caption stays keeps its value."""
        while len(self._rows) > len(captions):
            gone = self._rows.pop()
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for index, caption in enumerate(captions):
            if index == len(self._rows):
                self._rows.append(self._make(caption))
                self._column.insertWidget(index, self._rows[-1])
            elif self._rows[index].caption() != caption:
                self._rows[index].setCaption(caption)
                self._rows[index].reset()
            self._rows[index].setTip(tips[index] if index < len(tips) else "")
        self._line_up()

    def _line_up(self) -> None:
        """All tracks begin where the longest caption ends."""
        width = max((row.captionHint() for row in self._rows), default=0)
        for row in self._rows:
            row.setCaptionWidth(width)
        self._fold()

    def _make(self, caption: str) -> DirectionSlider:
        row = DirectionSlider(caption, self._low, self._high, self._role)
        theme.follow(row, self.updateGeometry)  # after the row itself followed
        row.edited.connect(self._tell)
        row.renamed.connect(lambda name: self.renamed.emit(self._rows.index(row), name))
        return row

    # ---- strips, and what is folded away -----------------------------------------------------

    def setStrips(self, count: int, unfolded: bool) -> None:
        """So many rows have a strip of pictures; the others are there where it is unfolded."""
        self._strips, self._unfolded = count, unfolded
        self._fold()

    def _fold(self) -> None:
        for index, row in enumerate(self._rows):
            row.setStrip(index < self._strips)
            row.setVisible(index < self._strips or self._unfolded)
        self.updateGeometry()
        self._offer_bar()

    def setPictures(self, pictures: Sequence[list[QImage]]) -> None:
        """Of the first rows, in their order; of the others nothing is known."""
        for index, row in enumerate(self._rows):
            row.strip.setPictures(pictures[index] if index < len(pictures) else [])

    def setNotes(self, notes: Sequence[str]) -> None:
        """A quiet word above each row."""
        for row, note in zip(self._rows, notes, strict=True):
            row.setNote(note)
        self.updateGeometry()

    def _height(self, most: int) -> int:
        """Of the strips, and of as many rows without one."""
        here = [row for row in self._rows if not row.isHidden()]
        with_strip = [row for row in here if row.strip.isVisibleTo(row)]
        rest = [row for row in here if row not in with_strip][:most]
        return max(sum(row.height() for row in (*with_strip, *rest)), theme.px(ROW))

    def _tell(self, _: float) -> None:
        self.edited.emit(self.values())

    def values(self) -> tuple[float, ...]:
        return tuple(row.value() for row in self._rows)

    def setValues(self, values: Sequence[float]) -> None:
        for row, value in zip(self._rows, values, strict=True):
            row.setValue(value)

    def reset(self) -> None:
        """All rows to zero, without `edited`: the caller knows."""
        for row in self._rows:
            row.reset()

    def sizeHint(self) -> QSize:
        return QSize(220, self._height(len(self._rows)))

    def minimumSizeHint(self) -> QSize:
        return QSize(STRIP_ROOM if self._strips else 160, self._height(FEWEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._offer_bar()

    def _offer_bar(self) -> None:
        """The bar lies over nothing: rows end before it only while it is there."""
        # A layout whose words wrap may be a few px short: no bar for the last row's rim.
        tall = self._page.sizeHint().height() > self.height() + theme.GRID
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if tall else policy.ScrollBarAlwaysOff
        )
        self._column.setContentsMargins(0, 0, theme.GAP if tall else 0, 0)
