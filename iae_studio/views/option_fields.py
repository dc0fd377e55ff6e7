"""One option of a recipe as a row: what it is, where it comes from, and a field to change it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSizePolicy, QWidget

from iae_studio.state.option_draft import OptionDraft
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column, row, tool
from iae_studio.widgets.boxes import ChoiceBox
from iae_studio.widgets.plain import PlainLabel, plain
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.facts import Option, as_text, in_the_paper
from trainer.recipe.options import value_at

FIELD = 168  # px
ADDITION = "addition"
HELD = "As in the run it branches off: its weights fit nothing else."
Field = QLineEdit | QComboBox | QCheckBox


class OptionRow(QWidget):
    """`option PATH` is its field, `reset PATH` the button that is there once it is changed."""

    typed = Signal(str, str)  # path, text
    resetWanted = Signal(str)

    def __init__(self, option: Option, draft: OptionDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option, self._draft = option, draft
        self.field = self._made(option)
        self.field.setObjectName(f"option {option.path}")
        self.field.setAccessibleName(option.name)
        self.field.setAccessibleDescription(option.meaning)
        self._name = PlainLabel(option.name)
        self._about = caption(self._facts())
        self._name.setToolTip(plain(f"{option.path}: {self._facts()}"))
        self._told = caption()
        self._told.setObjectName(f"told {option.path}")
        self._reset = tool(
            "", "reset", "As it was", lambda: self.resetWanted.emit(self.option.path)
        )
        self._reset.setObjectName(f"reset {option.path}")
        kept = self._reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(kept)
        self._lay_out()
        self.renew()

    def _made(self, option: Option) -> Field:
        if option.kind is bool:
            box = QCheckBox("on")
            box.toggled.connect(lambda on: self.typed.emit(option.path, as_text(on)))
            return box
        if option.choices:
            choice = ChoiceBox()
            choice.addItems(option.choices)
            choice.textActivated.connect(lambda text: self.typed.emit(option.path, text))
            return choice
        edit = QLineEdit()
        edit.textEdited.connect(lambda text: self.typed.emit(option.path, text))
        return edit

    def _lay_out(self) -> None:
        name = row(self._name, gap=theme.GAP)
        if self.option.addition:
            mark = caption(ADDITION)
            mark.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            mark.setWordWrap(False)
            mark.setToolTip("The paper does not have it.")
            name.addWidget(mark)
        name.addStretch(1)
        words = column(pad=0, gap=2)
        words.addLayout(name)
        words.addWidget(self._about)
        words.addWidget(self._told)
        line = row(gap=theme.GAP)
        line.addLayout(words, 1)
        theme.follow(self.field, lambda: self.field.setFixedWidth(theme.px(FIELD)))
        line.addWidget(self.field, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignTop)
        whole = column(self, pad=0, gap=0)
        whole.addLayout(line)

    def _facts(self) -> str:
        """What it means, and what the experiment and the paper have."""
        option, base = self.option, self._draft.base
        now = value_at(base, option.path)
        parts = [option.meaning]
        own = CATALOGUE.get(base.name)
        if own is not None and value_at(own, option.path) != now:
            parts.append(f"This experiment's own: {_shown(value_at(own, option.path))}.")
        paper = in_the_paper(base, option.path)
        if paper is not None:
            parts.append(f"The paper: {_shown(paper)}.")
        if option.source:
            parts.append(f"({option.source})")
        return " ".join(parts)

    # ---- what stands there -------------------------------------------------------------------

    def renew(self) -> None:
        """Show the draft as it is now."""
        path, draft = self.option.path, self._draft
        self._show(draft.text(path))
        changed, problem = draft.changed(path), draft.problems.get(path, "")
        idle, held = draft.idle(path), path in draft.held
        self.field.setEnabled(not held and (changed or not idle))
        self._reset.setVisible(changed)
        self._reset.setToolTip("Back to what it was")
        was = _shown(value_at(draft.base, path))
        told = problem or (f"Changed; it was {was}." if changed else "")
        told = told or (f"No effect here: {idle}." if idle else HELD if held else "")
        self._told.setText(told)
        self._told.setVisible(bool(told))
        self._about.setVisible(changed or not (idle or held))  # a line less
        self._mark(self._name, "content" if changed else "")
        self._mark(self._told, "error" if problem else "content" if changed else "")

    def _show(self, text: str) -> None:
        field = self.field
        if isinstance(field, QCheckBox):
            blocked = field.blockSignals(True)
            field.setChecked(text == "true")
            field.blockSignals(blocked)
        elif isinstance(field, QComboBox):
            field.setCurrentText(text)
        elif field.text() != text:
            field.setText(text)

    def _mark(self, label: PlainLabel, role: str) -> None:
        if label.property("role") != role:
            label.setProperty("role", role)
            label.style().unpolish(label)
            label.style().polish(label)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return as_text(value) or "nothing"
