"""A slider along a direction: its strip of pictures above it, and a name that a hand can give."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import plain
from iae_studio.widgets.strip import CELL, Strip
from iae_studio.widgets.value_slider import ROW, ValueSlider
from trainer.exploring.questions.directions import STRIP

_NOTE, _GAP = 16, 8  # px
LETTERS = 40  # of a name


class NameEdit(QLineEdit):
    """A name while it is typed, in the place of a slider."""

    done = Signal(str)
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit(self.text())
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class DirectionSlider(ValueSlider):
    """A value slider from -3 to 3, say, with a strip, a quiet note, and a name."""

    renamed = Signal(str)  # by the user

    def __init__(
        self, caption: str, low: float, high: float, role: str, parent: QWidget | None = None
    ) -> None:
        self.strip = Strip(role, STRIP)
        self._note = ElidedLabel()
        self._name: NameEdit | None = None
        super().__init__(caption, low, high, 0.0, role, decimals=2, parent=parent)
        self._note.setProperty("caption", True)
        self._note.hide()
        self.strip.hide()
        self.strip.chosen.connect(self._edit)
        self.valueChanged.connect(self.strip.setValue)
        self._caption.installEventFilter(self)

    def _place(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._note, 0, 0, 1, 3)
        grid.addWidget(self.strip, 1, 0, 1, 3)
        grid.addWidget(self._caption, 2, 0)
        grid.addWidget(self._track, 2, 1)
        grid.addWidget(self._number, 2, 2)
        grid.setColumnStretch(1, 1)

    def setCaption(self, caption: str) -> None:
        super().setCaption(caption)
        self.strip.name(f"direction {caption}")

    # ---- strip and note ----------------------------------------------------------------------

    def setStrip(self, there: bool) -> None:
        """Whether it has a strip of pictures."""
        self.strip.setVisible(there)
        self._fit()

    def setNote(self, note: str) -> None:
        """A quiet word above it."""
        if note != self._note.text():
            self._note.setText(note)
            self._note.setVisible(bool(note))
            self._track.setAccessibleDescription(note)
            self._fit()

    def note(self) -> str:
        return self._note.text()

    def _fit(self) -> None:
        super()._fit()
        strip, note = self.strip.isVisibleTo(self), self._note.isVisibleTo(self)
        above = (CELL if strip else 0) + (theme.px(_NOTE) if note else 0)
        self.setFixedHeight(theme.px(ROW) + above + (_GAP if strip or note else 0))

    # ---- names -------------------------------------------------------------------------------

    def begin_naming(self) -> None:
        """Let its name be typed; an empty one takes the name away."""
        if self._name is not None:
            return
        self._name = made = NameEdit(self)
        made.setObjectName("directionName")
        made.setAccessibleName("Name of the direction")
        made.setMaxLength(LETTERS)
        made.setPlaceholderText("a name, slant say")
        made.setToolTip(plain("Enter keeps the name, Escape leaves it; an empty one takes it away"))
        if not self.caption().lstrip("z").isdigit():
            made.setText(self.caption())
        made.setGeometry(0, self.height() - theme.px(ROW), self.width(), theme.px(ROW))
        made.done.connect(self.renamed)
        made.left.connect(self._end_naming)
        made.show()
        made.setFocus(Qt.FocusReason.OtherFocusReason)
        made.selectAll()

    def _end_naming(self) -> None:
        name, self._name = self._name, None
        if name is not None:
            back = name.hasFocus()
            name.hide()
            name.deleteLater()
            if back:
                self._track.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._caption and event.type() == QEvent.Type.MouseButtonDblClick:
            self.begin_naming()
            return True
        return bool(super().eventFilter(watched, event))
