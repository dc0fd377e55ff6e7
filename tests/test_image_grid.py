"""The grid of images, with real events and real pixels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from iae_studio.style import theme
from iae_studio.widgets.cluster_places import arrange
from iae_studio.widgets.grid_layout import CODE, HEAT, SEEN, fit
from iae_studio.widgets.image_grid import ImageGrid
from tests.widgets import LEFT, contrast, double_click, pixel, shown

pytestmark = pytest.mark.usefixtures("dark")


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("rows", [1, 3, 10])
def test_small_tiles_grow_by_whole_factors_and_fit(ratio: float, rows: int) -> None:
    room = (int(900 * ratio), int(600 * ratio))
    layout = fit(room, rows, 7, (28, 28), ratio)
    assert layout.tile[0] % 28 == 0
    assert layout.full_width <= room[0]
    assert layout.x(6) + layout.tile[0] + layout.left == pytest.approx(room[0], abs=1)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_pictures_of_64_px_are_shown_pixel_by_pixel_as_large_as_those_of_32(ratio: float) -> None:
    room = (int(640 * ratio), int(340 * ratio))
    tiles = [fit(room, 6, 6, (side, side), ratio, code=True).tile for side in (32, 64)]
    assert tiles == [(64 * ratio, 64 * ratio)] * 2
    narrow = fit((int(500 * ratio), room[1]), 6, 6, (64, 64), ratio, code=True)
    assert narrow.tile[0] < 64 * ratio and narrow.full_width <= 500 * ratio


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_column_of_codes_lies_between_the_image_and_the_draws(ratio: float) -> None:
    room = (int(900 * ratio), int(600 * ratio))
    layout = fit(room, 3, 6, (32, 32), ratio, code=True)
    assert layout.order == (SEEN, CODE, 0, 1, 2, 3, 4, 5)
    lefts = [layout.x(column) for column in layout.order]
    steps = [after - before - layout.tile[0] for before, after in pairwise(lefts)]
    assert steps == [layout.column_gap] * 2 + [layout.gap] * 5
    assert lefts[-1] + layout.tile[0] - lefts[0] == layout.width
    for column in layout.order:
        assert layout.column_at(layout.x(column) + 1) == column


@pytest.mark.parametrize("room", [(680, 380), (1300, 620), (300, 200), (2600, 1400)])
def test_all_categories_have_a_place_of_their_own(room: tuple[int, int]) -> None:
    places = arrange(room, 6, 30, (28, 28), 1.0)
    boxes = [places.box(row, column) for row in range(6) for column in range(30)]
    assert len({(box.x(), box.y()) for box in boxes}) == 180
    assert max(box.right() for box in boxes) <= room[0]
    assert all(
        places.at(places.box(row, column).center()) == (row, column)
        for row in range(6)
        for column in range(30)
    )
    assert places.at(QPoint(0, 0)) == (-1, -1)


def sheet(rows: int = 3, columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Tiles of one colour each, which tells where they are."""
    seen = np.zeros((rows, 28, 28, 3), np.uint8)
    tiles = np.zeros((rows, columns, 28, 28, 3), np.uint8)
    seen[..., 2] = 250
    tiles[..., 0] = (np.arange(rows) * 20 + 100)[:, None, None, None]
    tiles[..., 1] = (np.arange(columns) * 20 + 100)[None, :, None, None]
    return seen, tiles


def test_the_code_is_seen_hovered_and_reached_by_the_arrows(qtbot) -> None:
    seen, tiles = sheet()
    code = np.full_like(seen, 77)
    grid = shown(qtbot, ImageGrid(), 700, 500)
    grid.setSheet(seen, tiles, ["n1", "n2", "n3", "n4"], ["a", "b", "c"], code)
    picture = grid.viewport().grab().toImage()
    assert pixel(picture, grid.tileRect(1, CODE).center()).getRgb()[:3] == (77, 77, 77)
    assert pixel(picture, grid.tileRect(1, 2).center()).getRgb()[:3] == (120, 140, 0)
    grid.setSelection(1, SEEN)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.selection() == (1, CODE)
    assert "its code" in grid.accessibleDescription()
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.selection() == (1, 0)
    grid.setSelection(1, CODE)
    grid.setSheet(seen, tiles, ["n1", "n2", "n3", "n4"], ["a", "b", "c"])
    assert grid.selection() == (-1, -1)


@pytest.fixture
def grid(qtbot) -> ImageGrid:
    made = ImageGrid()
    made.told = []
    for name in ("hovered", "selected", "activated", "removeRequested", "headingClicked"):
        signal = getattr(made, name)
        signal.connect(lambda *values, name=name: made.told.append((name, *values)))
    made.setSheet(*sheet(), ["n1", "n2", "n3", "n4"], ["a", "b", "c"])
    return shown(qtbot, made, 700, 500)


def test_pixels_are_where_the_tiles_are(grid) -> None:
    picture = grid.viewport().grab().toImage()
    for row in range(3):
        for column in range(-1, 4):
            box = grid.tileRect(row, column)
            seen = [0, 0, 250] if column < 0 else [100 + 20 * row, 100 + 20 * column, 0]
            inner = box.adjusted(1, 1, -1, -1)  # at scale 1.5 an edge lies between two pixels
            for place in (inner.topLeft(), inner.center(), inner.bottomRight()):
                assert list(pixel(picture, place).getRgb()[:3]) == seen
            assert grid.tileAt(box.center()) == (row, column)
    assert grid.tileAt(QPoint(1, 1)) is None


def test_grey_pictures_stay_sharp(grid) -> None:
    seen = np.zeros((1, 28, 28, 1), np.uint8)
    seen[0, ::2, ::2] = 255
    grid.setSheet(seen, seen[:, None], ["n1"], ["board"])
    image = grid.viewport().grab().toImage()
    box = grid.tileRect(0, 0)
    values = {pixel(image, QPoint(x, box.top())).red() for x in range(box.left(), box.right() + 1)}
    assert values == {0, 255}


def test_without_tiles_their_places_are_kept(grid) -> None:
    grid.setSheet(sheet()[0], None, ["n1", "n2"], ["a", "b", "c"])
    image = grid.viewport().grab().toImage()
    assert pixel(image, grid.tileRect(1, -1).center()).blue() == 250
    faint = pixel(image, grid.tileRect(1, 0).center()).name()
    assert faint != theme.DARK.panel
    assert contrast(faint, theme.DARK.panel) < 1.5


def test_the_mouse_hovers_selects_and_activates(grid) -> None:
    view, place = grid.viewport(), grid.tileRect(1, 2).center()
    QTest.mouseMove(view, place)
    QTest.mouseClick(view, LEFT, pos=place)
    double_click(view, place)
    assert ("hovered", 1, 2) in grid.told
    assert grid.told[-2:] == [("selected", 1, 2), ("activated", 1, 2)]
    QTest.mouseMove(view, QPoint(2, 490))
    assert grid.told[-1] == ("hovered", -1, -1)


def test_the_selected_tile_is_framed_in_the_gap(grid) -> None:
    grid.setSelection(1, 1)
    grid.activateWindow()
    grid.setFocus()
    box, image = grid.tileRect(1, 1), grid.viewport().grab().toImage()
    assert pixel(image, QPoint(box.center().x(), box.top() - 1)).name() == theme.DARK.accent
    assert pixel(image, box.topLeft()).getRgb()[:3] == (120, 120, 0)


def test_arrows_move_the_selection_and_delete_asks(grid) -> None:
    grid.setSelection(1, 3)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Delete):
        QTest.keyClick(grid, key)
    assert grid.selection() == (0, 2)
    assert grid.told == [("selected", 0, 3), ("selected", 0, 2), ("removeRequested", 0)]
    assert "input 1 of 3, a, noise n3" in grid.accessibleDescription()


def test_the_cross_on_the_seen_tile_removes(grid) -> None:
    QTest.mouseClick(grid.viewport(), LEFT, pos=grid.tileRect(2, -1).topRight() + QPoint(-9, 9))
    assert grid.told[-1] == ("removeRequested", 2)


def test_headings_are_clicked_and_locked_and_stay_when_scrolling(grid) -> None:
    place = QPoint(grid.tileRect(0, 1).center().x(), 10)
    QTest.mouseClick(grid.viewport(), LEFT, pos=place)
    assert grid.told[-1] == ("headingClicked", 1)
    plain = grid.viewport().grab().toImage()
    grid.setLocked({1})
    assert grid.viewport().grab().toImage() != plain
    grid.setSheet(*sheet(rows=30), ["n1", "n2", "n3", "n4"], [""] * 30)
    grid.verticalScrollBar().setValue(200)
    assert grid.headAt(place) == 1
    assert grid.tileAt(place) is None


def test_a_removed_row_takes_its_selection_along(grid) -> None:
    grid.setSelection(2, 0)
    grid.setSheet(*sheet(rows=2), ["n1", "n2", "n3", "n4"], ["a", "b"])
    assert grid.selection() == (-1, -1)
    with pytest.raises(ValueError, match="headings"):
        grid.setSheet(*sheet(), ["n1"], [])


# ---- zoom, and what stays in sight ---------------------------------------------------------------


@pytest.mark.parametrize("source", [28, 32, 48, 64, 128])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_zooming_goes_by_whole_factors_and_comes_back(source: int, ratio: float) -> None:
    def tile(zoom: int) -> int:
        return fit(room, 6, 8, (source, source), ratio, zoom=zoom).tile[0]

    room = (int(800 * ratio), int(500 * ratio))
    sizes = [tile(zoom) for zoom in range(-3, 8)]
    assert sizes == sorted(sizes) and sizes[7] > sizes[3] > 0
    whole = [size for size in sizes if size > source or source < 64]
    assert whole and all(size % source == 0 for size in whole if size >= 2 * source)
    assert tile(0) == fit(room, 6, 8, (source, source), ratio).tile[0]
    assert tile(999) <= 896 * ratio and tile(-999) > 0


def wheel(grid: ImageGrid, place: QPoint, turn: int, control: bool = True) -> None:
    at, whole = QPointF(place), grid.viewport().mapToGlobal(QPointF(place))
    keys = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, whole, QPoint(), QPoint(0, turn), none, keys, phase, False)
    QApplication.sendEvent(grid.viewport(), event)


def test_ctrl_and_the_wheel_enlarge_about_the_pointer(grid) -> None:
    before, place = grid.tileRect(1, 2), grid.tileRect(1, 2).center()
    wheel(grid, place, 60)
    assert grid.tileRect(1, 2) == before, "half a step"
    wheel(grid, place, 300)
    step = 28 / grid.devicePixelRatioF()
    assert grid.zoom() == 3
    assert grid.tileRect(1, 2).width() == pytest.approx(before.width() + 3 * step, abs=1)
    assert grid.tileAt(place) == (1, 2) and grid.tileRect(1, 2).contains(place)
    place = grid.tileRect(1, 2).center()
    wheel(grid, place, -120)
    assert grid.zoom() == 2
    for _ in range(40):
        wheel(grid, place, -120)
    least = grid.zoom()
    wheel(grid, place, 120)
    assert grid.zoom() == least + 1, "no step goes astray"
    assert grid.tileRect(0, 0).width() == pytest.approx(2 * step, abs=1)
    wheel(grid, place, 120, control=False)
    assert grid.zoom() == least + 1
    grid.setZoom(0)
    assert grid.tileRect(1, 2) == before


def test_what_is_seen_and_the_heads_stay_in_sight(grid) -> None:
    grid.setZoom(4)
    seen, head = grid.tileRect(0, SEEN), QPoint(grid.tileRect(0, 1).center().x(), 8)
    assert grid.headAt(head) == 1
    grid.horizontalScrollBar().setValue(grid.tileRect(0, 0).width() + 2)
    assert grid.tileRect(0, SEEN) == seen
    assert grid.headAt(head) == 2
    image = grid.viewport().grab().toImage()
    assert pixel(image, seen.center()).getRgb()[:3] == (0, 0, 250)
    assert grid.tileAt(seen.center()) == (0, SEEN)
    first = grid.tileRect(0, 0)
    assert first.left() < seen.right() and grid.tileAt(QPoint(seen.right(), 60)) == (0, SEEN)
    grid.setSelection(0, 3)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.selection() == (0, 0) and grid.tileRect(0, 0).left() > seen.right()
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.tileRect(0, 3).right() < grid.viewport().width()


def test_the_middle_button_drags_the_sheet(grid) -> None:
    grid.setZoom(6)
    view, middle = grid.viewport(), Qt.MouseButton.MiddleButton
    before = grid.tileRect(1, 1)
    QTest.mousePress(view, middle, pos=QPoint(400, 300))
    QTest.mouseMove(view, QPoint(370, 260))
    assert grid.tileRect(1, 1) == before.translated(-30, -40)
    QTest.mouseRelease(view, middle, pos=QPoint(370, 260))
    QTest.mouseMove(view, QPoint(300, 200))
    assert grid.tileRect(1, 1) == before.translated(-30, -40)
    assert not [told for told in grid.told if told[0] == "selected"]


def test_heat_lies_before_the_draws_and_small_grey_pictures_beside_it(qtbot) -> None:
    seen, tiles = (each[..., :1] for each in sheet())
    heat = np.zeros((3, 28, 28, 3), np.uint8)
    heat[1] = (242, 172, 66)
    grid = shown(qtbot, ImageGrid(), 700, 500)
    grid.setSheet(seen, tiles, ["n1", "n2", "n3", "n4"], ["a", "b", "c"], heat=heat)
    image = grid.viewport().grab().toImage()
    assert pixel(image, grid.tileRect(1, HEAT).center()).getRgb()[:3] == (242, 172, 66)
    assert pixel(image, grid.tileRect(1, 2).center()).getRgb()[:3] == (120, 120, 120)
    grid.setSelection(1, SEEN)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert "where the noise acts" in grid.accessibleDescription()
    grid.setSheet(seen, tiles, ["n1", "n2", "n3", "n4"], ["a", "b", "c"])
    assert grid.selection() == (-1, -1)


def test_a_zoom_that_other_pictures_do_not_allow_is_the_nearest_that_they_do(grid) -> None:
    """Of what fits, or of other sizes, the largest and smallest tile are fewer steps away."""
    side = grid.sizeHint()
    few, many = np.zeros((1, 28, 28, 1), np.uint8), np.zeros((60, 28, 28, 1), np.uint8)
    grid.resize(side)
    for sheet in (few, many):
        grid.setSheet(sheet, None, ["n1"], [""] * len(sheet))
        for _ in range(20):
            grid.setZoom(grid.zoom() - 1)
    smallest = grid.tileRect(0, 0).width()
    grid.setSheet(few, None, ["n1"], [""])
    grid.setZoom(grid.zoom() - 1)
    grid.setSheet(many, None, ["n1"], [""] * 60)
    grid.setZoom(grid.zoom() + 1)
    assert grid.tileRect(0, 0).width() > smallest
    for _ in range(40):
        grid.setZoom(grid.zoom() + 1)
    grid.setSheet(np.zeros((4, 128, 128, 1), np.uint8), None, ["n1"], [""] * 4)
    largest = grid.tileRect(0, 0).width()
    grid.setZoom(grid.zoom() - 1)
    assert grid.tileRect(0, 0).width() < largest, "no key is pressed in vain"


def test_the_selected_tile_stays_in_sight_as_the_grid_gets_lower(grid) -> None:
    row = grid._sheet.rows - 1
    grid.setZoom(2)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    for _ in range(row):
        QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.viewport().rect().contains(grid.tileRect(row, 0))
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().value() - 4)
    seen = grid.tileRect(row, 0).bottom()
    grid.resize(grid.width(), seen - 20)
    assert grid.viewport().rect().contains(grid.tileRect(row, 0))
    grid.verticalScrollBar().setValue(0)
    grid.resize(grid.width(), grid.height() - 10)
    assert grid.verticalScrollBar().value() == 0, "what was scrolled away does not come back"
