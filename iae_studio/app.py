"""The composition root: builds state, threads and window, and connects them."""

from __future__ import annotations

import gc
import signal
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from iae_studio.awake import AwakeThread
from iae_studio.bookmark_controller import BookmarkController
from iae_studio.branch_controller import BranchController
from iae_studio.closing import Closing, close_questions
from iae_studio.compare_controller import CompareController
from iae_studio.data_controller import DataController
from iae_studio.export_controller import ExportController
from iae_studio.figure_controller import FigureController
from iae_studio.film_controller import FilmController
from iae_studio.options_controller import OptionsController
from iae_studio.own_images_controller import OwnImagesController
from iae_studio.picture_controller import PictureController
from iae_studio.queue_controller import QueueController
from iae_studio.session_controller import SessionController
from iae_studio.settings import open_settings, text
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import InputSpec
from iae_studio.state.studio_state import FIRST, StudioState
from iae_studio.state.training import Loading
from iae_studio.threads.ending import GRACE
from iae_studio.threads.explore import Explorers, ExploreThread
from iae_studio.threads.failures import describe
from iae_studio.threads.render import RenderThread
from iae_studio.threads.train import TrainingThread
from iae_studio.threads.worker import WorkThread
from iae_studio.time_controller import TimeController
from iae_studio.undo_controller import UndoController
from iae_studio.window import Window
from trainer.messages import Pixels
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from pyqtgraph.util.garbage_collector import GarbageCollector

UNSEEN = 1000  # ms after which a window that is not painted, minimised say, is completed too


class Studio(QObject):
    """The running program."""

    signalled = Signal(int)  # from the thread that hears of signals

    def __init__(self, settings: QSettings | None = None, session: Path | None = None) -> None:
        super().__init__()
        self.settings = settings or open_settings()[0]
        self.state = StudioState.create()
        self.explorers = Explorers()
        self.render = RenderThread(self.explorers)
        self.training = TrainingThread(self.render.offer)
        self.work = WorkThread()
        self.window = Window(self.state, self.settings, self.work.submit)
        self.data = DataController(self.state, self.window, self.settings)
        self.own_images = OwnImagesController(self.state, self.window)
        self.branches = BranchController(self.state, self.window, self.data.folders)
        self.pictures = PictureController(self.state, self.window, self.settings)
        self.exports = ExportController(self.state, self.window, self.settings)
        self.own_images.carried.connect(self.pictures.restore)
        self.options = OptionsController(self.state, self.window)
        self.films = FilmController(self.state, self.window)
        self.compare = CompareController(self.state, self.window)
        self.session = SessionController(self.state, self.window, self.own_images, session)
        self.queue = QueueController(self.state, self.window)
        self.figures = FigureController(self.state, self.window, self.work.submit)
        self.undo = UndoController(self.state, self.window)
        self.session.begun.connect(lambda: self.undo.ready("session"))
        self.bookmarks = BookmarkController(self.state, self.window, self.work.submit)
        parts = self.state, self.settings, self.work.submit, self.render, self.training
        self.time = TimeController(*parts)
        self._garbage: GarbageCollector | None = None
        self._waits = False  # for the window to be painted
        self._closed = False
        self.closing = Closing(self.training)
        self.signalled.connect(self.leave)
        self._connect_views()
        self._connect_render()
        self.explorers.connect(self.state.asking, self.state.messages)
        self._connect_training()
        self._connect_jobs()

    def start(self) -> None:
        """Show the window first; what loads slowly comes once it is painted."""
        gc.disable()  # from here on it runs on this thread only: see `_complete`
        self._waits = True
        QTimer.singleShot(UNSEEN, self, self._complete)
        self.window.show()
        self.state.library.start(self._last_recipe())
        self.session.start()

    def _complete(self) -> None:
        """The plots, then the threads: the engine loads behind the window."""
        if not self._waits:
            return
        self._waits = False
        try:
            from pyqtgraph.util.garbage_collector import GarbageCollector

            self.window.complete()
        except Exception as error:  # a broken installation
            self.state.messages.show_failure(describe(error))
            self.state.training.engine_broken()
            return
        # Cycles are collected on this thread only: elsewhere that could destroy Qt objects.
        self._garbage = GarbageCollector()
        for thread in (self.render, self.work, self.training, *self.explorers.threads):
            thread.start()
        self.data.start()
        self.own_images.start()
        self.films.start()
        self.queue.start()

    def close(self) -> None:
        """Save what trains, end the threads. Safe to call twice."""
        if self._closed:
            return
        self._closed, self._waits = True, False
        self.own_images.cancel()
        self.films.cancel()
        self.data.cancel()
        self.queue.close()
        for thread in self.threads():
            thread.ask_to_end()
        self.session.close()
        self.closing.end([self.session.worker, *self.threads()])
        # What the threads still had to say must not reach a window that is gone.
        self.state.silence()
        self.settings.setValue("recipe", self.state.displayed.recipe.name)
        self.settings.sync()
        if self._garbage is not None:
            self._garbage.timer.stop()
        gc.unfreeze()  # the window's own cycles were frozen with the engine's objects
        gc.enable()

    def threads(self) -> list[RenderThread | WorkThread | ExploreThread | AwakeThread]:
        """All but the one that trains."""
        others = (*self.data.threads(), *self.own_images.threads(), *self.queue.threads())
        others = (*others, self.options.worker)
        return [self.render, self.work, self.films.worker, *self.explorers.threads, *others]

    def leave(self, number: int = signal.SIGINT) -> None:
        """Ctrl-C in the terminal, or the system's wish to end the program."""
        self.closing.unattended = number != signal.SIGINT
        close_questions()
        self.window.close()
        QApplication.exit(0)  # of what else still waits for an answer

    def quit(self) -> None:
        """The application ends, though nobody closed the window: the desktop's session is over."""
        self.closing.unattended = True
        self.close()

    def commit(self, *_: object) -> None:
        """The desktop's session may be about to end: save, and go on."""
        saved = threading.Event()
        if self.training.holds_work:
            directly = Qt.ConnectionType.DirectConnection
            link = self.training.saved.connect(lambda *_: saved.set(), directly)
            self.training.command("save")
            saved.wait(GRACE)
            QObject.disconnect(link)

    def _last_recipe(self) -> str:
        name = text(self.settings, "recipe")
        return name if name in CATALOGUE else FIRST

    # ---- connections -------------------------------------------------------------------------

    def _connect_views(self) -> None:
        self.window.painted.connect(self._complete)
        self.window.closing.connect(self.close)
        for source in (self.work, self.data, self.own_images, self.queue, self.films):
            source.failed.connect(self.state.messages.show_failure)

    def _connect_render(self) -> None:
        state, render = self.state, self.render
        state.displayed.changed.connect(self._show)
        state.devices.changed.connect(render.use_device)
        state.answers.asked.connect(render.ask)
        render.failed.connect(state.messages.show_picture_failure)
        render.recovered.connect(state.messages.withdraw_picture_failure)
        render.ready.connect(self._engine_ready)
        render.broken.connect(state.training.engine_broken)
        render.factsKnown.connect(state.answers.set_facts)
        render.previewed.connect(state.answers.preview)
        render.rendered.connect(state.answers.set_rendering)
        render.clouded.connect(state.answers.set_cloud)
        render.clustered.connect(state.answers.set_clusters)
        render.blank.connect(state.answers.set_blank)

    def _connect_training(self) -> None:
        state, thread = self.state.training, self.training
        state.wanted.connect(self._train)
        state.commandWanted.connect(thread.command)
        thread.stateChanged.connect(state.set_state)
        thread.loadingMoved.connect(self._loading)
        thread.began.connect(state.began)
        thread.progressed.connect(state.progressed)
        thread.saved.connect(state.saved)
        thread.unsaved.connect(state.could_not_save)
        thread.ended.connect(state.ended)
        thread.failed.connect(state.failed)
        thread.leftOut.connect(state.left_out)
        thread.noted.connect(self.state.messages.logged)
        thread.asideChanged.connect(self.state.asides.changed)
        thread.amended.connect(self.state.amending.heard)

    def _connect_jobs(self) -> None:
        state = self.state
        state.inputs.sketchWanted.connect(self._read_sketch)

    def _engine_ready(self, device: str) -> None:
        gc.freeze()  # the engine's many objects stay: looking through them stops the window 0.1 s
        if device != "CPU":
            self.state.devices.offer_gpu(device)
        self.state.training.engine_ready()
        self.state.messages.logged.emit(f"The engine is loaded; it runs on {device}.")
        self.state.inputs.renew_tests()

    def _show(self, displayed: DisplayedModel) -> None:
        self.render.show(displayed, self.data.folders.now())

    def _train(self, recipe: Recipe, run: Path | None) -> None:
        self.training.begin(recipe, run, self.state.devices.chosen, self.data.folders.now())

    def _loading(self, done: int, total: int) -> None:
        self.state.training.set_loading(Loading(done, total))

    # ---- jobs --------------------------------------------------------------------------------

    def _read_sketch(self, drawing: Pixels, spec: InputSpec) -> None:
        from iae_studio.threads import jobs

        job = partial(jobs.read_sketch, drawing, spec)
        self.work.submit(job, then=self.state.inputs.set_sketch, newest="sketch")
