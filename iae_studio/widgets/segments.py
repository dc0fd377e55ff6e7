"""A switch with a button for each of a few choices, one of which is on."""

from __future__ import annotations

from collections.abc import Set

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from iae_studio.style import theme
from iae_studio.widgets.plain import plain

_SAVED = 8  # px of a button's padding where there is little room


class Segments(QWidget):
    """Choices by their names; a click says which."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._folded = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.GRID)

    def add(self, name: str, title: str, tip: str) -> QToolButton:
        """One more choice, at the right; its object name is the name and "Button"."""
        made = QToolButton()
        made.setText(title)
        made.setToolTip(plain(tip))
        made.setAccessibleName(title)
        made.setAccessibleDescription(tip)
        made.setObjectName(f"{name}Button")
        made.setCheckable(True)
        made.setProperty("flat", True)
        made.clicked.connect(lambda: self.chosen.emit(name))
        self._buttons[name] = made
        self._group.addButton(made)
        self._row.addWidget(made)
        return made

    def button(self, name: str) -> QToolButton:
        """The button of a choice."""
        return self._buttons[name]

    def choose(self, name: str) -> None:
        """Show that this is on; says nothing."""
        self._buttons[name].setChecked(True)

    def offer(self, names: Set[str]) -> None:
        """Show these alone; a single choice is none."""
        for name, each in self._buttons.items():
            each.setVisible(name in names and len(names) > 1)

    def fold(self, folded: bool) -> None:
        """Stand closer together, or as ever."""
        if folded != self._folded:
            self._folded = folded
            for each in self._buttons.values():
                each.setProperty("tight", folded)
                each.style().unpolish(each)
                each.style().polish(each)
                each.updateGeometry()
            self.updateGeometry()

    def unfolded(self) -> int:
        """The width that all of them take as ever, in px."""
        shown = [each for each in self._buttons.values() if not each.isHidden()]
        return self.sizeHint().width() + (_SAVED * len(shown) if self._folded else 0)
