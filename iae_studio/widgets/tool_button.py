"""A flat button for a row of tools, with some room between its icon and its words."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter, QToolButton

from iae_studio.widgets.folding_button import APART


class ToolButton(QToolButton):
    """Where Qt lets the words begin at the icon's edge, a space lies between them."""

    def _apart(self) -> str:
        return APART if self.text() and not self.icon().isNull() else ""

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(
            hint.width() + self.fontMetrics().horizontalAdvance(self._apart()), hint.height()
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = self._apart() + option.text
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
