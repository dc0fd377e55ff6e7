"""Buttons that show their icon alone where there is no room for their words."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

_BESIDE = 4  # px between icon and words


class FoldingButton(QPushButton):
    """A push button; folded, or too narrow, it shows its icon, and is still named by its words."""

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
        return super().sizeHint().width()

    def shown(self) -> str:
        """The words that are to be read at the width of now."""
        lacks = self.unfolded() - self.width()
        if not self._folded and lacks <= 0:
            return self.text()
        if not self.icon().isNull():
            return ""
        metrics, right = self.fontMetrics(), Qt.TextElideMode.ElideRight
        return metrics.elidedText(self.text(), right, self._advance() - lacks)

    def _advance(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text())

    def sizeHint(self) -> QSize:
        return self._least() if self._folded else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Of the icon alone: a window may be made too narrow for the words at any time."""
        return super().sizeHint() if self.property("primary") else self._least()

    def _least(self) -> QSize:
        hint = super().sizeHint()
        bare = hint.width() - self._advance() - _BESIDE
        return QSize(max(bare, hint.height()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown()
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)
