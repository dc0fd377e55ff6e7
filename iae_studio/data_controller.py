"""Where the data come from: test images, downloads, the user's folders. On threads of their own."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog

from iae_studio.state.datasets import WORDS, Roots
from iae_studio.state.session import Message, Session, State
from iae_studio.threads import jobs
from iae_studio.threads.worker import WorkThread
from iae_studio.window import Window
from trainer.messages import Failed
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import data_ready


class DataDesk(QObject):
    """Serves the recipe panel's data buttons and the grid's test images."""

    downloadMoved = Signal(float)
    failed = Signal(Failed)
    dataChanged = Signal()  # a data set became ready

    def __init__(self, session: Session, window: Window, settings: QSettings) -> None:
        super().__init__()
        self.session, self.window = session, window
        self.roots = Roots(settings)
        # Both may take long, the one reading and the other waiting for the network.
        self.reading, self.downloads = WorkThread(), WorkThread()
        self._cancel = threading.Event()
        self._loading = ""
        for thread in (self.reading, self.downloads):
            thread.failed.connect(self.failed)
            thread.done.connect(self._done)
            thread.gaveUp.connect(self._gave_up)
        session.testImagesWanted.connect(self._take_tests)
        session.actionWanted.connect(self._act)
        recipes = window.recipes
        recipes.downloadWanted.connect(self.download)
        recipes.folderWanted.connect(self.choose_folder)
        recipes.cancelWanted.connect(self._cancel.set)
        self.downloadMoved.connect(self._show_progress)

    def start(self) -> None:
        self.reading.start()
        self.downloads.start()

    def shut_down(self) -> None:
        """End both threads; safe to call twice."""
        self._cancel.set()
        for thread in (self.reading, self.downloads):
            if thread.isRunning():
                thread.shut_down()
            thread.disconnect(self)

    def ready(self) -> dict[str, bool]:
        """Which of the catalogue's data sets can be used at once."""
        names = {recipe.data.name for recipe in CATALOGUE.values()}
        return {name: data_ready(name, self.roots.of(name)) for name in names}

    def _take_tests(self, recipe: Recipe, seed: int) -> None:
        root = self.roots.of(recipe.data.name)
        self.reading.submit("tests", partial(jobs.take_test_images, recipe, root, seed), True)

    def _act(self, action: str) -> None:
        if action == "folder":
            self.choose_folder(self.session.recipe.data.name)

    # ---- downloads ---------------------------------------------------------------------------

    def download(self, name: str) -> None:
        """Fetch a data set into the program's own folder."""
        self._cancel.clear()
        self._loading = name
        self._show_progress(0.0)
        job = partial(jobs.download, name, None, self.downloadMoved.emit, self._cancel.is_set)
        self.downloads.submit("download", job)

    def _show_progress(self, share: float) -> None:
        if self._loading:
            self.window.recipes.set_download(self._loading, share)

    def _done(self, name: str, result: object) -> None:
        if name == "tests" and isinstance(result, list):
            self.session.replace_tests(result)
        elif name == "download":
            self._download_over(whole=bool(result))

    def _gave_up(self, name: str) -> None:
        if name == "download":
            self._download_over(whole=False)
        elif name == "tests":
            self.session.set_awaits_tests(False)

    def _download_over(self, whole: bool) -> None:
        name, self._loading = self._loading, ""
        self.window.recipes.set_download("", None)
        if whole:
            self._arrived(name)

    def _arrived(self, name: str) -> None:
        session = self.session
        if session.state is State.FAILED:
            session.set_state(State.IDLE)
        self.dataChanged.emit()
        if session.recipe.data.name == name:
            session.select(session.shown)
            session.want_test_images()
        session.tell(Message(f"{WORDS[name].title} is here: press Train."))

    # ---- folders -----------------------------------------------------------------------------

    def choose_folder(self, name: str) -> None:
        """Ask where a data set lies."""
        title = f"A folder that holds {WORDS[name].title}"
        chosen = QFileDialog.getExistingDirectory(self.window, title)
        if chosen:
            self.set_root(name, Path(chosen))

    def set_root(self, name: str, root: Path) -> None:
        """Use a folder for a data set, if it holds it; remembered."""
        words = WORDS[name]
        if self.roots.choose(name, root):
            self._arrived(name)
        else:
            self.session.complain(
                f"{root} does not hold {words.title}: {words.files}. Choose the folder they are in."
            )
