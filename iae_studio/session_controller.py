"""What is explored is kept every few seconds, and is back at the next start."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal

from iae_studio.controller import Controller
from iae_studio.own_images_controller import OwnImagesController
from iae_studio.state.exploration import Exploration, explore_again
from iae_studio.state.input_list import KeptInputs
from iae_studio.state.messages import CRASH, KEPT, Action, Message
from iae_studio.state.session import Explored, explored
from iae_studio.state.studio_state import FIRST, StudioState
from iae_studio.state.training import State
from iae_studio.state.turned import Settings
from iae_studio.threads.session_file import Restored, SessionFile
from iae_studio.threads.worker import WorkThread
from iae_studio.window import Window
from trainer.recipe.catalogue import CATALOGUE

OFTEN = 2000  # ms between two looks whether something changed
START_FRESH = Action("start fresh", "Start fresh")
RECOVER = Action("recover", "Recover")
CUT_OFF = "IAE Studio ended unexpectedly."
BACK = "What you explored is shown again."
REFUSED = "IAE Studio could not start with what you explored last, so it is not shown."


class SessionController(Controller):
    """Reads the session once, then writes it whenever it is another one.

    Without a folder nothing is kept.
    """

    begun = Signal()  # what was explored last is back, or nothing of it will be

    def __init__(
        self,
        state: StudioState,
        window: Window,
        own_images: OwnImagesController,
        folder: Path | None,
    ) -> None:
        super().__init__()
        self.state, self.window, self.own_images = state, window, own_images
        self.worker = WorkThread()
        self._file = None if folder is None else SessionFile(folder)
        self._written: Explored | None = None
        self._layout: tuple[object, object] | None = None
        self._restoring = True
        self._selected: tuple[int, int] | None = None  # to be, once the inputs are there
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._keep)
        state.messages.actionWanted.connect(self._act)
        state.inputs.changed.connect(self._select)

    def read(self) -> None:
        """Look for what was explored last."""
        if self._file is None:
            self.begun.emit()
            return
        self.worker.start()
        self.worker.submit(self._file.read, then=self._found, otherwise=self._begin)

    def close(self) -> None:
        """Keep what is explored now, and end once that is on the disk."""
        self._timer.stop()
        self._keep()
        if self._file is not None:
            self.worker.submit(self._file.end)
        self.worker.ask_to_end(after_all=True)

    # ---- back --------------------------------------------------------------------------------

    def _found(self, restored: Restored | None) -> None:
        self._tell(restored)
        self._restore(restored)

    def _restore(self, restored: Restored | None) -> None:
        if restored is None or self.state.training.busy:
            self._begin()
            return
        session, model = restored.session, restored.model
        if model is not None and model != self.state.displayed.model:
            self.state.displayed.select(model)
        if model is not None and model.is_run:
            self.state.time.look_at(session.moment)
        self.state.query.restore(session.settings)
        self.state.comparing.restore(list(session.compared))
        # Test images of another model's data would not be those of what is displayed.
        kept = model is not None and any(picture.test for picture in session.pictures)
        seed = session.tests if kept else None
        if seed is None:
            self._ask_for_tests(session.tests)
        else:
            self.state.inputs.bring_tests(seed)
        self._selected = (session.row, session.column)
        if session.pictures and self._file is not None:
            pictures = partial(self._file.pictures, session)
            self.own_images.open(pictures, partial(self._opened, seed))
        else:
            self._begin()

    def _ask_for_tests(self, seed: int | None) -> None:
        self.state.inputs.restore_tests(seed)
        if self.state.training.state is not State.STARTING:  # else once the engine is loaded
            self.state.inputs.renew_tests()

    def _opened(self, seed: int | None) -> None:
        """Where no test image that was kept can be shown, those of the seed are asked for."""
        if seed is not None and not any(known.test for known in self.state.inputs.all()):
            self._ask_for_tests(seed)
        self._begin()

    def _begin(self) -> None:
        self._restoring = False
        self._timer.start(OFTEN)
        self._select()
        self.begun.emit()

    def _select(self) -> None:
        """The tile that was selected, once all inputs are there."""
        inputs, engine = self.state.inputs, self.state.training.state
        wanted = self._selected
        if wanted is None or self._restoring or inputs.pending or not inputs.images:
            return
        there = any(known.test for known in inputs.images)
        if engine is State.STARTING and inputs.tests_seed is not None and not there:
            return  # test images are asked for once it is loaded
        self._selected = None
        self.state.selection.restore(*wanted)

    # ---- after a crash -----------------------------------------------------------------------

    def _tell(self, restored: Restored | None) -> None:
        """What was explored is back at once: nothing is lost by looking."""
        messages, file = self.state.messages, self._file
        if file is None:
            return
        if file.told:
            messages.show_aside(file.told)
        if file.refused:
            self._ask(REFUSED, RECOVER)
        elif file.cut_off and restored is not None:
            self._ask(BACK, START_FRESH)

    def _ask(self, words: str, action: Action) -> None:
        """With what is said of the crash, where that is known."""
        said = self.state.messages.current
        if said is None or said.topic != CRASH:
            said = Message("" if action is RECOVER else CUT_OFF, topic=CRASH)
        text = f"{said.text.removesuffix(KEPT)} {words}".replace("  ", " ").strip()
        more = said.actions if said.error else said.actions[:1]  # without a trace: the log
        self.state.messages.show_message(replace(said, text=text, actions=(action, *more)))

    def _act(self, action: Action) -> None:
        if action.asks_for(START_FRESH):
            first = self.state.library.weights_of(CATALOGUE[FIRST])
            self._selected = None
            explore_again(self.state, Exploration(first, None, KeptInputs(()), Settings()))
            self.state.inputs.want_tests()
        elif action.asks_for(RECOVER) and self._file is not None:
            self._restoring = True
            self._timer.stop()
            self.worker.submit(self._file.recover, then=self._restore, otherwise=self._begin)

    # ---- kept --------------------------------------------------------------------------------

    def _keep(self) -> None:
        if self._file is None or self._restoring or self.state.training.state is State.STARTING:
            return
        now = explored(self.state)
        if self._selected is not None:  # not there yet
            now = replace(now, row=self._selected[0], column=self._selected[1])
        if now != self._written:
            self._written = now
            self.worker.submit(partial(self._file.write, now), newest="session")
        layout = self.window.saveGeometry(), self.window.saveState()
        if self._layout not in (None, layout):
            self.window.remember_layout()
        self._layout = layout
