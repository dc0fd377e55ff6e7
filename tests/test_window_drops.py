"""What falls onto the real window: files, folders and archives of images."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from iae_studio.state.messages import TRAIN_ON
from tests.own_images import (
    DIGITS,
    HEIC,
    NO_IMAGE,
    brought,
    drop,
    dropped,
    in_dialog,
    looking,
    own,
    packed,
    pets,
    said,
)
from tests.studio import (
    LONG,
    cycle,
    little_data,
    photos,
    press,
    running,
    show,
    train,
)
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        started.log = []
        started.state.messages.logged.connect(started.log.append)
        yield started


def test_of_a_dropped_folder_the_good_are_shown_and_the_bad_all_named(
    studio, qtbot, tmp_path, no_heif
) -> None:
    folder = photos(tmp_path / "holidays", 20)
    for name in ("bad one.png", "cut.jpg"):
        (folder / name).write_bytes(NO_IMAGE)
    (folder / "phone.HEIC").write_bytes(HEIC)
    text = drop(studio, qtbot, folder)
    assert text.startswith('"holidays" holds 20 of 23 images, one class')
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
    qtbot.waitUntil(lambda: '"whole disk"' in said(studio), timeout=LONG)
    assert looking(studio)
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
    studio.state.drops.open_files(files)
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
    studio.state.drops.open_files([grey16(tmp_path / "x.png", 255)])
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


def test_who_drops_an_image_sees_that_one_selected(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4, batch=8))
    studio.state.selection.select(2, 1)
    dropped(studio.window, *sorted(photos(tmp_path / "mine", 1).iterdir()))
    chosen = studio.state.selection
    qtbot.waitUntil(lambda: chosen.input.name == "0.png", timeout=LONG)
    assert (chosen.row, chosen.column) == (0, 1)
