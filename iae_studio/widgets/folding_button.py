"""Buttons that show their icon alone where there is no room for their words."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

_BESIDE = 4  # px that Qt leaves between icon and words
APART = " "  # and what we add


class FoldingButton(QPushButton):
    """A push button; folded it shows its icon alone, and is still named by its words.

    One that is squeezed by its neighbours leaves its icon out first, then its words.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._folded = False
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def fold(self, folded: bool) -> None:
        """Leave the words out, or show them again."""
        if folded != self._folded:
            self._folded = folded
            self.updateGeometry()
            self.update()

    def unfolded(self) -> int:
        """The width with its words, in px."""
        return super().sizeHint().width() + self._apart()

    def _apart(self) -> int:
        """Of the space between icon and words, beyond Qt's own."""
        both = self.text() and not self.icon().isNull()
        return self.fontMetrics().horizontalAdvance(APART) if both else 0

    def shown(self) -> str:
        """The words that are to be read at the width of now."""
        if self._folded:
            return ""
        room = self._advance() - max(self.unfolded() - self.width(), 0)
        if not self.icon().isNull():  # one of the two goes
            return self.text() if room + self._icon_width() >= self._advance() else ""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def _icon_width(self) -> int:
        return self.iconSize().width() + _BESIDE + self._apart()

    def _advance(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text())

    def sizeHint(self) -> QSize:
        return self._least() if self._folded else self._whole()

    def minimumSizeHint(self) -> QSize:
        """Of the icon alone: a window may be made too narrow for the words at any time."""
        return self._whole() if self.property("primary") else self._least()

    def _whole(self) -> QSize:
        return QSize(self.unfolded(), super().sizeHint().height())

    def _least(self) -> QSize:
        hint = super().sizeHint()
        bare = hint.width() - self._advance() - _BESIDE
        return QSize(max(bare, hint.height()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown()
        if option.text and self.width() < self.unfolded():
            option.icon = QIcon()
        if option.text and not option.icon.isNull():
            option.text = APART + option.text
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)
