"""The composition root: builds session, threads and window, and connects them."""

from __future__ import annotations

import gc
import signal
import threading
from functools import partial
from pathlib import Path

from pyqtgraph.util.garbage_collector import GarbageCollector
from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from iae_studio import jobs, library, theme
from iae_studio.inputs import Input
from iae_studio.render_thread import RenderThread
from iae_studio.session import SKETCH, Message, Session, State
from iae_studio.training_thread import TrainingThread
from iae_studio.window import Window
from iae_studio.work_thread import WorkThread
from trainer.messages import Failed, Pixels, UserError
from trainer.places import data_ready, mnist_folder
from trainer.recipes import CATALOGUE, Recipe

STATE_FILE = "state.safetensors"
SHAPE = (28, 28, 1)
LIMIT = 64


class Studio(QObject):
    """The running program."""

    downloadMoved = Signal(float)

    def __init__(self, settings: QSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or QSettings("iae-studio", "iae-studio")
        root = str(self.settings.value("data", ""))
        self.data_root = Path(root) if root else None
        self._cancel_download = threading.Event()
        self.session = Session(self)
        self.render = RenderThread(self.data_root)
        self.training = TrainingThread(self.render.offer)
        self.work = WorkThread()
        self.downloads = WorkThread()  # of its own: it may wait for the network
        self.window = Window(self.session, self.settings)
        # Cycles are collected on this thread only: elsewhere that could destroy Qt objects.
        self._garbage = GarbageCollector()
        self._connect()

    def start(self) -> None:
        """Show the window first; the engine loads behind it."""
        self.window.show()
        self._refresh_library()
        self.session.select(self.window.recipes.default_for(self._last_recipe()))
        for thread in (self.render, self.work, self.training, self.downloads):
            thread.start()

    def close(self) -> None:
        """Save what trains, end the threads. Safe to call twice."""
        self._cancel_download.set()
        if self.training.isRunning():
            self._end_training()
        for thread in (self.render, self.work, self.downloads):
            if thread.isRunning():
                thread.shut_down()
        # What the threads still had to say must not reach a window that is gone.
        self.session.blockSignals(True)
        self.work.disconnect(self)
        self.downloads.disconnect(self)
        self.settings.setValue("recipe", self.session.recipe.name)
        self._garbage.timer.stop()
        gc.enable()

    def leave(self, *_: object) -> None:
        """Ctrl-C in the terminal, or the system's wish to end the program."""
        self.window.close()

    def _end_training(self) -> None:
        """Save and end; where saving fails the user decides, and may make room first."""
        ask = QMessageBox.StandardButton
        while why := self.training.shut_down():
            answer = QMessageBox.critical(
                None,
                "IAE Studio",
                f"{why}\n\nTry again, or close and lose what was learned since?",
                ask.Retry | ask.Discard,
                ask.Retry,
            )
            if answer != ask.Retry:
                self.training.abandon()
                return

    def _last_recipe(self) -> str:
        name = str(self.settings.value("recipe", ""))
        return name if name in CATALOGUE else "drawn-10"

    def _connect(self) -> None:
        session, window = self.session, self.window
        session.probeChanged.connect(self.render.ask)
        session.shownChanged.connect(self.render.show)
        session.trainingWanted.connect(self._train)
        session.commandWanted.connect(self.training.command)
        session.filesWanted.connect(self._open_files)
        session.sheetWanted.connect(self._save_sheet)
        session.testImagesWanted.connect(self._take_tests)
        session.sketchWanted.connect(self._read_sketch)
        session.runsChanged.connect(self._refresh_library)
        session.actionWanted.connect(self._act)
        self.render.ready.connect(self._engine_ready)
        self.render.factsKnown.connect(session.set_facts)
        self.render.rendered.connect(session.set_rendering)
        self.render.clouded.connect(session.set_cloud)
        self.render.blank.connect(session.set_blank)
        self.render.broken.connect(lambda: session.set_state(State.FAILED))
        self.training.stateChanged.connect(session.set_state)
        self.training.began.connect(session.training_began)
        self.training.progressed.connect(session.progressed)
        self.training.saved.connect(self._saved)
        self.training.ended.connect(session.training_ended)
        for thread in (self.render, self.training, self.work, self.downloads):
            thread.failed.connect(session.fail)
        for worker in (self.work, self.downloads):
            worker.done.connect(self._job_done)
            worker.gaveUp.connect(self._job_failed)
        window.imageWanted.connect(self._open_picture)
        window.modelWanted.connect(self._open_model)
        window.closing.connect(self.close)
        window.recipes.downloadWanted.connect(lambda _: self._download())
        window.recipes.folderWanted.connect(self._choose_folder)
        window.recipes.cancelWanted.connect(self._cancel_download.set)
        self.downloadMoved.connect(window.recipes.set_download)

    # ---- engine and library ------------------------------------------------------------------

    def _engine_ready(self, device: str) -> None:
        if device != "CPU":
            self.window.bar.set_devices(device)
        if self.session.state is State.STARTING:
            self.session.set_state(State.IDLE)
        self.session.logged.emit(f"The engine is loaded; it runs on {device}.")
        if not self.session.inputs:
            self.session.want_test_images()

    def _refresh_library(self) -> None:
        ready = {
            recipe.data: data_ready(recipe.data, self.data_root) for recipe in CATALOGUE.values()
        }
        self.window.recipes.set_library(library.list_runs(), library.shipped_models(), ready)

    def _train(self, recipe: Recipe, run: Path | None, device: str) -> None:
        self.session.tell(None)
        self.training.begin(recipe, run, device, self.data_root)

    def _saved(self, path: Path, step: int) -> None:
        self.session.logged.emit(f"Saved step {step:,} in {path}.")

    def _open_model(self, path: Path) -> None:
        if path.name == STATE_FILE:  # of a run: the folder is the model
            path = path.parent
        try:
            recipe = library.model_recipe(path)
        except UserError as error:
            self.session.fail(Failed(str(error)))
            return
        self.session.open_model(recipe, path)

    # ---- jobs --------------------------------------------------------------------------------

    def _open_files(self, paths: list[Path]) -> None:
        self.work.submit("open", partial(jobs.open_files, paths, SHAPE, LIMIT))

    def _open_picture(self, picture: QImage, name: str) -> None:
        self.work.submit("open", partial(jobs.open_picture, picture, name, SHAPE))

    def _read_sketch(self, drawing: Pixels) -> None:
        self.work.submit("sketch", partial(jobs.read_sketch, drawing, SKETCH, SHAPE), True)

    def _take_tests(self, recipe: Recipe, seed: int) -> None:
        name = recipe.data
        if recipe.two_dimensional or not data_ready(name, self.data_root):
            name = "drawn-digits"
        self.work.submit("tests", partial(jobs.take_test_images, name, self.data_root, seed))

    def _save_sheet(self, path: Path) -> None:
        rendering = self.session.rendering
        if rendering is not None:
            seen = [known.seen for known in self.session.rendered_inputs]
            self.work.submit("sheet", partial(jobs.save_sheet, path, seen, rendering.tiles))

    def _job_done(self, name: str, result: object) -> None:
        session = self.session
        if isinstance(result, jobs.Opened):
            session.add_inputs(result.inputs)
            if result.inputs and not result.problems:
                session.tell(None)
            if result.problems:
                session.complain(_several(result.problems))
        elif name == "tests" and isinstance(result, list):
            session.replace_tests(result)
        elif name == "sketch" and (result is None or isinstance(result, Input)):
            session.set_sketch(result)
        elif name == "sheet":
            session.tell(Message(f"Saved {result}."))
        elif name == "download":
            self._download_over(bool(result))

    def _job_failed(self, name: str) -> None:
        if name == "download":
            self._download_over(False)

    # ---- data --------------------------------------------------------------------------------

    def _act(self, action: str) -> None:
        if action == "folder":
            self._choose_folder()

    def _download(self) -> None:
        self._cancel_download.clear()
        self.downloadMoved.emit(0.0)
        job = partial(
            jobs.download, self.data_root, self.downloadMoved.emit, self._cancel_download.is_set
        )
        self.downloads.submit("download", job)

    def _download_over(self, whole: bool) -> None:
        self.window.recipes.set_download(None)
        self._refresh_library()
        if whole:
            self._data_arrived()

    def _data_arrived(self) -> None:
        if self.session.state is State.FAILED:
            self.session.set_state(State.IDLE)
        self.session.tell(Message("MNIST is here: press Train."))
        self.session.select(self.session.shown)

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self.window, "A folder that holds MNIST")
        if name:
            self.set_data_root(Path(name))

    def set_data_root(self, root: Path) -> None:
        """Use a folder of data sets, if MNIST is in it; remembered."""
        if mnist_folder(root) is None:
            self.session.complain(
                f"{root} does not hold MNIST's four files (train-images-idx3-ubyte and so on, "
                "plain or .gz). Choose the folder they are in."
            )
            return
        self.data_root = self.render.root = root
        self.settings.setValue("data", str(root))
        self._refresh_library()
        self._data_arrived()


def _several(problems: list[str]) -> str:
    rest = len(problems) - 1
    return problems[0] + (f" ({rest} more could not be read.)" if rest else "")


def run(app: QApplication) -> int:
    """Show the window and run until it closes."""
    settings = QSettings("iae-studio", "iae-studio")
    chosen = settings.value("dark")
    dark = theme.prefers_dark(app) if chosen is None else str(chosen).lower() == "true"
    theme.apply(app, dark)
    studio = Studio(settings)
    for number in (signal.SIGINT, signal.SIGTERM):  # as a click on the window's cross
        signal.signal(number, studio.leave)
    QTimer.singleShot(0, studio.start)
    code = app.exec()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    studio.close()
    studio.window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    # What is left of the plots must go while Qt is still there.
    del studio
    gc.collect()
    return code
