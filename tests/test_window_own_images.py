"""The user's own images in the real window: drops, the dialog, and folders that change or move."""

from __future__ import annotations

import shutil
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QRadioButton

from iae_studio.state.cancelling import CancelledError
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import TRAIN_ON
from iae_studio.state.model_files import list_runs
from iae_studio.state.own_images import on_own_images
from iae_studio.state.training import State
from iae_studio.views.own_images import OwnImagesDialog
from tests.studio import (
    LONG,
    cycle,
    find,
    little_data,
    photos,
    press,
    running,
    show,
    train,
    wait_state,
)
from trainer.data import image_files
from trainer.recipe.catalogue import CATALOGUE

DIGITS = CATALOGUE["mnist-10-small"].but(width=4, batch=8)
NO_IMAGE = b"\x89PNG not really"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99)


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        started.log = []
        started.state.messages.logged.connect(started.log.append)
        yield started


@pytest.fixture
def no_heif(monkeypatch) -> Iterator[None]:
    """As on a computer without pillow-heif, whether it was loaded already or not."""
    image_files.suffixes()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    for ending in [key for key, kind in Image.EXTENSION.items() if kind == "HEIF"]:
        monkeypatch.delitem(Image.EXTENSION, ending)
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    image_files.suffixes.cache_clear()
    yield
    image_files.suffixes.cache_clear()


def packed(path: Path, folder: Path, inside: str = "") -> Path:
    """A .zip of a folder."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, f"{inside}{file.relative_to(folder)}")
    return path


def pets(folder: Path, count: int = 10) -> Path:
    """Two class folders."""
    photos(folder / "cats", count)
    photos(folder / "dogs", count, (20, 20, 200))
    return folder


def dropped(target, *paths: Path) -> None:
    """Let files fall onto a widget."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(5, 5), copy, mime, left, Qt.KeyboardModifier.NoModifier)
    target.dropEvent(event)


def drop(studio, qtbot, *paths: Path) -> str:
    """Drop on a window that shows digits; what the bar says once all was looked at."""
    if studio.state.displayed.recipe.two_dimensional:
        show(studio, qtbot, DIGITS)
        studio.state.inputs.clear()
    messages = studio.state.messages
    messages.show_message(None)
    dropped(studio.window, *paths)
    qtbot.waitUntil(lambda: said(studio) not in ("", *looking(studio)), timeout=LONG)
    return said(studio)


def looking(studio) -> list[str]:
    return [said(studio)] if said(studio).startswith("Looking") else []


def said(studio) -> str:
    message = studio.state.messages.current
    return "" if message is None else message.text


def brought(studio) -> list[str]:
    return [known.name for known in studio.state.inputs.images if not known.test]


def own(folder: Path, **more: object):
    return on_own_images(DIGITS, str(folder), "", "none", 28, False, **more)


def in_dialog(qtbot, act) -> None:
    """Do something to the dialog that the next click opens, once it has looked."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog.images.inventory is None:
            QTimer.singleShot(20, look)
            return
        act(dialog)

    QTimer.singleShot(0, look)


# ---- drops ---------------------------------------------------------------------------------------


def test_of_a_dropped_folder_the_good_are_shown_and_the_bad_all_named(
    studio, qtbot, tmp_path, no_heif
) -> None:
    folder = photos(tmp_path / "holidays", 20)
    for name in ("bad one.png", "cut.jpg"):
        (folder / name).write_bytes(NO_IMAGE)
    (folder / "phone.HEIC").write_bytes(HEIC)
    text = drop(studio, qtbot, folder)
    assert text.startswith('"holidays" holds 22 of 23 images, one class')
    assert "1 HEIC (pip install pillow-heif" in text
    assert "bad one.png" in text and "cut.jpg" in text
    assert brought(studio) == [f"{k}.png" for k in range(20)]
    assert any(line.startswith('"cut.jpg"') for line in studio.log)
    (action,) = studio.state.messages.current.actions
    assert action.asks_for(TRAIN_ON) and action.about == (str(folder),)


def test_bad_files_are_named_by_their_fault(studio, qtbot, tmp_path, no_heif) -> None:
    files = [photos(tmp_path / "good", 1) / "0.png"]
    for k in range(8):
        files.append(tmp_path / f"bad {k}.png")
        files[-1].write_bytes(NO_IMAGE)
    for name in ("IMG_1.heic", "IMG_2.heic"):
        files.append(tmp_path / name)
        files[-1].write_bytes(HEIC)
    text = drop(studio, qtbot, *files)
    assert brought(studio) == ["0.png"]
    assert "bad 0.png" in text and "bad 4.png and 3 more" in text
    assert "pip install pillow-heif" in text and "The same goes for IMG_2.heic." in text
    for k in range(8):
        assert sum(line.startswith(f'"bad {k}.png"') for line in studio.log) >= 1
    assert studio.state.messages.current.error


def test_a_dropped_zip_is_offered_and_trained_on(studio, qtbot, tmp_path) -> None:
    archive = packed(tmp_path / "pets.zip", pets(tmp_path / "pets"), "my pets/")
    text = drop(studio, qtbot, archive)
    assert text == '"pets.zip" holds 20 images, 2 classes (cats 10, dogs 10).'
    assert not studio.state.messages.current.error
    shown = brought(studio)
    assert len(shown) == 8 and sum("cats" in name for name in shown) == 4

    in_dialog(qtbot, lambda dialog: dialog.reject())
    press(studio, qtbot, "messageButton0")
    assert said(studio) == text, "the offer stands"

    def use(dialog) -> None:
        assert dialog.images.text() == str(archive)
        assert dialog.size_box.currentData() == DIGITS.data.size
        assert "cats 10" in dialog.images.told.text()
        qtbot.mouseClick(dialog.findChild(QPushButton, "useButton"), Qt.MouseButton.LeftButton)

    in_dialog(qtbot, use)
    press(studio, qtbot, "messageButton0")
    assert studio.state.displayed.recipe.data.images == str(archive)
    train(studio, qtbot)
    assert any(line.startswith("pets.zip: 20 images") for line in studio.log)


@pytest.mark.parametrize(
    ("make", "told", "count"),
    [
        (lambda at: pets(at / "deep" / "er", 4).parent, '"deep" holds 8 images', 8),
        (lambda at: pets(at / "set", 30), '"set" holds 60 images, 2 classes', 8),
        (lambda at: photos(at / "many", 70), "the first 64 are shown", 64),
        (lambda at: at, "There are no images", 0),
    ],
)
def test_folders_show_some_of_what_they_hold(studio, qtbot, tmp_path, make, told, count) -> None:
    at = tmp_path / "drop"
    at.mkdir()
    folder = make(at)
    if told.startswith('"deep"'):  # too few to offer: said only where something is left out
        (folder / "er" / "cats" / "film.mp4").write_bytes(b"film")
    text = drop(studio, qtbot, folder)
    assert told in text
    qtbot.waitUntil(lambda: len(brought(studio)) == count, timeout=LONG)
    offered = [action.about for action in studio.state.messages.current.actions]
    assert offered == ([(str(folder),)] if count and '"deep"' not in told else [])


def test_a_long_look_can_be_stopped(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    held = threading.Event()
    studio.own_images.looking.submit(lambda: held.wait(60))  # as if the folder were large
    folder = photos(tmp_path / "whole disk", 20)
    (folder / "cut.png").write_bytes(NO_IMAGE)
    dropped(studio.window, folder)
    qtbot.waitUntil(lambda: bool(looking(studio)), timeout=LONG)
    assert '"whole disk"' in said(studio)
    press(studio, qtbot, "messageButton0")
    held.set()
    done = threading.Event()
    studio.own_images.looking.submit(done.set)
    qtbot.waitUntil(done.is_set, timeout=LONG)
    qtbot.waitUntil(lambda: "cut.png" in said(studio), timeout=LONG)
    assert not studio.state.messages.current.actions, "nothing is offered"
    assert len(brought(studio)) == 20


def test_two_folders_are_two_domains_for_who_translates(studio, qtbot, tmp_path) -> None:
    a, b = photos(tmp_path / "summer", 20), photos(tmp_path / "winter", 20, (20, 20, 200))
    show(studio, qtbot, cycle("shoes-small"))
    text = drop(studio, qtbot, a, b)
    assert '"summer" holds 20' in text and '"winter" holds 20' in text

    def use(dialog) -> None:
        qtbot.waitUntil(dialog._use.isEnabled, timeout=LONG)
        assert dialog.second() == "none"
        dialog.accept()

    in_dialog(qtbot, use)
    press(studio, qtbot, "messageButton0")
    data = studio.state.displayed.recipe.data
    assert (data.images, data.images_b) == (str(a), str(b))


def test_points_take_no_folder_either(studio, qtbot, tmp_path) -> None:
    dropped(studio.window, packed(tmp_path / "pets.zip", pets(tmp_path / "pets")))
    qtbot.waitUntil(lambda: "points" in said(studio), timeout=LONG)


def grey16(path: Path, peak: int) -> Path:
    pixels = np.zeros((28, 28), np.uint16)
    pixels[4:24, 4:24], pixels[0, 0] = 250, peak
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize("peaks", [(255, 256), (4095, 4096), (300, 60_000)])
def test_deep_grey_images_of_a_drop_have_one_scale(studio, qtbot, tmp_path, peaks) -> None:
    show(studio, qtbot, CATALOGUE["svhn-75-small"].but(width=4))
    files = [grey16(tmp_path / f"{peak}.png", peak) for peak in peaks]
    studio.state.inputs.open_files(files)
    qtbot.waitUntil(lambda: len(brought(studio)) == 2, timeout=LONG)
    for recipe in (None, CATALOGUE["celeba-50-small"].but(width=4)):  # and seen anew
        if recipe is not None:
            show(studio, qtbot, recipe)
            qtbot.waitUntil(lambda: len(brought(studio)) == 2, timeout=LONG)
        a, b = (known.seen for known in studio.state.inputs.images[:2])
        middle = tuple(side // 2 for side in a.shape[:2])
        assert a[middle].tolist() == b[middle].tolist()


def test_the_models_own_grey_range_wins(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, own(photos(tmp_path / "a", 20)).but(grey_range="0 500"))
    studio.state.inputs.open_files([grey16(tmp_path / "x.png", 255)])
    qtbot.waitUntil(lambda: len(brought(studio)) == 1, timeout=LONG)
    assert studio.state.inputs.images[0].seen[14, 14].tolist() == [128]


@pytest.mark.parametrize("form", ['"{}"', "file://{}", "{}\n", " '{}' "])
def test_a_path_may_be_pasted_as_text(studio, qtbot, tmp_path, form) -> None:
    show(studio, qtbot, DIGITS)
    folder = photos(tmp_path / "plain", 3)
    QApplication.clipboard().setText(form.format(folder / "1.png"))
    studio.window.paste()
    qtbot.waitUntil(lambda: brought(studio) == ["1.png"], timeout=LONG)
    QApplication.clipboard().setText("just words")
    studio.window.paste()
    assert "no image and no file" in said(studio)


def test_an_unreadable_folder_is_told_once(studio, qtbot, tmp_path, monkeypatch) -> None:
    (tmp_path / "locked").mkdir()

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    text = drop(studio, qtbot, tmp_path / "locked", photos(tmp_path / "good", 3) / "0.png")
    assert text.count("cannot be read") == 1
    assert brought(studio) == ["0.png"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"7z\xbc\xaf\x27\x1c" + bytes(99), "packed: unpack it"),
        (b"\0\0\0\x14ftypqt  " + bytes(99), "a video"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_image_is_called_what_it_is(studio, qtbot, tmp_path, data, told) -> None:
    (tmp_path / "thing").write_bytes(data)
    assert told in drop(studio, qtbot, tmp_path / "thing")


# ---- training ------------------------------------------------------------------------------------


def test_what_is_left_out_is_said_when_a_training_begins(studio, qtbot, tmp_path) -> None:
    folder = photos(tmp_path / "cut", 20)
    (folder / "7.png").write_bytes((folder / "7.png").read_bytes()[:60])
    studio.state.displayed.use_own_images(own(folder))
    train(studio, qtbot)
    assert said(studio).startswith("Training on cut: 19 of 20 images")
    assert "7.png" in said(studio) and not studio.state.messages.current.error


def test_of_a_whole_folder_only_the_log_tells(studio, qtbot, tmp_path) -> None:
    studio.state.displayed.use_own_images(own(pets(tmp_path / "pets")))
    train(studio, qtbot)
    assert "Training on" not in said(studio)
    assert "pets: 20 images, 2 classes (cats 10, dogs 10)." in studio.log


@pytest.mark.parametrize("change", ["grown", "shrunk"])
def test_a_training_takes_the_folder_as_it_is_now(studio, qtbot, tmp_path, change) -> None:
    folder = photos(tmp_path / "diary", 20 if change == "grown" else 60)
    studio.state.displayed.use_own_images(own(folder))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    if change == "grown":
        photos(folder, 60)
    else:
        for k in range(20, 60):
            (folder / f"{k}.png").unlink()
    train(studio, qtbot)
    count = 60 if change == "grown" else 20
    assert f"diary: {count} images, one class." in studio.log


def test_test_images_of_a_run_are_none_that_it_trained_on(studio, qtbot, tmp_path) -> None:
    """All its images are moved to another folder, where a fresh split would take some of them."""
    folder = photos(tmp_path / "first", 40)
    rng = np.random.default_rng(0)
    for k in range(40):  # all different
        Image.fromarray(rng.integers(0, 256, (28, 28), np.uint8)).save(folder / f"{k}.png")
    studio.state.displayed.use_own_images(own(folder))
    train(studio, qtbot)
    (run,) = list_runs()
    trained = {known.seen.tobytes() for known in training_images(own(folder))}
    for _ in range(3):
        studio.state.inputs.want_tests()
        qtbot.waitUntil(lambda: not studio.state.inputs.awaits_tests, timeout=LONG)
        for known in studio.state.inputs.images:
            assert known.name.startswith("test")
            assert known.seen.tobytes() not in trained
    assert studio.state.displayed.model == DisplayedModel(run.recipe, run.path)


def training_images(recipe):
    from iae_studio.state.input_list import Input, spec_of
    from trainer.data.loading import load_data

    rows = load_data(recipe).train
    spec = spec_of(recipe)
    return [Input("", image.permute(1, 2, 0).numpy(), spec) for image in rows.images]


def test_where_all_were_trained_on_they_are_called_so(studio, qtbot, tmp_path) -> None:
    """What would be test images goes: of the rest the run has seen each."""
    from trainer.data.folders.trained_on import content_of

    folder = photos(tmp_path / "all", 40)
    for file in folder.iterdir():
        if content_of(file.read_bytes()) % 10 == 0:
            file.unlink()
    studio.state.displayed.use_own_images(own(folder))
    train(studio, qtbot)
    studio.state.inputs.want_tests()
    qtbot.waitUntil(lambda: not studio.state.inputs.awaits_tests, timeout=LONG)
    names = [known.name for known in studio.state.inputs.images]
    assert names and all(name.startswith("training") for name in names)


# ---- images that moved ---------------------------------------------------------------------------


def a_run(studio, qtbot, recipe):
    studio.state.displayed.use_own_images(recipe)
    train(studio, qtbot, count=5)
    (run,) = list_runs()
    return run


def answer(monkeypatch, place: Path) -> None:
    """What the user chooses in the next file dialogs."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(place))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(place), ""))


def go_on(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: "is not there" in said(studio), timeout=LONG)
    wait_state(studio, qtbot, State.FAILED)
    assert find(studio, QPushButton, "messageButton0").text() == "Where is it now?"


def stop(studio, qtbot) -> None:
    wait_state(studio, qtbot, State.TRAINING)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_a_run_whose_folder_moved_goes_on_once_it_is_found(
    studio, qtbot, tmp_path, monkeypatch
) -> None:
    folder = photos(tmp_path / "holidays", 20)
    run = a_run(studio, qtbot, own(folder))
    moved = shutil.move(folder, tmp_path / "archive of 2025")
    go_on(studio, qtbot)
    answer(monkeypatch, photos(tmp_path / "others", 20, (0, 99, 0)))
    press(studio, qtbot, "messageButton0")
    qtbot.waitUntil(lambda: "is not the folder" in said(studio), timeout=LONG)
    assert find(studio, QPushButton, "messageButton0").isVisible()
    answer(monkeypatch, moved)
    press(studio, qtbot, "messageButton0")
    stop(studio, qtbot)
    (again,) = list_runs()
    assert again.path == run.path and again.step > run.step
    assert again.recipe.data.images == str(moved)
    assert studio.state.displayed.recipe == again.recipe


def test_choosing_a_run_whose_folder_became_a_zip_asks_too(
    studio, qtbot, tmp_path, monkeypatch
) -> None:
    folder = pets(tmp_path / "pets")
    run = a_run(studio, qtbot, own(folder))
    show(studio, qtbot, DIGITS)
    archive = packed(tmp_path / "pets.zip", folder)
    shutil.rmtree(folder)
    studio.state.library.choose(DisplayedModel(run.recipe, run.path))
    qtbot.waitUntil(lambda: "is not there" in said(studio), timeout=LONG)
    assert studio.state.answers.facts is not None, "the weights show"
    answer(monkeypatch, Path())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    press(studio, qtbot, "messageButton1")
    assert "is not there" in said(studio), "the question stands"
    answer(monkeypatch, archive)
    press(studio, qtbot, "messageButton1")
    qtbot.waitUntil(lambda: "are found: press Go on" in said(studio), timeout=LONG)
    assert studio.state.training.state is State.IDLE
    press(studio, qtbot, "startButton")
    stop(studio, qtbot)
    assert list_runs()[0].recipe.data.images == str(archive)


def test_of_two_folders_the_one_that_is_gone_is_asked_for(
    studio, qtbot, tmp_path, monkeypatch
) -> None:
    a, b = photos(tmp_path / "a", 20), photos(tmp_path / "b", 20, (20, 20, 200))
    run = a_run(
        studio, qtbot, on_own_images(cycle("shoes-small"), str(a), str(b), "none", 16, True)
    )
    moved = shutil.move(b, tmp_path / "second")
    go_on(studio, qtbot)
    assert str(b) in said(studio)
    answer(monkeypatch, moved)
    press(studio, qtbot, "messageButton0")
    stop(studio, qtbot)
    (again,) = list_runs()
    assert (again.recipe.data.images, again.recipe.data.images_b) == (str(a), str(moved))
    assert again.step > run.step


def test_a_recipe_whose_folder_is_gone_lets_choose_another(studio, qtbot, tmp_path) -> None:
    folder = photos(tmp_path / "gone", 20)
    studio.state.displayed.use_own_images(own(folder))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    shutil.move(folder, tmp_path / "elsewhere")
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.FAILED)
    assert "is not there" in said(studio)
    assert find(studio, QPushButton, "messageButton0").text() == "Choose images…"


# ---- the dialog ----------------------------------------------------------------------------------


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
