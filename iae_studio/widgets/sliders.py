"""Sliders with a caption and a number, alone and in banks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from iae_studio.style import theme
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import plain
from iae_studio.widgets.slider_parts import TICKS, Number, Track

_ROW = 24  # px
_CAPTION = 96  # px: a longer name is elided


class ValueSlider(QWidget):
    """Caption, slider, editable number.

    A value set by code may lie outside the slider's ends; a hand never leaves them.
    """

    valueChanged = Signal(float)
    edited = Signal(float)  # by the user

    def __init__(
        self,
        caption: str,
        low: float,
        high: float,
        value: float,
        role: str,
        decimals: int = 1,
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if not low < high:
            raise ValueError(f"a slider needs low < high, not {low} and {high}")
        self._low, self._high, self._decimals = float(low), float(high), decimals
        self._default = self._value = float(value)
        self._caption = ElidedLabel(parent=self)
        self._track = Track(role, self)
        self._number = Number(decimals, suffix, self)
        self._caption.setBuddy(self._track)
        self.setFocusProxy(self._track)
        self._lay_out()
        self._track.dragged.connect(lambda share: self._edit(self._at(share)))
        self._track.stepped.connect(lambda steps: self._edit(self._value + steps * self.step()))
        self._track.reset.connect(lambda: self._edit(self._default))
        self._track.typed.connect(self._number.begin)
        self._number.entered.connect(self._edit)
        self._number.left.connect(self._track.setFocus)
        self._track.setRest(self._share(self._default))
        self.setCaption(caption)
        self._show()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self._caption)
        row.addWidget(self._track, 1)
        row.addWidget(self._number)
        theme.follow(self, self._fit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _fit(self) -> None:
        """As large as its words need."""
        metrics = QFontMetrics(self._number.font())
        widest = max(metrics.horizontalAdvance(self._number.words(v)) for v in self._extremes())
        self._number.setFixedWidth(widest + 14)
        self._number.setMaximumHeight(theme.px(22))
        self.setFixedHeight(theme.px(_ROW))

    def _extremes(self) -> tuple[float, float]:
        return self._low, self._high

    def caption(self) -> str:
        return self._caption.text()

    def setCaption(self, caption: str) -> None:
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))
        self._track.setAccessibleName(caption)
        self._number.setAccessibleName(caption)
        self.setAccessibleName(caption)

    def setCaptionWidth(self, width: int) -> None:
        """Line up the tracks of several sliders."""
        self._caption.setFixedWidth(width)

    def captionHint(self) -> int:
        return min(self._caption.sizeHint().width(), _CAPTION)

    def setTip(self, tip: str) -> None:
        self.setToolTip(plain(tip))
        self._track.setAccessibleDescription(tip)

    def value(self) -> float:
        return self._value

    def setValue(self, value: float) -> None:
        """Show a value, exactly; does not emit `edited`."""
        if not math.isfinite(value):
            raise ValueError(f"a slider shows finite numbers, not {value}")
        if value != self._value:
            self._value = float(value)
            self._show()
            self.valueChanged.emit(self._value)

    def setDefault(self, value: float) -> None:
        """What a double click goes back to."""
        self._default = float(value)
        self._track.setRest(self._share(self._default))

    def reset(self) -> None:
        self.setValue(self._default)

    def step(self) -> float:
        """What an arrow key or a notch of the wheel adds: a sixtieth of the way, rounded nicely."""
        rough = (self._high - self._low) / 60
        power = 10.0 ** math.floor(math.log10(rough))
        nice = min((1, 2, 5, 10), key=lambda part: abs(part * power - rough)) * power
        return max(nice, 10.0**-self._decimals)

    def _share(self, value: float) -> float:
        return min(max((value - self._low) / (self._high - self._low), 0.0), 1.0)

    def _at(self, share: float) -> float:
        return self._low + share * (self._high - self._low)

    def _edit(self, value: float) -> None:
        value = round(min(max(value, self._low), self._high), self._decimals)
        if value != self._value:
            self.setValue(value)
            self.edited.emit(value)

    def _show(self) -> None:
        self._track.setValue(round(self._share(self._value) * TICKS))
        self._number.show_value(self._value)


class SliderBank(QScrollArea):
    """One slider for each dimension of a vector."""

    edited = Signal(tuple)

    def __init__(
        self, role: str, low: float = -3, high: float = 3, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role, self._low, self._high = role, low, high
        self._rows: list[ValueSlider] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page = page = QWidget()
        page.setProperty("bare", True)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.setWidget(page)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        theme.follow(self, self._line_up)

    def rows(self) -> tuple[ValueSlider, ...]:
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
        self.updateGeometry()

    def _make(self, caption: str) -> ValueSlider:
        row = ValueSlider(caption, self._low, self._high, 0.0, self._role, decimals=2)
        row.edited.connect(self._tell)
        return row

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
        return QSize(220, theme.px(_ROW) * max(len(self._rows), 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, theme.px(_ROW) * min(max(len(self._rows), 1), 3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The bar lies over nothing: rows end before it only while it is there.
        tall = self._page.sizeHint().height() > self.height()
        self._column.setContentsMargins(0, 0, theme.GAP if tall else 0, 0)
