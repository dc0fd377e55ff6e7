"""The pad in the code's domain: its pixels, its pen, its keys, and the shoes that follow it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.views.drawing import DrawingView
from iae_studio.widgets.code_pad import CodePad
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.pixel_pen import covered
from iae_studio.widgets.sketch_pad import SketchPad
from iae_studio.widgets.style_tiles import StyleTiles
from tests.studio import LONG, find, little_data, newest, running
from tests.tiny import kind_of, pictures_of, snapshot_of
from tests.widgets import LEFT, RIGHT, heard_of, pixel, shown
from trainer.data.drawing.shoes import draw_shoes
from trainer.data.edge_detection import find_edges
from trainer.exploring.drawn_code import draw_code, edges_of
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.pad import DrawnCode, DrawnTiles, EdgesOf, pen_of
from trainer.inference.render import render
from trainer.messages import Probe, Rendering, column_seeds
from trainer.recipe.catalogue import CATALOGUE

LINE = (255, 20, 1.0, False)


@pytest.fixture
def pad(qtbot) -> CodePad:
    made = CodePad()
    made.setDomain((32, 32, 3), LINE)
    return shown(qtbot, made, 330, 330)


def at(pad: CodePad, row: int, column: int) -> QPoint:
    return pad.pixelCentre(row, column).toPoint()


def stroke(pad: CodePad, *pixels: tuple[int, int], button=LEFT) -> None:
    places = [at(pad, *each) for each in pixels]
    QTest.mousePress(pad, button, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, button, pos=places[-1])


def dark(pad: CodePad) -> list[tuple[int, int]]:
    """The pixels that are not of the ground."""
    return [(int(y), int(x)) for y, x in np.argwhere(pad.picture()[..., 0] != 255)]


@lru_cache(maxsize=2)
def stylus(eraser: bool) -> QPointingDevice:
    """Kept, because Qt's events only point to their device."""
    ends = QPointingDevice.PointerType
    end = ends.Eraser if eraser else ends.Pen
    kind, able = QInputDevice.DeviceType.Stylus, QInputDevice.Capability.Pressure
    return QPointingDevice("pen", 1 + eraser, kind, end, able, 1, 1)


def pen(pad, *steps: tuple[QPointF, float], eraser: bool = False) -> None:
    """A stroke of a tablet's pen: places, and the weight at each."""
    kinds, none = QEvent.Type, Qt.MouseButton.NoButton
    moves = [(kinds.TabletPress, *steps[0], LEFT, LEFT)]
    moves += [(kinds.TabletMove, *step, none, LEFT) for step in steps[1:]]
    moves += [(kinds.TabletRelease, *steps[-1], LEFT, none)]
    for kind, place, weight, button, held in moves:
        still = (0.0, 0.0, 0.0, 0.0, 0.0, Qt.KeyboardModifier.NoModifier)
        device = stylus(eraser)
        event = QTabletEvent(kind, device, place, place, weight, *still, button, held)
        QApplication.sendEvent(pad, event)


# ---- pixels --------------------------------------------------------------------------------------


def test_a_pen_covers_what_lies_under_it() -> None:
    whole = covered((5, 5), (0.5, 2.5), (4.5, 2.5), 1.0, soft=False)
    assert whole.sum(1).tolist() == [0, 0, 5, 0, 0]
    soft = covered((5, 5), (0.5, 2.5), (4.5, 2.5), 2.0, soft=True)
    np.testing.assert_allclose(soft[:, 2], [0, 0.5, 1, 0.5, 0])
    dot = covered((5, 5), (2.5, 2.5), (2.5, 2.5), 1.0, soft=False)
    assert dot.sum() == dot[2, 2] == 1
    slope = covered((8, 8), (0.5, 0.5), (7.5, 7.5), 1.0, soft=False)
    assert slope.diagonal().all() and slope.sum() == 8


def test_a_stroke_sets_the_pixels_that_it_passes(pad) -> None:
    told = heard_of(pad.drawn)
    stroke(pad, (5, 3), (5, 8))
    assert dark(pad) == [(5, x) for x in range(3, 9)]
    assert pad.picture()[5, 3].tolist() == [20, 20, 20]
    assert np.array_equal(told[-1][0], pad.picture()) and told[0][0][5, 3, 0] == 20
    seen = pad.grab().toImage().pixelColor(at(pad, 5, 3) * pad.devicePixelRatioF())
    assert seen.red() == 20


def test_its_paper_ends_at_its_round_frame(pad) -> None:
    seen = pad.grab().toImage()
    box = pad._square()
    corners = [box.topLeft(), box.bottomRight() - QPointF(1, 1)]
    colours = {pixel(seen, place.toPoint()).name() for place in corners}
    assert pixel(seen, box.center().toPoint() + QPoint(0, 60)).name() == "#ffffff"
    assert "#ffffff" not in colours


def test_the_pen_is_as_wide_as_it_is_set(pad) -> None:
    pad.setPenWidth(3.0)
    stroke(pad, (10, 5), (10, 20))
    assert {y for y, _ in dark(pad)} == {9, 10, 11}


def test_a_soft_line_is_no_darker_where_it_crosses_itself(pad) -> None:
    pad.setDomain((32, 32, 3), (255, 20, 1.3, True))
    stroke(pad, (10, 5), (10, 20), (10, 5), (10, 20))
    column = pad.picture()[9:12, 12, 0]
    assert column[1] == 20 and 200 < column[0] < 255 and column[0] == column[2]


def test_erasing_taking_back_and_clearing_by_hand_and_key(pad, qtbot) -> None:
    stroke(pad, (5, 3), (5, 8))
    stroke(pad, (5, 5), (5, 8), button=RIGHT)
    assert (5, 3) in dark(pad) and (5, 7) not in dark(pad)
    pad.setFocus()
    qtbot.keyClick(pad, Qt.Key.Key_U)
    assert (5, 7) in dark(pad)
    qtbot.keyClick(pad, Qt.Key.Key_E)
    assert pad.erasing()
    stroke(pad, (5, 5), (5, 8))
    assert (5, 7) not in dark(pad)
    qtbot.keyClick(pad, Qt.Key.Key_E)
    qtbot.keyClick(pad, Qt.Key.Key_C)
    assert pad.isEmpty() and pad.canUndo()
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    assert (5, 3) in dark(pad)


def test_the_weight_of_a_pen_is_its_width_and_its_other_end_erases(pad) -> None:
    ends = pad.pixelCentre(10, 5), pad.pixelCentre(10, 25)
    pad.setPenWidth(3.0)
    rows = []
    for weight in (0.0, 0.5, 1.0):
        pen(pad, *((end, weight) for end in ends))
        rows.append(len({y for y, _ in dark(pad)}))
        if weight < 1.0:
            pad.undo()
    assert rows == [1, 3, 5]
    pen(pad, *((end, 1.0) for end in ends), eraser=True)
    assert not dark(pad)


def test_a_heavy_pen_draws_a_digit_thickly(qtbot) -> None:
    made = shown(qtbot, SketchPad(), 280, 280)
    told = heard_of(made.sketched)
    ink = []
    for weights in ((0.2, 0.2), (0.5, 0.5), (0.2, 1.0)):
        pen(made, *zip((QPointF(60, 140), QPointF(220, 140)), weights, strict=True))
        ink.append(int((told[-1][0] > 128).sum()))
        made.clear()
    assert ink[0] < ink[1] < ink[2]


# ---- what a drawn code stands for ----------------------------------------------------------------


class Exact(torch.nn.Module):
    """A model whose codes are pictures of whole greys."""

    def __init__(self, model) -> None:
        super().__init__()
        self.inner, self.noise, self.eps = model, model.noise, model.eps

    def encode(self, x, eps):
        return (self.inner.encode(x, eps) * 255).round() / 255

    def decode(self, z, noise):
        return self.inner.decode(z, noise)


def test_a_drawn_code_gives_the_pixels_of_the_tile_that_has_it() -> None:
    recipe = kind_of("cycleiae, decoder noise")
    known = snapshot_of(recipe, steps=3)
    exact = replace(known, model=Exact(known.model))
    probe = Probe(1, pictures_of(recipe, 2), column_seeds(3, 5), 0.7, noise_offsets=(1.5,))
    expected = render(exact, probe)
    for row in range(2):
        question = DrawnCode(expected.code_pictures[row], probe)
        answer = draw_code(exact, question, Circumstances())
        np.testing.assert_array_equal(answer.tiles, expected.tiles[row])
        assert answer.step == 3


def test_the_pen_has_the_colours_of_the_data() -> None:
    edges = draw_shoes(20, 1, 32).edges
    drawn = pen_of(CATALOGUE["shoes-small"])
    assert (drawn.line, drawn.ground) == (int(edges.min()), int(edges.max()))
    found = find_edges(draw_shoes(5, 1, 32).images.permute(0, 3, 1, 2))
    own = pen_of(CATALOGUE["shoes-small"].with_images("photos"))
    assert {own.line, own.ground} == set(found.unique().tolist()) and not own.soft
    for name in ("faces-small", "drawn-10", "mog-iae"):
        assert pen_of(CATALOGUE[name]) is None
    shoe = draw_shoes(1, 1, 32).images[0].numpy()
    answer = edges_of(None, EdgesOf(shoe), Circumstances())
    expected = find_edges(torch.from_numpy(shoe).permute(2, 0, 1)[None])[0].permute(1, 2, 0)
    assert np.array_equal(answer, expected.numpy())


def test_of_strokes_one_is_asked_about_at_a_time_and_the_newest_last(qtbot, state) -> None:
    view = DrawingView(state)
    qtbot.addWidget(view)
    state.displayed.select(DisplayedModel(CATALOGUE["shoes-small"]))
    asked = heard_of(state.asking.wanted)
    pad = view.findChild(CodePad, "codePad")
    pictures = []
    for row in (5, 10, 15):
        stroke(pad, (row, 3), (row, 8))
        pictures.append(pad.picture())
    first = asked[0][0]
    assert len(asked) == 1 and first.follows
    columns = state.query.columns
    tiles = np.zeros((columns, 32, 32, 3), np.uint8)
    state.asking.answer(first, DrawnTiles(7, tiles))
    assert len(asked) == 2 and np.array_equal(asked[1][0].question.code, pictures[-1])
    assert len(asked[1][0].question.probe.noise_seeds) == columns > 1
    state.asking.answer(first, DrawnTiles(7, tiles + 9))
    assert not state.drawing.tiles.tiles.any(), "it is old"
    pad.clear()
    assert state.drawing.tiles is None


def test_a_drawing_starts_from_the_translation_that_is_selected(qtbot, state) -> None:
    """Where the encoder has the noise, an image has many codes."""
    view = DrawingView(state)
    qtbot.addWidget(view)
    state.displayed.select(DisplayedModel(CATALOGUE["shoes-small"].but(noise=0, encoder_noise=3)))
    spec = state.inputs.spec
    state.inputs.add([Input("shoe", np.zeros(spec.shape, np.uint8), spec)])
    assert not view.findChild(QToolButton, "padFromCode").isEnabled()
    tiles = np.zeros((1, 6, *spec.shape), np.uint8)
    tiles[0] += np.arange(6, dtype=np.uint8)[:, None, None, None]
    stamp, none = state.answers.probe().stamp, np.zeros((1, 0), np.float32)
    share = np.zeros(1, np.float32)
    state.answers.set_rendering(Rendering(stamp, 5, tiles, none, share, way_back=tiles))
    state.selection.select(0, 4)
    asked = heard_of(state.asking.wanted)
    view.findChild(QToolButton, "padFromCode").click()
    assert (view.findChild(CodePad, "codePad").picture() == 4).all()
    assert len(asked[-1][0].question.probe.noise_seeds) == 1, "without noise all are alike"
    state.displayed.select(DisplayedModel(CATALOGUE["shoes-l1-small"]))
    assert (asked[-1][0].question.code == 4).all(), "it stays for another model of the domain"
    state.displayed.select(DisplayedModel(CATALOGUE["shoes"]))
    assert view.findChild(CodePad, "codePad").picture().shape == (64, 64, 3)
    assert state.drawing.picture is None


def test_what_cannot_be_drawn_is_told(qtbot, state) -> None:
    view = shown(qtbot, DrawingView(state), 320, 300)
    state.displayed.select(DisplayedModel(CATALOGUE["faces-small"]))
    words = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert any("a pen cannot draw one" in each for each in words), words
    assert not view.pad.isVisible()


# ---- in the window -------------------------------------------------------------------------------


def assert_in_line(tiles: StyleTiles, grid: ImageGrid) -> None:
    """Each noise has one column, in the row above the grid and in the grid."""
    below = [grid.viewport().mapToGlobal(each.center()).x() for each in grid.drawRects()]
    above = [tiles.mapToGlobal(tiles.tileRect(i).center()).x() for i in range(len(tiles.tiles()))]
    assert len(above) > 1 and np.allclose(above, below, atol=1)


def test_shoes_follow_the_pen(qtbot, own_folders, monkeypatch) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "shoes-small") as studio:
        path = SHIPPED["shoes-small"]
        studio.state.displayed.select(DisplayedModel(model_recipe(path), path))
        qtbot.waitUntil(lambda: bool(studio.state.inputs.images), timeout=LONG)
        grid = newest(studio, qtbot)
        pad, tiles = find(studio, CodePad, "codePad"), find(studio, StyleTiles, "codePadTiles")
        qtbot.keyClick(studio.window, Qt.Key.Key_P)
        qtbot.waitUntil(pad.hasFocus, timeout=LONG)

        find(studio, QToolButton, "padFromCode").click()
        assert np.array_equal(pad.picture(), grid.code_pictures[0])
        qtbot.waitUntil(lambda: tiles.tiles() is not None, timeout=LONG)
        before = tiles.tiles()
        # The grid's own tiles are of the same noises; their codes were not rounded to greys.
        close = np.abs(before.astype(int) - grid.tiles[0].astype(int))
        assert close.mean() < 2
        assert_in_line(tiles, find(studio, ImageGrid, "imageGrid"))

        QTest.mouseClick(pad, LEFT, pos=at(pad, 20, 15))
        qtbot.waitUntil(lambda: not np.array_equal(tiles.tiles(), before), timeout=LONG)
        qtbot.keyClick(pad, Qt.Key.Key_U)
        qtbot.waitUntil(lambda: np.array_equal(tiles.tiles(), before), timeout=LONG)

        find(studio, QToolButton, "padFromEdges").click()
        seen = studio.state.inputs.images[0].seen
        lines = edges_of(None, EdgesOf(seen), Circumstances())
        qtbot.waitUntil(lambda: np.array_equal(pad.picture(), lines), timeout=LONG)
        qtbot.waitUntil(lambda: not np.array_equal(tiles.tiles(), before), timeout=LONG)

        shoe = tiles.tiles()[2]
        QTest.mouseClick(tiles, LEFT, pos=tiles.tileRect(2).center())
        assert np.array_equal(studio.state.inputs.images[0].seen, shoe)
        assert studio.state.selection.row == 0
