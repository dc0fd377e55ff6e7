"""The plot of the losses: what it draws, and what is read off it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QImage, QKeyEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from iae_studio.widgets.compare_plot import ComparePlot, Curve
from iae_studio.widgets.curve_legend import curve_colour, is_discriminator
from iae_studio.widgets.history import History
from iae_studio.widgets.loss_canvas import LossCanvas
from iae_studio.widgets.loss_plot import LossPlot
from iae_studio.widgets.run_plot import RunPlot
from tests.tiny import KINDS, kind_of, trained
from tests.widgets import LEFT, heard_of, shown
from trainer.messages import LOSSES

pytestmark = pytest.mark.usefixtures("dark")


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
    made.reset(["reconstruction generator", "reconstruction discriminator", "penalty"])
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
    x, y = plot.curve("reconstruction discriminator")
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

    def same() -> bool:
        seen = QGuiApplication.primaryScreen().grabWindow(plot.winId()).toImage()
        return bool(seen == plot.grab().toImage().convertToFormat(seen.format()))

    def check() -> None:
        drawn(qtbot, plot)
        qtbot.waitUntil(same)  # a busy computer paints later

    rng = np.random.default_rng(0)
    for _ in range(4):
        plot.append(rng.gamma(2.0, 0.5, (500, 3)).astype(np.float32))
        check()
    plot._canvas.set_view((300, 700), (-1, 0))
    plot._on_moved()
    check()
    zoomed = plot._canvas.grab().toImage()
    plot.setShown("reconstruction generator", False)
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


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_lines_are_as_wide_on_a_fine_screen(qtbot, ratio: int) -> None:
    canvas = shown(qtbot, LossCanvas(), 300, 200)
    canvas.setLines([(QColor("red"), False), (QColor("lime"), True)])
    canvas.set_view((0, 1), (0, 1))
    for index, height in enumerate((0.7, 0.3)):
        canvas.draw(index, np.array([0.0, 1.0]), np.array([height, height + 0.01]))
    image = QImage(300 * ratio, 200 * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    with QPainter(image) as painter:
        canvas.render(painter, QRectF(0, 0, 300, 200))
    _, green, red, _ = np.frombuffer(image.constBits(), np.uint8).astype(float).reshape(-1, 4).T
    width = []
    for ink in (red - green, green - red):  # what is grey is neither
        columns = ink.clip(0).reshape(200 * ratio, -1).sum(0) / ink.max()
        width.append(columns.max() / ratio)  # dashes have gaps
    assert 1.2 < width[0] < 2.2 and 0.9 < width[1] < 1.6, width


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_lines_of_a_recipe_look_alike(qapp, kind: str) -> None:
    told = [p.losses for p in trained(kind_of(kind), 20)[1]]
    there = ~np.isnan(np.concatenate(told)).all(0)
    looks = [
        (curve_colour(name).name(QColor.NameFormat.HexArgb), is_discriminator(name))
        for name, computed in zip(LOSSES, there, strict=True)
        if computed
    ]
    assert len(looks) >= 2 and len(set(looks)) == len(looks)


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


def test_a_penalty_that_is_all_but_paid_does_not_squeeze_the_others(plot, qtbot) -> None:
    values = np.ones((50, 3), np.float32)
    values[:, 2] = np.geomspace(1, 1e-12, 50)
    plot.append(values)
    drawn(qtbot, plot)
    assert -3.6 < plot._y_range()[0] <= -3


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


@pytest.fixture
def keyed(plot, qtbot) -> LossPlot:
    """A hundred steps, whose values say which step they are of, and the keyboard at them."""
    steps = np.arange(1, 101, dtype=np.float32)
    plot.load(np.stack([steps, 2 * steps, 3 * steps], axis=1))
    drawn(qtbot, plot)
    plot.activateWindow()
    plot._canvas.setFocus()
    qtbot.waitUntil(plot._canvas.hasFocus)
    return plot


def test_keys_read_the_losses_step_by_step(keyed, qtbot) -> None:
    canvas = keyed._canvas
    heard = QAccessible.queryAccessibleInterface(canvas)

    def read(key: Qt.Key) -> float:
        QTest.keyClick(canvas, key)
        return keyed.readout()["penalty"] / 3

    keys = Qt.Key
    moves = (keys.Key_Right, keys.Key_Left, keys.Key_PageUp, keys.Key_Right)
    assert [read(key) for key in moves] == [100, 99, 89, 90]
    said = heard.text(QAccessible.Text.Description)
    assert said.startswith("step 90; ") and "penalty 270" in said
    keyed.setShown("penalty", False)
    assert [read(key) for key in (keys.Key_Home, keys.Key_Left, keys.Key_End)] == [1, 1, 100]
    assert "penalty" not in heard.text(QAccessible.Text.Description), "it is hidden"
    read(keys.Key_Home)
    assert read(keys.Key_Escape) == 100, "the last values again"
    assert "step 1;" not in heard.text(QAccessible.Text.Description)
    escape = QKeyEvent(QEvent.Type.KeyPress, keys.Key_Escape, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, escape)
    assert not escape.isAccepted(), "it is the window's then"


def test_the_keys_values_leave_with_the_keyboard(keyed, qtbot) -> None:
    QTest.keyClick(keyed._canvas, Qt.Key.Key_Home)
    assert keyed.readout()["penalty"] == 3
    keyed._legend.entries()[0].setFocus()
    assert keyed.readout()["penalty"] == 300


def test_a_zoomed_view_goes_along_with_the_keys(keyed, qtbot) -> None:
    canvas = keyed._canvas
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    for _ in range(6):
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
    low, high = canvas.view_x()
    assert high - low < 30 and low <= 1 <= high
    drawn(qtbot, keyed)
    QTest.keyClick(canvas, Qt.Key.Key_End)
    low, high = canvas.view_x()
    assert low < 100 <= high
    drawn(qtbot, keyed)
    assert keyed.readout()["penalty"] == 300
    canvas.set_view(canvas.view_x(), (0.5, 1.0))
    bottom = canvas.box.viewRange()[1][0]
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    drawn(qtbot, keyed)
    assert canvas.box.viewRange()[1][0] > bottom, "what a hand chose stays"


def test_tab_comes_to_losses_only_where_there_are_some(plot, qtbot) -> None:
    drawn(qtbot, plot)
    assert not plot._canvas.focusPolicy() & Qt.FocusPolicy.TabFocus
    plot.append(np.ones((10, 3), np.float32))
    drawn(qtbot, plot)
    assert plot._canvas.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_name_in_the_legend_is_told_with_its_value(keyed) -> None:
    entry = QAccessible.queryAccessibleInterface(keyed._legend.entries()[2])
    assert entry.text(QAccessible.Text.Name) == "penalty"
    assert entry.text(QAccessible.Text.Description) == "300"


def test_enter_looks_at_the_step_that_the_keys_are_at(qtbot) -> None:
    plot = shown(qtbot, RunPlot(), 900, 240)
    plot.reset(["penalty"])
    plot.append(np.ones((100, 1), np.float32))
    drawn(qtbot, plot)
    asked = heard_of(plot.time.asked)
    keys = (Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Return)
    for key in keys:
        QTest.keyClick(plot._canvas, key)
    assert not asked, "there are no moments to look at"
    plot.time.show_at(100.0, past=False)
    for key in keys:
        QTest.keyClick(plot._canvas, key)
    assert asked == [(99.0,)]


def test_keys_read_the_losses_of_compared_models(qtbot) -> None:
    made = shown(qtbot, ComparePlot(), 900, 240)
    x = np.arange(1.0, 101.0)
    made.setSmoothing(0)
    made.setCurves([Curve(x, 2 * x, QColor("red")), Curve(x[:50], x[:50], QColor("lime"))])
    pointed = heard_of(made.pointed)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left):
        QTest.keyClick(made.canvas, key)
    assert [at for (at,) in pointed] == [0, 100, 99]
    assert made.values(99)[0] == 198 and np.isnan(made.values(99)[1])
    made.canvas.tell("step 99")
    assert made.canvas.accessibleDescription() == "step 99"
    QTest.keyClick(made.canvas, Qt.Key.Key_Escape)
    assert np.isnan(pointed[-1][0])


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
    drawn(qtbot, plot)
    axes = plot.findChildren(LossCanvas)[0].getPlotItem().getAxis
    assert plot.steps() == 10 and axes("left").isVisible()
    plot.setCurves(["energy"])
    drawn(qtbot, plot)
    assert plot.steps() == 0
    assert plot._empty.isVisible() and not axes("left").isVisible()

    def words() -> int:
        return plot._empty.mapTo(plot, plot._empty.rect().center()).x()

    # In the middle, though names stood beside: once the layout has heard that they are gone.
    qtbot.waitUntil(lambda: abs(words() - plot.width() // 2) < 4)
    with pytest.raises(ValueError, match="losses"):
        plot.append(np.ones((10, 3), np.float32))
