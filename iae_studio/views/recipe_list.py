"""The list of experiments: grouped by model, small ones first, each with its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.library import Entry
from iae_studio.state.model_files import Run
from iae_studio.style import theme
from iae_studio.views.words import group_of, groups, short_figure, short_title
from iae_studio.widgets.elided_label import in_lines
from iae_studio.widgets.plain import plain
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe

ITEM = Qt.ItemDataRole.UserRole
NEWEST = 6  # runs shown of a recipe
# What a recipe's mark says: there are weights, and whose, or none.
SHIPPED_WEIGHTS = "Trained: its weights came with the program."
OWN_WEIGHTS = "Trained: the weights of your newest run."
NO_WEIGHTS = "Untrained: there are no weights yet. Press Train."
HOVERED = 0.06  # of the text's colour
_LONGEST = 24  # letters of a folder's name


class _Cells(QStyledItemDelegate):
    """Where a figure has no icon beside it, the name takes the icon's room."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        figure = index.sibling(index.row(), 1)
        made = QStyleOptionViewItem(option)
        if figure.data(Qt.ItemDataRole.DecorationRole) is None:
            spare = option.decorationSize.width() + theme.GRID
            at_left = index.column() == 0
            made.rect = option.rect.adjusted(0 if at_left else spare, 0, spare * at_left, 0)
        over, chosen = QStyle.StateFlag.State_MouseOver, QStyle.StateFlag.State_Selected
        if option.state & over and not option.state & chosen:
            # Here, for below the cells it would lie upon what the name has of the icon's room.
            painter.fillRect(made.rect, theme.colour("text", HOVERED))
        super().paint(painter, made, index)


class RecipeList(QTreeWidget):
    """Titles at the left, figures at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipeList")
        self.setAccessibleName("Experiments and their runs")
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(20)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setIndentation(theme.GAP)
        self.setItemDelegate(_Cells(self))
        theme.follow(self, lambda: self.setIconSize(QSize(theme.px(14), theme.px(14))))
        self.setRootIsDecorated(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def fill(self, entry_of: Callable[[Recipe], Entry], chosen: str) -> None:
        """Build the list anew; what was open stays so, and `chosen` shows its runs."""
        opened = self._opened()
        self.clear()
        for model, title in groups().items():
            group = self._heading(title.upper(), None)
            mine = [recipe for recipe in CATALOGUE.values() if group_of(recipe) == model]
            for recipe in mine:
                if not recipe.full_size:
                    group.addChild(_recipe_item(recipe, entry_of(recipe), self.font()))
            large = [recipe for recipe in mine if recipe.full_size]
            group.setExpanded(opened is None or _key(group) in opened)
            if large:
                below = self._heading(f"Full size, for a GPU ({len(large)})", group)
                for recipe in large:
                    below.addChild(_recipe_item(recipe, entry_of(recipe), self.font()))
                here = any(recipe.name == chosen for recipe in large)
                below.setExpanded(here or _key(below) in (opened or ()))
        for item in self.recipe_items():
            for run in _children(item):
                run.setFirstColumnSpanned(True)  # which the tree only hears once it holds it
            here = item.data(0, ITEM).recipe.name == chosen
            item.setExpanded(here or _key(item) in (opened or ()))

    def renew(self, run: Run) -> None:
        """Say of a listed run, which trains, what is saved of it; nothing moves."""
        for recipe in self.recipe_items():
            for item in _children(recipe):
                if item.data(0, ITEM).path == run.path:
                    item.setText(0, _words_of(run, "saved at step"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is said below the list may take room of it: the chosen one stays in sight."""
        chosen, before = self.currentItem(), QRect(QPoint(), event.oldSize())
        seen = chosen is not None and self.visualItemRect(chosen).intersects(before)
        super().resizeEvent(event)
        if chosen is not None and seen:
            self.scrollToItem(chosen)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips with a path in them are wrapped."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self.itemAt(event.pos())
            tip = item.toolTip(0) if item is not None else ""
            QToolTip.showText(event.globalPos(), in_lines(tip), self.viewport())
            return True
        return bool(super().viewportEvent(event))

    def _opened(self) -> set[str] | None:
        """The keys of all items that are open; None before the first filling."""
        if not self.topLevelItemCount():
            return None
        groups = list(self._headings())
        below = [item for group in groups for item in _children(group)]
        return {_key(i) for i in (*groups, *below, *self.recipe_items()) if i.isExpanded()}

    def _heading(self, text: str, parent: QTreeWidgetItem | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem([text])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setForeground(0, theme.colour("muted"))
        item.setFont(0, theme.sized(self.font(), theme.CAPTION))
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
            item.setToolTip(0, "The paper's own networks: hours on a GPU, days on a CPU")
        item.setFirstColumnSpanned(True)
        return item

    def _headings(self) -> Iterator[QTreeWidgetItem]:
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            assert item is not None  # there are so many
            yield item

    def recipe_items(self) -> list[QTreeWidgetItem]:
        """The recipes, in their order."""
        found = []
        for heading in self._headings():
            for item in _children(heading):
                found += [item] if item.data(0, ITEM) is not None else _children(item)
        return found

    def items(self) -> list[QTreeWidgetItem]:
        """What can be chosen: the recipes, then their runs."""
        recipes = self.recipe_items()
        return [*recipes, *(run for recipe in recipes for run in _children(recipe))]

    def mark(self, model: DisplayedModel) -> None:
        """Put the cursor on what is displayed, without telling."""
        named = [i for i in self.items() if i.data(0, ITEM).recipe.name == model.recipe.name]
        same = [i for i in named if i.data(0, ITEM).path == model.path]
        alike = [i for i in same if i.data(0, ITEM).recipe == model.recipe]
        found = (alike or same or named)[:1]
        if found and found[0] is not self.currentItem():
            self.blockSignals(True)
            above = found[0].parent()
            while above is not None:
                above.setExpanded(True)
                above = above.parent()
            self.setCurrentItem(found[0])
            self.blockSignals(False)


def _recipe_item(recipe: Recipe, entry: Entry, font: QFont) -> QTreeWidgetItem:
    item = QTreeWidgetItem([short_title(recipe), short_figure(recipe)])
    item.setFont(1, theme.sized(font, theme.CAPTION))
    item.setForeground(1, theme.colour("muted"))
    item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    lacks = "" if entry.ready else "\nIts data are not here yet."
    if lacks:
        item.setIcon(1, theme.icon("download", "muted"))
    item.setData(0, ITEM, entry.model)
    trained, weights = entry.model.path is not None, weights_of(entry)
    item.setIcon(0, theme.icon("dot" if trained else "ring", "content" if trained else "muted"))
    said = f"{short_title(recipe)}, {weights.partition(':')[0].lower()}"
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, plain(said))
    item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, plain(weights))
    named = f"{recipe.name}, {recipe.about.figure}\n{recipe.about.title}"
    for place in (0, 1):
        about = f"{named}\n{recipe.about.story}\n{weights}{lacks}"
        item.setToolTip(place, plain(about))
    for run in entry.runs[:NEWEST]:
        item.addChild(_run_item(run))
    return item


def weights_of(entry: Entry) -> str:
    """Whether an experiment has weights, and where they are from, in words."""
    path = entry.model.path
    if path is None:
        return NO_WEIGHTS
    own = any(run.path == path for run in entry.runs)
    return OWN_WEIGHTS if own else SHIPPED_WEIGHTS


def _words_of(run: Run, at: str = "step") -> str:
    folder = _short(Path(run.recipe.data.images).name)
    which = f"{folder}," if folder else "run of"
    where = f"{at} {run.step:,}" if run.step else "just begun"
    where += ", amended" if run.amendments.all else ""
    named = _short(run.notes.title) or f"{which} {run.began[5:16]}"
    return f"{named}, {where}"


def _run_item(run: Run) -> QTreeWidgetItem:
    item = QTreeWidgetItem([_words_of(run)])
    item.setData(0, ITEM, DisplayedModel(run.recipe, run.path))
    changed = f"Changed while it trained: {run.amendments}" if run.amendments.all else ""
    item.setToolTip(0, plain(f"{run.recipe.data.images}\n{run.path}\n{changed}".strip()))
    return item


def _short(name: str) -> str:
    """A long name without its middle: what comes after it must not be cut off."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 2 :]}"


def _key(item: QTreeWidgetItem) -> str:
    """What an item is known by when the list is built anew."""
    above = item.parent()
    return f"{_key(above)}/{item.text(0)}" if above is not None else item.text(0)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    children = (item.child(place) for place in range(item.childCount()))
    return [child for child in children if child is not None]
