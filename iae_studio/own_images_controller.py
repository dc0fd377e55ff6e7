"""The user's own images outside the dialog: what a dropped folder holds, and where one went."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.datasets import gone_images
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import InputSpec
from iae_studio.state.messages import (
    FIND_FOLDER,
    FIND_ZIP,
    STOP_LOOKING,
    Action,
    Message,
    MovedImages,
)
from iae_studio.state.opened import Opened
from iae_studio.state.studio_state import StudioState
from iae_studio.threads import jobs, opening
from iae_studio.threads.worker import WorkThread
from trainer.messages import Failed
from trainer.recipe.recipe import Recipe


class OwnImagesController(QObject):
    """Looks through folders on a thread of its own, for that may take long."""

    failed = Signal(Failed)

    def __init__(self, state: StudioState, window: QWidget) -> None:
        super().__init__()
        self.state, self.window = state, window
        self.looking = WorkThread()
        self.looking.failed.connect(self.failed)
        self._progress = CancellableProgress(lambda *_: None)  # of all that is asked for
        state.inputs.lookWanted.connect(self._look)
        state.messages.actionWanted.connect(self._act)
        state.displayed.selected.connect(self._look_for_images)
        state.inputs.testsWanted.connect(lambda _: self._look_for_images())

    def start(self) -> None:
        """Begin to work; what was asked before has waited."""
        self.looking.start()

    def cancel(self) -> None:
        """Nobody waits any more for what is being looked through."""
        self._progress.cancel()
        self._progress = CancellableProgress(lambda *_: None)

    def shut_down(self) -> None:
        """End the thread; safe to call twice."""
        self.cancel()
        if self.looking.isRunning():
            self.looking.shut_down()

    def _act(self, action: Action) -> None:
        if action.asks_for(STOP_LOOKING):
            self.cancel()
        elif action.asks_for(FIND_FOLDER) or action.asks_for(FIND_ZIP):
            self._find(action.about, action.asks_for(FIND_ZIP))

    # ---- drops -------------------------------------------------------------------------------

    def _look(self, opened: Opened, spec: InputSpec) -> None:
        pair = self.state.displayed.recipe.translates
        self.looking.submit(
            partial(opening.look_through, opened, spec, pair, self._progress),
            then=partial(self.state.inputs.add_looked, opened),
            otherwise=partial(self.state.inputs.lack_looked, opened),
        )

    # ---- images that are gone ----------------------------------------------------------------

    def _look_for_images(self) -> None:
        """Are the images still there of which some are to be shown, or that a run goes on with?"""
        model = self.state.displayed.model
        if model.recipe.data.images and not model.live:
            self.looking.submit(
                partial(gone_images, model.recipe), then=partial(self._looked_for, model)
            )

    def _looked_for(self, model: DisplayedModel, gone: str) -> None:
        moved = MovedImages(gone, model.path if model.is_run else None)
        if gone and model == self.state.displayed.model:
            self._ask(moved)

    def _ask(self, moved: MovedImages, why: str = "") -> None:
        if moved.message(why) != self.state.messages.current:
            self.state.messages.show_message(moved.message(why))

    def _find(self, moved: MovedImages, as_zip: bool) -> None:
        title = f"Where is {moved.name} now?"
        if moved.run is None:
            return
        if as_zip:
            chosen, _ = QFileDialog.getOpenFileName(self.window, title, "", "Archives (*.zip)")
        else:
            chosen = QFileDialog.getExistingDirectory(self.window, title)
        if not chosen:
            self.state.messages.ask_again()
            return
        told = Message(f'Looking through "{chosen}"…', actions=(STOP_LOOKING,))
        self.state.messages.show_message(told)
        self.looking.submit(
            partial(jobs.move_images, moved.run, moved.gone, chosen, self._progress),
            then=partial(self._found, moved),
            otherwise=partial(self._ask, moved),
        )

    def _found(self, moved: MovedImages, found: Recipe | str) -> None:
        """Go on with the run, or say why that is not its folder."""
        if isinstance(found, str):
            self._ask(moved, found)
            return
        state = self.state
        state.library.refreshWanted.emit()
        if state.displayed.model.path == moved.run:
            state.displayed.select(replace(state.displayed.model, recipe=found))
        told = Message(f"{moved.name} is found: press Go on.")
        state.messages.show_message(told)
        if moved.go_on and state.displayed.model.path == moved.run:
            state.training.start()
