"""The map's canvas: what hands do to it, and what it shows."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent

from iae_studio.style import theme
from iae_studio.views.map_colours import palette
from iae_studio.widgets.map_canvas import MapCanvas
from iae_studio.widgets.map_frame import Frame, cells_of, extent_of, kept, whole
from iae_studio.widgets.map_legend import Legend, MapLegend
from iae_studio.widgets.map_scene import Mark
from tests.widgets import LEFT, RIGHT, contrast, heard_of, pixel, shown

PLACES = np.array([[0, 0], [10, 0], [0, 5], [10, 5]], np.float32)
COLOURS = [QColor("#ff0000"), QColor("#00ff00")]


@pytest.fixture
def canvas(qtbot, dark) -> MapCanvas:
    made = shown(qtbot, MapCanvas(), 600, 400)
    made.setImages(np.full((4, 28, 28, 1), 200, np.uint8), ("a", "b", "c", "d"))
    made.setPlaces(PLACES, True)
    made.setColours(np.array([0, 0, 1, 1]), COLOURS)
    return made


def at(canvas: MapCanvas, number: int) -> QPoint:
    """Where a point is."""
    x, y = canvas.frame().screen(PLACES)[number]
    return QPoint(round(x), round(y))


def wheel(canvas: MapCanvas, place: QPoint, turned: int) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(canvas.mapToGlobal(place)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    canvas.wheelEvent(event)


# ---- frames --------------------------------------------------------------------------------------


def test_a_frame_shows_all_and_zooms_where_the_pointer_is() -> None:
    frame = whole(extent_of(PLACES), 600, 400)
    seen = frame.screen(PLACES)
    assert (seen > 0).all() and (seen < (600, 400)).all()
    assert seen[0][1] > seen[2][1], "up is up"
    place = frame.place(100, 50)
    assert frame.zoomed(3, 100, 50).place(100, 50) == pytest.approx(place)
    assert frame.panned(30, -10).place(130, 40) == pytest.approx(place)


@pytest.mark.parametrize("frame", [Frame(1e9, -1e9, 1e-9, 9, 9), Frame(np.nan, 0, np.inf, 9, 9)])
def test_no_hand_leads_the_view_astray(frame: Frame) -> None:
    found = kept(frame, extent_of(PLACES))
    assert abs(found.x) <= 10 and abs(found.y) <= 5 and 0.1 < found.scale < 10


def test_the_background_lies_still_while_the_map_is_moved() -> None:
    frame = whole(extent_of(PLACES), 900, 600)
    cells, moved = cells_of(frame), cells_of(frame.panned(40, 25))
    assert cells.side == moved.side and cells.columns <= 13 and cells.rows <= 9
    assert cells.columns * cells.rows == len(cells.middles())
    mine = {tuple(np.round(p, 4)) for p in cells.middles().tolist()}
    assert len(mine & {tuple(np.round(p, 4)) for p in moved.middles().tolist()}) > 30
    (left, top), (right, bottom) = frame.screen(cells.corners())
    assert left <= 0 and top <= 0 and right >= 900 and bottom >= 600
    first = frame.screen(cells.middles())[0]
    assert (first < (100, 100)).all(), "row by row from the top"


# ---- what is shown -------------------------------------------------------------------------------


def test_few_points_are_pictures_in_frames_of_their_colours(canvas) -> None:
    picture = canvas.grab().toImage()
    assert pixel(picture, at(canvas, 2)).getRgb()[:3] == (200, 200, 200)
    assert pixel(picture, at(canvas, 2) - QPoint(15, 0)) == COLOURS[1]


def test_many_points_are_dots_until_they_are_asked_to_be_pictures(canvas) -> None:
    many = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    canvas.setImages(np.full((500, 28, 28, 1), 200, np.uint8), ("x",) * 500)
    canvas.setPlaces(np.concatenate([many[:499], [[40, 40]]]).astype(np.float32), True)
    canvas.setColours(np.ones(500, np.int64), COLOURS)
    x, y = canvas.frame().screen(np.array([[40, 40]], np.float32))[0]
    place = QPoint(round(x), round(y))
    assert pixel(canvas.grab().toImage(), place) == COLOURS[1]
    canvas.setAllPictures(True)
    assert pixel(canvas.grab().toImage(), place).getRgb()[:3] == (200, 200, 200)


def test_background_marks_and_legend_are_painted(qtbot, canvas) -> None:
    cells = canvas.cells()
    before = canvas.grab().toImage()
    canvas.setLattice(cells, np.full((cells.rows * cells.columns, 8, 8, 3), 255, np.uint8))
    after = canvas.grab().toImage()
    corner = QPoint(300, 10)
    assert pixel(after, corner).lightness() > pixel(before, corner).lightness() + 50
    canvas.setMarks([Mark((5.0, 2.5), np.zeros((0, 2), np.float32), True, "mine")])
    ring = QPoint(300, 200 - 8)
    assert pixel(canvas.grab().toImage(), ring) != pixel(after, ring)
    legend = shown(qtbot, MapLegend(), 300, 20)
    legend.setLegend(Legend((("cat", COLOURS[0]), ("dog", COLOURS[1])), title="Class"))
    assert legend.accessibleName() == "Colours: Class, cat, dog"
    one = legend.height()
    legend.setLegend(Legend(tuple((f"class {k}", COLOURS[0]) for k in range(12))))
    assert legend.height() > one, "in several lines"


@pytest.mark.parametrize("is_dark", [True, False])
def test_classes_are_told_apart_in_dark_and_light(qapp, dark, is_dark: bool) -> None:
    theme.apply(qapp, is_dark)
    hues = palette(30)
    assert len({hue.name() for hue in hues}) == 30
    panel = theme.current().panel
    assert min(contrast(hue.name(), panel) for hue in hues[:10]) > 3


# ---- hands ---------------------------------------------------------------------------------------


def test_a_click_picks_a_point_and_a_drag_moves_the_map(qtbot, canvas) -> None:
    picked = heard_of(canvas.picked)
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, 3))
    assert picked == [(3,)]
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, 1) - QPoint(60, 20))
    assert picked == [(3,), (1,)], "the nearest, where nothing can be decoded"
    before = canvas.frame().x
    qtbot.mousePress(canvas, LEFT, pos=QPoint(300, 200))
    qtbot.mouseMove(canvas, QPoint(250, 200))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(250, 200))
    assert canvas.frame().x > before and len(picked) == 2


def test_where_it_can_be_decoded_a_click_and_a_drag_do(qtbot, canvas) -> None:
    canvas.decodable = True
    wanted, picked = heard_of(canvas.decodeWanted), heard_of(canvas.picked)
    qtbot.mousePress(canvas, LEFT, pos=QPoint(300, 200))
    qtbot.mouseMove(canvas, QPoint(330, 200))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(330, 200))
    assert wanted[0] == pytest.approx((5, 2.5), abs=0.02)
    assert wanted[-1] == pytest.approx(canvas.frame().place(330, 200))
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, 0))
    assert picked == [(0,)] and len(wanted) == 2, "a point is itself"
    frame = canvas.frame()
    qtbot.mousePress(canvas, RIGHT, pos=QPoint(300, 200))
    qtbot.mouseMove(canvas, QPoint(270, 190))
    qtbot.mouseRelease(canvas, RIGHT, pos=QPoint(270, 190))
    assert canvas.frame() == frame.panned(-30, -10) and len(wanted) == 2


def test_keys_move_the_decode_point_zoom_and_pick(qtbot, canvas) -> None:
    canvas.decodable = True
    wanted, left = heard_of(canvas.decodeWanted), heard_of(canvas.decodeLeft)
    picked = heard_of(canvas.picked)
    canvas.setTarget((9.0, -4.0))
    assert canvas.accessibleDescription() == "decoded at 9.00, −4.00"
    canvas.setTarget((9.0, 4.0))
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert wanted[0][0] > 9 and wanted[0][1] == 4 and wanted[1][1] > 4
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert picked == [(3,)]
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert len(left) == 1
    scale = canvas.frame().scale
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.frame().scale > scale
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.frame().scale == scale


def test_the_wheel_zooms_and_shift_chooses(qtbot, canvas) -> None:
    boxed, place = heard_of(canvas.boxed), at(canvas, 2)
    wheel(canvas, place, 120)
    assert (at(canvas, 2) - place).manhattanLength() <= 1
    wheel(canvas, place, 10**9)
    wheel(canvas, place, -(10**9))
    wheel(canvas, place, -(10**9))
    assert np.isfinite(canvas.frame().scale)
    canvas.fit()
    shift = Qt.KeyboardModifier.ShiftModifier
    begun = at(canvas, 2) - QPoint(10, 10)
    over = at(canvas, 0) + QPoint(10, 10)
    qtbot.mousePress(canvas, LEFT, shift, begun)
    qtbot.mouseMove(canvas, over)
    qtbot.mouseRelease(canvas, LEFT, shift, over)
    assert boxed == [([0, 2],)]


def test_the_hovered_one_is_in_front_with_its_name(qtbot, canvas) -> None:
    hovered = heard_of(canvas.hovered)
    before = canvas.grab().toImage()
    qtbot.mouseMove(canvas, at(canvas, 0))
    assert hovered == [(0,)]
    card = at(canvas, 0) + QPoint(60, 0)
    assert pixel(canvas.grab().toImage(), card).lightness() > pixel(before, card).lightness()


def test_what_moves_away_while_it_trains_stays_in_view_unless_a_hand_chose(canvas) -> None:
    canvas.setPlaces(PLACES + 50, False)
    assert canvas.frame().x == pytest.approx(55)
    wheel(canvas, QPoint(300, 200), 240)
    chosen = canvas.frame()
    canvas.setPlaces(PLACES + 50.5, False)
    assert canvas.frame() == chosen


def test_what_grows_a_little_at_a_time_stays_in_view(canvas) -> None:
    for stage in range(9):
        canvas.setPlaces(PLACES * 1.1**stage, False)
        at_stage = canvas.frame().screen(canvas.places())
        assert ((at_stage >= 0) & (at_stage <= (600, 400))).all(), stage
