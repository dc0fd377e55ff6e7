"""The composition root: builds session, threads and window, and connects them."""

from __future__ import annotations

import gc
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMessageBox

from iae_studio.data_controller import DataDesk
from iae_studio.state import library
from iae_studio.state.inputs import MAX_INPUTS, SKETCH, Input, Sight
from iae_studio.state.session import POINTS_TAKE_NO_IMAGES, Message, Session, Shown, State
from iae_studio.style import theme
from iae_studio.threads import jobs
from iae_studio.threads.failures import describe
from iae_studio.threads.render import RenderThread
from iae_studio.threads.train import TrainingThread
from iae_studio.threads.worker import WorkThread
from iae_studio.window import Window
from trainer.messages import Failed, Pixels, UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from pyqtgraph.util.garbage_collector import GarbageCollector

STATE_FILE = "state.safetensors"
UNSEEN = 1000  # ms after which a window that is not painted, minimised say, is completed too


class Studio(QObject):
    """The running program."""

    def __init__(self, settings: QSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or QSettings("iae-studio", "iae-studio")
        self.session = Session(self)
        self.render = RenderThread()
        self.training = TrainingThread(self.render.offer)
        self.work = WorkThread()
        self.window = Window(self.session, self.settings)
        self.desk = DataDesk(self.session, self.window, self.settings)
        self._garbage: GarbageCollector | None = None
        self._waits = False  # for the window to be painted
        self._connect()

    def start(self) -> None:
        """Show the window first; what loads slowly comes once it is painted."""
        gc.disable()  # from here on it runs on this thread only: see `_complete`
        self._waits = True
        QTimer.singleShot(UNSEEN, self, self._complete)
        self.window.show()
        self._refresh_library()
        self.session.select(self.window.recipes.default_for(self._last_recipe()))

    def _complete(self) -> None:
        """The plots, then the threads: the engine loads behind the window."""
        if not self._waits:
            return
        self._waits = False
        try:
            from pyqtgraph.util.garbage_collector import GarbageCollector

            self.window.losses.complete()
        except Exception as error:  # a broken installation
            self.session.fail(describe(error))
            self.session.set_state(State.FAILED)
            return
        # Cycles are collected on this thread only: elsewhere that could destroy Qt objects.
        self._garbage = GarbageCollector()
        for thread in (self.render, self.work, self.training):
            thread.start()
        self.desk.start()

    def close(self) -> None:
        """Save what trains, end the threads. Safe to call twice."""
        self._waits = False
        if self.training.isRunning():
            self._end_training()
        for thread in (self.render, self.work):
            if thread.isRunning():
                thread.shut_down()
        self.desk.shut_down()
        # What the threads still had to say must not reach a window that is gone.
        self.session.blockSignals(True)
        self.work.disconnect(self)
        self.settings.setValue("recipe", self.session.recipe.name)
        if self._garbage is not None:
            self._garbage.timer.stop()
        gc.unfreeze()  # the window's own cycles were frozen with the engine's objects
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
        window.painted.connect(self._complete)
        session.probeChanged.connect(self.render.ask)
        session.shownChanged.connect(self._show)
        session.trainingWanted.connect(self._train)
        session.commandWanted.connect(self.training.command)
        session.filesWanted.connect(self._open_files)
        session.sheetWanted.connect(self._save_sheet)
        session.sketchWanted.connect(self._read_sketch)
        session.sightWanted.connect(self._see_anew)
        session.runsChanged.connect(self._refresh_library)
        self.render.ready.connect(self._engine_ready)
        self.render.factsKnown.connect(session.set_facts)
        self.render.previewed.connect(session.preview)
        self.render.rendered.connect(session.set_rendering)
        self.render.clouded.connect(session.set_cloud)
        self.render.clustered.connect(session.set_clusters)
        self.render.blank.connect(session.set_blank)
        self.render.broken.connect(lambda: session.set_state(State.FAILED))
        self.training.stateChanged.connect(session.set_state)
        self.training.began.connect(session.training_began)
        self.training.progressed.connect(session.progressed)
        self.training.noted.connect(session.logged)
        self.training.saved.connect(self._saved)
        self.training.ended.connect(session.training_ended)
        for source in (self.render, self.training, self.work, self.desk):
            source.failed.connect(session.fail)
        self.work.done.connect(self._job_done)
        self.desk.dataChanged.connect(self._refresh_library)
        window.imageWanted.connect(self._open_picture)
        window.modelWanted.connect(self._open_model)
        window.closing.connect(self.close)

    # ---- engine and library ------------------------------------------------------------------

    def _engine_ready(self, device: str) -> None:
        gc.freeze()  # the engine's many objects stay: looking through them stops the window 0.1 s
        if device != "CPU":
            self.window.bar.set_devices(device)
        if self.session.state is State.STARTING:
            self.session.set_state(State.IDLE)
        self.session.logged.emit(f"The engine is loaded; it runs on {device}.")
        self.session.renew_tests()

    def _refresh_library(self) -> None:
        runs, shipped = library.list_runs(), library.shipped_models()
        self.window.recipes.set_library(runs, shipped, self.desk.ready())

    def _show(self, shown: Shown) -> None:
        self.render.show(shown, self.desk.roots.of(shown.recipe.data.name))

    def _train(self, recipe: Recipe, run: Path | None, device: str) -> None:
        self.session.tell(None)
        self.training.begin(recipe, run, device, self.desk.roots.of(recipe.data.name))

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

    def _open_files(self, paths: list[Path], sight: Sight) -> None:
        self.work.submit("open", partial(jobs.open_files, paths, sight, MAX_INPUTS))

    def _open_picture(self, picture: QImage, name: str) -> None:
        if self.session.recipe.two_dimensional:
            self.session.complain(POINTS_TAKE_NO_IMAGES)
            return
        self.work.submit("open", partial(jobs.open_picture, picture, name, self.session.sight))

    def _read_sketch(self, drawing: Pixels, sight: Sight) -> None:
        self.work.submit("sketch", partial(jobs.read_sketch, drawing, SKETCH, sight), True)

    def _see_anew(self, inputs: list[Input], sight: Sight) -> None:
        self.work.submit("see", partial(jobs.see_anew, inputs, sight), True)

    def _save_sheet(self, path: Path) -> None:
        session = self.session
        if session.shows_clusters and session.clusters is not None:
            tiles = session.clusters.tiles
            job = partial(jobs.save_sheet, path, list(tiles[:, 0]), tiles, None, True)
        elif session.rendering is not None:
            rendering = session.rendering
            seen = [known.seen for known in session.rendered_inputs]
            tiles, code = session.tiles_of(rendering), rendering.code_pictures
            job = partial(jobs.save_sheet, path, seen, tiles, code)
        else:
            return
        self.work.submit("sheet", job)

    def _job_done(self, name: str, result: object) -> None:
        session = self.session
        if isinstance(result, jobs.Opened):
            session.add_inputs(result.inputs)
            if result.inputs and not result.problems:
                session.tell(None)
            if result.problems:
                session.complain(_several(result.problems))
        elif name == "see" and isinstance(result, list):
            session.exchange_inputs(result)
        elif name == "sketch" and (result is None or isinstance(result, Input)):
            session.set_sketch(result)
        elif name == "sheet":
            session.tell(Message(f"Saved {result}."))


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
