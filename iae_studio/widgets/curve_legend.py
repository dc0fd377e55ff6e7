"""The legend of the loss plot: names, values under the pointer, a click hides a curve."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from iae_studio.style import theme
from iae_studio.widgets.plain import PlainLabel, plain

_SAMPLE = 20  # px, the piece of line before a name
_ROW = 20
_NARROWEST, _WIDEST = 160, 320  # px
# Losses of no game: what the code is asked for in the code's blue, that the noise be heard in the
# noise's amber. No two of a recipe look alike.
_OF_NO_GAME = {
    "L1 error": ("text", 1.0),
    "likelihood error": ("text", 1.0),
    "divergence": ("text", 1.0),
    "label error": ("text", 1.0),
    "inconsistency": ("content", 1.0),
    "imbalance": ("content", 0.55),
    "diversity penalty": ("style", 1.0),
    "first-moment penalty": ("style", 0.55),
}


def is_discriminator(name: str) -> bool:
    """Whether a loss is a discriminator's."""
    return name.endswith("discriminator")


def curve_colour(name: str) -> QColor:
    """By what a loss belongs to."""
    if name.startswith("reconstruction"):
        made = theme.colour("reconstruction")
    elif name.startswith("regularisation"):
        made = theme.colour("regularisation")
    else:
        made = theme.colour(*_OF_NO_GAME.get(name, ("muted", 1.0)))
    if is_discriminator(name):
        made.setAlphaF(0.75)
    elif name.endswith("R1"):
        made.setAlphaF(0.45)  # a penalty, beside the generator of the same game
    return made


def curve_pen(colour: QColor, dashed: bool, width: float = 1.0) -> QPen:
    """The pen of a curve, as wide as that at every zoom."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dashed:
        pen.setDashPattern([5 / width, 3 / width])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def words(value: float) -> str:
    """A loss with three digits that count."""
    if math.isnan(value):
        return "\N{EN DASH}"
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        text = f"{value:.2e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    else:
        digits = 2 - math.floor(math.log10(abs(value))) if value else 3
        text = f"{value:.{min(max(digits, 0), 5)}f}"
    return text.replace("-", "\N{MINUS SIGN}")


class LegendEntry(QAbstractButton):
    """One curve: checked while it is shown."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = math.nan
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(plain(f"{name}: click to hide or show"))
        self.setCheckable(True)
        self.setChecked(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.follow(self, lambda: self.setFixedHeight(theme.px(_ROW)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    everComputed = False  # an entry without any value takes no room

    def setNumber(self, value: float) -> None:
        self.everComputed = self.everComputed or not math.isnan(value)
        if value != self._value and not (math.isnan(value) and math.isnan(self._value)):
            self._value = value
            self.setAccessibleDescription("no value" if math.isnan(value) else words(value))
            self.update()

    def number(self) -> float:
        return self._value

    def sizeHint(self) -> QSize:
        name = QFontMetrics(theme.sized(self.font(), theme.CAPTION)).horizontalAdvance(self.text())
        return QSize(name + _SAMPLE + self._number_width() + 3 * theme.GAP, theme.px(_ROW))

    def _number_width(self) -> int:
        font = theme.tabular(theme.sized(self.font(), theme.CAPTION))
        return QFontMetrics(font).horizontalAdvance("\N{MINUS SIGN}0.00e\N{MINUS SIGN}00")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(theme.colour("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("text", 0.06))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        on, middle = self.isChecked(), self.height() / 2
        colour = curve_colour(self.text()) if on else theme.colour("line")
        pen = curve_pen(colour, is_discriminator(self.text()), 2.0)
        pen.setCosmetic(False)  # two of our pixels on any screen
        painter.setPen(pen)
        painter.drawLine(
            QRectF(4, middle, _SAMPLE - 4, 0).topLeft(), QRectF(_SAMPLE, middle, 0, 0).topLeft()
        )
        font = theme.tabular(theme.sized(self.font(), theme.CAPTION))
        painter.setFont(font)
        left, number = _SAMPLE + theme.GAP, self._number_width()
        if self.width() < left + 2 * number:
            number = 0  # of the two, the name is needed more
        box = QRect(left, 0, self.width() - left - number - theme.GAP, self.height())
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideMiddle, box.width())
        painter.setPen(theme.colour("text" if on else "muted", 1.0 if on else 0.7))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        if on and number:
            box = QRect(self.width() - number - 4, 0, number, self.height())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box, flags, words(self._value))
        painter.end()


class CurveLegend(QScrollArea):
    """All entries below the step they speak of."""

    toggled = Signal(int, bool)  # curve, shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[LegendEntry] = []
        self._wide = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        page.setProperty("bare", True)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, theme.GRID, theme.GRID, theme.GRID)
        self._column.setSpacing(0)
        self._step = PlainLabel()
        self._step.setProperty("caption", True)
        theme.follow(self._step, lambda: self._step.setFixedHeight(theme.px(_ROW)))
        self._step.setContentsMargins(4, 0, 4, 0)
        self._step.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._step.setFont(theme.tabular(self._step.font()))
        self._column.addWidget(self._step)
        self._column.addStretch(1)
        self.setWidget(page)
        theme.follow(self, self._fit)

    def entries(self) -> tuple[LegendEntry, ...]:
        return tuple(self._entries)

    def setCurves(self, names: Sequence[str]) -> None:
        for entry in self._entries:
            self._column.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self._entries = [LegendEntry(name) for name in names]
        for index, entry in enumerate(self._entries):
            self._column.insertWidget(index + 1, entry)
            entry.toggled.connect(lambda on, at=index: self.toggled.emit(at, on))
        self._fit()
        self.setVisible(bool(names))

    def _fit(self) -> None:
        """As wide as the longest entry, within bounds that follow the text."""
        width = max((entry.sizeHint().width() for entry in self._entries), default=0)
        width = min(max(width, theme.px(_NARROWEST)), theme.px(_WIDEST))
        self._wide = width + theme.GRID + theme.PAD
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._wide, super().sizeHint().height())

    def setReadout(self, step: int, values: Sequence[float]) -> None:
        """The values at a step; step 0 is before the first."""
        self._step.setText(f"step {step:,}" if step else "")
        for entry, value in zip(self._entries, values, strict=True):
            entry.setNumber(value)
            entry.setVisible(entry.everComputed)
