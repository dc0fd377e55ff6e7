"""The user's own images outside the dialog: dropped files and folders, and where one went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from iae_studio.controller import Controller
from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.datasets import gone_images
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import MAX_INPUTS, Input, InputSpec
from iae_studio.state.messages import (
    FIND_FOLDER,
    FIND_ZIP,
    MOVED,
    STOP_LOOKING,
    Action,
    Message,
    MovedImages,
    short,
)
from iae_studio.state.opened import Looked, Opened
from iae_studio.state.studio_state import StudioState
from iae_studio.threads.worker import WorkThread
from trainer.recipe.recipe import Recipe

PATIENCE = 300  # ms that images may take to open without a word


class OwnImagesController(Controller):
    """Opens images, and looks through folders, on threads of their own: that may take long."""

    carried = Signal(object)  # Restorable: a picture that was opened brings it back
    _moved = Signal(object, int, int)  # what is opened, how many of how many are

    def __init__(self, state: StudioState, window: QWidget) -> None:
        super().__init__()
        self.state, self.window = state, window
        self.looking, self.opening = WorkThread(), WorkThread()
        for thread in self.threads():
            thread.failed.connect(self.failed)
        self._progress = CancellableProgress(lambda *_: None)  # of all drops
        self._finds = CancellableProgress(lambda *_: None)  # of images that moved
        self._opens: dict[object, CancellableProgress] = {}
        self._overs: dict[object, Callable[[], object]] = {}
        self._looks: list[Opened] = []
        self._sees = CancellableProgress(lambda *_: None)
        self._moved.connect(self._tell_moved)
        state.drops.filesWanted.connect(self._open_files)
        state.drops.pictureWanted.connect(self._open_picture)
        state.inputs.specWanted.connect(self._see_anew)
        state.drops.lookWanted.connect(self._look)
        state.messages.actionWanted.connect(self._act)
        state.displayed.selected.connect(self._look_for_images)
        state.inputs.testsWanted.connect(lambda _: self._look_for_images())

    def cancel(self) -> None:
        """Nobody waits any more for what is being opened or looked through."""
        self._stop_drops()
        self._finds.cancel()
        self._sees.cancel()

    def _stop_drops(self) -> None:
        for progress in (self._progress, *self._opens.values()):
            progress.cancel()
        self._progress = CancellableProgress(lambda *_: None)

    def _forget_drops(self) -> None:
        """At once: a thread may still be amid a large image, or wait for a network."""
        for key in list(self._opens):
            self._opened(key, Opened())
        for opened in list(self._looks):
            self._not_looked(opened)

    def threads(self) -> tuple[WorkThread, ...]:
        """Both that work for it."""
        return self.looking, self.opening

    def _act(self, action: Action) -> None:
        if action.asks_for(STOP_LOOKING):
            if action.about == MOVED:
                self._finds.cancel()
            else:
                self._stop_drops()
                self._forget_drops()
        elif action.asks_for(FIND_FOLDER) or action.asks_for(FIND_ZIP):
            self._find(action.about, action.asks_for(FIND_ZIP))

    # ---- drops -------------------------------------------------------------------------------

    def _open_files(self, paths: Sequence[Path | str], spec: InputSpec | None) -> None:
        from iae_studio.threads import jobs

        likely = self.state.displayed.model.path
        job = partial(jobs.open_files, paths, spec, MAX_INPUTS, likely=likely)
        names = {Path(path).name for path in paths}
        # What was wanted of one drop is not of a later file of the same name.
        self._open(job, partial(self.state.requests.without_noise.difference_update, names))

    def _open_picture(self, picture: QImage, name: str, spec: InputSpec) -> None:
        from iae_studio.threads import opening

        self._open(partial(opening.open_picture, picture, name, spec))

    def open(
        self,
        job: Callable[[InputSpec, CancellableProgress], Opened],
        over: Callable[[], object],
    ) -> None:
        """Open images as the displayed network sees them; then `over` is called, come what may."""
        self._open(partial(job, self.state.inputs.spec), over)

    def _open(
        self,
        job: Callable[[CancellableProgress], Opened],
        over: Callable[[], object] = lambda: None,
    ) -> None:
        key = object()
        self._opens[key] = progress = CancellableProgress(partial(self._moved.emit, key))
        self.opening.submit(
            partial(job, progress),
            then=partial(self._opened, key),
            otherwise=partial(self._opened, key, Opened()),
        )
        self._overs[key] = over
        QTimer.singleShot(PATIENCE, self, partial(self._tell_opening, key))

    def _opened(self, key: object, opened: Opened) -> None:
        if self._opens.pop(key, None) is None:
            return  # it was stopped
        over = self._overs.pop(key)
        self.state.drops.news.forget(key)
        self.state.drops.add_opened(opened)
        self.state.selection.select_opened(opened.inputs)
        if opened.carried is not None:
            self.carried.emit(opened.carried)
        over()

    def _tell_opening(self, key: object) -> None:
        if key in self._opens:
            self.state.drops.news.run(key, "Opening images…")

    def _tell_moved(self, key: object, done: int, total: int) -> None:
        if key in self._opens and self.state.drops.news.runs(key):
            images = "1 image" if total == 1 else f"{total:,} images"
            self.state.drops.news.run(key, f"Opening {images}… {done:,} done.")

    def _see_anew(self, inputs: list[Input], spec: InputSpec) -> None:
        from iae_studio.threads import jobs

        self._sees.cancel()  # nobody waits for how another network sees them
        self._sees = CancellableProgress(lambda *_: None)
        job = partial(jobs.see_anew, inputs, spec, self._sees)
        self.opening.submit(job, then=self.state.inputs.exchange, newest="see anew")

    def _look(self, opened: Opened, spec: InputSpec) -> None:
        from iae_studio.threads import opening

        pair = self.state.displayed.recipe.translates
        self._looks.append(opened)
        self.looking.submit(
            partial(opening.look_through, opened, spec, pair, self._progress),
            then=partial(self._looked, opened),
            otherwise=partial(self._not_looked, opened),
        )

    def _looked(self, opened: Opened, looked: Looked) -> None:
        if opened in self._looks:
            self._looks.remove(opened)
            self.state.drops.add_looked(opened, looked)
            self.state.selection.select_opened(looked.inputs)

    def _not_looked(self, opened: Opened) -> None:
        if opened in self._looks:
            self._looks.remove(opened)
            self.state.drops.lack_looked(opened)

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
        if not self.state.messages.holds(moved.message(why)):
            self.state.messages.show_message(moved.message(why))

    def _find(self, moved: MovedImages, as_zip: bool) -> None:
        from iae_studio.threads import jobs

        title = f"Where is {short(moved.name)} now?"
        if moved.run is None:
            return
        if as_zip:
            chosen, _ = QFileDialog.getOpenFileName(self.window, title, "", "Archives (*.zip)")
        else:
            chosen = QFileDialog.getExistingDirectory(self.window, title)
        if not chosen:
            self.state.messages.ask_again()
            return
        told = Message(
            f'Looking through "{chosen}"…', False, (replace(STOP_LOOKING, about=MOVED),), MOVED
        )
        self.state.messages.show_message(told)
        self._finds = CancellableProgress(lambda *_: None)
        self.looking.submit(
            partial(jobs.move_images, moved.run, moved.gone, chosen, self._finds),
            then=partial(self._found, moved),
            otherwise=partial(self._not_found, moved),
        )

    def _found(self, moved: MovedImages, found: Recipe | str) -> None:
        """Go on with the run, or say why that is not its folder."""
        if isinstance(found, str):
            self._ask(moved, found)
            return
        state = self.state
        busy = state.training.busy
        state.library.refreshWanted.emit()
        shown = state.displayed.model.path == moved.run
        if shown:
            state.displayed.select(replace(state.displayed.model, recipe=found))
        way = f": {state.displayed.way_on(busy)}" if shown else ""
        state.messages.withdraw(MOVED)
        state.messages.show_message(Message(f"{short(moved.name)} is found{way}."))
        if moved.go_on and shown and not busy:
            state.training.start()

    def _not_found(self, moved: MovedImages) -> None:
        """It was stopped: the question stands, if its run is still displayed."""
        self.state.messages.withdraw(MOVED)
        if self.state.displayed.model.path == moved.run:
            self._ask(moved)
