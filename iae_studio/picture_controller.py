"""What the middle shows, saved or copied; and pictures that bring back what they were made of."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu

from iae_studio.controller import Controller
from iae_studio.settings import switch
from iae_studio.state.exploration import explore_found
from iae_studio.state.messages import Message, short
from iae_studio.state.studio_state import StudioState
from iae_studio.views.actions import act
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.sheet import to_image
from iae_studio.window import Window
from trainer.messages import Clusters, Pixels, Rendering, UserError

if TYPE_CHECKING:  # what saving needs is imported when it is first asked for
    from iae_studio.state.pages import Page
    from iae_studio.state.restorable import Restorable
    from iae_studio.state.shared_state import Shared
    from iae_studio.threads.shared_pictures import Saved
    from trainer.exploring.questions.keeping import Drawn

    Write = Callable[..., Saved]

LARGE = 4  # times as large, where copies are to be larger
POINTS = "Points have no single pictures: copy or save the plots (Ctrl+Alt+C, Ctrl+E)."
NONE_SELECTED = "No picture is selected: click one in the grid first."


class PictureController(Controller):
    """Saves pictures with what it takes to show them again, copies them, and shows them again."""

    def __init__(self, state: StudioState, window: Window, settings: QSettings) -> None:
        super().__init__()
        self.state, self.window, self.settings = state, window, settings
        self._pending: dict[str, Callable[[], Saved]] = {}  # by the kind of question
        self._numbers = itertools.count()
        self._make_actions()
        state.answers.sheetWanted.connect(self._save_sheet)
        state.asking.cancelled.connect(self._forgotten)
        grid = window.findChild(ImageGrid, "imageGrid")
        assert grid is not None
        self._grid = grid
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(self._show_menu)

    def _make_actions(self) -> None:
        def made(text: str, keys: str, do: Callable[[], object], tip: str) -> QAction:
            return act(self.window, "Export", text, keys, do, tip)

        tip = "Pixel for pixel, for another program"
        copy = made("&Copy the selected picture", "Ctrl+C", self.copy_tile, tip)
        self._of_tile = [copy]
        tip = "The selected picture; dropped on the window it brings everything back"
        self._of_tile.append(
            made("&Save the selected picture…", "Ctrl+Shift+S", self.ask_for_tile, tip)
        )
        tip = "What the middle shows"
        self._of_grid = [made("Copy the &grid", "Ctrl+Alt+C", self.copy_sheet, tip)]
        tip = f"Each pixel of what is copied {LARGE} pixels wide"
        self._large = made(
            f"Co&pies {LARGE} times as large", "Ctrl+Alt+4", self._remember_large, tip
        )
        self._large.setCheckable(True)
        self._large.setChecked(switch(self.settings, "largeCopies") is True)
        menu = self.window.findChild(QMenu, "exportMenu")
        assert menu is not None
        save_sheet = menu.actions()[0]
        copy, save = self._of_tile
        menu.insertActions(save_sheet, [copy, *self._of_grid, self._large])
        menu.insertSeparator(save_sheet)
        menu.insertAction(save_sheet, save)

    def _remember_large(self) -> None:
        self.settings.setValue("largeCopies", self._large.isChecked())

    def _show_menu(self, place: QPoint) -> None:
        """What can be done with the tile under the pointer, which is selected."""
        tile = self._grid.tileAt(place)
        menu = QMenu(self._grid)
        menu.setObjectName("tileMenu")
        if tile is not None:
            self._grid.setSelection(*tile)
            self._grid.selected.emit(*tile)
            menu.addActions(self._of_tile)
            menu.addSeparator()
        menu.addActions([*self._of_grid, self._large])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._grid.viewport().mapToGlobal(place))

    # ---- copied ------------------------------------------------------------------------------

    def copy_tile(self) -> None:
        """The selected picture into the clipboard."""
        tile, why = self._tile_shown()
        self._copy(lambda *_: tile, "the picture", why)

    def copy_sheet(self) -> None:
        """What the middle shows into the clipboard."""
        shown = self.window.explore.picture()
        page = self._sheet() if shown is None else lambda *_: shown
        self._copy(page, "the grid", self.state.answers.nothing_to_save())

    def _copy(self, page: Page, what: str, why: str) -> None:
        answers, factor = self.state.answers, LARGE if self._large.isChecked() else 1
        job = partial(_image_of, page, answers.rendering, answers.clusters, factor)
        self.window.submit(job, then=partial(self._copied, what, why))

    def _copied(self, what: str, why: str, image: QImage | None) -> None:
        if image is None:
            self.state.messages.show_error(why or "There is nothing to copy yet.")
            return
        QGuiApplication.clipboard().setImage(image)
        size = f"{image.width()} × {image.height()} px"
        self.state.messages.show_message(Message(f"Copied {what}, {size}."))

    def _tile_shown(self) -> tuple[Pixels | None, str]:
        """The selected picture, or why there is none."""
        if self.state.displayed.recipe.two_dimensional:
            return None, POINTS
        tile = self.window.explore.tile()
        if tile is None:
            tile = self._tile()(self.state.answers.rendering, None)
        return tile, NONE_SELECTED

    # ---- how pictures are made of answers ----------------------------------------------------

    def _tile(self) -> Page:
        from iae_studio.state.pages import tile_of

        inputs, chosen = tuple(self.state.inputs.images), self.state.selection
        back = self.state.query.shows_way_back
        return partial(tile_of, inputs, chosen.row, chosen.column, back)

    def _sheet(self) -> Page:
        from iae_studio.state.pages import sheet_of

        inputs, query = tuple(self.state.inputs.images), self.state.query
        return partial(sheet_of, inputs, query.shows_clusters, query.shows_way_back)

    # ---- saved -------------------------------------------------------------------------------

    def ask_for_tile(self) -> None:
        """Ask where the selected picture is to be written."""
        tile, why = self._tile_shown()
        if tile is None:
            self.state.messages.show_error(why)
            return
        from iae_studio.views.export_dialogs import SaveDialogs

        wanted = SaveDialogs(self.window, self.settings).picture(
            "Save the selected picture", "picture.png"
        )
        if wanted is not None:
            self.save_tile(*wanted)

    def save_tile(self, path: Path, factor: int = 1) -> None:
        """Write the selected picture, with what it takes to show it again."""
        shown = self.window.explore.tile()
        self._save(path, factor, self._tile() if shown is None else lambda *_: shown)

    def _save_sheet(self, path: Path, factor: int) -> None:
        shown = self.window.explore.picture()
        self._save(path, factor, self._sheet() if shown is None else lambda *_: shown)

    def _save(self, path: Path, factor: int, page: Page) -> None:
        """Have the weights kept, and the picture drawn with these very weights; then write it."""
        from iae_studio.state.shared_state import shared
        from iae_studio.threads.shared_pictures import save_page
        from trainer.exploring.questions.keeping import KeepAndDraw

        state, answers = self.state, self.state.answers
        made = shared(state, tuple(state.inputs.images))
        write = partial(save_page, path, factor, page)
        kind = f"picture {next(self._numbers)}"
        self._pending[kind] = partial(write, answers.rendering, answers.clusters, None)
        state.asking.ask(
            KeepAndDraw(answers.probe(), state.query.shows_clusters),
            partial(self._drawn, kind, write, made),
            partial(self._forgotten, kind),
            kind=kind,
            lasting=True,
        )

    def _drawn(self, kind: str, write: Write, made: Shared, drawn: Drawn) -> None:
        from iae_studio.state.shared_state import with_weights

        self._pending.pop(kind, None)
        carried = with_weights(made, drawn.kept)
        job = partial(write, drawn.rendering, drawn.clusters, carried)
        self.window.submit(job, then=self._saved)

    def _forgotten(self, kind: str) -> None:
        """The weights cannot be kept, which was told: the picture alone is saved."""
        pending = self._pending.pop(kind, None)
        if pending is not None:
            self.window.submit(pending, then=self._saved)

    def _saved(self, saved: Saved) -> None:
        if saved.whole:
            self.state.messages.show_saved(saved.path)
        else:
            told = f"Saved {saved.path}, without what it takes to show it again."
            self.state.messages.show_message(Message(told))

    # ---- shown again -------------------------------------------------------------------------

    def restore(self, found: Restorable) -> None:
        """Show what a picture was made of; of some all but the noise."""
        waiting = self.state.requests.without_noise
        keeps = found.picture in waiting
        waiting.discard(found.picture)
        try:
            inputs = found.inputs()
        except UserError as error:
            self.state.messages.show_error(str(error))
            return
        made = found.shared
        settings = found.settings(self.state.query.now() if keeps else None)
        explore_found(self.state, found.found, inputs, settings, (made.row, made.column))
        weights = made.weights
        step = f", step {weights.step:,}" if weights.fingerprint else ", untrained"
        but = ", but for the noise" if keeps else ""
        name = short(found.picture)
        told = f'Showing what "{name}" was made of{but}: {short(weights.name)}{step}.'
        self.state.messages.show_message(Message(told))


def _image_of(
    page: Page, rendering: Rendering | None, clusters: Clusters | None, factor: int
) -> QImage | None:
    """On a thread: what is to be copied; None where there is nothing."""
    from trainer.reporting.sheets import enlarged

    pixels = page(rendering, clusters)
    return None if pixels is None else to_image(enlarged(pixels, factor))
