"""The browser of the data: what the network sees, and what it makes of it."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from iae_studio.state.datasets import missing
from iae_studio.state.messages import Message
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import as_panel, button, caption, column, row
from iae_studio.views.data_browsing import Browsing
from iae_studio.views.data_tools import DataTools
from iae_studio.views.data_words import missing_of, told_of, told_of_all
from iae_studio.views.to_grid import send
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.picture_sheet import PictureSheet
from trainer.exploring.questions.data import ShowImages
from trainer.messages import Pixels
from trainer.recipe.specs import DATA_SETS, called

SHOWING = "data: showing"
PICKING = "data: picking"
NO_INPUT = "Inputs are images of domain A, which the encoder reads: choose one of those."
NO_TEST_ASIDE = "Test images are not trained on: only training images are set aside."


class DataBrowser(QWidget):
    """The tools, the sheet `dataSheet`, and the line `dataWords`; or why there are no images."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataBrowser")
        as_panel(self)
        self._state = state
        self.browsing = Browsing(state, self)
        self.sheet = PictureSheet()
        self.sheet.setObjectName("dataSheet")
        self.sheet.setAccessibleName("The data, image by image")
        self.sheet.tip = partial(told_of, self.browsing)
        self._words = ElidedLabel()
        self._words.setObjectName("dataWords")
        self._words.setProperty("caption", True)
        self._words.setFont(theme.tabular(self._words.font()))
        self._pointed = -1
        self._why = caption(most=4)
        self._why.setObjectName("dataMissing")
        self._why.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        fetch, folder = self._want_download, self._want_folder
        self._download = button("Download", "download", "Fetch it", fetch, "browserDownload")
        self._folder = button("Folder", "folder", "It is here already", folder, "browserFolder")
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.addStretch(1)
        inside.addWidget(self._why)
        inside.addLayout(row(None, self._download, self._folder, None))
        inside.addStretch(1)
        self._pages.addWidget(self.sheet)
        self._pages.addWidget(page)
        layout = column(self, gap=theme.GRID)
        layout.setContentsMargins(theme.PAD, theme.GRID, theme.PAD, theme.GRID)
        layout.addWidget(DataTools(self.browsing, self))
        layout.addWidget(self._pages, 1)
        layout.addLayout(row(self._words, None))

    def _connect(self) -> None:
        browsing, sheet = self.browsing, self.sheet
        browsing.changed.connect(self._show)
        browsing.exchanged.connect(self._forget)
        sheet.wanted.connect(self._want)
        sheet.hovered.connect(self._point)
        sheet.picked.connect(self._pick)
        sheet.crossed.connect(self._cross)
        here = Qt.ShortcutContext.WidgetShortcut  # elsewhere these keys write, or choose
        for text, key, do in (
            ("Send the image to the grid", "Return", sheet.pick),
            ("Set the image aside, or take it back", "X", sheet.cross),
        ):
            act(sheet, "Data", text, key, do).setShortcutContext(here)
        self._state.library.changed.connect(self._show)
        self._state.downloads.changed.connect(self._show)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.browsing.wake(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.browsing.wake(False)

    # ---- what is shown -----------------------------------------------------------------------

    def _forget(self) -> None:
        self._state.asking.cancel(SHOWING)
        self._pointed = -1
        self.sheet.forget()

    def _show(self) -> None:
        browsing, shape = self.browsing, self.browsing.recipe.image_shape
        rows = browsing.rows
        if shape is not None and not np.array_equal(rows, self.sheet.order()):
            self.sheet.setOrder(rows, (shape[1], shape[0]))
        self.sheet.setCrossed(browsing.aside)
        why = missing_of(browsing)
        self._show_why(why)
        self._pages.setCurrentIndex(int(bool(why)))
        self._words.setVisible(not why)
        self._tell()

    def _show_why(self, why: str) -> None:
        """Words, and where a data set is not here, what fetches it."""
        name, listing = self.browsing.recipe.data.name, self.browsing.listing
        lacks = bool(listing is not None and listing.lacking) and not DATA_SETS[name].own
        loading = self._state.downloads.name
        can_load = bool(DATA_SETS[name].download)
        if lacks:
            why = " ".join(missing(name)).replace("Download it at the left", "Download it")
            if loading == name:
                why = f"Downloading {DATA_SETS[name].title}…"
            elif loading and can_load:
                why += f" {DATA_SETS[loading].title} is downloaded first."
        self._why.setText(why)
        self._download.setVisible(lacks and not loading and can_load)
        self._folder.setVisible(lacks and loading != name)

    def _point(self, row: int) -> None:
        self._pointed = row
        self._tell()

    def _tell(self) -> None:
        browsing = self.browsing
        told = told_of(browsing, self._pointed) if self._pointed >= 0 else ""
        self._words.setText(told or told_of_all(browsing))

    def _want_download(self) -> None:
        self._state.downloads.wanted.emit(self.browsing.recipe.data.name)

    def _want_folder(self) -> None:
        self._state.downloads.folderWanted.emit(self.browsing.recipe.data.name)

    # ---- pictures ----------------------------------------------------------------------------

    def _want(self, rows: tuple[int, ...]) -> None:
        browsing = self.browsing
        question = ShowImages(browsing.where, rows, self.sheet.finest(), browsing.mark)
        self._state.asking.ask(question, partial(self._show_pictures, rows), kind=SHOWING)

    def _show_pictures(self, rows: tuple[int, ...], pixels: Pixels | None) -> None:
        if pixels is None:  # the images are others than those that were listed
            self.browsing.begin()
        else:
            self.sheet.setPictures(rows, pixels)

    def _pick(self, row: int) -> None:
        """Send an image to the grid."""
        if self.browsing.where.domain:
            self._state.messages.show_message(Message(NO_INPUT))
            return
        question = ShowImages(self.browsing.where, (row,), mark=self.browsing.mark)
        kind = f"{PICKING} {row}"  # of two that are clicked at once both come
        self._state.asking.ask(question, partial(self._send, self._name(row)), kind=kind)

    def _name(self, row: int) -> str:
        """As the test images of the grid are called."""
        browsing, listing = self.browsing, self.browsing.listing
        assert listing is not None  # it was picked from one
        word = "training" if browsing.where.training else "test"
        which = listing.names[row] if listing.names else str(row)
        return called(word, which, browsing.recipe.data.name, int(listing.labels[row]))

    def _send(self, name: str, pixels: Pixels | None) -> None:
        if pixels is None:
            self.browsing.begin()
            return
        send(self._state, [(name, pixels[0])])

    def _cross(self, row: int) -> None:
        if self.browsing.where.training:
            self.browsing.toggle(row)
        else:
            self._state.messages.show_message(Message(NO_TEST_ASIDE))
