"""Own images before they are trained on: how they look, how long it takes, what is left out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPlainTextEdit, QPushButton, QWidget

from iae_studio.state.own_images import in_shape
from iae_studio.views.own_images import OwnImagesDialog
from iae_studio.views.own_preview import OwnPreview
from iae_studio.views.size_fits import suggestion
from tests.folders import pack, photos, write
from tests.own_images import NO_IMAGE, in_dialog
from tests.studio import LONG, little_data, running
from trainer.data.folders.inventory import take_inventory
from trainer.data.folders.left_out import LeftOut, Why
from trainer.data.folders.preview import preview, reasons, unreadable
from trainer.data.preprocessing import Preprocess
from trainer.data.sets.folder import read_folder
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.fit import Fit

SMALL = CATALOGUE["mnist-10-small"].but(width=4, batch=8)
GIB = 1 << 30


# ---- what the network sees -----------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize(("side", "channels", "pad"), [(32, 3, False), (28, 1, True)])
def test_a_preview_is_what_is_trained_on(
    tmp_path: Path, packed: bool, side: int, channels: int, pad: bool
) -> None:
    files = photos(20)
    place = pack(tmp_path / "a.zip", files) if packed else write(tmp_path / "a", files)
    look = Preprocess((side, side, channels), pad=pad)
    inventory = take_inventory(place)
    seen = preview(inventory, look)
    assert len(seen.images) == len(seen.names) == 12 and not seen.broken
    trained = read_folder(place, look).images.permute(0, 2, 3, 1).numpy()
    for name, image in zip(seen.names, seen.images, strict=True):
        assert np.array_equal(image, trained[inventory.names.index(name)]), name
    assert len(preview(take_inventory(write(tmp_path / "few", photos(3))), look).images) == 3


def test_deep_grey_images_are_previewed_on_the_scale_of_all(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for level in range(1, 25):
        pixels = np.full((20, 20), level * 100, np.uint16)
        pixels[:10] = 0
        Image.fromarray(pixels).save(folder / f"{level:02}.png")
    look = Preprocess((16, 16, 1))
    inventory = take_inventory(folder)
    seen, trained = preview(inventory, look), read_folder(folder, look)
    assert seen.grey_range == trained.grey_range is not None
    place = inventory.names.index(seen.names[5])
    assert np.array_equal(seen.images[5][:, :, 0], trained.images[place, 0].numpy())
    again = preview(inventory, look, seen.grey_range)
    assert all(map(np.array_equal, again.images, seen.images))


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    files = photos(20) | {"IMG_0000.jpg": NO_IMAGE, "IMG_0013.jpg": b"", "film.mp4": b"x"}
    inventory = take_inventory(write(tmp_path / "a", files))
    look = Preprocess((16, 16, 1))
    assert [each.name for each in preview(inventory, look).broken] == [
        "IMG_0000.jpg",
        "IMG_0013.jpg",
    ]
    heard: list[tuple[int, int]] = []
    found = unreadable(inventory, lambda *at: heard.append(at))
    assert [(each.name, each.why) for each in found] == [
        ("IMG_0000.jpg", Why.DAMAGED),
        ("IMG_0013.jpg", Why.DAMAGED),
    ]
    assert (20, 20) in heard
    lines = reasons((*found, *inventory.left_out))
    assert lines[0].startswith("IMG_0000.jpg: is text, not an image")
    assert lines[1].startswith("IMG_0013.jpg: is empty") and lines[2] == "film.mp4: video"
    many = [LeftOut(f"{n}.mp4", Why.VIDEO) for n in range(150)]
    assert len(reasons(many)) == 101 and reasons(many)[-1] == "and 50 more"


# ---- sizes ---------------------------------------------------------------------------------------


def test_a_size_is_suggested_with_its_time() -> None:
    def found(size: int, seconds: float, **more: object):
        recipe = in_shape(SMALL, size, True)
        return recipe, Fit("cpu", 12_000, seconds / 12_000, GIB, 4 * GIB, **more)

    told = suggestion(
        [found(64, 7200), found(32, 1500), found(28, 0, batch=4), found(16, 0, refused="x")]
    )
    assert told.replace("\N{NO-BREAK SPACE}", " ") == (
        "64 px: about 2 h for 12,000 steps on the CPU; 32 px: 25 min; "
        "28 px: fits in batches of 4 only; 16 px: too large for the memory."
    )


def test_a_recipe_on_images_of_any_size_asks_no_disk() -> None:
    made = in_shape(SMALL, 48, True)
    assert (made.data.size, made.data.colour, made.data.name) == (48, True, "folder")
    assert in_shape(CATALOGUE["mnist-10"], 48, True) is None, "networks for 28 px"
    assert in_shape(CATALOGUE["shoes-small"], 32, True).data.second == "edges"
    assert in_shape(CATALOGUE["shoes-small"], 32, True, two=True).data.second == "none"


# ---- the window ----------------------------------------------------------------------------------


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as started:
        yield started


def in_own_dialog(studio, qtbot, folder: Path, act) -> None:
    """Open the dialog on a folder, do something there, and close it come what may."""

    def safely(dialog: OwnImagesDialog) -> None:
        try:
            act(dialog)
        finally:
            dialog.reject()

    in_dialog(qtbot, safely)
    studio.window.dialogs.choose_own_images(str(folder))


def shown(dialog: OwnImagesDialog) -> tuple:
    return dialog.findChild(OwnPreview, "ownPreview").images.pixels()


def press(dialog: QWidget, name: str, kind: type = QPushButton) -> None:
    QTest.mouseClick(dialog.findChild(kind, name), Qt.MouseButton.LeftButton)


def test_own_images_are_seen_as_they_will_be(studio, qtbot, tmp_path: Path) -> None:
    files = photos(20) | {"IMG_0003.jpg": NO_IMAGE, "notes.pdf": b"%PDF"}
    folder = write(tmp_path / "mine", files)
    inventory = take_inventory(folder)
    seen = []

    def like(dialog: OwnImagesDialog, look: Preprocess) -> bool:
        expected, now = preview(inventory, look).images, shown(dialog)
        return len(now) == len(expected) and all(map(np.array_equal, now, expected))

    def act(dialog: OwnImagesDialog) -> None:
        qtbot.waitUntil(lambda: like(dialog, Preprocess((28, 28, 1))), timeout=LONG)
        dialog.findChild(QCheckBox, "colourBox").click()
        qtbot.waitUntil(lambda: like(dialog, Preprocess((28, 28, 3))), timeout=LONG)
        dialog.size_box.setCurrentIndex(dialog.size_box.findData(48))
        dialog.findChild(QCheckBox, "padBox").click()
        qtbot.waitUntil(lambda: like(dialog, Preprocess((48, 48, 3), pad=True)), timeout=LONG)

        press(dialog, "leftOutButton")
        left_out = dialog.findChild(QPlainTextEdit, "leftOutList")
        assert left_out.isVisible() and "notes.pdf: SVG or PDF" in left_out.toPlainText()
        press(dialog, "checkAllButton")
        qtbot.waitUntil(lambda: "IMG_0003.jpg" in left_out.toPlainText(), timeout=LONG)
        told = dialog.findChild(OwnPreview, "ownPreview").findChild(QLabel, "leftOutTold")
        qtbot.waitUntil(lambda: told.text() == "1 cannot be read.", timeout=LONG)
        press(dialog, "copyLeftOutButton")
        assert QGuiApplication.clipboard().text() == left_out.toPlainText()

        fits = dialog.findChild(QLabel, "sizeFits")
        qtbot.waitUntil(
            lambda: "px: about" in fits.text().replace("\N{NO-BREAK SPACE}", " "), timeout=LONG
        )
        seen.append(fits.text().replace("\N{NO-BREAK SPACE}", " "))

    in_own_dialog(studio, qtbot, folder, act)
    assert seen[0].startswith("48 px: about") and "7,000 steps on the CPU" in seen[0]


def test_another_folder_takes_its_place_and_none_leaves_none(studio, qtbot, tmp_path: Path) -> None:
    first, second = (
        write(tmp_path / name, photos(16, first=n)) for name, n in (("a", 0), ("b", 50))
    )
    done = []

    def act(dialog: OwnImagesDialog) -> None:
        preview_of = dialog.findChild(OwnPreview, "ownPreview")
        qtbot.waitUntil(lambda: len(shown(dialog)) == 12, timeout=LONG)
        before = shown(dialog)
        dialog.images.edit.setText(str(second))
        qtbot.waitUntil(
            lambda: len(shown(dialog)) == 12 and not np.array_equal(shown(dialog)[0], before[0]),
            timeout=LONG,
        )
        dialog.images.edit.setText(str(tmp_path / "gone"))
        assert preview_of.isHidden() and not shown(dialog)
        done.append(True)

    in_own_dialog(studio, qtbot, first, act)
    assert done and QApplication.activeModalWidget() is None


def test_a_late_preview_is_not_shown(qtbot, tmp_path: Path) -> None:
    waiting = []
    made = OwnPreview("ownPreview", lambda job, then, **_: waiting.append((job, then)))
    qtbot.addWidget(made)
    inventory = take_inventory(write(tmp_path / "a", photos(16)))
    for channels in (1, 3):
        made.follow(inventory, Preprocess((16, 16, channels)))
        asked = 1 if channels == 1 else 2
        qtbot.waitUntil(lambda many=asked: len(waiting) == many, timeout=LONG)
    (_, late), (job, then) = waiting
    then(job())
    late(partial(preview, inventory)(Preprocess((16, 16, 1))))
    assert made.images.pixels()[0].shape == (16, 16, 3)
