"""The experiments, and below them what the chosen one is: story, drawing, data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QTreeWidgetItem, QWidget

from iae_studio.state.datasets import WORDS, title_of
from iae_studio.state.library import Run
from iae_studio.state.session import Session, Shown, State
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, row
from iae_studio.views.own_images import OwnImagesDialog
from iae_studio.views.recipe_list import ITEM, RecipeList
from iae_studio.views.words import plan_of, plan_tip
from iae_studio.widgets.diagram import Diagram
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe


class RecipesView(QWidget):
    """The list `recipeList`, and the chosen recipe's story, sizes and data."""

    folderWanted = Signal(str)  # a data set's name
    downloadWanted = Signal(str)
    cancelWanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self.session = session
        self._ready: dict[str, bool] = {}
        self._library: tuple[list[Run], dict[str, Path], dict[str, bool]] = ([], {}, {})
        self._loading = ""  # the data set that is being fetched
        self.tree = RecipeList()
        self.tree.currentItemChanged.connect(self._chosen)
        self._story = caption()
        self._diagram = Diagram()
        self._data = caption()
        self._download = button("Download", "download", "", self._want_download, "downloadButton")
        self._folder = button("Folder", "folder", "", self._want_folder, "folderButton")
        self._own = button(
            "Own images…",
            "image",
            "",
            self.choose_own_images,
            "ownImagesButton",
        )
        self._cancel = button("Cancel", "close", "Stop the download", self.cancelWanted.emit)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setObjectName("progressLine")
        self._bar.setRange(0, 1000)
        layout = column(self)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._story)
        layout.addWidget(self._diagram)
        layout.addWidget(self._data)
        layout.addWidget(self._bar)
        layout.addLayout(row(self._download, self._folder, self._cancel, None))
        layout.addLayout(row(self._own, None))
        session.recipeChanged.connect(self._show_recipe)
        session.shownChanged.connect(self.tree.mark)
        theme.notifier().changed.connect(self._restyle)
        self.set_download("", None)

    def set_library(
        self, runs: list[Run], shipped: dict[str, Path], ready: dict[str, bool]
    ) -> None:
        """Build the list anew; what was chosen stays chosen."""
        self._ready = ready
        self._library = runs, shipped, ready
        self.tree.blockSignals(True)
        session = self.session
        training = session.run_path if session.busy else None
        self.tree.fill(runs, shipped, ready, session.recipe.name, training)
        self.tree.blockSignals(False)
        self.tree.mark(self.session.shown)
        self._show_recipe(self.session.recipe)

    def _restyle(self) -> None:
        """The list's colours and icons are its items' own."""
        self.set_library(*self._library)

    def default_for(self, name: str) -> Shown:
        """What is shown of a recipe at first: the shipped model, else its newest run."""
        for item in self.tree.recipe_items():
            shown = item.data(0, ITEM)
            if shown.recipe.name == name:
                return shown
        return Shown(CATALOGUE[name])

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        shown = item.data(0, ITEM) if item is not None else None
        if not isinstance(shown, Shown):
            # A heading is no choice.
            QTimer.singleShot(0, self, lambda: self.tree.mark(self.session.shown))
            return
        session = self.session
        running = session.state in (State.TRAINING, State.PAUSED)
        if running and shown.recipe == session.training_recipe:
            is_recipe = item.parent().data(0, ITEM) is None
            if is_recipe or shown.path == session.run_path:
                shown = Shown(shown.recipe, session.run_path, live=True)
        session.select(shown)

    # ---- the chosen recipe -------------------------------------------------------------------

    def _show_recipe(self, recipe: Recipe) -> None:
        self._story.setText(f"<b>{recipe.name}</b> · {recipe.about.figure}<br>{recipe.about.story}")
        self._diagram.setPlan(plan_of(recipe), plan_tip(recipe))
        self._own.setEnabled(not recipe.two_dimensional)
        self._own.setToolTip(
            "This recipe is about points in the plane; it takes no images"
            if recipe.two_dimensional
            else "Train this recipe on a folder of your own images"
        )
        self._show_data()

    def _show_data(self) -> None:
        recipe = self.session.recipe
        words, ready = WORDS[recipe.data.name], self._ready.get(recipe.data.name, True)
        # First what goes: all at once would widen the panel, and it would stay so.
        for part in (self._download, self._folder, self._cancel, self._bar):
            part.hide()
        state = "" if ready else ", not here yet"
        self._data.setText(
            f"{title_of(recipe)}{state}; {recipe.schedule.steps:,} steps of {recipe.optim.batch}"
            if recipe.data.name != self._loading
            else f"Downloading {words.title}, {words.size}…"
        )
        self._download.setVisible(not ready and not self._loading and bool(words.size))
        self._download.setToolTip(f"Fetch {words.title}, {words.size}")
        self._folder.setVisible(not ready and recipe.data.name != self._loading)
        self._folder.setToolTip(f"Choose the folder that holds {words.title}: {words.files}")
        here = self._loading == recipe.data.name
        self._bar.setVisible(here)
        self._cancel.setVisible(here)

    def _want_download(self) -> None:
        self.downloadWanted.emit(self.session.recipe.data.name)

    def _want_folder(self) -> None:
        self.folderWanted.emit(self.session.recipe.data.name)

    def set_download(self, name: str, share: float | None) -> None:
        """How much of a data set is fetched, 0 to 1; None when no download runs."""
        moved = name != self._loading
        self._loading = name
        if share is not None:
            self._bar.setValue(int(1000 * share))
        if moved or not name:
            self._show_data()

    def choose_own_images(self) -> None:
        """Ask for a folder; then the recipe stands ready to train on it."""
        dialog = OwnImagesDialog(self.session.recipe, self)
        if dialog.exec() and dialog.recipe is not None:
            self.session.use_own_images(dialog.recipe)
