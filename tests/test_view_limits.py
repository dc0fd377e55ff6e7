"""Views that no gesture and no value leads astray: the loss plot, scatter plots, what reads off."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from iae_studio.views.durations import duration
from iae_studio.views.scatter import CloudView
from iae_studio.widgets.gauge import Gauge
from iae_studio.widgets.loss_plot import LossPlot
from tests.widgets import LEFT, RIGHT, double_click, shown
from trainer.messages import Cloud
from trainer.recipe.catalogue import CATALOGUE

pytestmark = pytest.mark.usefixtures("dark")
EXTREME = [0.0, 1.0, -1.0, 1e-45, 1e-30, 3e38, -3e38, 1e8, np.inf, -np.inf, np.nan]
MIDDLE = Qt.MouseButton.MiddleButton
NAMES = ("reconstruction generator", "reconstruction discriminator", "penalty")


def wheel(widget: QWidget, place: QPoint, delta: int) -> None:
    event = QWheelEvent(
        QPointF(place),
        widget.mapToGlobal(QPointF(place)),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def drag(widget: QWidget, button: Qt.MouseButton, start: QPoint, stop: QPoint) -> None:
    QTest.mousePress(widget, button, pos=start)
    for part in range(1, 5):
        QTest.mouseMove(widget, start + (stop - start) * part / 4)
        QApplication.processEvents()
    QTest.mouseRelease(widget, button, pos=stop)


def redraw(plot: LossPlot) -> None:
    plot._dirty = True
    plot._redraw()
    plot.grab()


def axes(plot: LossPlot) -> tuple[tuple[float, float], tuple[float, float]]:
    across, along = plot._canvas.box.viewRange()
    return tuple(across), tuple(along)


@pytest.fixture
def plot(qtbot) -> LossPlot:
    made = shown(qtbot, LossPlot(), 700, 240)
    made.reset(NAMES)
    return made


def filled(plot: LossPlot, steps: int = 1000) -> LossPlot:
    plot.load(np.random.default_rng(0).gamma(2.0, 0.5, (steps, 3)).astype(np.float32))
    redraw(plot)
    return plot


# ---- the loss plot -------------------------------------------------------------------------------


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("delta", [-120, -2880, -1_000_000])
def test_the_wheel_out_ends_at_the_whole_run(plot, qtbot, log: bool, delta: int) -> None:
    plot.setLog(log)
    whole = axes(filled(plot))
    centre = plot._canvas.viewport().rect().center()
    with qtbot.captureExceptions() as raised:
        for _ in range(24):
            wheel(plot._canvas.viewport(), centre, delta)
            redraw(plot)
    assert not raised
    for (low, high), (start, stop) in zip(axes(plot), whole, strict=True):
        assert stop - start == pytest.approx(high - low, rel=0.3)


@pytest.mark.parametrize("steps", [1, 2, 1000, 300_000])
def test_the_wheel_in_ends_at_a_few_steps(plot, qtbot, steps: int) -> None:
    filled(plot, steps)
    with qtbot.captureExceptions() as raised:
        for _ in range(100):
            wheel(plot._canvas.viewport(), plot._canvas.viewport().rect().center(), 480)
        redraw(plot)
    (low, high), (bottom, top) = axes(plot)
    assert not raised
    assert 2 <= high - low <= 10 and top > bottom


@pytest.mark.parametrize("way", [QPoint(500, 0), QPoint(-500, 0), QPoint(0, 190), QPoint(0, -190)])
@pytest.mark.parametrize("zoom", [0, 120, 3000])
def test_no_drag_loses_the_run(plot, qtbot, way: QPoint, zoom: int) -> None:
    filled(plot)
    port = plot._canvas.viewport()
    centre = port.rect().center()
    wheel(port, centre, zoom)
    for _ in range(30):
        drag(port, LEFT, centre - way / 3, centre + way / 3)
    redraw(plot)
    (low, high), (bottom, top) = axes(plot)
    assert low < 1000 and high > 1
    heights = np.concatenate([plot._canvas.line(index)[1] for index in range(3)])
    assert bottom < np.nanmax(heights) + 0.1 and top > np.nanmin(heights) - 0.1


def test_a_double_click_brings_everything_back(plot, qtbot) -> None:
    whole = axes(filled(plot))
    port = plot._canvas.viewport()
    wheel(port, port.rect().center(), 2400)
    drag(port, RIGHT, QPoint(200, 50), QPoint(400, 150))
    redraw(plot)
    assert axes(plot) != whole
    double_click(port)
    redraw(plot)
    assert axes(plot) == whole


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("lost", [3e38, 1e-40, -5.0, np.inf, np.nan])
def test_a_hidden_curve_does_not_shift_the_axes_of_the_others(plot, lost: float, log: bool) -> None:
    plot.setLog(log)
    values = np.random.default_rng(1).gamma(2.0, 0.5, (500, 3)).astype(np.float32)
    values[:, 2] = values[:, 0]
    plot.load(values)
    redraw(plot)
    alone = axes(plot)
    values[250:, 2] = lost
    plot.load(values)
    plot.setShown("penalty", False)
    redraw(plot)
    assert axes(plot) == alone


def test_hiding_a_curve_leaves_a_view_that_was_chosen(plot) -> None:
    values = np.ones((500, 3), np.float32)
    values[:, 2] = 1e9
    plot.load(values)
    redraw(plot)
    port = plot._canvas.viewport()
    wheel(port, port.rect().center() - QPoint(0, 60), 240)
    redraw(plot)
    before = axes(plot)
    plot.setShown("penalty", False)
    redraw(plot)
    assert axes(plot) == before


POINT = st.builds(QPoint, st.integers(0, 600), st.integers(0, 230))
HAND = st.one_of(
    st.tuples(st.just("wheel"), POINT, st.integers(-100_000, 100_000)),
    st.tuples(st.just("drag"), st.sampled_from([LEFT, RIGHT, MIDDLE]), POINT, POINT),
    st.tuples(st.just("double"), POINT),
    st.tuples(st.just("key"), st.sampled_from(["+", "-", "=", "a", "\b"])),
    st.tuples(st.just("size"), st.integers(1, 900), st.integers(1, 400)),
    st.tuples(st.just("log"), st.booleans()),
    st.tuples(st.just("smooth"), st.floats(0, 1)),
    st.tuples(st.just("hide"), st.integers(0, 2), st.booleans()),
    st.tuples(st.just("more"), st.integers(1, 3000), st.sampled_from(EXTREME)),
)


def do(plot: LossPlot, hand: tuple) -> None:
    port = plot._canvas.viewport()
    match hand:
        case "wheel", place, delta:
            wheel(port, place, delta)
        case "drag", button, start, stop:
            drag(port, button, start, stop)
        case "double", place:
            double_click(port, place)
        case "key", text:
            QTest.keyClicks(port, text)
        case "size", width, height:
            plot.resize(width, height)
        case "log", on:
            plot.setLog(on)
        case "smooth", share:
            plot.setSmoothing(share)
        case "hide", index, on:
            plot.setShown(NAMES[index], on)
        case "more", count, value:
            plot.append(np.full((count, 3), value, np.float32))
    redraw(plot)


@given(
    values=st.lists(st.tuples(*[st.sampled_from(EXTREME)] * 3), min_size=0, max_size=30),
    hands=st.lists(HAND, max_size=12),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_done_to_whatever_data_the_view_is_finite(plot, qtbot, values, hands) -> None:
    with qtbot.captureExceptions() as raised:
        plot.resize(700, 240)
        plot.setLog(True)
        plot.reset(NAMES)
        plot.load(np.array(values, np.float32).reshape(-1, 3))
        for hand in hands:
            do(plot, hand)
            assert not raised, raised
            total = max(plot.steps(), 1)
            (low, high), (bottom, top) = axes(plot)
            assert -3 <= low < high <= max(1.2 * total, total + 2, 10)
            assert low < total and high > 1
            assert all(map(math.isfinite, (bottom, top))) and bottom < top


def test_ten_million_steps_are_zoomed_and_panned(plot, qtbot) -> None:
    ramp = np.linspace(1, 2, 10_000_000, dtype=np.float32)
    plot.load(np.stack([ramp, ramp, ramp], axis=1))
    port = plot._canvas.viewport()
    with qtbot.captureExceptions() as raised:
        redraw(plot)
        for _ in range(40):
            wheel(port, port.rect().center(), 960)
        redraw(plot)
        drag(port, LEFT, QPoint(300, 100), QPoint(100, 100))
        redraw(plot)
    (low, high), _ = axes(plot)
    assert not raised
    assert 0 < low < high < 10_000_000 and high - low < 100


# ---- scatter plots -------------------------------------------------------------------------------


@pytest.fixture
def cloud(qtbot) -> CloudView:
    made = shown(qtbot, CloudView(), 800, 400)
    made.set_recipe(CATALOGUE["mog-iae"])
    qtbot.wait(50)  # until all of it is laid out
    return made


@pytest.mark.parametrize("delta", [-120_000, 120_000])
def test_points_are_found_again_after_any_wheel_and_drag(cloud, qtbot, delta: int) -> None:
    plot = cloud.data.plot
    port = plot.viewport()
    double_click(port)
    before = plot.getViewBox().viewRange()
    with qtbot.captureExceptions() as raised:
        for _ in range(20):
            wheel(port, QPoint(20, 20), delta)
            drag(port, LEFT, QPoint(50, 50), QPoint(300, 300))
        plot.grab()
        for low, high in plot.getViewBox().viewRange():
            assert 1e-6 < high - low < 1000 and abs(low) < 1000
        double_click(port)
    assert not raised
    np.testing.assert_allclose(plot.getViewBox().viewRange(), before, rtol=1e-6)


def test_keys_move_and_zoom_the_points_and_show_all_again(cloud, qtbot) -> None:
    plot = cloud.data.plot
    double_click(plot.viewport())
    before = plot.box.viewRect()
    plot.clearFocus()
    bare = plot.grab().toImage()
    plot.activateWindow()
    plot.setFocus()
    qtbot.waitUntil(plot.hasFocus)
    assert plot.grab().toImage() != bare, "one sees where the keyboard is"
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    zoomed = plot.box.viewRect()
    assert zoomed.width() < before.width()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Down)
    moved = plot.box.viewRect()
    assert moved.left() > zoomed.left() and moved.top() < zoomed.top()
    for _ in range(99):
        QTest.keyClick(plot, Qt.Key.Key_Minus)
        QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.box.viewRect().width() < 1000
    QTest.keyClick(plot, Qt.Key.Key_Home)
    np.testing.assert_allclose(plot.box.viewRect().getRect(), before.getRect(), atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e38, -1e38])
def test_points_of_a_model_that_exploded_are_drawn_nowhere_else(cloud, qtbot, value) -> None:
    before = cloud.data.plot.getViewBox().viewRange()
    points = np.full((50, 2), value, np.float32)
    mixed = np.concatenate([points, np.ones((50, 2), np.float32)])
    told = Cloud(0, 1, np.ones((100, 2), np.float32), mixed, np.zeros(100, np.int64))
    with qtbot.captureExceptions() as raised:
        for fake in (mixed, np.full_like(mixed, value)):
            cloud.show_cloud(replace(told, fake=fake))
            cloud.grab()
    assert not raised
    assert cloud.data.plot.getViewBox().viewRange() == before


# ---- words and gauges ----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -5.0, 1e30, 0.0, 359_999.0])
def test_a_time_that_is_left_is_always_words(value: float) -> None:
    words = duration(value)
    assert words and len(words) < 14 and "-" not in words


@pytest.mark.parametrize("share", [math.nan, math.inf, -math.inf])
def test_a_share_that_is_no_number_is_unknown(qtbot, share: float) -> None:
    gauge = shown(qtbot, Gauge(), 300, 20)
    gauge.setShare(share)
    gauge.grab()
    assert gauge.share() is None and "unknown" in gauge.accessibleName()
