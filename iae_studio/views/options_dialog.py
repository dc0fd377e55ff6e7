"""All options of an experiment before it starts: what each means, and whether it will fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from iae_studio.state.fitting import Fitting
from iae_studio.state.option_draft import OptionDraft
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column, row
from iae_studio.views.fit_line import FitLine
from iae_studio.views.option_list import ADDED, ALL, CHANGED, OptionList
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import plain
from iae_studio.widgets.segments import Segments
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe

SIZE = QSize(640, 720)  # px, where the screen has room
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LETTER = "Every addition at the paper's own choice"
SHOWS = {
    ALL: ("All", "All options"),
    CHANGED: ("Changed", "What is changed, or wrong"),
    ADDED: ("Additions", "What the paper does not have"),
}


@dataclass(frozen=True)
class Way:
    """What can be done with the changed recipe."""

    text: str
    do: Callable[[Recipe], object]


@dataclass(frozen=True)
class About:
    """What the options are of, and which of them stay."""

    title: str = "Options of this experiment"
    words: str = ""
    held: frozenset[str] = frozenset()


ITSELF = About()


class OptionsDialog(QDialog):
    """`optionsDialog`; `ways` are its buttons, the first of which is the primary one."""

    def __init__(
        self,
        recipe: Recipe,
        fitting: Fitting,
        ways: Sequence[Way],
        parent: QWidget | None = None,
        about: About = ITSELF,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("optionsDialog")
        self.setWindowTitle(about.title)
        self.setModal(True)
        self.draft = OptionDraft(recipe, about.held)
        self._about = caption(about.words)
        self._about.setObjectName("optionsAbout")
        self._about.setVisible(bool(about.words))
        self._ways = list(ways)
        self._buttons: list[QPushButton] = []
        self._shows = ALL
        self._fit = FitLine(fitting)
        self._fit.smallerWanted.connect(self._take)
        self._search = QLineEdit()
        self._search.setObjectName("optionSearch")
        self._search.setPlaceholderText("Find an option")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._sift)
        self._list = OptionList(self.draft)
        self._list.typed.connect(self._typed)
        self._list.resetWanted.connect(self._reset)
        self._problem = caption()
        self._problem.setObjectName("optionsProblem")
        self._problem.setProperty("role", "error")
        self._build()
        self._renew()
        room = self.screen().availableGeometry().size()
        self.resize(QSize(theme.px(SIZE.width()), theme.px(SIZE.height())).boundedTo(room * 0.94))
        self._search.setFocus()

    # ---- what it is made of ------------------------------------------------------------------

    def _build(self) -> None:
        layout = column(self, pad=16, gap=12)
        title = ElidedLabel(self.draft.base.about.title or self.draft.base.name)
        title.setProperty("title", True)
        layout.addWidget(title)
        layout.addWidget(self._about)
        layout.addLayout(self._top())
        layout.addWidget(self._list, 1)
        line = QFrame()
        line.setProperty("hairline", True)
        layout.addWidget(line)
        layout.addWidget(self._fit)
        layout.addWidget(self._problem)
        layout.addLayout(self._foot())

    def _top(self) -> QHBoxLayout:
        self._kinds = Segments()
        for name, (text, tip) in SHOWS.items():
            self._kinds.add(name, text, tip)
        self._kinds.choose(self._shows)
        self._kinds.chosen.connect(self._show_kind)
        top = row(self._search, self._kinds)
        top.setStretch(0, 1)
        return top

    def _foot(self) -> QHBoxLayout:
        self._all_back = QPushButton("Reset all")
        self._all_back.setObjectName("resetAllButton")
        self._all_back.setToolTip("As they were when this was opened")
        self._all_back.clicked.connect(self._reset_all)
        self._letter = QPushButton("To the letter")
        self._letter.setObjectName("toTheLetterButton")
        self._letter.setToolTip(plain(LETTER))
        self._letter.clicked.connect(self._to_the_letter)
        cancel = QPushButton("Cancel")
        cancel.setObjectName("cancelOptionsButton")
        cancel.clicked.connect(self.reject)
        self._buttons = [self._way_button(way) for way in self._ways]
        first, *others = self._buttons
        first.setProperty("primary", True)
        first.setDefault(True)
        first.setObjectName("useOptionsButton")
        for each in (self._all_back, self._letter, cancel, *others):
            each.setAutoDefault(False)
        return row(self._all_back, self._letter, None, cancel, *others, first)

    def _way_button(self, way: Way) -> QPushButton:
        made = QPushButton(way.text)
        made.setObjectName(f"way {way.text}")
        made.clicked.connect(partial(self._go, way))
        return made

    # ---- what is typed -----------------------------------------------------------------------

    def _typed(self, path: str, text: str) -> None:
        self.draft.type(path, text)
        self._renew()

    def _reset(self, path: str) -> None:
        self.draft.reset(path)
        self._renew()
        self._list.rows[path].field.setFocus()

    def _reset_all(self) -> None:
        self.draft.reset_all()
        self._renew()

    def _to_the_letter(self) -> None:
        try:
            self.draft.take_recipe(self.draft.base.to_the_letter())
        except UserError as error:
            self._problem.setText(str(error))
            self._problem.show()
            return
        self._renew()

    def _take(self, options: dict[str, object]) -> None:
        self.draft.take(options)
        self._renew()

    def _renew(self) -> None:
        """Show the draft as it is."""
        draft = self.draft
        self._list.renew()
        count = len(draft.problems)
        told = "" if not count else f"{count} option{'s' * (count > 1)} to put right first."
        self._problem.setText(told)
        self._problem.setVisible(bool(told))
        for button in self._buttons:
            button.setEnabled(draft.valid)
        self._all_back.setEnabled(draft.changes > 0)
        self._fit.follow(draft.recipe if draft.valid else None)
        self._sift()

    # ---- what is shown -----------------------------------------------------------------------

    def _show_kind(self, name: str) -> None:
        self._shows = name
        self._sift()

    def _sift(self) -> None:
        """Show what is searched for, of the kind that is chosen."""
        self._list.sift(self._search.text(), self._shows)

    # ---- the end -----------------------------------------------------------------------------

    def _go(self, way: Way) -> None:
        if self.draft.valid:
            self.accept()
            way.do(self.draft.recipe)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes them, but not while somebody searches."""
        if event.key() in ENTER and self.focusWidget() is self._search:
            self._search.selectAll()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Closed: nobody waits for what it would take."""
        self._fit.stop()
        super().done(result)
