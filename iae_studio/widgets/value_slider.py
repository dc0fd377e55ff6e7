"""A slider with a caption and a number."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.number import Number
from iae_studio.widgets.plain import plain
from iae_studio.widgets.track import Track

ROW = 24  # px
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
        self._track = Track(role, self._low, self._high, self.step(), self)
        self._number = Number(decimals, suffix, self)
        self._caption.setBuddy(self._track)
        self.setFocusProxy(self._track)
        self._lay_out()
        self._track.dragged.connect(lambda share: self._edit(self._at(share)))
        self._track.stepped.connect(lambda steps: self._edit(self._value + steps * self.step()))
        self._track.reset.connect(lambda: self._edit(self._default))
        self._track.typed.connect(self._number.begin)
        self._track.asked.connect(self._edit)
        self._number.entered.connect(self._edit)
        self._number.left.connect(self._track.setFocus)
        self._track.setRest(self._share(self._default))
        self.setCaption(caption)
        self._show()

    def _lay_out(self) -> None:
        self._place()
        theme.follow(self, self._fit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _fit(self) -> None:
        """As large as its words need."""
        self._number.setFixedWidth(self.numberHint())
        self._number.setMaximumHeight(theme.px(22))
        self.setFixedHeight(theme.px(ROW))

    def _place(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self._caption)
        row.addWidget(self._track, 1)
        row.addWidget(self._number)

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

    def numberHint(self) -> int:
        """How wide its widest number is."""
        metrics = QFontMetrics(self._number.font())
        words = map(self._number.words, self._extremes())
        return max(map(metrics.horizontalAdvance, words)) + 14

    def setNumberWidth(self, width: int) -> None:
        """Line up the right ends of the tracks of several sliders, too."""
        self._number.setFixedWidth(width)

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
        number, words = round(self._value, self._decimals), self._number.words(self._value)
        self._track.showNumber(self._share(self._value), number, words)
        self._number.show_value(self._value)
