"""The panel of bookmarks: names, notes, what is deleted, and files from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListView, QPushButton, QToolButton

from iae_studio.threads import bookmark_archives, bookmark_files, bookmark_writing
from iae_studio.views.bookmarks import BookmarksView
from tests.studio import LONG, find, newest, press, running
from tests.test_bookmarks_files import made
from tests.widgets import shown


def test_the_panel_names_notes_deletes_and_takes_back(qtbot, own_folders) -> None:
    with running(own_folders, qtbot) as studio:
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
        newest(studio, qtbot)
        panel = studio.window.view("bookmarks").view()
        assert not find(studio, QToolButton, "bookmarkExport").isEnabled()
        press(studio, qtbot, "bookmarkThis")
        qtbot.waitUntil(lambda: len(studio.state.bookmarks.all) == 1, timeout=LONG)
        bookmarks = find(studio, QListView, "bookmarkList")
        model = bookmarks.model()
        assert model.rowCount() == 1 and panel.selected.name == "drawn-10, step 7,000, seed 0"
        assert not model.data(model.index(0), Qt.ItemDataRole.DecorationRole).isNull()
        assert model.setData(model.index(0), "my  seven")
        qtbot.waitUntil(lambda: panel.selected.name == "my seven", timeout=LONG)
        note = find(studio, QLineEdit, "bookmarkNote")
        QTest.keyClicks(note, "slanted")
        QTest.keyClick(note, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: panel.selected.note == "slanted", timeout=LONG)
        QTest.keyClick(bookmarks, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: not studio.state.bookmarks.all, timeout=LONG)
        assert not bookmark_files.read().bookmarks
        undo = find(studio, QPushButton, "messageButton0")
        assert undo.text() == "Undo"
        undo.click()
        qtbot.waitUntil(lambda: len(studio.state.bookmarks.all) == 1, timeout=LONG)
    (kept,) = bookmark_files.read().bookmarks
    assert (kept.name, kept.note) == ("my seven", "slanted")


def test_a_note_that_is_typed_stays_with_its_bookmark(
    qtbot, own_folders, tmp_path, monkeypatch
) -> None:
    file = tmp_path / "mine.bookmark.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    with running(own_folders, qtbot, "mog-iae") as studio:
        panel = studio.window.view("bookmarks").view()
        press(studio, qtbot, "bookmarkThis")
        qtbot.waitUntil(lambda: len(studio.state.bookmarks.all) == 1, timeout=LONG)
        note = find(studio, QLineEdit, "bookmarkNote")
        note.setFocus()
        QTest.keyClicks(note, "slanted")
        press(studio, qtbot, "bookmarkThis")  # which takes no focus
        qtbot.waitUntil(lambda: len(studio.state.bookmarks.all) == 2, timeout=LONG)
        qtbot.waitUntil(lambda: studio.state.bookmarks.all[0].note == "slanted", timeout=LONG)
        assert panel.selected.folder == studio.state.bookmarks.all[1].folder
        assert note.text() == ""
        QTest.keyClicks(note, "thin")
        find(studio, QToolButton, "bookmarkExport").click()
        qtbot.waitUntil(file.exists, timeout=LONG)
    assert [each.note for each in bookmark_files.read().bookmarks] == ["slanted", "thin"]
    assert bookmark_archives.bring(file).note == "thin"


def test_those_from_elsewhere_are_taken_in_however_their_paths_were_copied(
    qtbot, own_folders, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    one = made(path=None)
    for name in "abcde":
        bookmark_archives.export(replace(one, name=name), tmp_path / f"{name} x.bookmark.zip")
    bookmark_writing.delete(one)
    texts = (
        "~/a x.bookmark.zip",
        f"{(tmp_path / 'b x.bookmark.zip').as_uri()}",
        f"'{tmp_path}/c x.bookmark.zip'",
        f"'{tmp_path}/d x.bookmark.zip' '{tmp_path}/e x.bookmark.zip'",
    )
    with running(own_folders, qtbot, "mog-iae") as studio:
        for text, count in zip(texts, (1, 2, 3, 5), strict=True):
            QGuiApplication.clipboard().setText(text)
            QTest.keyClick(studio.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            qtbot.waitUntil(lambda n=count: len(studio.state.bookmarks.all) == n, timeout=LONG)
        assert sorted(each.name for each in studio.state.bookmarks.all) == list("abcde")


def test_names_that_differ_in_the_middle_look_different(qtbot, state, own_folders) -> None:
    names = [f"shoes-64, step {step}, seed 3" for step in ("12,000", "14,000")]
    state.bookmarks.set_all([replace(made(), folder=Path(name), name=name) for name in names])
    view = shown(qtbot, BookmarksView(state.bookmarks), 1200, 180)
    first, second = (view.list.visualRect(view.list.model().index(place)) for place in (0, 1))
    view.list.selectionModel().clear()
    picture = view.list.viewport().grab()
    assert first.size() == second.size() and picture.rect().contains(second)
    assert picture.copy(first).toImage() != picture.copy(second).toImage()
