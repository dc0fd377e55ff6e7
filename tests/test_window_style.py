"""Style in hand, in the program: borrowed, locked, between two tiles, in a sum, on a walk."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.training import State
from iae_studio.views import walk
from iae_studio.views.large import LargeView
from iae_studio.widgets.film_strip import FilmStrip
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.value_slider import ValueSlider
from iae_studio.widgets.vector_bars import VectorBars
from tests.studio import LONG, find, little_data, newest, running, show, train, wait_state
from tests.studio import press as push
from tests.widgets import LEFT, heard_of
from trainer.recipe.catalogue import CATALOGUE

Key, Hold = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def studio(qtbot, own_folders):
    with running(own_folders, qtbot, "mnist-10-small") as started:
        display(started, qtbot, "mnist-10-small")
        yield started


def display(studio, qtbot, name: str, trained: bool = True) -> None:
    """A shipped model and its first pictures."""
    path = SHIPPED[name]
    model = DisplayedModel(model_recipe(path), path) if trained else DisplayedModel(CATALOGUE[name])
    studio.state.displayed.select(model)
    if not model.recipe.two_dimensional:
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 3, timeout=LONG)
        newest(studio, qtbot)


def press(studio, qtbot, key: Qt.Key, hold: Qt.KeyboardModifier = Hold.NoModifier) -> None:
    qtbot.keyClick(studio.window, key, hold)


def click(studio, qtbot, row: int, column: int, hold=Hold.NoModifier) -> None:
    """A tile of the grid."""
    grid = find(studio, ImageGrid, "imageGrid")
    qtbot.mouseClick(grid.viewport(), LEFT, hold, grid.tileRect(row, column).center())


def pictures(studio, name: str) -> np.ndarray:
    return find(studio, FilmStrip, f"{name}Pictures").pictures()


def words(studio, name: str) -> str:
    return find(studio, QLabel, f"{name}Words").text()


def wait_for(studio, qtbot, name: str, count: int, then=lambda made: True) -> np.ndarray:
    """The strip's pictures, once there are so many."""

    def there() -> bool:
        strip = find(studio, FilmStrip, f"{name}Pictures")
        made = strip.pictures()
        return strip.isVisible() and len(made) == count and bool(then(made))

    qtbot.waitUntil(there, timeout=LONG)
    return pictures(studio, name)


def enlarged(studio, qtbot, name: str, place: int) -> str:
    """The title of what a click on a picture of the strip opens; it is closed again."""
    titles: list[str] = []

    def look() -> None:
        for large in studio.window.findChildren(LargeView):
            titles.append(large.windowTitle())
            large.close()

    QTimer.singleShot(100, look)
    strip = find(studio, FilmStrip, f"{name}Pictures")
    qtbot.mouseClick(strip.viewport(), LEFT, pos=strip.rectOf(place).center())
    qtbot.waitUntil(lambda: bool(titles), timeout=LONG)
    return titles[0]


def test_a_style_is_borrowed_for_every_input_and_stays(studio, qtbot) -> None:
    strip = find(studio, QWidget, "pathStrip")
    assert not strip.isVisible()
    click(studio, qtbot, 1, 2)
    name = studio.state.inputs.images[1].name
    assert find(studio, QLabel, "selectedTile").text() == f"selected: {name}, n3"
    tiles, count = newest(studio, qtbot).tiles, len(studio.state.inputs.images)
    press(studio, qtbot, Key.Key_S)
    made = wait_for(studio, qtbot, "borrow", count)
    assert strip.isVisible()
    rest = [row for row in range(count) if row != 1]
    np.testing.assert_array_equal(made, tiles[[1, *rest], 2])
    qtbot.waitUntil(lambda: "n3 of seed 0 is kept in the first column" in words(studio, "borrow"))
    assert studio.state.selection.column == 0

    press(studio, qtbot, Key.Key_Space)
    fresh = newest(studio, qtbot).tiles
    np.testing.assert_array_equal(fresh[:, 0], tiles[:, 2])
    assert not np.array_equal(fresh[:, 1:], tiles[:, 1:])
    np.testing.assert_array_equal(pictures(studio, "borrow"), made)

    press(studio, qtbot, Key.Key_L)
    assert 0 not in studio.state.query.locked
    press(studio, qtbot, Key.Key_Space)
    qtbot.waitUntil(lambda: "press S" in words(studio, "borrow"), timeout=LONG)
    qtbot.mouseClick(find(studio, QToolButton, "closeStrip"), LEFT)
    assert not strip.isVisible() and not find(studio, QPushButton, "borrowButton").isChecked()


def test_a_column_is_given_back_when_its_style_is_put_away(studio, qtbot) -> None:
    query = studio.state.query
    click(studio, qtbot, 1, 2)
    press(studio, qtbot, Key.Key_S)
    click(studio, qtbot, 1, 4)
    press(studio, qtbot, Key.Key_S)
    assert query.locked == {0, 4}, "both borrowed styles are kept while the strip is there"
    qtbot.mouseClick(find(studio, QToolButton, "closeStrip"), LEFT)
    before = query.seeds
    press(studio, qtbot, Key.Key_Space)
    assert not query.locked and query.seeds[0] != before[0]

    press(studio, qtbot, Key.Key_L)
    press(studio, qtbot, Key.Key_S)
    push(studio, qtbot, "walkButton")
    assert query.locked == {0}, "who locked it before keeps it"


def test_a_button_stays_under_the_pointer_that_opened_its_strip(studio, qtbot) -> None:
    strip, row = find(studio, QWidget, "pathStrip"), find(studio, QWidget, "styleTray")
    for size in ((1280, 800), (1280, 560)):
        studio.window.resize(*size)
        for name in ("borrow", "interpolate", "arithmetic", "walk"):
            button = find(studio, QPushButton, f"{name}Button")
            before = button.mapToGlobal(button.rect().center())
            push(studio, qtbot, f"{name}Button")
            qtbot.waitUntil(lambda: strip.isVisible() and row.height() > 60, timeout=LONG)
            there = studio.window.childAt(studio.window.mapFromGlobal(before))
            assert there is button, f"{name} at {size}"
        push(studio, qtbot, "walkButton")
        assert not strip.isVisible(), "a second click on the same place closes it"


def test_between_two_tiles_code_and_noise_go_alone_or_together(studio, qtbot) -> None:
    click(studio, qtbot, 0, 1)
    press(studio, qtbot, Key.Key_I)
    assert "Ctrl+click" in words(studio, "interpolate")
    click(studio, qtbot, 2, 4, Hold.ControlModifier)
    tiles = newest(studio, qtbot).tiles
    assert studio.state.selection.row == 0
    for choice, end in (("both", (2, 4)), ("code", (2, 1)), ("noise", (0, 4))):
        qtbot.mouseClick(find(studio, QToolButton, f"{choice}MovesButton"), LEFT)
        made = wait_for(
            studio,
            qtbot,
            "interpolate",
            9,
            lambda made, to=end: np.array_equal(made[-1], tiles[to]),
        )
        np.testing.assert_array_equal(made[0], tiles[0, 1])
        assert not np.array_equal(made[4], made[0]) and not np.array_equal(made[4], made[-1])
    click(studio, qtbot, 1, 4)
    qtbot.waitUntil(lambda: "same noise" in words(studio, "interpolate"), timeout=LONG)
    assert not find(studio, FilmStrip, "interpolatePictures").isVisible()
    press(studio, qtbot, Key.Key_I, Hold.ShiftModifier)
    qtbot.waitUntil(lambda: "the other end" in words(studio, "interpolate"), timeout=LONG)
    studio.state.inputs.remove(1)
    qtbot.waitUntil(lambda: "Ctrl+click" in words(studio, "interpolate"), timeout=LONG)


def test_codes_are_added_and_subtracted_as_one_looks(studio, qtbot) -> None:
    press(studio, qtbot, Key.Key_A)
    assert "click A" in words(studio, "arithmetic")
    bars = find(studio, VectorBars, "arithmeticBars")
    codes, tiles = newest(studio, qtbot).codes, newest(studio, qtbot).tiles
    click(studio, qtbot, 0, 3)
    press(studio, qtbot, Key.Key_1, Hold.AltModifier)
    made = wait_for(studio, qtbot, "arithmetic", 1)
    np.testing.assert_array_equal(made[0], tiles[0, 3])
    click(studio, qtbot, 1, 0, Hold.AltModifier)
    made = wait_for(studio, qtbot, "arithmetic", 2)
    np.testing.assert_allclose(bars.vectors()[1], codes[0] - codes[1], atol=1e-5)
    click(studio, qtbot, 2, 5)
    qtbot.mouseClick(find(studio, QToolButton, "wellC"), LEFT)
    made = wait_for(studio, qtbot, "arithmetic", 3)
    np.testing.assert_array_equal(made[0], tiles[0, 5])  # with the selected column's noise
    np.testing.assert_allclose(bars.vectors()[2], codes[0] - codes[1] + codes[2], atol=1e-5)
    press(studio, qtbot, Key.Key_3, Hold.AltModifier)
    click(studio, qtbot, 1, 5)
    press(studio, qtbot, Key.Key_3, Hold.AltModifier)
    same = wait_for(
        studio, qtbot, "arithmetic", 3, lambda made: np.array_equal(made[2], tiles[0, 5])
    )
    assert len(same) == 3, "A - B + B is A"
    assert enlarged(studio, qtbot, "arithmetic", 2) == "A − B + C"


def test_a_walk_plays_pauses_and_ends(studio, qtbot) -> None:
    click(studio, qtbot, 1, 2)
    tiles, count = newest(studio, qtbot).tiles, len(studio.state.inputs.images)
    rows = [1, *(row for row in range(count) if row != 1)][:8]
    press(studio, qtbot, Key.Key_W)
    first = wait_for(studio, qtbot, "walk", len(rows))
    speed = find(studio, ValueSlider, "walkSpeed")
    speed.setValue(30)
    moved = wait_for(studio, qtbot, "walk", len(rows), lambda made: not np.array_equal(made, first))
    assert not (moved == first).all((1, 2, 3)).any(), "all of them walk"
    wait_for(studio, qtbot, "walk", len(rows), lambda m: np.array_equal(m, tiles[rows, 2]))
    press(studio, qtbot, Key.Key_W)
    still = pictures(studio, "walk")
    qtbot.wait(100)
    np.testing.assert_array_equal(pictures(studio, "walk"), still)
    click(studio, qtbot, 0, 4)
    wait_for(studio, qtbot, "walk", len(rows), lambda made: np.array_equal(made[0], tiles[0, 4]))
    studio.state.query.set_noise_scale(0.0)
    qtbot.waitUntil(lambda: "raise the scale" in words(studio, "walk"), timeout=LONG)
    press(studio, qtbot, Key.Key_W, Hold.ShiftModifier)
    assert not find(studio, QWidget, "pathStrip").isVisible()


def test_every_kind_of_model_offers_what_it_has_and_says_what_it_has_not(studio, qtbot) -> None:
    tray = find(studio, QWidget, "styleTray")
    display(studio, qtbot, "mnist-det-small")
    press(studio, qtbot, Key.Key_S)
    assert "no noise" in words(studio, "borrow")
    display(studio, qtbot, "mnist-10-small")
    assert words(studio, "borrow").startswith("Press S"), "a tile is selected"
    display(studio, qtbot, "mnist-det-small")
    press(studio, qtbot, Key.Key_W)
    moving = wait_for(studio, qtbot, "walk", len(studio.state.inputs.images))
    assert "strongest directions" in words(studio, "walk")
    wait_for(studio, qtbot, "walk", len(moving), lambda m: not np.array_equal(m, moving))

    display(studio, qtbot, "shoes-small")
    press(studio, qtbot, Key.Key_A)
    assert "picture" in words(studio, "arithmetic")
    assert not find(studio, QToolButton, "wellA").isVisible()
    click(studio, qtbot, 1, 3, Hold.ControlModifier)
    made = wait_for(studio, qtbot, "interpolate", 9)
    assert "do not blend" in words(studio, "interpolate")
    np.testing.assert_array_equal(made[-1], newest(studio, qtbot).tiles[0, 3])

    display(studio, qtbot, "faces-small")
    click(studio, qtbot, 2, 3)
    tiles = newest(studio, qtbot).tiles
    press(studio, qtbot, Key.Key_S)
    made = wait_for(studio, qtbot, "borrow", len(tiles))
    np.testing.assert_array_equal(made[0], tiles[2, 3])
    assert "ε4 of seed" in words(studio, "borrow")

    display(studio, qtbot, "mnist-det-small", trained=False)
    press(studio, qtbot, Key.Key_W)
    qtbot.waitUntil(lambda: "press Train" in words(studio, "walk"), timeout=LONG)
    studio.state.inputs.clear()
    qtbot.waitUntil(lambda: "Nothing is selected" in words(studio, "walk"), timeout=LONG)
    display(studio, qtbot, "mog-iae")
    assert not tray.isVisible()


def test_what_is_not_in_front_asks_for_nothing_and_comes_back(studio, qtbot) -> None:
    display(studio, qtbot, "mnist-clusters-small")
    click(studio, qtbot, 0, 1)
    click(studio, qtbot, 2, 3, Hold.ControlModifier)
    before = wait_for(studio, qtbot, "interpolate", 9)
    asked = heard_of(studio.state.asking.wanted)
    press(studio, qtbot, Key.Key_2)
    qtbot.waitUntil(lambda: studio.state.answers.clusters is not None, timeout=LONG)
    press(studio, qtbot, Key.Key_Space)
    qtbot.wait(50)
    assert not [one for (one,) in asked if one.kind == "interpolate"]
    press(studio, qtbot, Key.Key_1)
    made = wait_for(studio, qtbot, "interpolate", 9, lambda m: not np.array_equal(m, before))
    np.testing.assert_array_equal(made[0], newest(studio, qtbot).tiles[0, 1])


def test_keys_of_style_do_nothing_where_points_are_plotted(studio, qtbot) -> None:
    display(studio, qtbot, "mog-iae")
    assert studio.state.inputs.images, "those of the model before"
    asked = heard_of(studio.state.asking.wanted)
    locked = studio.state.query.locked
    for key in (Key.Key_W, Key.Key_S, Key.Key_I, Key.Key_A, Key.Key_L):
        press(studio, qtbot, key)
    press(studio, qtbot, Key.Key_I, Hold.ShiftModifier)
    assert not asked and studio.state.query.locked == locked


def test_a_walk_follows_the_weights_that_train(studio, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(walk, "REST", 0.0)
    with little_data(monkeypatch):
        show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4, batch=8))
        press(studio, qtbot, Key.Key_W)
        find(studio, ValueSlider, "walkSpeed").setValue(30)
        rows = wait_for(studio, qtbot, "walk", min(len(studio.state.inputs.images), 8))
        assert "Untrained" in words(studio, "walk")
        train(studio, qtbot)
        qtbot.waitUntil(lambda: studio.state.answers.rendering.step >= 2, timeout=LONG)

        def of_now(made: np.ndarray) -> bool:
            rendering = studio.state.answers.rendering
            return np.array_equal(made, rendering.tiles[: len(rows), 0])

        wait_for(studio, qtbot, "walk", len(rows), of_now)
        assert "Untrained" not in words(studio, "walk")


def test_a_paused_walk_shows_the_newest_weights_too(studio, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(walk, "REST", 0.0)
    with little_data(monkeypatch):
        show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4, batch=8))
        press(studio, qtbot, Key.Key_T)
        wait_state(studio, qtbot, State.TRAINING)
        push(studio, qtbot, "pauseButton")
        wait_state(studio, qtbot, State.PAUSED)
        press(studio, qtbot, Key.Key_W)
        wait_for(studio, qtbot, "walk", min(len(studio.state.inputs.images), 8))
        press(studio, qtbot, Key.Key_W)
        still = pictures(studio, "walk")
        push(studio, qtbot, "stepButton")
        wait_for(studio, qtbot, "walk", len(still), lambda made: not np.array_equal(made, still))
        push(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
