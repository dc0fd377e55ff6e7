"""The experiments, grouped by model, each with its runs; below, what the chosen one is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QLabel,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from iae_studio import theme
from iae_studio.library import Run
from iae_studio.session import Session, Shown, State
from iae_studio.views.parts import as_panel, button, caption, column, row
from iae_studio.widgets.diagram import Diagram, Plan
from trainer.recipes import CATALOGUE, Recipe

GROUPS = {"iae": "Implicit autoencoders", "gan": "Baselines"}
ITEM = Qt.ItemDataRole.UserRole


class RecipesView(QWidget):
    """The list `recipeList`, and the chosen recipe's story, sizes and data."""

    folderWanted = Signal()
    downloadWanted = Signal(str)
    cancelWanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self.session = session
        self._runs: list[Run] = []
        self._shipped: dict[str, Path] = {}
        self._ready: dict[str, bool] = {}
        self.tree = QTreeWidget()
        self.tree.setObjectName("recipeList")
        self.tree.setAccessibleName("Experiments and their runs")
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(12)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(False)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.currentItemChanged.connect(self._chosen)
        self._story = caption()
        self._diagram = Diagram()
        self._data = QLabel()
        self._data.setProperty("caption", True)
        self._data.setWordWrap(True)
        self._download = button("Download", "download", "Fetch MNIST, 11 MB", self._want_download)
        self._folder = button(
            "Folder", "folder", "Choose a folder that holds MNIST", self.folderWanted.emit
        )
        self._cancel = button("Cancel", "close", "Stop the download", self.cancelWanted.emit)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setObjectName("progressLine")
        layout = column(self)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._story)
        layout.addWidget(self._diagram)
        layout.addWidget(self._data)
        layout.addWidget(self._bar)
        layout.addLayout(row(self._download, self._folder, self._cancel, None))
        session.recipeChanged.connect(self._show_recipe)
        session.shownChanged.connect(lambda _: self._mark())
        self.set_download(None)

    def set_library(
        self, runs: list[Run], shipped: dict[str, Path], ready: dict[str, bool]
    ) -> None:
        """Build the list anew; what was chosen stays chosen."""
        self._runs, self._shipped, self._ready = runs, shipped, ready
        self.tree.blockSignals(True)
        self.tree.clear()
        for model, title in GROUPS.items():
            group = QTreeWidgetItem([title.upper()])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.tree.addTopLevelItem(group)
            for recipe in CATALOGUE.values():
                if recipe.model == model:
                    group.addChild(self._recipe_item(recipe))
            group.setExpanded(True)
            for place in range(group.childCount()):
                item = group.child(place)
                item.setExpanded(item.data(0, ITEM).recipe.name == self.session.recipe.name)
        self.tree.blockSignals(False)
        self._mark()
        self._show_recipe(self.session.recipe)

    def _recipe_item(self, recipe: Recipe) -> QTreeWidgetItem:
        shipped = self._shipped.get(recipe.name)
        item = QTreeWidgetItem([recipe.title])
        if not self._ready.get(recipe.data, True):
            item.setIcon(0, theme.icon("download", "muted"))
        mine = [run for run in self._runs if run.recipe.name == recipe.name and run.step]
        best = shipped or (mine[0].path if mine else None)
        # A run may have been changed by settings: its own recipe is the truth about it.
        its = recipe if shipped or not mine else mine[0].recipe
        item.setData(0, ITEM, Shown(its, best))
        item.setToolTip(0, f"{recipe.name}, {recipe.figure}\n{recipe.story}")
        for run in mine[:6]:
            child = QTreeWidgetItem([f"run of {run.began[5:16]}, step {run.step:,}"])
            child.setData(0, ITEM, Shown(run.recipe, run.path))
            child.setToolTip(0, str(run.path))
            item.addChild(child)
        return item

    def default_for(self, name: str) -> Shown:
        """What is shown of a recipe at first: the shipped model, else its newest run."""
        for item in self._items():
            shown = item.data(0, ITEM)
            if isinstance(shown, Shown) and shown.recipe.name == name:
                return shown
        return Shown(CATALOGUE[name])

    def _items(self) -> list[QTreeWidgetItem]:
        groups = [self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount())]
        recipes = [g.child(i) for g in groups if g for i in range(g.childCount())]
        runs = [r.child(i) for r in recipes for i in range(r.childCount())]
        return [*recipes, *runs]

    def _mark(self) -> None:
        """Put the list's cursor on what is shown."""
        shown = self.session.shown
        same = [
            i
            for i in self._items()
            if (i.data(0, ITEM).path, i.data(0, ITEM).recipe.name)
            == (shown.path, shown.recipe.name)
        ]
        named = [i for i in self._items() if i.data(0, ITEM).recipe.name == shown.recipe.name]
        found = (same or named)[:1]
        if found and found[0] is not self.tree.currentItem():
            self.tree.blockSignals(True)
            self.tree.setCurrentItem(found[0])
            self.tree.blockSignals(False)

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        shown = item.data(0, ITEM) if item is not None else None
        if not isinstance(shown, Shown):
            QTimer.singleShot(0, self._mark)  # a heading is no choice
            return
        training = self.session.training_recipe
        running = self.session.state in (State.TRAINING, State.PAUSED)
        if running and training is not None and shown.recipe.name == training.name:
            on_run = shown.path == self.session.run_path or item.parent().parent() is None
            if on_run:
                shown = Shown(training, self.session.run_path, live=True)
        self.session.select(shown)

    def _show_recipe(self, recipe: Recipe) -> None:
        self._story.setText(f"<b>{recipe.name}</b> · {recipe.figure}<br>{recipe.story}")
        self._diagram.setPlan(plan_of(recipe))
        self._show_data()

    def _show_data(self) -> None:
        recipe = self.session.recipe
        ready = self._ready.get(recipe.data, True)
        words = {"mnist": "MNIST", "drawn-digits": "drawn digits", "mog": "drawn points"}
        what = words[recipe.data]
        state = "data ready" if ready else "not here yet"
        self._data.setText(f"{what}, {state}; {recipe.steps:,} steps of {recipe.batch}")
        loading = not self._bar.isHidden()
        self._download.setVisible(not ready and not loading)
        self._folder.setVisible(not ready and not loading)

    def _want_download(self) -> None:
        self.downloadWanted.emit(self.session.recipe.data)

    def set_download(self, share: float | None) -> None:
        """How much of a download is done, 0 to 1; None when none runs."""
        self._bar.setVisible(share is not None)
        self._cancel.setVisible(share is not None)
        if share is not None:
            self._bar.setRange(0, 1000)
            self._bar.setValue(int(1000 * share))
        self._show_data()


def plan_of(recipe: Recipe) -> Plan:
    """The drawing of a recipe's maps and games."""
    code = f"1 of {recipe.code}" if recipe.code_kind == "categorical" else f"z {recipe.code}"
    if recipe.model == "gan":
        return Plan(code, "x", recipe.noise, back=False)
    return Plan(
        "x",
        code,
        recipe.noise,
        recipe.encoder_noise,
        reconstruction=recipe.reconstruction == "adversarial",
        regularisation=recipe.regularise,
    )
