"""The dialog of the user's own images, with the real worker thread."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtWidgets import QApplication, QLabel, QRadioButton

from iae_studio.state.cancelling import CancelledError
from iae_studio.state.own_images import on_own_images
from iae_studio.views.own_images import OwnImagesDialog
from tests.own_images import (
    DIGITS,
    HEIC,
    dropped,
    own,
    packed,
    pets,
)
from tests.studio import (
    LONG,
    cycle,
    little_data,
    photos,
    running,
    show,
)


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


@pytest.fixture
def open_dialog(studio, qtbot):
    def make(recipe=DIGITS, places=()) -> OwnImagesDialog:
        dialog = OwnImagesDialog(recipe, studio.work.submit, None, places)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def looked(qtbot, dialog) -> str:
    """What stands below the path once it was looked at."""
    told = dialog.findChild(QLabel, "imagesEditTold")
    dialog.images._timer.stop()
    dialog.images.look()
    qtbot.waitUntil(lambda: told.text() not in ("", "Looking through it…"), timeout=LONG)
    return told.text()


def test_the_dialog_tells_parts_and_classes_and_lets_choose(open_dialog, qtbot, tmp_path) -> None:
    for part, count in (("train", 12), ("val", 4)):
        pets(tmp_path / "split" / part, count)
    dialog = open_dialog()
    dialog.images.edit.setText(str(tmp_path / "split"))
    qtbot.waitUntil(dialog._use.isEnabled, timeout=LONG)  # by itself, after a moment
    told = dialog.images.told
    assert told.text().startswith("32 images, 2 classes (cats 16, dogs 16); 8 of them are for test")
    dialog.classes.setCurrentIndex(dialog.classes.findData("outer"))
    assert not dialog._use.isEnabled()
    qtbot.waitUntil(dialog._use.isEnabled, timeout=LONG)
    assert told.text() == "32 images, 2 classes (train 24, val 8)."
    dialog.classes.setCurrentIndex(dialog.classes.findData("one"))
    qtbot.waitUntil(lambda: told.text().startswith("32 images, one class"), timeout=LONG)
    dialog.pad.setChecked(True)
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.recipe is not None, timeout=LONG)
    assert dialog.recipe.data.classes == "one" and dialog.recipe.data.pad
    again = open_dialog(dialog.recipe)  # what was chosen is there again
    assert again.pad.isChecked() and again.classes.currentData() == "one"
    assert again.images.text() == str(tmp_path / "split")
    qtbot.waitUntil(again._use.isEnabled, timeout=LONG)


@pytest.mark.parametrize(
    "typed",
    [
        '"{path}"',
        "'{path}'  ",
        "file://{address}",
        "  {path}/",
        "~/my höliday pics",
        "“{path}”",
    ],
)
def test_a_path_may_be_typed_as_it_is_pasted(
    open_dialog, qtbot, tmp_path, monkeypatch, typed
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = photos(tmp_path / "my höliday pics", 20)
    address = QUrl.fromLocalFile(str(folder)).toEncoded().data().decode()[len("file://") :]
    assert "%20" in address and "%C3%B6" in address
    dialog = open_dialog()
    dialog.images.edit.setText(typed.format(path=folder, address=address))
    assert looked(qtbot, dialog) == "20 images, one class."
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.recipe is not None, timeout=LONG)
    assert dialog.recipe.data.images == str(folder)


@pytest.mark.parametrize("name", ["ends in a blank ", "'quoted'", "~tilde", "100 % %20"])
def test_a_strange_name_is_taken_as_it_is(open_dialog, qtbot, tmp_path, name) -> None:
    dialog = open_dialog()
    dialog.images.edit.setText(str(photos(tmp_path / name, 16)))
    assert looked(qtbot, dialog) == "16 images, one class."
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.recipe is not None, timeout=LONG)
    assert dialog.recipe.data.images == str(tmp_path / name)


def test_what_is_dropped_on_the_line_stands_there(open_dialog, qtbot, tmp_path) -> None:
    dialog = open_dialog()
    dialog.images.edit.setText("something else")
    archive = packed(tmp_path / "a b.zip", pets(tmp_path / "pets"))
    dropped(dialog.images.edit, archive)
    assert dialog.images.text() == str(archive)
    qtbot.waitUntil(dialog._use.isEnabled, timeout=LONG)


def test_what_cannot_be_used_is_told_in_red_and_not_used(
    open_dialog, qtbot, tmp_path, no_heif
) -> None:
    dialog = open_dialog()
    few = photos(tmp_path / "few", 15)
    (few / "a.heic").write_bytes(HEIC)
    (tmp_path / "no.zip").write_bytes(b"PK no archive")
    for place, words in (
        (few, ("15 of 16 images", "pip install pillow-heif", "At least 16")),
        (tmp_path / "nowhere", ("is not there",)),
        (few / "0.png", ("one file",)),
        (tmp_path / "no.zip", ("neither a folder nor a .zip",)),
        (tmp_path / ("x" * 300), ("cannot be read",)),
    ):
        dialog.images.edit.setText(str(place))
        told = looked(qtbot, dialog)
        assert all(word in told for word in words)
        assert dialog.images.told.property("role") == "error"
        assert not dialog._use.isEnabled()
    photos(few, 16)
    dialog.images.edit.setText(str(few))
    assert looked(qtbot, dialog).startswith("16 of 17 images")
    assert dialog.images.told.property("role") != "error"
    assert dialog._use.isEnabled()


def test_domains_of_two_classes_need_two_classes(open_dialog, qtbot, tmp_path) -> None:
    dialog = open_dialog(cycle("shoes-small"))
    dialog.findChild(QRadioButton, "second class").setChecked(True)
    dialog.images.edit.setText(str(photos(tmp_path / "plain", 20)))
    looked(qtbot, dialog)
    assert "two class folders" in dialog._problem.text()
    assert not dialog._use.isEnabled()
    dialog.images.edit.setText(str(pets(tmp_path / "pets")))
    looked(qtbot, dialog)
    assert dialog._use.isEnabled()
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.recipe is not None, timeout=LONG)
    assert dialog.recipe.data.second == "class"


def test_a_dialog_that_closes_ends_its_look(qtbot, tmp_path) -> None:
    asked = []
    folder = str(photos(tmp_path / "a", 2))
    dialog = OwnImagesDialog(DIGITS, lambda job, **_: asked.append(job), None, (folder,))
    qtbot.addWidget(dialog)
    (job,) = asked
    dialog.reject()
    with pytest.raises(CancelledError):
        job()


def test_the_newest_path_wins(qtbot, tmp_path) -> None:
    asked = []
    dialog = OwnImagesDialog(
        DIGITS, lambda job, then, **_: asked.append((job, then)), None, (str(tmp_path),)
    )
    qtbot.addWidget(dialog)
    (_, late) = asked.pop()
    dialog.images.edit.setText(str(photos(tmp_path / "new", 20)))
    dialog.images.look()
    job, then = asked.pop()
    then(job())
    late("an answer to what stood there before")
    assert dialog.images.told.text() == "20 images, one class."


def test_the_grey_range_of_other_images_is_not_kept(tmp_path) -> None:
    first, second = photos(tmp_path / "a", 1), photos(tmp_path / "b", 1)
    settled = own(first).but(grey_range="0 4095")
    assert on_own_images(settled, str(first), "", "none", 28, False).data.grey_range == "0 4095"
    assert on_own_images(settled, str(second), "", "none", 28, False).data.grey_range == ""


def test_an_answer_that_comes_after_cancel_is_not_taken(qtbot, tmp_path) -> None:
    asked = []
    dialog = OwnImagesDialog(DIGITS, lambda job, then, **_: asked.append((job, then)))
    qtbot.addWidget(dialog)
    dialog.images.edit.setText(str(photos(tmp_path / "a", 20)))
    dialog.accept()
    job, then = asked.pop()
    dialog.reject()
    then(job())
    assert dialog.recipe is None and dialog.result() == OwnImagesDialog.DialogCode.Rejected


def test_the_window_closes_though_the_dialog_asks(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    QTimer.singleShot(100, studio.window.close)
    studio.window.dialogs.choose_own_images(str(photos(tmp_path / "a", 20)))
    assert QApplication.activeModalWidget() is None
    assert not studio.work.isRunning()
