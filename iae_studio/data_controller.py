"""Where the data come from: test images, downloads, the user's folders. On threads of their own."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from iae_studio.controller import Controller
from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.folders import ChosenFolders
from iae_studio.state.input_list import Input
from iae_studio.state.library import read_contents
from iae_studio.state.messages import CHOOSE_FOLDER, Action, Message
from iae_studio.state.studio_state import StudioState
from iae_studio.state.test_request import TestRequest
from iae_studio.state.training import Loading, State
from iae_studio.threads.worker import WorkThread
from trainer.data.aside import Change
from trainer.data.at_hand import data_ready
from trainer.recipe.specs import DATA_SETS


class DataController(Controller):
    """Serves the library, the data buttons of the experiments and the grid's test images."""

    _downloaded = Signal(float)
    _loaded = Signal(object)  # Loading

    def __init__(self, state: StudioState, window: QWidget, settings: QSettings) -> None:
        super().__init__()
        self.state, self.window = state, window
        self.folders = ChosenFolders(settings)
        # Each may take long: loading a data set, waiting for the network.
        self.library, self.reading, self.downloads = WorkThread(), WorkThread(), WorkThread()
        self._cancel = threading.Event()
        self._progress: CancellableProgress | None = None
        self._loads: TestRequest | None = None
        for thread in self.threads():
            thread.failed.connect(self.failed)
        state.library.refreshWanted.connect(self.refresh)
        state.inputs.testsWanted.connect(self._take_tests)
        state.asides.writeWanted.connect(self._set_aside)
        state.training.commandWanted.connect(self._command)
        state.messages.actionWanted.connect(self._act)
        state.downloads.wanted.connect(self.download)
        state.downloads.folderWanted.connect(self.choose_folder)
        state.downloads.cancelWanted.connect(self._cancel.set)
        self._downloaded.connect(state.downloads.set_share)
        self._loaded.connect(state.training.set_loading)

    def cancel(self) -> None:
        """Nobody waits any more for what loads or is downloaded."""
        self._cancel.set()
        self._cancel_loading()

    def threads(self) -> tuple[WorkThread, ...]:
        """All that work for it."""
        return self.library, self.reading, self.downloads

    def refresh(self) -> None:
        """Read the library anew."""
        self.library.submit(
            partial(read_contents, self.folders.now()),
            then=self.state.library.set_contents,
            newest="library",
        )

    def _set_aside(self, run: Path, change: Change) -> None:
        from iae_studio.threads import jobs

        over = self.state.asides.changed.emit
        job = partial(jobs.set_aside, run, change, self.folders.now())
        self.library.submit(job, then=lambda _: over(), otherwise=over)

    def _act(self, action: Action) -> None:
        if action.asks_for(CHOOSE_FOLDER):
            self.choose_folder(self.state.displayed.recipe.data.name)

    # ---- test images -------------------------------------------------------------------------

    def _take_tests(self, request: TestRequest) -> None:
        from iae_studio.threads import jobs

        if self._progress is None or self._loads is None or self._loads.data != request.data:
            self._cancel_loading()  # of those that nobody will look at
            self._progress = CancellableProgress(self._tell_loading)
        self._loads = request  # of the same data: one Stop is for all who wait for them
        self.reading.submit(
            partial(jobs.take_test_images, request, self.folders.now(), self._progress),
            then=partial(self._took_tests, request),
            otherwise=partial(self._lack_tests, request),
            newest="tests",
        )

    def _took_tests(self, request: TestRequest, images: list[Input]) -> None:
        self._loading_over()
        self.state.inputs.replace_tests(request, images)

    def _lack_tests(self, request: TestRequest) -> None:
        self._loading_over()
        self.state.inputs.lack_tests(request)

    def _loading_over(self) -> None:
        if self.state.training.state is not State.LOADING:
            self.state.training.set_loading(None)

    def _tell_loading(self, done: int, total: int) -> None:
        self._loaded.emit(Loading(done, total))

    def _command(self, command: object) -> None:
        if command == "stop" and not self.state.training.busy and self._loads is not None:
            self._cancel_loading()
            self._lack_tests(self._loads)  # at once: the loader may be amid a large image

    def _cancel_loading(self) -> None:
        if self._progress is not None:
            self._progress.cancel()
            self._progress = None

    # ---- downloads ---------------------------------------------------------------------------

    def download(self, name: str) -> None:
        """Fetch a data set into the program's own folder, unless another one is on its way."""
        loading = self.state.downloads.name
        if loading:  # of two, name, share and Cancel would be mixed up
            title = DATA_SETS[loading].title
            self.state.messages.show_error(f"{title} is still downloading: wait, or cancel it.")
            return
        self._cancel.clear()
        from iae_studio.threads import jobs

        self.state.downloads.begin(name)
        self.downloads.submit(
            partial(jobs.download, name, None, self._downloaded.emit, self._cancel.is_set),
            then=partial(self._download_over, name),
            otherwise=partial(self._download_over, name, False),
        )

    def _download_over(self, name: str, whole: bool) -> None:
        self.state.downloads.end()
        if whole:
            self._arrived(name)

    def _arrived(self, name: str) -> None:
        """A data set became ready."""
        state = self.state
        state.training.forget_outcome()
        self.refresh()
        way = ""
        if state.displayed.recipe.data.name == name:
            way = f": {state.displayed.way_on(state.training.busy)}"
            state.displayed.select(state.displayed.model)
            state.inputs.want_tests()
        state.messages.show_message(Message(f"{DATA_SETS[name].title} is here{way}."))

    # ---- folders -----------------------------------------------------------------------------

    def choose_folder(self, name: str) -> None:
        """Ask where a data set lies."""
        title = f"A folder that holds {DATA_SETS[name].title}"
        chosen = QFileDialog.getExistingDirectory(self.window, title)
        if chosen:
            self.set_root(name, Path(chosen))

    def set_root(self, name: str, root: Path) -> None:
        """Use a folder for a data set, if it holds it; remembered."""
        self.library.submit(partial(data_ready, name, root), then=partial(self._looked, name, root))

    def _looked(self, name: str, root: Path, found: bool) -> None:
        if found:
            self.folders.remember(name, root)
            self._arrived(name)
            return
        words = DATA_SETS[name]
        self.state.messages.show_error(
            f"{root} does not hold {words.title}: {words.files}. Choose the folder they are in."
        )
