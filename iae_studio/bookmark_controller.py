"""Bookmarks: kept, opened again, shared; what touches the disk runs on the work thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from iae_studio.controller import Controller
from iae_studio.state.bookmarks import ENDING, Bookmark
from iae_studio.state.exploration import Exploration, exploration, explore_found
from iae_studio.state.input_list import Input, KeptInputs
from iae_studio.state.messages import Action, Message, short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.state.test_request import TestRequest
from iae_studio.state.training import State
from iae_studio.state.turned import has_noise
from trainer.storage.names import is_name

if TYPE_CHECKING:  # the window is painted before what reads and writes them is imported
    from iae_studio.threads.bookmark_files import Reopened, Shelf
    from trainer.exploring.questions.keeping import Drawn

SHOW = Action("show bookmarks", "Show it")
BRING_BACK = Action("bring bookmark back", "Undo")  # about a Bookmark
TOPIC = "bookmark"
FORGOTTEN = (
    "Another model was chosen before the bookmark's weights were kept: go back, and press Shift+B "
    "once more."
)


class BookmarkController(Controller):
    """Answers what is wanted of bookmarks."""

    def __init__(self, state: StudioState, window: QWidget, submit: Submit) -> None:
        super().__init__()
        self.state, self.window, self._submit = state, window, submit
        self._asked = 0
        bookmarks = state.bookmarks
        bookmarks.wanted.connect(self.keep)
        bookmarks.openWanted.connect(self.open)
        bookmarks.callWanted.connect(self._call)
        bookmarks.deleteWanted.connect(self._delete)
        bookmarks.exportWanted.connect(self._ask_to_export)
        bookmarks.importWanted.connect(self._import)
        state.messages.actionWanted.connect(self._act)
        state.asking.cancelled.connect(self._cancelled)
        submit(_all, then=self._read)

    def _read(self, shelf: Shelf) -> None:
        self.state.bookmarks.set_all([*self.state.bookmarks.all, *shelf.bookmarks])
        for words in shelf.told:
            self.state.messages.logged.emit(words)
        if shelf.told:
            self.state.messages.show_aside(shelf.told[0])

    # ---- kept --------------------------------------------------------------------------------

    def keep(self) -> None:
        """Bookmark what is explored now: the weights are kept, and drawn with, at once."""
        state = self.state
        if state.training.state is State.STARTING:
            state.messages.show_error("The engine still loads: try again in a moment.")
            return
        from trainer.exploring.questions.keeping import KeepAndDraw

        shown, probe = exploration(state), state.answers.probe()
        points = state.displayed.recipe.two_dimensional
        inputs = () if points else tuple(state.inputs.images)
        tests = state.inputs.tests_seed if any(known.test for known in inputs) else None
        self._asked += 1
        state.asking.ask(
            KeepAndDraw(probe, state.query.shows_clusters),
            partial(self._drawn, shown, inputs, tests),
            kind=f"{TOPIC} {self._asked}",
            lasting=True,
        )

    def _cancelled(self, kind: str) -> None:
        if kind.startswith(f"{TOPIC} "):
            self.state.messages.show_error(FORGOTTEN)

    def _drawn(
        self, shown: Exploration, inputs: tuple[Input, ...], tests: int | None, drawn: Drawn
    ) -> None:
        from iae_studio.threads import bookmark_writing

        run = self.state.time.run
        if run is not None:  # it may have one more moment now
            self.state.time.refresh(run)
        step = f"step {drawn.kept.step:,}" if drawn.kept.fingerprint else "untrained"
        recipe = shown.model.recipe
        seed = f", seed {shown.settings.seed}" if has_noise(recipe) else ""
        name = f"{recipe.name}, {step}{seed}"
        job = partial(bookmark_writing.write, name, shown, inputs, tests, drawn)
        self._submit(job, then=partial(self._there, "Bookmarked"))

    def _there(self, how: str, bookmark: Bookmark) -> None:
        self.state.bookmarks.put(bookmark)
        self._tell(f'{how}: "{short(bookmark.name)}".', SHOW)

    def _tell(self, text: str, *actions: Action) -> None:
        self.state.messages.show_message(Message(text, False, actions, TOPIC))

    # ---- opened again ------------------------------------------------------------------------

    def open(self, bookmark: Bookmark) -> None:
        """Show it again, to the pixel."""
        from iae_studio.threads import bookmark_files

        job = partial(bookmark_files.reopen, bookmark)
        self._submit(job, then=partial(self._show, bookmark), newest="bookmark")

    def _show(self, bookmark: Bookmark, found: Reopened) -> None:
        state, model, tests = self.state, found.found.model, bookmark.tests
        request = None if tests is None else TestRequest(model.recipe, tests, model.path)
        inputs = KeptInputs(found.inputs, request, tests or 0)
        selected = bookmark.row, bookmark.column
        explore_found(state, found.found, inputs, bookmark.settings, selected)
        state.messages.withdraw(TOPIC)
        state.messages.logged.emit(f'Showing the bookmark "{bookmark.name}".')

    # ---- changed -----------------------------------------------------------------------------

    def _call(self, bookmark: Bookmark, name: str | None, note: str | None) -> None:
        from iae_studio.threads import bookmark_writing

        job = partial(bookmark_writing.call, bookmark, name, note)
        self._submit(
            job, then=self.state.bookmarks.put, otherwise=self.state.bookmarks.changed.emit
        )

    def _delete(self, bookmark: Bookmark) -> None:
        from iae_studio.threads import bookmark_writing

        job = partial(bookmark_writing.delete, bookmark)
        self._submit(job, then=lambda _: self._deleted(bookmark))

    def _deleted(self, bookmark: Bookmark) -> None:
        self.state.bookmarks.remove(bookmark)
        back = Action(BRING_BACK.name, BRING_BACK.label, bookmark)
        self._tell(f'Deleted the bookmark "{short(bookmark.name)}".', back)

    def _act(self, action: Action) -> None:
        if action.asks_for(SHOW):
            self.state.bookmarks.showWanted.emit()
        elif action.asks_for(BRING_BACK):
            from iae_studio.threads import bookmark_writing

            job = partial(bookmark_writing.bring_back, action.about)
            self._submit(job, then=self.state.bookmarks.put)

    # ---- shared ------------------------------------------------------------------------------

    def _ask_to_export(self, bookmark: Bookmark) -> None:
        name = bookmark.name if is_name(bookmark.name) else bookmark.recipe.name
        path, _ = QFileDialog.getSaveFileName(
            self.window, "Export the bookmark", f"{name}{ENDING}", "Bookmarks (*.zip)"
        )
        if path:
            self.export(bookmark, Path(path))

    def export(self, bookmark: Bookmark, path: Path) -> None:
        """Write it as one file that others can open."""
        from iae_studio.threads import bookmark_archives

        named = path.with_name(path.name.removesuffix(".zip").removesuffix(".bookmark") + ENDING)
        job = partial(bookmark_archives.export, bookmark, named)
        self._submit(job, then=self.state.messages.show_saved)

    def _import(self, paths: Sequence[Path | str] | None) -> None:
        if paths is None:
            paths, _ = QFileDialog.getOpenFileNames(
                self.window, "Import bookmarks", "", "Bookmarks (*.zip)"
            )
        from iae_studio.threads import bookmark_archives

        for path in paths:
            job = partial(bookmark_archives.bring, Path(path))
            self._submit(job, then=partial(self._brought, len(paths) == 1))

    def _brought(self, alone: bool, bookmark: Bookmark) -> None:
        self._there("Taken in", bookmark)
        if alone:
            self.open(bookmark)


def _all() -> Shelf:
    """Read on the work thread, which imports what that takes."""
    from iae_studio.threads import bookmark_files

    return bookmark_files.read()
