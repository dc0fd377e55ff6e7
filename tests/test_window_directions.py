"""A user looks along directions: strips, names, bases, factors, the gauge; on shipped models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.named_directions import read_names
from iae_studio.state.training import State
from iae_studio.widgets.gauge import Gauge
from iae_studio.widgets.sheet import to_image
from iae_studio.widgets.sliders import SliderBank
from tests.studio import LONG, find, little_data, newest, press, running, wait_state
from tests.widgets import LEFT, double_click
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import render
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders):
    with running(own_folders, qtbot) as started:
        wait_for_strips(started, qtbot, "code", "noise")
        yield started


def bank(studio, side: str) -> SliderBank:
    return find(studio, SliderBank, f"{side}Sliders")


def seen(studio, side: str) -> list[list]:
    """The pictures of all strips."""
    rows = [row for row in bank(studio, side).rows() if row.strip.isVisibleTo(row)]
    return [row.strip.pictures() for row in rows]


def wait_for_strips(studio, qtbot, *sides: str) -> None:
    def there() -> bool:
        asking = studio.state.query.code_axes or studio.state.query.noise_axes
        return bool(asking) and all(seen(studio, s) and all(seen(studio, s)) for s in sides)

    qtbot.waitUntil(there, timeout=LONG)


def wait_for_others(studio, qtbot, side: str, before: list[list]) -> None:
    qtbot.waitUntil(lambda: seen(studio, side) != before and all(seen(studio, side)), timeout=LONG)


def display(studio, qtbot, name: str) -> None:
    studio.state.displayed.select(DisplayedModel(model_recipe(SHIPPED[name]), SHIPPED[name]))


def test_a_click_on_a_strip_sets_the_slider_and_the_tile_is_that_picture(studio, qtbot) -> None:
    state = studio.state
    assert len(seen(studio, "code")) == len(seen(studio, "noise")) == 4
    for side in ("code", "noise"):
        row = bank(studio, side).rows()[1]
        strip = find(studio, QWidget, f"{side}Strips")
        assert strip.isAncestorOf(row.strip)
        wanted = row.strip.pictures()[4]
        QTest.mouseClick(row.strip, LEFT, pos=row.strip.cell(4).toRect().center())
        assert row.value() == 2.0
        tile = newest(studio, qtbot).tiles[state.selection.row, state.selection.column]
        assert to_image(tile) == wanted
        row._track.reset.emit()
        assert row.value() == 0.0


def test_the_strips_are_of_the_selected_tile_and_its_middle_is_the_tile(studio, qtbot) -> None:
    state, before = studio.state, seen(studio, "noise")
    axes = state.query.noise_axes
    state.selection.select(2, 3)
    wait_for_others(studio, qtbot, "noise", before)
    qtbot.waitUntil(lambda: state.query.noise_axes != axes, timeout=LONG)
    tile = to_image(newest(studio, qtbot).tiles[2, 3])
    qtbot.waitUntil(lambda: all(row[2] == tile for row in seen(studio, "noise")), timeout=LONG)
    assert all(row[2] == tile for row in seen(studio, "code"))


def test_directions_stay_while_a_slider_is_off_0(studio, qtbot) -> None:
    state, row = studio.state, bank(studio, "code").rows()[0]
    axes, noise = state.query.code_axes, state.query.noise_axes
    QTest.mouseClick(row.strip, LEFT, pos=row.strip.cell(3).toRect().center())
    state.selection.select(1, 0)
    qtbot.waitUntil(lambda: state.query.noise_axes != noise, timeout=LONG)
    assert state.query.code_axes == axes and row.value() == 1.0
    held = find(studio, QWidget, "codeSliders").parentWidget()
    words = " ".join(label.text() for label in held.findChildren(type(held._held)))
    assert state.inputs.images[0].name in words
    double_click(row._track)
    qtbot.waitUntil(lambda: state.query.code_axes not in (axes, ()), timeout=LONG)


def test_a_named_direction_has_a_row_for_every_picture_and_start(
    studio, qtbot, own_folders
) -> None:
    state, row = studio.state, bank(studio, "code").rows()[1]
    axis = state.query.code_axes[1]
    row._track.setFocus()
    QTest.keyClick(studio.window, Qt.Key.Key_N)
    edit = row.findChild(QLineEdit, "directionName")
    QTest.keyClicks(edit, "slant")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert row.caption() == "slant"
    state.selection.select(3, 0)
    qtbot.waitUntil(lambda: state.query.code_axes[-1] == axis, timeout=LONG)
    last = bank(studio, "code").rows()[-1]
    assert last.caption() == "slant" and last.isVisible(), "among more directions, unfolded"
    assert bank(studio, "code").rows()[1].caption() == "2"
    last._track.dragged.emit(1.0)
    moved = newest(studio, qtbot)
    weights = load_snapshot(SHIPPED["drawn-10"], torch.device("cpu"))
    alone = replace(
        state.answers.probe(), code_axes=np.array([axis], np.float32), code_offsets=(3.0,)
    )
    np.testing.assert_allclose(
        render(weights, alone).tiles.astype(int), moved.tiles.astype(int), atol=1
    )
    qtbot.waitUntil(lambda: "drawn-10" in read_names(), timeout=LONG)
    assert [each.name for each in read_names()["drawn-10"]] == ["slant"]


def test_names_are_back_at_the_next_start_and_d_changes_the_basis(
    studio, qtbot, own_folders
) -> None:
    studio.window.view("code and noise").directions.give_name("noise", 0, "width")
    qtbot.waitUntil(lambda: "drawn-10" in read_names(), timeout=LONG)
    (axis,) = (each.axis for each in read_names()["drawn-10"])
    with running(own_folders, qtbot) as again:
        query = again.state.query
        qtbot.waitUntil(lambda: axis in query.noise_axes, timeout=LONG)
        place = query.noise_axes.index(axis)
        assert bank(again, "noise").rows()[place].caption() == "width"
        assert find(again, QToolButton, "codeHereButton").isChecked()
        QTest.keyClick(again.window, Qt.Key.Key_D)
        assert query.code_basis == query.noise_basis == "all"
        assert find(again, QToolButton, "noiseAllButton").isChecked()
        assert "of the codes' variance" in bank(again, "code").rows()[0].toolTip()
        qtbot.waitUntil(lambda: query.noise_axes[-1:] == (axis,), timeout=LONG)
        QTest.keyClick(again.window, Qt.Key.Key_D)
        assert query.code_basis == query.noise_basis == "here"


def test_every_kind_of_model_has_its_own_strips(studio, qtbot) -> None:
    for name, code, noise in (
        *(("shoes-small", 0, 4), ("faces-small", 0, 4), ("mnist-clusters-small", 0, 4)),
        *(("mnist-det-small", 4, 0), ("fiae-mnist-small", 4, 0), ("mog-iae", 0, 0)),
    ):
        display(studio, qtbot, name)
        sides = [side for side, count in (("code", code), ("noise", noise)) if count]
        if sides:
            wait_for_strips(studio, qtbot, *sides)
        else:
            qtbot.waitUntil(lambda: not studio.state.answers.facts.image_shape, timeout=LONG)
        for side, count in (("code", code), ("noise", noise)):
            assert bank(studio, side).isVisible() is (count > 0), (name, side)
            assert len(seen(studio, side)) in (count, 0), (name, side)
        assert studio.state.messages.current is None
        assert find(studio, QPushButton, "factorsButton").isVisible() is (
            name in ("shoes-small", "faces-small")
        )


def test_while_it_trains_the_directions_stay_and_the_strips_follow_the_weights(
    studio, qtbot, monkeypatch
) -> None:
    with little_data(monkeypatch):
        recipe = CATALOGUE["drawn-10"].but(width=4, batch=8, warm=0.0)
        studio.state.displayed.select(DisplayedModel(recipe))
        press(studio, qtbot, "startButton")
        wait_for_strips(studio, qtbot, "code", "noise")
        axes, before = studio.state.query.code_axes, seen(studio, "code")
        wait_for_others(studio, qtbot, "code", before)
        assert studio.state.query.code_axes == axes and axes
        tests = find(studio, Gauge, "noiseShareOfTests")
        qtbot.waitUntil(lambda: tests.share() is not None, timeout=LONG)
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)


def test_the_gauge_tells_of_the_picture_and_of_test_images(studio, qtbot) -> None:
    here, tests = (find(studio, Gauge, name) for name in ("noiseShare", "noiseShareOfTests"))
    qtbot.waitUntil(lambda: tests.share() is not None, timeout=LONG)
    assert here.share() == pytest.approx(float(newest(studio, qtbot).noise_share[0]))
    assert 0.05 < tests.share() < 0.4
    warning = find(studio, QWidget, "noiseWarning")
    assert not warning.isVisible()
    before = here.share()
    studio.state.selection.select(1)
    assert here.share() != before


def test_no_picture_of_an_image_stays_that_was_taken_away(studio, qtbot) -> None:
    studio.state.inputs.clear()
    qtbot.waitUntil(lambda: not any(seen(studio, "code") + seen(studio, "noise")), timeout=LONG)
    studio.state.inputs.want_tests()
    wait_for_strips(studio, qtbot, "code", "noise")
