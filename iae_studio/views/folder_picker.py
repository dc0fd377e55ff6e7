"""A folder or .zip of the user's own images, and at once what it holds."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QPushButton, QWidget

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.own_images import usable_path
from iae_studio.state.submit import Submit
from iae_studio.style import theme
from iae_studio.views.building_blocks import column, row
from iae_studio.widgets.elided_label import WrappedLabel
from trainer.data.folders.inventory import FEWEST, Inventory, take_inventory
from trainer.data.progress import OnProgress
from trainer.messages import UserError

MOST_LINES = 8  # the tool tip has the whole
PAUSE = 300  # ms after the last key until a typed path is looked at


def _look(text: str, classes: str, progress: OnProgress) -> Inventory | str:
    """What a typed path holds, or what is wrong with it."""
    try:
        return take_inventory(usable_path(text), classes, progress)
    except UserError as error:
        return str(error)


class PathEdit(QLineEdit):
    """A path that can be typed, pasted or dropped."""

    dropped = Signal()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if not local:
            super().dropEvent(event)
            return
        event.acceptProposedAction()
        self.setText(local[0])
        self.dropped.emit()


class FolderPicker(QWidget):
    """A path to type, to drop, or to choose as a folder or a .zip; below it what was found there.

    `submit` looks through it off the GUI thread; of several looks the newest counts.
    """

    changed = Signal()  # other contents, or none yet

    def __init__(self, name: str, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._submit = submit
        self._classes = "auto"
        self._progress: CancellableProgress | None = None  # of the look whose answer counts
        self.inventory: Inventory | None = None
        self.edit = PathEdit()
        self.edit.setObjectName(name)
        theme.follow(self.edit, lambda: self.edit.setMinimumWidth(theme.px(280)))
        self.edit.setPlaceholderText("a folder, or a .zip: choose, drop or type it")
        self.told = WrappedLabel(most=MOST_LINES)
        self.told.setObjectName(f"{name}Told")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self.look)
        self.edit.textChanged.connect(self._typed)
        self.edit.dropped.connect(self.look)
        self._say("")

    def _lay_out(self) -> None:
        choose = QPushButton("Choose")
        menu = QMenu(choose)
        menu.addAction("A folder…", self._folder)
        menu.addAction("A .zip file…", self._zip)
        choose.setMenu(menu)
        path = row(self.edit, choose)
        path.setStretch(0, 1)
        layout = column(self, pad=0, gap=4)
        layout.addLayout(path)
        layout.addWidget(self.told)

    # ---- the path ----------------------------------------------------------------------------

    def text(self) -> str:
        """What stands there, blanks and all: a name may end in one."""
        return self.edit.text() if self.edit.text().strip() else ""

    @property
    def ready(self) -> bool:
        """Whether it holds enough images to train on."""
        return self.inventory is not None and len(self.inventory.names) >= FEWEST

    def _typed(self) -> None:
        self._forget()
        self._say("")
        self._timer.start()
        self.changed.emit()

    def _folder(self) -> None:
        self._take(QFileDialog.getExistingDirectory(self, "A folder of images", self.text()))

    def _zip(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "A .zip of images", "", "Archives (*.zip)")
        self._take(chosen)

    def _take(self, chosen: str) -> None:
        if chosen:
            self.edit.setText(chosen)
            self.look()

    # ---- what it holds -----------------------------------------------------------------------

    def count_as(self, classes: str) -> None:
        """Let other folders be classes; what was found is looked through anew."""
        if classes != self._classes:
            self._classes = classes
            self.look()

    def look(self) -> None:
        """Look through the path that stands there, in place of any other."""
        self._forget()
        if self.text():
            self._say("Looking through it…")
            self._progress = progress = CancellableProgress(lambda *_: None)
            self._submit(
                partial(_look, self.text(), self._classes, progress),
                then=partial(self._found, progress),
                otherwise=partial(self._found, progress, "It cannot be looked through."),
                newest=self.edit.objectName(),
            )
        self.changed.emit()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._timer.stop()
        self._forget()

    def _forget(self) -> None:
        self._timer.stop()
        self.inventory = None
        if self._progress is not None:
            self._progress.cancel()
            self._progress = None

    def _found(self, progress: CancellableProgress, found: Inventory | str) -> None:
        if progress is not self._progress:
            return
        self._progress = None
        if isinstance(found, str):
            self._say(found, wrong=True)
        elif len(found.names) < FEWEST:
            self._say(f"{found.told} At least {FEWEST} images are needed.", wrong=True)
        else:
            self.inventory = found
            self._say(found.told)
        self.changed.emit()

    def _say(self, words: str, wrong: bool = False) -> None:
        self.told.setText(words)
        self.told.setVisible(bool(words))
        self.told.setProperty("role", "error" if wrong else "")
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
