"""A picture is looked at closely in the real window: by its keys, on a model that ships."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.training import State
from iae_studio.widgets.canvas import Canvas, Wipe
from iae_studio.widgets.image_grid import ImageGrid
from tests.studio import (
    LONG,
    cycle,
    find,
    little_data,
    newest,
    press,
    running,
    show,
    train,
    wait_state,
)
from trainer.recipe.catalogue import CATALOGUE

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as started:
        newest(started, qtbot)
        started.window.activateWindow()
        find(started, ImageGrid, "imageGrid").setFocus()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=LONG)
        yield started


def key(which: str, held=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), getattr(Qt.Key, f"Key_{which}"), held)


def red(canvas: Canvas) -> np.ndarray:
    """How strongly red exceeds blue, where it is amber."""
    image = canvas.image()
    colours = [[image.pixelColor(x, y) for x in range(28)] for y in range(28)]
    return np.array([[c.red() - c.blue() for c in line] for line in colours])


def test_columns_are_more_and_fewer_by_keys(studio, qtbot) -> None:
    count = find(studio, QWidget, "columnCount")
    words = count.findChild(QLabel)
    assert words.text() == "columns 8"
    key("BracketRight")
    assert words.text() == "columns 9" and newest(studio, qtbot).tiles.shape[1] == 9
    for _ in range(12):
        key("BracketLeft")
    assert words.text() == "columns 2" and newest(studio, qtbot).tiles.shape[1] == 2
    assert not find(studio, QToolButton, "fewerColumns").isEnabled()
    find(studio, QToolButton, "moreColumns").click()
    assert studio.state.query.columns == 3
    grid = find(studio, ImageGrid, "imageGrid")
    before = grid.tileRect(0, 0).width()
    key("Plus")
    assert grid.tileRect(0, 0).width() == before + 28
    key("Z")
    key("Minus")
    assert grid.tileRect(0, 0).width() == before - 28


def test_a_picture_is_enlarged_with_heat_a_wipe_and_its_neighbours(studio, qtbot) -> None:
    state, large = studio.state, find(studio, QWidget, "largeView")
    heat, tile = (find(studio, Canvas, name) for name in ("heatMap", "enlargedTile"))
    key("Down")
    key("Right")
    key("Return")
    assert large.isVisible() and not find(studio, ImageGrid, "imageGrid").isVisible()
    qtbot.waitUntil(lambda: not heat.image().isNull(), timeout=LONG)
    spread = red(heat)
    tiles = newest(studio, qtbot).tiles[1, :, :, :, 0].std(0)
    assert np.corrcoef(spread.ravel(), tiles.ravel())[0, 1] > 0.7, "as over the draws in the grid"
    assert not red(tile).any()
    key("H")
    lit = red(tile)
    assert lit[spread > spread.max() / 2].min() > 30 and not lit[spread == 0].any()
    first = tile.image()
    key("Left")
    assert (state.selection.row, state.selection.column) == (1, 0) and tile.image() != first
    wipe = find(studio, Wipe, "wipe")
    wipe.setFocus()
    key("Right")
    assert wipe.share() == pytest.approx(0.55) and state.selection.column == 0

    key("N", SHIFT)
    neighbours = find(studio, QWidget, "neighbourList")
    assert neighbours.isVisible()

    def pictures() -> list[QToolButton]:
        found = neighbours.findChildren(QToolButton)
        return [each for each in found if each.isVisible() and not each.icon().isNull()]

    qtbot.waitUntil(lambda: len(pictures()) == 8, timeout=LONG)
    words = find(studio, QLabel, "neighbourWords")
    assert "Among all 400 training images" in words.text() and "by its code" in words.text()
    count = len(state.inputs.images)
    pictures()[0].click()
    assert len(state.inputs.images) == count + 1 and state.selection.row == 0
    known = state.selection.input
    assert known.name.startswith("training ") and not known.test
    newest(studio, qtbot)
    qtbot.waitUntil(lambda: "It has the code of a training image" in words.text(), timeout=LONG)
    qtbot.waitUntil(lambda: len(pictures()) == 8, timeout=LONG)  # a layout shows them a turn later
    pictures()[0].click()
    assert len(state.inputs.images) == count + 1, "it is there already"
    assert state.selection.input is known
    key("Escape")
    assert not large.isVisible() and find(studio, ImageGrid, "imageGrid").hasFocus()


def test_an_enlarged_picture_follows_the_training(studio, qtbot) -> None:
    """From shipped weights to untrained ones, which say so, and on to those that are learned."""
    state = studio.state
    heat, tile = (find(studio, Canvas, name) for name in ("heatMap", "enlargedTile"))
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"].but(width=4, batch=8)))
    qtbot.waitUntil(lambda: state.answers.rendering is not None, timeout=LONG)
    newest(studio, qtbot)
    studio.window.activateWindow()
    find(studio, ImageGrid, "imageGrid").setFocus()
    key("Return")
    assert not heat.isVisible(), "a sentence is there"
    fresh = tile.image()
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: heat.isVisible() and not heat.image().isNull(), timeout=LONG)
    assert tile.isVisible() and tile.image() != fresh
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    pixels = newest(studio, qtbot).tiles[state.selection.row, state.selection.column]
    qtbot.waitUntil(
        lambda: tile.image().pixelColor(14, 12).red() == pixels[12, 14, 0], timeout=LONG
    )


def test_shoes_are_compared_by_their_pixels(studio, qtbot) -> None:
    """The code is an edge picture; the training images are of the tile's own domain."""
    show(studio, qtbot, cycle("shoes-small"))
    key("N", SHIFT)
    words = find(studio, QLabel, "neighbourWords")
    assert find(studio, QWidget, "largeView").isVisible()
    qtbot.waitUntil(lambda: "untrained" in words.text(), timeout=LONG)
    train(studio, qtbot)
    qtbot.waitUntil(lambda: "pixel by pixel" in words.text(), timeout=LONG)
