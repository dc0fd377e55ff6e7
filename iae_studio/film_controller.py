"""Films: asks for the weights that are shown, draws on a thread of its own, writes the file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from iae_studio.controller import Controller
from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.studio_state import StudioState
from iae_studio.threads.worker import WorkThread
from trainer.messages import Failed, Pixels

if TYPE_CHECKING:  # what films need is imported when the dialog is first asked for
    from iae_studio.threads.film_job import Expected
    from iae_studio.views.film_choices import Choices
    from iae_studio.views.film_dialog import FilmDialog
    from iae_studio.views.film_story import Marked
    from trainer.films.scene import Scene, Story

PAUSE = 250  # ms without a change, before another film is drawn
FILM, KEYFRAME = "film", "keyframe of a film"  # kinds of questions


class FilmController(Controller):
    """Serves the film dialog, which is made when it is first asked for."""

    _expects = Signal(object, object, float)  # whose progress; the order of frames; seconds
    _drew = Signal(object, object)  # whose progress; a frame
    _moved = Signal(int, int)

    def __init__(self, state: StudioState, window: QWidget) -> None:
        super().__init__()
        self.state, self.window = state, window
        self.worker = WorkThread()
        self.dialog: FilmDialog | None = None
        self._scene: Scene | None = None  # what is previewed, and can be saved
        self._drawing: CancellableProgress | None = None
        self._writing: CancellableProgress | None = None
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._renew)
        self.worker.failed.connect(self._fail)
        self._expects.connect(self._expect)
        self._drew.connect(self._show)
        self._moved.connect(self._move)
        state.requests.filmWanted.connect(self.open)
        for signal in (
            state.answers.asked,
            state.answers.factsChanged,
            state.selection.changed,
        ):
            signal.connect(self._changed)
        state.time.momentsChanged.connect(self._other_moments)

    def threads(self) -> tuple[WorkThread, ...]:
        """The one that draws."""
        return (self.worker,)

    def cancel(self) -> None:
        """The window closes: nobody waits any more."""
        self._pause.stop()
        for progress in (self._drawing, self._writing):
            if progress is not None:
                progress.cancel()
        if self.dialog is not None:
            self.dialog.set_busy(False)  # else closing it would be cancelling alone
            self.dialog.close()

    def open(self) -> None:
        """Show the dialog; the window goes on beside it."""
        if self.dialog is None:
            from iae_studio.threads import film_job
            from iae_studio.views.film_dialog import FilmDialog

            self.dialog = dialog = FilmDialog(self.state, self.window)
            dialog.renewWanted.connect(self._changed)
            dialog.addWanted.connect(self._add)
            dialog.saveWanted.connect(self._save)
            dialog.cancelWanted.connect(self._give_up)
            dialog.closed.connect(self._closed)
            dialog.form.keyframes.bookmarksWanted.connect(self._add_bookmarks)
            self.worker.submit(film_job.lacking, then=dialog.form.lack)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    # ---- a small film to look at -------------------------------------------------------------

    def _changed(self, *_: object) -> None:
        """Something else is chosen, or shown: draw anew once it rests."""
        if self.dialog is not None and self.dialog.isVisible() and not self.dialog.busy:
            self._pause.start(PAUSE)

    def _other_moments(self) -> None:
        if self.dialog is None:
            return
        from iae_studio.views.film_choices import TRAINING

        if self.dialog.form.choices().kind == TRAINING:
            self._changed()

    def _renew(self) -> None:
        dialog = self.dialog
        if dialog is None or dialog.busy or not dialog.isVisible():
            return
        from iae_studio.views.film_story import story_of
        from trainer.exploring.questions.weights import ShownWeights

        dialog.form.renew()
        self._stop_drawing()
        choices = dialog.form.choices()
        story = story_of(self.state, choices, dialog.form.keyframes.marked())
        if isinstance(story, str):
            dialog.tell("")
            dialog.tell_facts("")
            dialog.preview.clear(story)
            return
        dialog.tell("")
        then = partial(self._draw, story, choices)
        self.state.asking.ask(ShownWeights(), then, kind=FILM)

    def _stop_drawing(self) -> None:
        self._scene = None
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
        if self.dialog is not None:
            self.dialog.set_ready(False)

    def _draw(self, story: Story, choices: Choices, weights: object) -> None:
        """The weights are here."""
        if self.dialog is None or not self.dialog.isVisible() or self.dialog.busy:
            return
        from iae_studio.threads import film_job
        from trainer.films.scene import Keyframes, Scene

        self._stop_drawing()
        if isinstance(story, Keyframes):
            weights = story.stations[0].weights or weights
        scene = self._scene = Scene(story, weights, choices.pace, choices.seen())
        progress = self._drawing = CancellableProgress(lambda *_: None)
        expect = partial(self._expects.emit, progress)
        show = partial(self._drew.emit, progress)
        self.worker.submit(
            partial(film_job.draw, scene, choices.ending, expect, show, progress),
            then=partial(self._know, progress),
            newest=FILM,
        )
        self.dialog.tell_facts("Drawing…")

    def _expect(self, progress: object, order: tuple[int, ...], seconds: float) -> None:
        if progress is self._drawing and self.dialog is not None:
            self.dialog.preview.expect(order, seconds)

    def _show(self, progress: object, frame: Pixels) -> None:
        if progress is self._drawing and self.dialog is not None:
            self.dialog.preview.add(frame)
            done, total = self.dialog.preview.progress()
            self.dialog.tell_facts(f"Drawing: {done:,} of {total:,} pictures…")

    def _know(self, progress: object, expected: Expected) -> None:
        if progress is self._drawing and self.dialog is not None:
            from iae_studio.views.film_words import facts

            self.dialog.tell_facts(facts(expected))
            self.dialog.set_ready(True)

    def _closed(self) -> None:
        self._pause.stop()
        self.state.asking.cancel(FILM)
        self._stop_drawing()

    # ---- keyframes ---------------------------------------------------------------------------

    def _add(self) -> None:
        """What is selected in the window, with the weights that are shown."""
        from trainer.exploring.questions.weights import ShownWeights

        self.state.asking.ask(ShownWeights(), self._added, kind=KEYFRAME)

    def _added(self, weights: object) -> None:
        from iae_studio.views.film_story import mark

        marked = mark(self.state, weights)
        if self.dialog is None:
            return
        if marked is None:
            self.dialog.tell("Nothing is selected: choose a tile in the window first.")
        else:
            self.dialog.form.keyframes.add(marked)

    def _add_bookmarks(self) -> None:
        from iae_studio.threads.film_bookmarks import keyframes_of

        job = partial(keyframes_of, self.state.displayed.recipe)
        self.worker.submit(job, then=self._add_all)

    def _add_all(self, found: Sequence[Marked]) -> None:
        if self.dialog is not None:
            for marked in found:
                self.dialog.form.keyframes.add(marked)

    # ---- the file ----------------------------------------------------------------------------

    def _save(self) -> None:
        dialog, scene = self.dialog, self._scene
        if dialog is None or scene is None or dialog.busy:
            return
        from iae_studio.threads import film_job
        from iae_studio.views.film_choices import file_kinds, file_name

        choices = dialog.form.choices()
        first = file_name(self.state.displayed.recipe, choices)
        name, _ = QFileDialog.getSaveFileName(dialog, "Save the film", first, file_kinds(choices))
        if not name:
            return
        if self._drawing is not None:  # the preview that still goes on
            self._drawing.cancel()
        progress = self._writing = CancellableProgress(self._moved.emit)
        dialog.tell("")
        dialog.set_busy(True)
        self.worker.submit(
            partial(film_job.write, Path(name), choices.ending, scene, progress),
            then=self._saved,
            otherwise=self._not_saved,
        )

    def _move(self, done: int, total: int) -> None:
        if self.dialog is not None and self.dialog.busy:
            self.dialog.set_progress(done, total)

    def _give_up(self) -> None:
        if self._writing is not None:
            self._writing.cancel()

    def _saved(self, path: Path) -> None:
        self.state.messages.show_saved(path)
        self._over()
        if self.dialog is not None:
            self.dialog.tell(f"Saved {path.name}.")

    def _not_saved(self) -> None:
        """It was cancelled, or failed, which was told."""
        given_up = self._writing is not None and self._writing.cancelled
        self._over()
        if self.dialog is not None and given_up:
            self.dialog.tell("Cancelled: no file was written.")

    def _over(self) -> None:
        self._writing = None
        if self.dialog is not None:
            self.dialog.set_busy(False)

    def _fail(self, why: Failed) -> None:
        """In the dialog, which lies over the message bar, and there."""
        if self.dialog is not None:
            self.dialog.tell(str(why), error=True)
            self.dialog.tell_facts("")
        if self._writing is not None:  # else it is about a preview alone
            self.failed.emit(why)
