"""The options of a recipe, group by group, as many as are looked for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from iae_studio.state.option_draft import OptionDraft
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column, heading
from iae_studio.views.option_fields import OptionRow
from trainer.recipe.facts import GROUPS, all_options

SETTLED = 30  # ms
ALL, CHANGED, ADDED = "allOptions", "changedOptions", "addedOptions"


class OptionList(QScrollArea):
    """`optionList`, a row for each option."""

    typed = Signal(str, str)  # path, text
    resetWanted = Signal(str)  # path

    def __init__(self, draft: OptionDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("optionList")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._draft = draft
        self.rows: dict[str, OptionRow] = {}
        self._sections: dict[str, QWidget] = {}
        self._nothing = caption()
        self._nothing.hide()
        self._inside = QWidget()
        self._inside.setProperty("bare", True)
        whole = column(self._inside, pad=0, gap=20)
        whole.setContentsMargins(0, 0, theme.PAD, 0)
        for group, words in GROUPS.items():
            whole.addWidget(self._section(group, words))
        whole.addWidget(self._nothing)
        whole.addStretch(1)
        self.setWidget(self._inside)

    def _section(self, group: str, words: str) -> QWidget:
        section = self._sections[group] = QWidget()
        lines = column(section, pad=0, gap=12)
        lines.addWidget(heading(words.upper()))
        for option in all_options():
            if option.group == group:
                made = self.rows[option.path] = OptionRow(option, self._draft)
                made.typed.connect(self.typed)
                made.resetWanted.connect(self.resetWanted)
                lines.addWidget(made)
        return section

    def renew(self) -> None:
        """Show the draft as it is."""
        for each in self.rows.values():
            each.renew()

    def sift(self, words: str, kind: str) -> None:
        """Show the options of a kind that speak of some words."""
        shown = dict.fromkeys(self._sections, False)
        for path, each in self.rows.items():
            seen = each.option.speaks_of(words) and self._is(kind, path)
            if seen == each.isHidden():
                self._hold_still()
            each.setVisible(seen)
            shown[each.option.group] |= seen
        for group, section in self._sections.items():
            section.setVisible(shown[group])
        changed = kind == CHANGED and not words
        self._nothing.setText("Nothing is changed yet." if changed else "No option is called so.")
        self._nothing.setVisible(not any(shown.values()))

    def _is(self, kind: str, path: str) -> bool:
        if kind == CHANGED:
            return self._draft.changed(path) or path in self._draft.problems
        return kind == ALL or self.rows[path].option.addition

    def _hold_still(self) -> None:
        """Paint once the rows have found their heights, which takes two turns."""
        if self._inside.updatesEnabled():
            self._inside.setUpdatesEnabled(False)
            QTimer.singleShot(SETTLED, self._inside, partial(self._inside.setUpdatesEnabled, True))
