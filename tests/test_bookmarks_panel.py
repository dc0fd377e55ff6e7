"""The panel of bookmarks: names, notes, what is deleted, and files from elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListView, QPushButton, QToolButton

from iae_studio.threads import bookmark_archives, bookmark_files
from tests.studio import LONG, find, newest, press, running


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
