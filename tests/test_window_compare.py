"""Comparing in the real window: Figure 2 as a live table, moments, damaged files, curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

import trainer
from iae_studio.middle.compare import COMPARE
from iae_studio.state.comparing import Compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.ready_made import FIGURE_2
from iae_studio.state.training import State
from iae_studio.state.turned import PICTURES
from iae_studio.views.compare_asking import DRAWS
from iae_studio.widgets.compare_grid import CompareGrid
from iae_studio.widgets.grid_layout import SEEN
from tests.studio import (
    LONG,
    find,
    little_data,
    newest,
    press,
    running,
    show,
    steps,
    train,
    wait_state,
)
from tests.widgets import double_click, heard_of
from trainer.exploring.questions.comparing import WhatIsKnown, WhatItMakes
from trainer.inference.model_files import known_metrics
from trainer.inference.render import sample_cloud
from trainer.messages import Probe
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as started:
        yield started


def compared(*names: str) -> list[Compared]:
    return [Compared(CATALOGUE[name], SHIPPED[name]) for name in names]


def asking(studio):
    return studio.window.explore.view(COMPARE).pictures.asking


def wait_for(studio, qtbot, *models: Compared, seeds=None):
    """What each model made of the inputs of now, once no question is on its way."""
    asks = asking(studio)

    def there() -> bool:
        now = tuple(studio.state.inputs.images)
        found = [asks.answer(model) for model in models]
        return not asks._pending and all(a is not None and a.inputs == now for a in found)

    qtbot.waitUntil(there, timeout=LONG)
    return [asks.answer(model) for model in models]


def alone(studio, name: str):
    """What a shipped model makes of the same inputs, asked by itself."""
    images = np.stack([known.seen for known in studio.state.inputs.images])
    query = studio.state.query
    probe = Probe(0, images, query.seeds[:DRAWS], query.noise_scale)
    return trainer.load(name).render(probe).tiles


def test_figure_2_is_a_live_table_of_three_shipped_models(studio, qtbot) -> None:
    newest(studio, qtbot)
    QTest.keyClick(studio.window, Qt.Key.Key_4)
    assert find(studio, QWidget, "compareView").isVisible()
    press(studio, qtbot, "compareFigure2")
    models = studio.state.comparing.models
    assert [model.path for model in models] == [SHIPPED[name] for name in FIGURE_2]
    found = wait_for(studio, qtbot, *models)
    for name, answer in zip(FIGURE_2, found, strict=True):
        assert np.array_equal(answer.made.tiles, alone(studio, name))
    grid = find(studio, CompareGrid, "compareGrid")
    qtbot.waitUntil(lambda: all(c.pictures is not None for c in grid.columns()), timeout=LONG)
    heads = [column.head for column in grid.columns()]
    assert heads[0] == "x → z → x" and heads[1:3] == ["n1", "n2"]
    shown = grid.image(1, grid.column(2, 1)).pixelColor(9, 12).getRgb()[0]
    assert shown == found[2].made.tiles[1, 1, 12, 9, 0]

    before = [answer.made.tiles for answer in found]
    QTest.keyClick(studio.window, Qt.Key.Key_Space)
    studio.state.query.set_noise_scale(0.7)
    qtbot.waitUntil(lambda: asking(studio).answer(models[2]) is not found[2], timeout=LONG)
    found = wait_for(studio, qtbot, *models)
    for name, answer in zip(FIGURE_2, found, strict=True):
        assert np.array_equal(answer.made.tiles, alone(studio, name))
    assert np.array_equal(found[0].made.tiles, before[0]), "it has no noise"
    assert not np.array_equal(found[1].made.tiles, before[1])


def test_a_model_that_sees_otherwise_sees_the_inputs_anew(studio, qtbot) -> None:
    newest(studio, qtbot)
    models = compared("drawn-10", "shoes-small", "mog-iae", "faces-small")
    studio.state.comparing.set(models)
    studio.state.query.set_view(COMPARE)
    digits, shoes, _, faces = wait_for(studio, qtbot, models[0], models[1], models[0], models[3])
    assert shoes.seen.shape[1:] == (32, 32, 3) and digits.seen.shape[1:] == (28, 28, 1)
    assert np.array_equal(shoes.seen[0, ..., 0], shoes.seen[0, ..., 2]), "a grey digit"
    assert shoes.made.code.shape == shoes.seen.shape
    tiles = trainer.load("faces-small").render(
        Probe(0, faces.seen, studio.state.query.seeds[:DRAWS])
    )
    assert np.array_equal(faces.made.tiles, tiles.tiles)
    grid = find(studio, CompareGrid, "compareGrid")
    qtbot.waitUntil(lambda: [c.head for c in grid.columns()].count("sees") == 2, timeout=LONG)
    assert "points" in grid._groups[2].note
    assert grid.image(0, 0).size() == grid.image(0, SEEN).size(), "28 px stand among 32"

    studio.state.inputs.remove(0)
    wait_for(studio, qtbot, models[1])
    assert len(asking(studio).answer(models[1]).seen) == len(studio.state.inputs.images)


def test_models_of_points_stand_beside_each_other_in_planes(studio, qtbot) -> None:
    newest(studio, qtbot)
    models = compared("mog-iae", "fiae-toy")
    studio.state.comparing.set(models)
    studio.state.query.set_view(COMPARE)
    pictures = studio.window.explore.view(COMPARE).pictures
    qtbot.waitUntil(lambda: all(map(asking(studio).answer, models)), timeout=LONG)
    seed = studio.state.query.seeds[0]
    for place, (name, model) in enumerate(zip(("mog-iae", "fiae-toy"), models, strict=True)):
        cloud = asking(studio).answer(model).made.cloud
        expected = sample_cloud(trainer.load(name).snapshot, 0, seed)
        assert np.array_equal(cloud.fake, expected.fake)
        plane = find(studio, QWidget, f"comparePoints{place}")
        qtbot.waitUntil(plane.isVisible, timeout=LONG)
        column = pictures.clouds.columns[place]
        qtbot.waitUntil(lambda at=column: len(at.data.above.getData()[0]) > 0, timeout=LONG)
        assert column.codes.isVisible() is (name == "fiae-toy")
    remove(studio, qtbot, 0)
    assert studio.state.comparing.models == (models[1],)


def test_a_damaged_file_takes_nothing_from_the_others(studio, qtbot, tmp_path) -> None:
    newest(studio, qtbot)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(SHIPPED["mnist-5-small"].read_bytes()[:-4000])
    bad = Compared(CATALOGUE["mnist-5-small"], broken)
    gone = Compared(CATALOGUE["mnist-5-small"], tmp_path / "gone.safetensors")
    good = compared("mnist-10-small")[0]
    studio.state.comparing.set([bad, good, gone])
    studio.state.query.set_view(COMPARE)
    found = wait_for(studio, qtbot, bad, good, gone)
    assert "damaged" in found[0].made.why and found[2].made.why
    assert np.array_equal(found[1].made.tiles, alone(studio, "mnist-10-small"))
    assert studio.state.messages.current is None
    remove(studio, qtbot, 0)
    assert studio.state.comparing.models == (good, gone)
    page(studio, "compareMeasures")
    table = studio.window.explore.view(COMPARE)._made["compareMeasures"]
    mse = f"{known_metrics(SHIPPED['mnist-10-small'])['mse']:.3g}"
    qtbot.waitUntil(lambda: ["mse ↓", mse, "–"] in table.lines(), timeout=LONG)


def remove(studio, qtbot, place: int) -> None:
    button = find(studio, QToolButton, f"compareRemove{place}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def page(studio, name: str) -> None:
    find(studio, QToolButton, f"{name}Button").click()


def test_a_moment_stands_beside_now_and_their_losses_by_images(studio, qtbot) -> None:
    recipe = CATALOGUE["drawn-10"].but(width=4, batch=4, steps=40)
    show(studio, qtbot, recipe)
    train(studio, qtbot, 6)
    state = studio.state
    qtbot.waitUntil(lambda: len(state.time.moments) > 0, timeout=LONG)
    first = state.time.moments[0]
    state.query.set_view(COMPARE)
    QTest.keyClick(studio.window, Qt.Key.Key_C)
    state.time.look_at(first.step)
    QTest.keyClick(studio.window, Qt.Key.Key_C)
    now, then = state.comparing.models
    assert (now.step, then.step) == (None, first.step) and now.path == then.path
    found = wait_for(studio, qtbot, now, then)
    assert found[1].made.step == first.step < found[0].made.step
    images = np.stack([known.seen for known in state.inputs.images])
    probe = Probe(0, images, state.query.seeds[:DRAWS])
    assert np.array_equal(found[1].made.tiles, trainer.load(first.path).render(probe).tiles)
    assert np.array_equal(found[0].made.tiles, trainer.load(now.path).render(probe).tiles)

    twice = replace(recipe, optim=replace(recipe.optim, batch=8))
    state.displayed.select(DisplayedModel(twice))
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: state.displayed.model.live and steps(studio) > 1, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    QTest.keyClick(studio.window, Qt.Key.Key_C)
    page(studio, "compareLosses")
    losses = studio.window.explore.view(COMPARE)._made["compareLosses"]
    qtbot.waitUntil(lambda: len(losses.plot._curves) == 2, timeout=LONG)
    by_steps = [curve.x for curve in losses.plot._curves]
    assert by_steps[0][-1] == found[0].made.step and first.step == 0, "it has no losses"
    find(studio, QToolButton, "byImagesButton").click()
    by_images = [curve.x for curve in losses.plot._curves]
    for before, after, batch in zip(by_steps, by_images, (4, 8), strict=True):
        np.testing.assert_array_equal(after, before * batch)
    page(studio, "compareRecipes")
    table = studio.window.explore.view(COMPARE)._made["compareRecipes"]
    assert table.lines() == [["batch", "4", "4", "8"]]


def test_what_trains_is_followed_though_nothing_of_it_is_saved(studio, qtbot) -> None:
    show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4, batch=4))
    state = studio.state
    state.query.set_view(COMPARE)
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: state.displayed.model.live, timeout=LONG)
    QTest.keyClick(studio.window, Qt.Key.Key_C)
    (live,) = state.comparing.models
    first = wait_for(studio, qtbot, live)[0].made.step
    qtbot.waitUntil(lambda: asking(studio).answer(live).made.step > first, timeout=LONG)
    page(studio, "compareLosses")
    losses = studio.window.explore.view(COMPARE)._made["compareLosses"]
    qtbot.waitUntil(lambda: len(losses.plot._curves) == 1, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_all_models_are_drawn_again_while_a_slider_is_dragged(studio, qtbot) -> None:
    newest(studio, qtbot)
    names = ("drawn-10", "mnist-10-small", "mnist-5-small")
    state, models = studio.state, compared(*names)
    state.comparing.set(models)
    state.query.set_view(COMPARE)
    before = wait_for(studio, qtbot, *models)
    drawn = set()
    for move in range(400):
        state.query.set_noise_scale(1 + move / 1000)
        QTest.qWait(3)
        drawn |= {m for m, old in zip(models, before, strict=True) if renewed(studio, m, old)}
        if len(drawn) == len(models):
            break
    assert drawn == set(models), "the last one too, amid the drag"
    found = wait_for(studio, qtbot, *models)
    for name, answer in zip(names, found, strict=True):
        assert np.array_equal(answer.made.tiles, alone(studio, name))

    state.query.set_code_offsets((2.0, -1.0))
    moved = asking(studio)
    qtbot.waitUntil(lambda: renewed(studio, models[2], found[2]), timeout=LONG)
    now = wait_for(studio, qtbot, *models)
    assert moved.moves_one_alone
    assert not np.array_equal(now[0].made.tiles, found[0].made.tiles), "it is shown"
    assert np.array_equal(now[1].made.tiles, found[1].made.tiles)


def renewed(studio, model: Compared, old) -> bool:
    return asking(studio).answer(model) is not old


def test_a_menu_offers_what_there_is_and_a_double_click_shows_one_alone(
    studio, qtbot, monkeypatch
) -> None:
    monkeypatch.delitem(SHIPPED, "shoes-l1-small")
    newest(studio, qtbot)
    QTest.keyClick(studio.window, Qt.Key.Key_4)
    menu = find(studio, QMenu, "compareMenu")
    menu.aboutToShow.emit()

    def entry(text: str) -> QAction:
        lists = [menu, *menu.findChildren(QMenu)]
        return next(a for each in lists for a in each.actions() if a.text().startswith(text))

    entry("What is shown").trigger()
    entry("MNIST, 5 + 100").trigger()
    assert not entry("Runs").isEnabled() and not entry("Moments").isEnabled()
    assert "shoes-l1-small" in entry("CycleIAE").toolTip()
    shown, other = studio.state.comparing.models
    assert studio.state.comparing.is_shown(shown) and other.path == SHIPPED["mnist-5-small"]
    wait_for(studio, qtbot, shown, other)
    head = find(studio, QWidget, "compareHead1")
    qtbot.waitUntil(lambda: "step 20,000" in head.words(), timeout=LONG)
    double_click(head)
    assert studio.state.displayed.model.path == other.path
    assert studio.window.explore.shown == PICTURES
    # The head is out of sight by then: without this the button stays down for all later tests.
    QTest.mouseRelease(studio.window, Qt.MouseButton.LeftButton)
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton


def test_nothing_is_asked_while_it_cannot_be_seen(studio, qtbot) -> None:
    newest(studio, qtbot)
    wanted = heard_of(studio.state.asking.wanted)
    cancelled = heard_of(studio.state.asking.cancelled)

    def asked() -> list[type]:
        kinds = (WhatItMakes, WhatIsKnown)
        return [type(a.question) for (a,) in wanted if isinstance(a.question, kinds)]

    studio.state.comparing.set(compared("drawn-10", "mnist-10-small"))
    assert not asked()
    studio.state.query.set_view(COMPARE)
    wait_for(studio, qtbot, *studio.state.comparing.models)
    page(studio, "compareMeasures")
    assert asked().count(WhatIsKnown) == 1
    assert ("compare 0",) in cancelled, "it follows the shown model"
    wanted.clear()
    studio.state.query.set_noise_scale(0.4)
    studio.state.query.set_view(PICTURES)
    studio.state.query.set_noise_scale(0.3)
    newest(studio, qtbot)
    assert not asked()
    QTest.keyClick(
        studio.window,
        Qt.Key.Key_C,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert studio.state.comparing.models == ()
    QTest.keyClick(studio.window, Qt.Key.Key_4)
    assert find(studio, QPushButton, "compareShown").isVisible()
