"""The number of a value slider, as it stands beside its track and is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from iae_studio.style import theme


class Number(QLineEdit):
    """The value as text: with its unit at rest, bare while it is being typed."""

    entered = Signal(float)
    left = Signal()  # done typing: the track takes the keyboard back

    def __init__(self, decimals: int, suffix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decimals, self._suffix, self._value = decimals, suffix, 0.0
        self._fresh = False  # focused by the click that is under way
        self.setProperty("quiet", True)
        self.setFont(theme.tabular(self.font()))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes from track to track
        self.returnPressed.connect(self._commit_and_leave)

    def show_value(self, value: float) -> None:
        self._value = value
        if not self.hasFocus():
            self.setText(self.words(value))
            self.setCursorPosition(0)

    def words(self, value: float) -> str:
        text = f"{value:.{self._decimals}f}"
        if float(text) == 0:
            text = text.lstrip("-")  # no "-0.0"
        return text.replace("-", "\N{MINUS SIGN}") + self._suffix

    def begin(self, text: str) -> None:
        """Start typing with this first character."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setText(text)

    def _commit_and_leave(self) -> None:
        self._commit()
        self.left.emit()

    def _commit(self) -> None:
        text = self.text().removesuffix(self._suffix).strip()
        try:
            value = float(text.replace("\N{MINUS SIGN}", "-").replace(",", "."))
        except ValueError:
            return  # the old value comes back
        if value == value and abs(value) != float("inf") and self._differs(value):
            self.entered.emit(value)

    def _differs(self, value: float) -> bool:
        return self.words(value) != self.words(self._value)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setText(self.words(self._value).removesuffix(self._suffix))
        self.selectAll()
        self._fresh = event.reason() == Qt.FocusReason.MouseFocusReason

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.hasFocus() and not self._fresh:
            super().mousePressEvent(event)
        else:  # the first click takes the whole number, to be typed over
            self._fresh = False
            self.selectAll()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._commit()
            self.setText(self.words(self._value))
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self.words(self._value))
            self.left.emit()
        else:
            super().keyPressEvent(event)
