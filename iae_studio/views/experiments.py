"""The experiments, and below them what the chosen one is: story, drawing, data."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QTreeWidgetItem, QWidget

from iae_studio.state.datasets import title_of
from iae_studio.state.displayed import Displayed, DisplayedModel
from iae_studio.state.downloads import Downloads
from iae_studio.state.library import Library
from iae_studio.state.requests import Requests
from iae_studio.state.training import Training
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, heading, row
from iae_studio.views.help import help_mark
from iae_studio.views.recipe_list import ITEM, RecipeList
from iae_studio.views.words import plan_of, plan_tip
from iae_studio.widgets.diagram import Diagram
from iae_studio.widgets.plain import plain
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

ROOMY = 400  # px: a lower panel leaves the drawing out, the list needs the room


class ExperimentsView(QWidget):
    """The list `recipeList`, and the chosen recipe's story, sizes and data."""

    def __init__(
        self,
        displayed: Displayed,
        library: Library,
        training: Training,
        downloads: Downloads,
        requests: Requests,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._displayed, self._library, self._training = displayed, library, training
        self._downloads = downloads
        self.tree = RecipeList()
        self.tree.currentItemChanged.connect(self._chosen)
        for again in (self.tree.itemClicked, self.tree.itemActivated):
            again.connect(self._chosen_again)
        self._named = heading("")
        self._story = caption(most=6)
        self._diagram = Diagram()
        self._data = caption(most=3)
        self._download = button("Download", "download", "", self._want_download, "downloadButton")
        self._folder = button("Folder", "folder", "", self._want_folder, "folderButton")
        own = requests.ownImagesWanted.emit
        self._own = button("Own images…", "image", "", own, "ownImagesButton")
        tip = "Change what it is trained with, and see whether it will fit: Ctrl+,"
        self._options = button("Options…", "pencil", tip, self._want_options, "optionsButton")
        self._options_wanted = requests.optionsWanted
        self._cancel = button("Cancel", "close", "Stop the download", downloads.cancelWanted.emit)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setObjectName("progressLine")
        self._bar.setRange(0, 1000)
        self._lay_out()
        theme.follow(self, self._leave_out)
        displayed.recipeChanged.connect(self._show_recipe)
        displayed.changed.connect(self.tree.mark)
        library.changed.connect(self._fill)
        library.saved.connect(self.tree.renew)
        downloads.changed.connect(self._show_data)
        downloads.moved.connect(lambda share: self._bar.setValue(int(1000 * share)))
        theme.notifier().changed.connect(self._fill)  # colours and icons are the items' own
        self._fill()

    def _lay_out(self) -> None:
        layout = column(self)
        layout.addWidget(self.tree, 1)
        told = column(pad=0, gap=theme.GRID // 2)
        told.addLayout(row(self._named, None, help_mark("experiments")))
        told.addWidget(self._story)
        layout.addLayout(told)
        layout.addWidget(self._diagram)
        layout.addWidget(self._data)
        layout.addWidget(self._bar)
        layout.addLayout(row(self._download, self._folder, self._cancel, None))
        layout.addLayout(row(self._own, self._options, None))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_out()

    def _leave_out(self) -> None:
        around = self.parentWidget() or self
        self._diagram.setVisible(around.height() >= theme.px(ROOMY))

    def _fill(self) -> None:
        """Build the list anew; what was chosen stays chosen."""
        with QSignalBlocker(self.tree):
            self.tree.fill(self._library.entry, self._displayed.recipe.name)
        self.tree.mark(self._displayed.model)
        self._show_recipe(self._displayed.recipe)

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        model = item.data(0, ITEM) if item is not None else None
        if item is None or not isinstance(model, DisplayedModel):
            # A heading is no choice.
            QTimer.singleShot(0, self, lambda: self.tree.mark(self._displayed.model))
            return
        self._library.choose(model, any_weights=_is_recipe(item))

    def _chosen_again(self, item: QTreeWidgetItem) -> None:
        """The marked one may only be the nearest to what is displayed: a file, other options."""
        model = item.data(0, ITEM)
        if isinstance(model, DisplayedModel) and item is self.tree.currentItem():
            shown = self._displayed.model
            meant = self._library.meant(model, any_weights=_is_recipe(item))
            if meant != shown and not (shown.live and shown.path == meant.path):
                self._displayed.select(meant)

    # ---- the chosen recipe -------------------------------------------------------------------

    def _show_recipe(self, recipe: Recipe) -> None:
        named = filter(None, (recipe.name, recipe.about.figure))
        self._named.setText(" · ".join(named))
        self._story.setText(recipe.about.story)
        self._diagram.setPlan(plan_of(recipe), plan_tip(recipe))
        self._own.setEnabled(not recipe.two_dimensional)
        self._own.setToolTip(
            "This recipe is about points in the plane; it takes no images"
            if recipe.two_dimensional
            else "Train this recipe on a folder of your own images"
        )
        self._show_data()

    def _show_data(self) -> None:
        recipe, loading = self._displayed.recipe, self._downloads.name
        words, ready = DATA_SETS[recipe.data.name], self._library.ready(recipe.data.name)
        # First what goes: all at once would widen the panel, and it would stay so.
        for part in (self._download, self._folder, self._cancel, self._bar):
            part.hide()
        state = "" if ready else ", not here yet"
        length = f"{recipe.schedule.steps:,} steps, batches of {recipe.optim.batch}"
        self._data.setText(
            f"{title_of(recipe)}{state}; {length}"
            if recipe.data.name != loading
            else f"Downloading {words.title}, {words.download_size}…"
        )
        self._download.setVisible(not ready and not loading and bool(words.download))
        self._download.setToolTip(plain(f"Fetch {words.title}, {words.download_size}"))
        self._folder.setVisible(not ready and recipe.data.name != loading)
        place = f"Choose the folder that holds {words.title}: {words.files}"
        self._folder.setToolTip(plain(place))
        here = loading == recipe.data.name
        self._bar.setVisible(here)
        self._cancel.setVisible(here)

    def _want_download(self) -> None:
        self._downloads.wanted.emit(self._displayed.recipe.data.name)

    def _want_options(self) -> None:
        self._options_wanted.emit(self._displayed.recipe, None)

    def _want_folder(self) -> None:
        self._downloads.folderWanted.emit(self._displayed.recipe.data.name)


def _is_recipe(item: QTreeWidgetItem) -> bool:
    """Whether it is an experiment, not one of its runs."""
    above = item.parent()
    return above is not None and above.data(0, ITEM) is None
