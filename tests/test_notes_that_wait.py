"""Names and notes of runs and bookmarks, typed while the work thread is busy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from iae_studio.bookmark_controller import BookmarkController
from iae_studio.state.folders import Folders
from iae_studio.state.library import read_contents
from iae_studio.state.run_shelf import RunShelf
from iae_studio.threads import bookmark_files
from iae_studio.views.bookmarks import BookmarksView
from tests.shelves import a_run
from tests.test_bookmarks_files import made
from tests.widgets import heard_of
from trainer.storage.run_notes import notes_of, read_notes


class Busy:
    """A work thread that has other things to do: the jobs wait until it is `free`."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable, Callable]] = []

    def submit(self, job, then=None, otherwise=None, newest="") -> None:
        self.waiting.append((job, then))

    def free(self) -> None:
        waiting, self.waiting = self.waiting, []
        for job, then in waiting:
            then(job())


@pytest.fixture
def busy() -> Busy:
    return Busy()


def test_a_run_keeps_the_name_that_waits_when_a_note_is_typed(state, busy, own_folders) -> None:
    a_run("mog-iae-1")
    shelf = RunShelf(state, busy.submit)
    state.library.set_contents(read_contents(Folders()))
    (run,) = state.library.runs
    refreshed = heard_of(state.library.refreshWanted)
    shelf.rename(run, "mine")
    shelf.annotate(run, "thin strokes")
    busy.free()
    assert read_notes(run.path) == notes_of("mine", "thin strokes")
    assert len(refreshed) == 2
    shelf.annotate(run, "thin strokes")
    busy.free()
    assert len(refreshed) == 2, "nothing changed"


def test_a_bookmark_keeps_the_name_that_waits_when_a_note_is_typed(qtbot, state, busy) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    _answers = BookmarkController(state, window, busy.submit)
    state.bookmarks.set_all([made()])
    view = BookmarksView(state.bookmarks)
    qtbot.addWidget(view)
    busy.waiting.clear()  # the first look at the disk
    model, note = view.list.model(), view.findChild(QLineEdit, "bookmarkNote")
    assert model.setData(model.index(0), "my seven")
    QTest.keyClicks(note, "slanted")
    QTest.keyClick(note, Qt.Key.Key_Return)
    view.do("delete")
    busy.free()
    assert not state.bookmarks.all
    (undo,) = state.messages.current.actions
    state.messages.actionWanted.emit(undo)
    busy.free()
    (brought,) = state.bookmarks.all
    assert (brought.name, brought.note) == ("my seven", "slanted")
    assert bookmark_files.read().bookmarks == (brought,)
