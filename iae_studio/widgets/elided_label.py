"""Labels whose words come from data: their width never follows the text."""

from __future__ import annotations

import re
import textwrap

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from iae_studio.widgets.plain import PlainLabel, bounded, plain

_LEAST, _SHORT = 6, 33  # letters that stay to be read, of any text and of a short one
_UNBROKEN = 16  # letters that may stand together in a text that wraps
_TIP = 90  # letters in a line of a tool tip
Elide = Qt.TextElideMode


def breakable(text: str) -> str:
    """The same to be read, never as markup, with invisible places to break in its longest words."""
    apart = "\N{ZERO WIDTH SPACE}"
    return plain(re.sub(rf"\S{{{_UNBROKEN},}}", lambda word: apart.join(word[0]), text))


def in_lines(tip: str) -> str:
    """A plain tool tip in lines that no screen is too narrow for."""
    lines = (textwrap.wrap(line, _TIP, break_on_hyphens=False) for line in tip.split("\n"))
    return plain("\n".join("\n".join(line) for line in lines))


class _Told(PlainLabel):
    """A label whose tool tip has what it could not show, at every size of the text."""

    def _fit(self) -> None:
        """Show as much as there is room for, and tell the whole."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), in_lines(self.toolTip()), self)
            return True
        return bool(super().event(event))


class ElidedLabel(_Told):
    """One line, cut with an ellipsis where there is no room; then the tool tip has the whole."""

    def __init__(
        self, text: str = "", mode: Elide = Elide.ElideRight, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._mode, self._short = mode, ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str, short: str = "") -> None:
        """Show this; or `short`, a few words, where it does not fit."""
        self._short = short
        super().setText(" ".join(text.splitlines()))
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self._fit()

    def shown(self) -> str:
        """What is to be read at the width of now."""
        line, room = self.text(), self.contentsRect().width()
        if self._short and self._advance(line) > room:
            line = self._short
        if self._advance(line) <= room:
            return line
        return self.fontMetrics().elidedText(line, self._mode, room)

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _fit(self) -> None:
        self.setToolTip("" if self.shown() == self.text() else self.text())

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        frame = self.width() - self.contentsRect().width()
        # An advance is a rounded number: without a pixel to spare the text may be cut.
        words = self._advance(self._short or self.text())
        return QSize(words + frame + 1, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        least = self._advance("n" * (_SHORT if self._short else _LEAST))
        return QSize(min(least, hint.width()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            self.alignment(),
            self.palette(),
            self.isEnabled(),
            self.shown(),
            self.foregroundRole(),
        )
        painter.end()


class WrappedLabel(_Told):
    """A few lines; a long word without a gap, a path say, is broken anywhere.

    Plain text that needs more than `most` lines ends with an ellipsis, and has a tool tip.
    """

    def __init__(self, text: str = "", most: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._whole, self._most = "", most
        self.setWordWrap(True)
        self.setText(text)

    def text(self) -> str:
        """The words as they were given."""
        return self._whole

    def setText(self, text: str) -> None:
        self._whole = bounded(text)
        self.setAccessibleName(self._whole)
        self._fit()

    def _fit(self) -> None:
        """Put as much of the text there as fits, and claim the height that it takes.

        A main window asks nobody for a height that follows the width: it must be set.
        """
        self.setMinimumHeight(0)
        fits = self._most == 0 or self._try(len(self._whole))
        if not fits:
            low, high = 0, len(self._whole)  # letters that fit, and that do not
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self._try(middle) else (low, middle)
            self._try(low)
        else:
            super().setText(breakable(self._whole))
        if self._most:
            self.setToolTip("" if fits else self._whole)
        if self.isVisible():
            self.setMinimumHeight(max(self.heightForWidth(self.width()), 0))

    def _try(self, letters: int) -> bool:
        """Show so many letters; whether they fit."""
        cut = "" if letters == len(self._whole) else "…"
        super().setText(breakable(self._whole[:letters].rstrip() + cut))
        line = self.fontMetrics().lineSpacing() + 1  # as it is laid out, a line may take a px more
        return self.heightForWidth(self.width()) <= self._most * line

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
