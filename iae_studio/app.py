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

from iae_studio.bookmark_controller import BookmarkController
from iae_studio.branch_controller import BranchController
from iae_studio.closing import Closing, close_questions
from iae_studio.compare_controller import CompareController
from iae_studio.computer_controller import ComputerController
from iae_studio.controller import Controller
from iae_studio.data_controller import DataController
from iae_studio.device_controller import DeviceController
from iae_studio.export_controller import ExportController
from iae_studio.figure_controller import FigureController
from iae_studio.film_controller import FilmController
from iae_studio.lost_gpu_controller import LostGpuController
from iae_studio.memory_controller import MemoryController
from iae_studio.options_controller import OptionsController
from iae_studio.own_images_controller import OwnImagesController
from iae_studio.picture_controller import PictureController
from iae_studio.queue_controller import QueueController
from iae_studio.session_controller import SessionController
from iae_studio.settings import open_settings, text
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input, InputSpec
from iae_studio.state.messages import Message
from iae_studio.state.studio_state import FIRST, StudioState
from iae_studio.threads.awake import AwakeThread
from iae_studio.threads.ending import GRACE
from iae_studio.threads.explore import Explorers, ExploreThread
from iae_studio.threads.failures import describe
from iae_studio.threads.render import RenderThread
from iae_studio.threads.train import TrainingThread
from iae_studio.threads.worker import WorkThread
from iae_studio.time_controller import TimeController
from iae_studio.undo_controller import UndoController
from iae_studio.window import Window
from iae_studio.wiring import connect_render, connect_training
from trainer.devices.records import FoundDevices
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
        self.state = StudioState.create(CATALOGUE[FIRST])
        self.explorers = Explorers()
        self.render = RenderThread(self.explorers)
        self.training = TrainingThread(self.render.offer)
        self.work = WorkThread()
        self.window = Window(self.state, self.settings, self.work.submit)
        self.controllers = self._make_controllers(session)
        self._garbage: GarbageCollector | None = None
        self._waits = False  # for the window to be painted
        self._closed = self._trained = False
        self.closing = Closing(self.training)
        self.signalled.connect(self.leave)
        self._connect()
        connect_render(self.state, self.render)
        connect_training(self.state, self.training)
        self.explorers.connect(self.state.asking, self.state.messages)

    def _make_controllers(self, session: Path | None) -> tuple[Controller, ...]:
        """One for each part of the state that needs a disk, a dialog or keys."""
        state, window, settings, submit = self.state, self.window, self.settings, self.work.submit
        self.data = DataController(state, window, settings)
        self.own_images = OwnImagesController(state, window)
        self.pictures = PictureController(state, window, settings)
        self.exports = ExportController(state, window, settings)
        self.films = FilmController(state, window)
        self.queue = QueueController(state, window)
        self.figures = FigureController(state, window, submit)
        self.bookmarks = BookmarkController(state, window, submit)
        self.session = SessionController(state, window, self.own_images, session)
        self.undo = UndoController(state, window)
        return (
            *(self.data, self.own_images, self.pictures, self.exports, self.films, self.queue),
            *(self.figures, self.bookmarks, self.session, self.undo),
            BranchController(state, window, self.data.folders),
            OptionsController(state, window),
            CompareController(state, window),
            ComputerController(state, window, self.data.folders, submit),
            TimeController(state, settings, submit, self.render, self.training),
            DeviceController(state, settings, self.render),
            MemoryController(state, self.render, self.explorers, self.training),
            LostGpuController(state, self.render, self.training, self.explorers),
        )

    def start(self) -> None:
        """Show the window first; what loads slowly comes once it is painted."""
        gc.disable()  # from here on it runs on this thread only: see `_complete`
        self._waits = True
        QTimer.singleShot(UNSEEN, self, self._complete)
        self.window.show()
        self.state.library.start(self._last_recipe())
        self.session.read()

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
        for controller in self.controllers:
            controller.start()

    def close(self) -> None:
        """Save what trains, end the threads. Safe to call twice."""
        if self._closed:
            return
        self._closed, self._waits = True, False
        for controller in self.controllers:
            controller.cancel()
        self.closing.let_finish(lambda: self.work.owes or self.state.asking.owes)
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
        """All but the one that trains, and the one that keeps the session."""
        others = (thread for each in self.controllers for thread in each.threads())
        return [self.render, self.work, *self.explorers.threads, *others]

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

    def _connect(self) -> None:
        state, window, render = self.state, self.window, self.render
        window.painted.connect(self._complete)
        window.closing.connect(self.close)
        self.work.failed.connect(state.messages.show_failure)
        for controller in self.controllers:
            controller.failed.connect(state.messages.show_failure)
        self.own_images.carried.connect(self.pictures.restore)
        self.session.begun.connect(lambda: self.undo.ready("session"))
        state.displayed.changed.connect(self._show)
        render.ready.connect(self._engine_ready)
        state.training.wanted.connect(self._train)
        state.inputs.sketchWanted.connect(self._read_sketch)
        self.training.progressed.connect(self._first_steps)

    def _engine_ready(self, devices: FoundDevices) -> None:
        gc.freeze()  # the engine's many objects stay: looking through them stops the window 0.1 s
        self.state.devices.offer(devices)
        self.state.training.engine_ready()
        taken = {device.name: device.told for device in devices.usable}[self.state.devices.chosen]
        self.state.messages.logged.emit(f"The engine is loaded; it runs on {taken}.")
        if devices.why_the_cpu:
            self.state.messages.show_message(Message(f"{devices.why_the_cpu} The CPU is used."))
        self.state.inputs.renew_tests()

    def _first_steps(self) -> None:
        """What training imports is here, and stays: looking through it takes as long again."""
        if not self._trained:  # a second report may have been on its way
            self._trained = True
            self.training.progressed.disconnect(self._first_steps)
            gc.freeze()

    def _show(self, displayed: DisplayedModel) -> None:
        self.render.show(displayed, self.data.folders.now())

    def _train(self, recipe: Recipe, run: Path | None) -> None:
        self.training.begin(recipe, run, self.state.devices.chosen, self.data.folders.now())

    def _read_sketch(self, drawing: Pixels, spec: InputSpec, keep: bool) -> None:
        """The next drawing takes this one's place, unless it is kept."""
        from iae_studio.threads import jobs

        job = partial(jobs.read_sketch, drawing, spec)
        if keep:
            self.work.submit(job, then=self._keep_sketch)
        else:
            self.work.submit(job, then=self.state.inputs.set_sketch, newest="sketch")

    def _keep_sketch(self, drawing: Input | None) -> None:
        self.state.inputs.set_sketch(drawing)
        self.state.selection.select_opened(self.state.inputs.keep_sketch())
