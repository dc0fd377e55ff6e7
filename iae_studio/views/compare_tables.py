"""Where the compared models' recipes differ, and how each was measured, in tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from iae_studio.state.comparing import Compared
from iae_studio.state.messages import short
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption
from iae_studio.views.compare_head import swatch
from iae_studio.views.compare_known import CompareKnown
from iae_studio.widgets.plain import plain
from trainer.exploring.questions.comparing import Known
from trainer.recipe.differences import differences

MOST_VALUE = 40  # letters
DASH = "\N{EN DASH}"


class CompareTable(QWidget):
    """A line for each thing, a column for each model, and words below."""

    def __init__(self, state: StudioState, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparing = state.comparing
        self.table = QTreeWidget()
        self.table.setObjectName(name)
        self.table.setRootIsDecorated(False)
        self.table.setItemsExpandable(False)
        self.table.setUniformRowHeights(True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.header().setSectionsMovable(False)
        self.table.header().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._none = caption()  # what is said where there are no lines
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        QVBoxLayout(self.table.viewport()).addWidget(self._none)
        self._words = caption(most=3)
        self._words.setObjectName(f"{name}Words")
        self.setFocusProxy(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._words)
        state.comparing.changed.connect(self.renew)
        theme.notifier().changed.connect(self.renew)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.renew()

    def renew(self) -> None:
        """Show what there is now, where it can be seen."""
        if self.isVisible():
            self.fill(self._comparing.models)

    def fill(self, models: tuple[Compared, ...]) -> None:
        """Put lines and words in."""
        raise NotImplementedError

    def _head(self, first: str, models: tuple[Compared, ...]) -> None:
        self.table.clear()
        self.table.setColumnCount(1 + len(models))
        head = QTreeWidgetItem([first, *self._comparing.names()])
        for place, model in enumerate(models):
            head.setIcon(1 + place, swatch(place))
            told = model.recipe.name if model.path is None else str(model.path)
            head.setToolTip(1 + place, plain(told))
        self.table.setHeaderItem(head)
        self.table.header().setStretchLastSection(False)
        for section in range(1 + len(models)):
            self.table.header().setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)

    def _say(self, words: str) -> None:
        """Below the lines; in their place where there are none."""
        none = not self.table.topLevelItemCount()
        self._none.setText(words if none else "")
        self._words.setText("" if none else words)
        self._words.setVisible(not none)

    def _line(self, cells: list[str], tip: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([short(cell, MOST_VALUE) for cell in cells])
        item.setToolTip(0, plain(tip))
        for place, cell in enumerate(cells[1:]):
            item.setToolTip(1 + place, plain(cell))
            item.setFont(1 + place, theme.tabular(self.table.font()))
        self.table.addTopLevelItem(item)
        return item

    def lines(self) -> list[list[str]]:
        """What is to be read."""
        items = (self.table.topLevelItem(k) for k in range(self.table.topLevelItemCount()))
        count = self.table.columnCount()
        return [[item.text(k) for k in range(count)] for item in items if item is not None]


class RecipesTable(CompareTable):
    """`compareOptions`: the options that differ, and nothing else."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(state, "compareOptions", parent)
        self.table.setAccessibleName("Options in which the compared recipes differ")

    def fill(self, models: tuple[Compared, ...]) -> None:
        found = differences([model.recipe for model in models])
        self._head("Option", models)
        for each in found.rows:
            ours = " · an addition, not in the paper" if each.addition else ""
            cells = [each.name.replace("_", " "), *(option_words(value) for value in each.values)]
            item = self._line(cells, f"{each.path}: {each.meaning}{ours}")
            if each.addition:
                item.setForeground(0, theme.colour("muted"))
        same = f"The same in all: {found.same} options."
        if not found.rows:
            same = f"Their recipes are alike: all {found.same} options are the same."
        if len(models) < 2:
            same = "Add a second model to see in which options they differ."
        elif any(each.addition for each in found.rows):
            same += " Names in grey are additions; the paper does not have them."
        self._say(same)


class MeasuresTable(CompareTable):
    """`compareFigures`: each measure, the best in bold where it is known what is better."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(state, "compareFigures", parent)
        self.table.setAccessibleName("Measures of the compared models")
        self.known = CompareKnown(state, "compare measures", self)
        self.known.changed.connect(self.renew)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.known.look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.known.look_away()

    def fill(self, models: tuple[Compared, ...]) -> None:
        found = [self.known.of(model) for model in models]
        there = [known for known in found if known is not None]
        names = list(dict.fromkeys(name for known in there for name in known.measures))
        known = there[0] if there else Known()
        alike = len({(model.recipe.data.name, model.recipe.data.images) for model in models}) < 2
        self._head("Measure", models)
        for name in names:
            values = [None if each is None else each.measures.get(name) for each in found]
            how = known.better.get(name, "")
            told = {"less": "less is better", "more": "more is better"}.get(how, "")
            told = " · ".join(part for part in (known.meanings.get(name, ""), told) if part)
            arrow = {"less": " ↓", "more": " ↑"}.get(how, "")
            cells = [DASH if value is None else figure(value) for value in values]
            words = known.names.get(name, name.replace("_", " "))
            item = self._line([words + arrow, *cells], told or name)
            for place in best(values, how) if alike else ():
                font = theme.tabular(self.table.font())
                font.setWeight(QFont.Weight.Bold)
                item.setFont(1 + place, font)
                item.setForeground(1 + place, theme.colour("content"))
                item.setData(1 + place, Qt.ItemDataRole.AccessibleTextRole, f"{cells[place]}, best")
        self._say(self._told(found, alike))

    def _told(self, found: list[Any], alike: bool) -> str:
        if any(known is None for known in found):
            return "Loading…"
        pairs = zip(self._comparing.names(), found, strict=True)
        lacking = [name for name, known in pairs if not known.measures]
        words = ["In bold: the best, where ↓ less or ↑ more is better."]
        if not alike:
            words = ["They are of different data: no figure is better than another."]
        if len(found) - len(lacking) < 2:
            words = []  # nothing is there to be better
        if lacking:
            words.append(
                f"Not measured: {', '.join(lacking)}. A run is measured at its newest weights, by "
                "python -m trainer evaluate."
            )
        measured = [set(known.measures) for known in found if known.measures]
        if measured and set.union(*measured) != set.intersection(*measured):
            words.append(f"{DASH}: not measured there.")
        return " ".join(words)


def best(values: list[float | None], how: str) -> list[int]:
    """The places of the best; none where not two are there, or all are alike."""
    there = [value for value in values if value is not None]
    if how not in ("less", "more") or len(there) < 2 or len(set(there)) < 2:
        return []
    top = min(there) if how == "less" else max(there)
    return [place for place, value in enumerate(values) if value == top]


def option_words(value: object) -> str:
    """An option's value as a person writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value) or DASH


def figure(value: float) -> str:
    """A measure with as many digits as it deserves."""
    told = f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"
    return told.replace("-", "\N{MINUS SIGN}")
