"""The map in the real window, on models that ship."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.training import State
from iae_studio.views.map_asking import NEAR
from iae_studio.widgets.map_canvas import MapCanvas
from iae_studio.widgets.map_legend import MapLegend
from tests.studio import LONG, find, little_data, press, running, show, wait_state
from tests.widgets import LEFT, pixel
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        started.window.show()
        yield started


def open_map(studio, qtbot, name: str) -> MapCanvas:
    """The map of a shipped model, all there."""
    path = SHIPPED[name]
    studio.state.displayed.select(DisplayedModel(model_recipe(path), path))
    qtbot.waitUntil(lambda: bool(studio.state.inputs.images), timeout=LONG)
    qtbot.keyClick(studio.window, Qt.Key.Key_3)
    canvas = find(studio, MapCanvas, "mapCanvas")
    qtbot.waitUntil(lambda: len(canvas.places()) > 0 and bool(canvas.marks()), timeout=LONG)
    return canvas


def at(canvas: MapCanvas, place) -> QPoint:
    ((x, y),) = canvas.frame().screen(np.array([place], np.float32))
    return QPoint(round(x), round(y))


def alone(studio, canvas: MapCanvas) -> int:
    """A point that is not in the grid, and lies far from all others."""
    QApplication.processEvents()  # its view may still be laid out
    there = {known.name for known in studio.state.inputs.images}
    names = find(studio, QWidget, "mapView").questions.map.images.names
    seen = canvas.frame().screen(canvas.places())
    apart = (np.linalg.norm(seen[:, None] - seen, axis=-1) + 1e9 * np.eye(len(seen))).min(1)
    apart[[name in there for name in names]] = 0
    return int(apart.argmax())


def test_the_plane_is_decoded_and_sends_images_to_the_grid(studio, qtbot) -> None:
    canvas = open_map(studio, qtbot, "drawn-10")
    assert len(canvas.places()) == 80 and len(canvas.marks()) == len(studio.state.inputs.images)
    qtbot.waitUntil(canvas.hasLattice, timeout=LONG)
    assert find(studio, MapLegend, "mapLegend").legend().title == "Class"

    corner = QPoint(4, 4)
    qtbot.mouseClick(canvas, LEFT, pos=corner)
    qtbot.waitUntil(lambda: canvas.decoded() is not None, timeout=LONG)
    assert canvas.decoded().size().width() == 28
    studio.state.displayed.select(studio.state.displayed.model)
    assert canvas.decoded() is None and not len(canvas.places()), "of other weights, perhaps"
    qtbot.waitUntil(lambda: len(canvas.places()) > 0, timeout=LONG)
    far = at(canvas, canvas.places()[alone(studio, canvas)])
    colours = [colour for _, colour in find(studio, MapLegend, "mapLegend").legend().entries]
    frame = pixel(canvas.grab().toImage(), far - QPoint(15, 0))
    assert frame in colours, "the pictures are there again"
    qtbot.mouseClick(canvas, LEFT, pos=corner)
    qtbot.waitUntil(lambda: canvas.decoded() is not None, timeout=LONG)
    before = canvas.decoded()
    studio.state.query.resample()
    qtbot.waitUntil(lambda: canvas.decoded() != before, timeout=LONG)

    number = alone(studio, canvas)
    count = len(studio.state.inputs.images)
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, canvas.places()[number]))
    assert len(studio.state.inputs.images) == count + 1 and studio.state.selection.row == 0
    qtbot.waitUntil(lambda: len(canvas.marks()) == count + 1, timeout=LONG)
    lit = next(mark for mark in canvas.marks() if mark.selected)
    np.testing.assert_allclose(lit.place, canvas.places()[number], atol=1e-4)
    studio.state.selection.select(2)
    assert [mark.selected for mark in canvas.marks()].index(True) == 2, "a row lights up its point"
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, canvas.places()[number]))
    assert len(studio.state.inputs.images) == count + 1 and studio.state.selection.row == 0

    chosen = studio.state.selection.input
    studio.state.inputs.want_tests()
    qtbot.waitUntil(lambda: not studio.state.inputs.awaits_tests, timeout=LONG)
    assert chosen in studio.state.inputs.images, "it was chosen by hand"

    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(canvas, LEFT, shift, QPoint(1, 1))
    qtbot.mouseMove(canvas, QPoint(canvas.width() - 2, canvas.height() - 2))
    qtbot.mouseRelease(canvas, LEFT, shift, QPoint(canvas.width() - 2, canvas.height() - 2))
    assert len(studio.state.inputs.images) == 64
    assert "did not fit" in find(studio, QLabel, "messageText").text()


def test_neighbourhoods_form_can_be_stopped_and_go_on(studio, qtbot) -> None:
    canvas = open_map(studio, qtbot, "mnist-clusters-small")
    plane = canvas.places()
    asked = find(studio, QWidget, "mapView").questions
    asked.ask_lattice(canvas.cells())  # the answer is on its way
    qtbot.keyClick(studio.window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: asked.stages >= 1, timeout=LONG)
    assert not np.array_equal(canvas.places(), plane) and not canvas.hasLattice()
    if asked.embedding:
        stop = find(studio, QToolButton, "mapStop")
        qtbot.mouseClick(stop, LEFT)
        assert not stop.isVisible() and not asked.embedding
        assert find(studio, QToolButton, "mapAgain").text() == "Go on"
    qtbot.keyClick(studio.window, Qt.Key.Key_M)
    np.testing.assert_array_equal(canvas.places(), plane)
    qtbot.keyClick(studio.window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: asked.stages == 9 and not asked.embedding, timeout=LONG)
    number = alone(studio, canvas)
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, canvas.places()[number]))
    known = studio.state.selection.input
    qtbot.waitUntil(lambda: known in asked.inputs, timeout=LONG)
    lit = next(mark for mark in canvas.marks() if mark.selected)
    np.testing.assert_allclose(lit.place, canvas.places()[number], atol=1e-4)

    legend = find(studio, MapLegend, "mapLegend")
    titles = [legend.legend().title]
    for _ in range(2):
        qtbot.keyClick(studio.window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda: legend.legend().title not in titles, timeout=LONG)
        titles.append(legend.legend().title)
    assert titles == ["Class", "Cluster", "Noise share"]


def test_a_map_of_pictures_as_codes_sends_its_images_too(studio, qtbot) -> None:
    canvas = open_map(studio, qtbot, "faces-small")
    assert not canvas.decodable and not canvas.hasLattice()
    assert all(len(mark.cloud) == 32 for mark in canvas.marks())
    count = len(studio.state.inputs.images)
    qtbot.mouseClick(canvas, LEFT, pos=at(canvas, canvas.places()[alone(studio, canvas)]))
    assert len(studio.state.inputs.images) == count + 1


def test_an_untrained_model_says_so_and_its_map_follows_the_training(studio, qtbot) -> None:
    show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4, batch=8))
    qtbot.keyClick(studio.window, Qt.Key.Key_3)
    view = find(studio, QWidget, "mapView")
    qtbot.keyClick(studio.window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: view.questions.map is not None, timeout=LONG)
    assert not view.questions.embedding, "for a map that is not shown"
    qtbot.keyClick(studio.window, Qt.Key.Key_M)
    mend = find(studio, QPushButton, "mapMend")
    qtbot.waitUntil(lambda: mend.isVisible() and mend.text() == "Train", timeout=LONG)
    qtbot.mouseClick(mend, LEFT)
    canvas = find(studio, MapCanvas, "mapCanvas")
    qtbot.waitUntil(canvas.isVisible, timeout=LONG)
    before = canvas.places()
    qtbot.waitUntil(lambda: not np.array_equal(canvas.places(), before), timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_another_view_asks_nothing_and_points_have_no_map(studio, qtbot) -> None:
    canvas = open_map(studio, qtbot, "drawn-10")
    cancelled: list[str] = []
    studio.state.asking.cancelled.connect(cancelled.append)
    qtbot.keyClick(studio.window, Qt.Key.Key_M)
    qtbot.keyClick(studio.window, Qt.Key.Key_1)
    assert not canvas.isVisible() and NEAR in cancelled
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    qtbot.keyClick(studio.window, Qt.Key.Key_3)
    assert studio.window.explore.shown == "pictures"


def test_the_keyboard_goes_from_the_map_to_the_grid_and_to_no_button(studio, qtbot) -> None:
    canvas = open_map(studio, qtbot, "drawn-10")
    canvas.setFocus()
    paste = next(b for b in studio.window.findChildren(QPushButton) if b.text() == "Paste")
    qtbot.mouseClick(paste, LEFT)
    assert studio.window.focusWidget() is canvas, "else Return would press it again"
    qtbot.keyClick(studio.window, Qt.Key.Key_1)
    assert studio.window.focusWidget() is find(studio, QWidget, "imageGrid")
