"""The theme and the reusable widgets, with real events and real pixels."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from iae_studio import theme
from iae_studio.widgets import icons
from iae_studio.widgets.cluster_grid import arrange
from iae_studio.widgets.grid_layout import CODE, SEEN, fit
from iae_studio.widgets.history import History
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.loss_plot import LossPlot
from iae_studio.widgets.sketch_pad import SketchPad
from iae_studio.widgets.slider_parts import Number, Track
from iae_studio.widgets.sliders import SliderBank, ValueSlider

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, True)
    yield
    theme.apply(qapp, True)


def shown(qtbot, widget: QWidget, width: int, height: int) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def pixel(image: QImage, place: QPoint) -> QColor:
    """The colour at a logical place, at any scale of the screen."""
    return image.pixelColor(place * image.devicePixelRatio())


# Theme


def luminance(colour: str) -> float:
    parts = [part / 255 for part in QColor(colour).getRgb()[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_every_text_colour_can_be_read(tokens: theme.Tokens) -> None:
    grounds = {"window", "panel", "raised", "line", "on_accent"}
    for name in {field.name for field in fields(tokens)} - grounds:
        assert contrast(getattr(tokens, name), tokens.panel) >= 4.5, name
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.muted, tokens.window) >= 4.5


def test_apply_exchanges_the_tokens_and_tells(qapp, qtbot) -> None:
    with qtbot.waitSignal(theme.notifier().changed):
        theme.apply(qapp, False)
    assert theme.current() is theme.LIGHT
    assert qapp.palette().window().color().name() == theme.LIGHT.panel


def test_tabular_figures_have_one_width(qapp) -> None:
    metrics = QFontMetricsF(theme.tabular(QFont(qapp.font())))
    assert len({metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("name", icons.names())
def test_icons_paint_sharply_and_follow_the_theme(qapp, name: str) -> None:
    def ink() -> tuple[QImage, int]:
        image = theme.icon(name, "error").pixmap(QSize(16, 16), 2.0).toImage()
        solid = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
        return image, max(solid, key=lambda colour: colour.alpha()).rgb()

    image, colour = ink()
    assert image.size() == QSize(32, 32)
    assert contrast(QColor(colour).name(), theme.DARK.error) < 1.1
    theme.apply(qapp, False)
    assert contrast(QColor(ink()[1]).name(), theme.LIGHT.error) < 1.1


def test_an_unknown_icon_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="play"):
        theme.icon("no such thing")


def test_primary_buttons_are_accented(qtbot) -> None:
    button = QPushButton("Train")
    button.setProperty("primary", True)
    shown(qtbot, button, 120, 32)
    assert pixel(button.grab().toImage(), QPoint(8, 16)).name() == theme.DARK.accent


def test_a_destroyed_widget_does_not_hear_of_the_theme(qapp, qtbot) -> None:
    for kind in (ImageGrid, LossPlot, SketchPad, lambda: SliderBank("style")):
        widget = kind()
        widget.deleteLater()
        del widget
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    gc.collect()
    theme.apply(qapp, False)


# Sliders


@pytest.fixture
def slider(qtbot) -> ValueSlider:
    made = ValueSlider("scale", 0.0, 2.0, 1.0, "style", decimals=2, suffix=" σ")
    made.told: list[float] = []
    made.edited.connect(made.told.append)
    return shown(qtbot, made, 320, 24)


def parts(slider: ValueSlider) -> tuple[Track, Number]:
    return slider.findChild(Track), slider.findChild(Number)


def test_dragging_moves_the_value_to_the_pointer(slider) -> None:
    track, number = parts(slider)
    middle = track.height() // 2
    QTest.mousePress(track, LEFT, pos=QPoint(round(track.handleX(0.25)), middle))
    assert slider.value() == pytest.approx(0.5, abs=0.02)
    QTest.mouseMove(track, QPoint(track.width() + 50, middle))
    assert slider.value() == 2.0
    QTest.mouseRelease(track, LEFT, pos=QPoint(track.width(), middle))
    assert slider.told[-1] == 2.0
    assert number.text() == "2.00 σ"


def test_a_double_click_goes_back_to_the_default(slider) -> None:
    slider.setValue(1.7)
    QTest.mouseDClick(parts(slider)[0], LEFT)
    assert slider.value() == 1.0
    assert slider.told == [1.0]


def test_arrows_step_and_typing_starts_the_number(slider, qtbot) -> None:
    track, number = parts(slider)
    slider.activateWindow()
    track.setFocus()
    QTest.keyClick(track, Qt.Key.Key_Right)
    assert slider.value() == pytest.approx(1.0 + slider.step())
    QTest.keyClick(track, Qt.Key.Key_0)
    qtbot.waitUntil(number.hasFocus)
    QTest.keyClicks(number, ".25")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert slider.value() == 0.25
    assert number.text() == "0.25 σ"


@pytest.mark.parametrize(("typed", "expected"), [("9", 2.0), ("words", 1.0), ("nan", 1.0)])
def test_what_is_typed_stays_in_the_range(slider, typed: str, expected: float) -> None:
    number = parts(slider)[1]
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, typed)
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert slider.value() == expected


def test_a_value_set_by_code_is_kept_exactly_and_is_no_edit(slider, qtbot) -> None:
    with qtbot.waitSignal(slider.valueChanged):
        slider.setValue(1.23456)
    assert (slider.value(), slider.told) == (1.23456, [])
    with pytest.raises(ValueError, match="finite"):
        slider.setValue(float("nan"))


def wheel(widget: QWidget, notches: int) -> bool:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        widget.mapToGlobal(centre),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_the_wheel_steps(slider) -> None:
    wheel(parts(slider)[0], 1)
    assert slider.value() > 1.0


def test_the_wheel_scrolls_a_bank_rather_than_change_it(qtbot) -> None:
    bank = shown(qtbot, SliderBank("content"), 240, 100)
    bank.setRows([str(row + 1) for row in range(20)])
    qtbot.waitUntil(lambda: bank.verticalScrollBar().maximum() > 0)
    track = bank.rows()[0].findChild(Track)
    track.clearFocus()
    assert not wheel(track, -1)  # left to the page
    assert bank.values() == (0.0,) * 20
    bank.activateWindow()
    track.setFocus()
    assert wheel(track, 1)
    assert bank.values()[0] > 0


def test_a_bank_tells_all_values_and_keeps_those_of_rows_that_stay(qtbot) -> None:
    bank = shown(qtbot, SliderBank("content"), 240, 200)
    bank.setRows(["1", "2", "3"], ["first"])
    bank.setValues([1, 2, 3])
    kept = bank.rows()[0]
    bank.setRows(["1", "2", "other", "4"])
    assert bank.rows()[0] is kept
    assert bank.values() == (1.0, 2.0, 0.0, 0.0)
    with qtbot.waitSignal(bank.edited) as told:
        QTest.keyClick(bank.rows()[3].findChild(Track), Qt.Key.Key_End)
    assert told.args == [(1.0, 2.0, 0.0, 3.0)]
    bank.reset()
    assert bank.values() == (0.0,) * 4
    assert kept.findChild(Track).accessibleName() == "1"


# Image grid


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("rows", [1, 3, 10])
def test_small_tiles_grow_by_whole_factors_and_fit(ratio: float, rows: int) -> None:
    room = (int(900 * ratio), int(600 * ratio))
    layout = fit(room, rows, 7, (28, 28), ratio)
    assert layout.tile[0] % 28 == 0
    assert layout.full_width <= room[0]
    assert layout.x(6) + layout.tile[0] + layout.left == pytest.approx(room[0], abs=1)


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
    QTest.mouseDClick(view, LEFT, pos=place)
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


# Loss plot


@pytest.mark.parametrize("rows", [1, 7, 64, 1000, 4099])
@pytest.mark.parametrize("chunk", [1, 3, 500])
def test_bins_are_means_of_what_was_computed(rows: int, chunk: int) -> None:
    values = np.random.default_rng(0).normal(size=(rows, 2)).astype(np.float32)
    values[1::2, 1] = np.nan
    history = History(2)
    for start in range(0, rows, chunk):
        history.append(values[start : start + chunk])
    for level in (level for level in range(6) if rows >= 4**level):
        steps, mean, count = history.bins(level, 0, rows)
        for block, step in enumerate(steps):
            first, last = block * 4**level, min((block + 1) * 4**level, rows)
            assert step == (first + 1 + last) / 2
            for curve in range(2):
                there = values[first:last, curve]
                there = there[~np.isnan(there)]
                assert count[block, curve] == len(there)
                expected = np.mean(there) if len(there) else np.nan
                np.testing.assert_allclose(mean[block, curve], expected, atol=1e-5)


@pytest.fixture
def plot(qtbot) -> LossPlot:
    made = shown(qtbot, LossPlot(), 900, 240)
    made.reset(["reconstruction player", "reconstruction critic", "penalty"])
    return made


def drawn(qtbot, plot: LossPlot) -> None:
    qtbot.waitUntil(lambda: not plot._dirty and not plot._timer.isActive())


def test_a_million_steps_append_and_draw_quickly(plot, qtbot) -> None:
    ramp = np.arange(1, 1_000_001, dtype=np.float32)
    values = np.stack([ramp, 2 * ramp, ramp % 2 + 1], axis=1)
    for start in range(0, len(values), 1000):
        plot.append(values[start : start + 1000])
    drawn(qtbot, plot)
    assert plot.steps() == 1_000_000
    x, y = plot.curve("reconstruction critic")
    assert len(x) <= 2 * plot.width()
    np.testing.assert_allclose(y, 2 * x, rtol=1e-5)
    np.testing.assert_allclose(plot.curve("penalty")[1], 1.5, rtol=1e-3)
    plot._dirty = True
    started = time.perf_counter()
    plot._redraw()
    assert time.perf_counter() - started < 0.2  # about 1 ms; room for a busy machine


def test_a_zoom_shows_single_steps(plot, qtbot) -> None:
    plot.append(np.arange(1, 300_001, dtype=np.float32)[:, None].repeat(3, 1))
    drawn(qtbot, plot)
    plot._canvas.set_view((1000, 1100), (0, 6))
    plot._on_moved()
    drawn(qtbot, plot)
    x, y = plot.curve("penalty")
    assert {1000.0, 1050.0, 1100.0} <= set(x)
    np.testing.assert_array_equal(x, y)
    plot.resetView()
    drawn(qtbot, plot)
    low, high = plot._canvas.view_x()  # all of it, and room to go on
    assert low == 0 and 300_000 <= high < 1.07 * 300_000


def test_what_is_on_the_screen_is_what_a_new_painting_would_show(plot, qtbot) -> None:
    """Only what changed is painted again; nothing is forgotten and nothing left behind."""

    def check() -> None:
        drawn(qtbot, plot)
        qtbot.wait(20)
        seen = QGuiApplication.primaryScreen().grabWindow(plot.winId()).toImage()
        assert seen == plot.grab().toImage().convertToFormat(seen.format())

    rng = np.random.default_rng(0)
    for _ in range(4):
        plot.append(rng.gamma(2.0, 0.5, (500, 3)).astype(np.float32))
        check()
    plot._canvas.set_view((300, 700), (-1, 0))
    plot._on_moved()
    check()
    zoomed = plot._canvas.grab().toImage()
    plot.setShown("reconstruction player", False)
    check()
    assert plot._canvas.grab().toImage() != zoomed, "there was no line to hide"
    for change in (
        plot.resetView,
        lambda: plot.setSmoothing(0.5),
        lambda: plot.setLog(False),
        lambda: plot.resize(600, 300),
        lambda: plot.setShown("penalty", False),
    ):
        change()
        check()


def test_values_that_have_no_logarithm_are_gaps(plot, qtbot) -> None:
    values = np.array([[1, 1, np.nan], [-1, 1, 2], [0, 1, np.nan], [4, 1, 3]], np.float32)
    plot.append(values)
    drawn(qtbot, plot)
    shown_y = plot._canvas.line(0)[1]
    np.testing.assert_allclose(shown_y, [0, np.nan, np.nan, np.log10(4)], equal_nan=True)
    x, y = plot.curve("penalty")  # not computed is no gap: the line joins what was
    np.testing.assert_array_equal((x, y), [[2, 4], [2, 3]])
    plot.setLog(False)
    drawn(qtbot, plot)
    np.testing.assert_allclose(plot._canvas.line(0)[1], [1, -1, 0, 4])


def test_a_click_in_the_legend_hides_a_curve(plot, qtbot) -> None:
    plot.append(np.ones((10, 3), np.float32))
    drawn(qtbot, plot)
    QTest.mouseClick(plot._legend.entries()[1], LEFT)
    drawn(qtbot, plot)
    assert [plot._canvas.line_shown(index) for index in range(3)] == [True, False, True]


def test_the_readout_follows_the_pointer(plot, qtbot) -> None:
    steps = np.arange(1, 101, dtype=np.float32)
    plot.load(np.stack([steps, 2 * steps, 3 * steps], axis=1))
    drawn(qtbot, plot)
    assert plot.readout()["penalty"] == 300
    canvas = plot._canvas
    QTest.mouseMove(canvas.viewport(), QPoint(canvas.width() // 2, canvas.height() // 2))
    assert plot.readout()["penalty"] == pytest.approx(150, rel=0.15)


def test_smoothing_averages_over_the_past(plot, qtbot) -> None:
    rng = np.random.default_rng(0)
    plot.append(np.exp(rng.normal(size=(20_000, 3))).astype(np.float32))
    drawn(qtbot, plot)
    rough = np.std(plot.curve("penalty")[1][20:])
    plot.setSmoothing(0.8)
    drawn(qtbot, plot)
    y = plot.curve("penalty")[1][20:]
    assert np.std(y) < rough / 3
    assert np.mean(y) == pytest.approx(np.exp(0.5), rel=0.05)


def test_reset_empties_and_says_what_comes(plot, qtbot) -> None:
    plot.append(np.ones((10, 3), np.float32))
    plot.setCurves(plot.names())
    assert plot.steps() == 10
    plot.setCurves(["energy"])
    drawn(qtbot, plot)
    assert plot.steps() == 0
    assert plot._empty.isVisible()
    with pytest.raises(ValueError, match="losses"):
        plot.append(np.ones((10, 3), np.float32))


# Sketch pad


@pytest.fixture
def pad(qtbot) -> SketchPad:
    made = shown(qtbot, SketchPad(), 280, 280)
    made.told: list[np.ndarray] = []
    made.sketched.connect(made.told.append)
    return made


def stroke(pad: SketchPad, *places: tuple[int, int], button=LEFT) -> None:
    QTest.mousePress(pad, button, pos=QPoint(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(pad, QPoint(*place))
    QTest.mouseRelease(pad, button, pos=QPoint(*places[-1]))


def test_a_stroke_leaves_white_ink_on_black(pad) -> None:
    stroke(pad, (60, 140), (140, 140), (220, 140))
    last = pad.told[-1]
    assert (last.shape, last.dtype) == ((280, 280), np.uint8)
    assert last[140, 70] == last[140, 140] == last[140, 210] == 255
    assert last[60, 140] == last[220, 140] == 0
    assert pixel(pad.grab().toImage(), QPoint(140, 140)).red() == 255


def test_a_click_leaves_a_dot(pad) -> None:
    stroke(pad, (100, 100))
    assert pad.told[-1][100, 100] == 255


def test_the_right_button_erases(pad) -> None:
    stroke(pad, (60, 140), (220, 140))
    stroke(pad, (140, 100), (140, 180), button=RIGHT)
    assert pad.told[-1][140, 140] == 0
    assert pad.told[-1][140, 70] == 255


def test_undo_and_clear(pad) -> None:
    stroke(pad, (60, 60), (220, 60))
    stroke(pad, (60, 200), (220, 200))
    pad.clear()
    assert pad.isEmpty()
    assert not pad.told[-1].any()
    pad.undo()
    assert pad.told[-1][60, 140] == pad.told[-1][200, 140] == 255
    pad.undo()
    assert pad.told[-1][200, 140] == 0
    pad.undo()
    assert pad.isEmpty()
    assert not pad.canUndo()


def test_pictures_come_no_faster_than_they_can_be_used(pad, qtbot) -> None:
    started = time.perf_counter()
    places = [(20 + step, 140 + (step % 7)) for step in range(240)]
    stroke(pad, *places)
    elapsed = time.perf_counter() - started
    assert 2 <= len(pad.told) <= elapsed / 0.033 + 3
    assert pad.told[-1][140, 250] == 255
