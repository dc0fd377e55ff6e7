"""Small pictures on screens whose scale is no whole number: all of their pixels are of one size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from iae_studio.style import theme
from iae_studio.widgets.film_preview import FilmPreview
from iae_studio.widgets.film_strip import FilmStrip
from iae_studio.widgets.map_canvas import MapCanvas
from iae_studio.widgets.picture_sheet import PictureSheet
from iae_studio.widgets.picture_strip import PictureStrip, Shown
from iae_studio.widgets.probability_bars import ProbabilityBars
from iae_studio.widgets.seen_images import SeenImages
from iae_studio.widgets.sharp import sharp_side
from iae_studio.widgets.sheet import to_image
from iae_studio.widgets.strip import Strip
from tests.widgets import shown

SIZES = (20, 28, 32, 48)
INKS = (0, 255, 255), (255, 0, 255)  # that nothing else is painted in


def board(side: int) -> np.ndarray:
    """A chessboard whose squares are single pixels."""
    odd = np.indices((side, side)).sum(0) % 2
    return np.array(INKS, np.uint8)[odd]


def film(picture: np.ndarray) -> QWidget:
    made = FilmPreview(160)
    made.expect((0,), 1.0)
    made.add(picture)
    return made


def on_the_map(picture: np.ndarray) -> QWidget:
    made = MapCanvas()
    made.setImages(picture[None], ("a",))
    made.setPlaces(np.array([[0.0, 0.0]], np.float32), True)
    made.setColours(np.array([0]), [QColor("#ff0000")])
    made.setAllPictures(True)
    return made


def decoded(picture: np.ndarray) -> QWidget:
    made = MapCanvas()
    made.setPlaces(np.array([[0.0, 0.0]], np.float32), True)
    made.setColours(np.array([0]), [QColor("#ff0000")])
    made.setTarget((0.0, 0.0))
    made.setDecoded(picture, "here")
    return made


def strip(picture: np.ndarray) -> QWidget:
    made = PictureStrip()
    made.setPictures([Shown(picture, ("a",))])
    return made


def seen(picture: np.ndarray) -> QWidget:
    made = SeenImages()
    made.setImages([picture])
    return made


def sheet(picture: np.ndarray) -> QWidget:
    made = PictureSheet()
    made.setOrder(np.array([0]), (picture.shape[1], picture.shape[0]))
    made.setPictures((0,), picture[None])
    return made


def bars(picture: np.ndarray) -> QWidget:
    made = ProbabilityBars()
    made.setPicture(picture)
    return made


def films(picture: np.ndarray) -> QWidget:
    made = FilmStrip("pictures")
    made.setPictures(np.stack([picture] * 3), ("a", "b", "c"))
    return made


def pixels_of(widget: QWidget, ratio: float) -> np.ndarray:
    """The screen's own pixels, [H, W, 3]."""
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    widget.render(image)
    pixels = np.asarray(image.constBits()).reshape(image.height(), image.width(), 4)[..., 2::-1]
    return pixels.copy()


def painted(widget: QWidget, ratio: float) -> np.ndarray:
    """Which of the screen's own pixels have which ink: 0, 1, or -1 for neither."""
    pixels = pixels_of(widget, ratio)
    found = np.full(pixels.shape[:2], -1)
    for number, ink in enumerate(INKS):
        found[(pixels == ink).all(2)] = number
    return found


def runs(line: np.ndarray) -> set[int]:
    """The lengths of what is alike in a line."""
    inside = line[line >= 0]
    return set(np.diff(np.flatnonzero(np.diff(inside, prepend=-1, append=-1))).tolist())


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])
@pytest.mark.parametrize("make", [film, on_the_map, decoded, strip, seen, sheet, bars])
def test_all_pixels_of_a_picture_are_of_one_size(
    qtbot, monkeypatch, make: Callable[[np.ndarray], QWidget], ratio: float
) -> None:
    monkeypatch.setattr(QWidget, "devicePixelRatioF", lambda self: ratio)
    for side in SIZES:
        found = painted(shown(qtbot, make(board(side)), 401, 171), ratio)
        rows, columns = (np.flatnonzero((found >= 0).any(axis)) for axis in (1, 0))
        across, down = runs(found[rows[0]]), runs(found[:, columns[0]])
        assert len(across) == 1 and across == down, f"{side} px: {across} by {down}"
        assert len(rows) == len(columns) == side * across.pop(), f"{side} px: all of it is there"


def test_images_that_are_only_seen_are_told_by_their_names(qtbot) -> None:
    made = SeenImages()
    qtbot.addWidget(made)
    made.setImages([board(28)] * 2, ("a.png", "b.png"))
    assert made.accessibleDescription() == "2 images, a.png, b.png"


@pytest.mark.parametrize("ratio", [1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 3.0])
def test_a_picture_has_as_large_a_side_as_there_is_room_for(ratio: float) -> None:
    for own in range(8, 65):
        side = sharp_side(own, 64, ratio)
        assert side <= 64 and side * ratio >= own * int(64 * ratio / own + 1e-6) - 1e-3


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])
@pytest.mark.parametrize("make", [strip, films, sheet])
def test_the_frame_around_a_picture_covers_none_of_it(
    qtbot, dark, monkeypatch, make: Callable[[np.ndarray], QWidget], ratio: float
) -> None:
    monkeypatch.setattr(QWidget, "devicePixelRatioF", lambda self: ratio)
    for side in (28, 64, 90):
        widget = shown(qtbot, make(np.full((side, side, 3), INKS[0], np.uint8)), 401, 171)
        bare = (pixels_of(widget, ratio) == INKS[0]).all(2)
        widget.activateWindow()
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        QTest.keyClick(widget, Qt.Key.Key_Right)
        framed = pixels_of(widget, ratio)
        assert ((framed == INKS[0]).all(2) == bare).all(), f"{side} px"
        ink = np.array(theme.colour("accent").getRgb()[:3])
        assert (framed == ink).all(2).any(), "there is a frame"


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_the_nearest_of_the_pictures_along_a_direction_is_whole(
    qtbot, monkeypatch, ratio: float
) -> None:
    monkeypatch.setattr(QWidget, "devicePixelRatioF", lambda self: ratio)
    along = Strip("content", (-1.0, 0.0, 1.0))
    along.setPictures([to_image(np.full((28, 28, 3), INKS[0], np.uint8))] * 3)
    for width in (240, 100):
        shown(qtbot, along, width, along.sizeHint().height())
        for focused in (False, True):
            if focused:
                along.activateWindow()
                along.setFocus()
                qtbot.waitUntil(along.hasFocus)
            there = (pixels_of(along, ratio) == INKS[0]).all(2)
            columns = np.flatnonzero(np.diff(there.any(0).astype(int), prepend=0, append=0))
            wide = set(np.diff(columns)[::2].tolist())
            assert len(columns) == 6 and max(wide) - min(wide) <= 1, "as wide as its neighbours"
