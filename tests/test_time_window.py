"""The time of a run in the real window: kept on the way, looked at, played, lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from iae_studio.state.directions import Directions
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.training import State
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.run_plot import RunPlot
from iae_studio.widgets.time_slider import TimeSlider
from tests.moments import CPU, keep, trained_run
from tests.studio import (
    LONG,
    cycle,
    find,
    little_data,
    newest,
    press,
    running,
    show,
    steps,
    wait_state,
)
from tests.widgets import double_click
from trainer.exploring.local_directions import find as find_directions
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.directions import HERE, WhichDirections
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import render, render_clusters, sample_cloud
from trainer.inference.snapshot_cache import LATELY
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe

TINY = CATALOGUE["drawn-10"].but(width=4, batch=8)
KEY, HELD = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


def open_run(studio, qtbot, run: Path, recipe: Recipe, moments: int) -> None:
    """Display a run at rest, once its moments and its first pictures are there."""
    studio.state.displayed.select(DisplayedModel(recipe, run))
    qtbot.waitUntil(lambda: len(studio.state.time.moments) == moments, timeout=LONG)
    if not recipe.two_dimensional:
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
        newest(studio, qtbot)


def key(studio, name: Qt.Key) -> None:
    QTest.keyClick(studio.window, name, HELD)


def drawn(path: Path, probe) -> np.ndarray:
    """What the API draws of a model file."""
    return render(load_snapshot(path, CPU), probe).tiles


def facts(studio) -> str:
    return studio.window.explore._facts.text()


# ---- a training ----------------------------------------------------------------------------------


def test_a_training_is_looked_back_on_while_it_goes_on(studio, qtbot, monkeypatch) -> None:
    monkeypatch.setattr("trainer.inference.history.SHARE", 2)  # a test cannot wait long
    show(studio, qtbot, TINY)
    time, slider = studio.state.time, find(studio, TimeSlider, "timeSlider")
    assert "Train" in find(studio, ElidedLabel, "timeCaption").text()
    assert not slider.isVisible()
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: len(time.moments) >= 2 and steps(studio) > 5, timeout=LONG)
    assert slider.isVisible() and slider.value() == slider.maximum() == len(time.moments)
    qtbot.waitUntil(lambda: "live weights" in facts(studio), timeout=LONG)
    assert time.live

    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.placeX(1)), 12))
    moment = time.moments[1]
    assert time.moment == moment
    seen = newest(studio, qtbot)
    assert seen.step == moment.step
    assert np.array_equal(seen.tiles, drawn(moment.path, studio.state.answers.probe()))
    assert f"step {moment.step:,} of this run" in facts(studio)
    back = find(studio, QAbstractButton, "backToLiveButton")
    assert back.isVisible()

    reached, stamp = steps(studio), studio.state.answers.probe().stamp
    qtbot.waitUntil(lambda: steps(studio) > reached + 20, timeout=LONG)  # new weights come ...
    assert time.moment == moment and studio.state.answers.probe().stamp == stamp
    assert studio.state.answers.rendering.step == moment.step, "... and change nothing"
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.state.answers.rendering.step > moment.step, timeout=LONG)
    assert time.live and not back.isVisible()
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    count = len(time.moments)
    key(studio, KEY.Key_Left)
    assert time.moment == time.moments[count - 1], "a run that rests keeps its moments"


# ---- all kinds -----------------------------------------------------------------------------------


def test_keys_go_back_and_forth_in_pictures(studio, qtbot) -> None:
    for recipe in (TINY, cycle("shoes-small"), cycle("faces-small")):
        back_and_forth(studio, qtbot, recipe)


def back_and_forth(studio, qtbot, recipe: Recipe) -> None:
    run = trained_run(recipe, name=recipe.name)
    keep(run, 1, 5, 9)
    open_run(studio, qtbot, run, recipe, 4)
    now = newest(studio, qtbot)
    tiles = []
    for name, step in ((KEY.Key_Left, 9), (KEY.Key_Left, 5), (KEY.Key_Home, 0), (KEY.Key_Right, 1)):
        key(studio, name)
        seen = newest(studio, qtbot)
        assert seen.step == step == studio.state.time.step
        path = studio.state.time.moment.path
        assert np.array_equal(seen.tiles, drawn(path, studio.state.answers.probe()))
        tiles.append(seen.tiles)
    assert not np.array_equal(tiles[0], tiles[1])
    key(studio, KEY.Key_End)
    assert np.array_equal(newest(studio, qtbot).tiles, now.tiles) and studio.state.time.live


def test_clusters_and_points_are_those_of_the_moment(studio, qtbot) -> None:
    clusters = CATALOGUE["mnist-clusters-small"].but(data="drawn-digits", width=4, batch=8)
    toy = CATALOGUE["mog-iae"].but(width=16, batch=16)
    runs = [trained_run(recipe, name=recipe.name) for recipe in (clusters, toy)]
    for run in runs:
        keep(run, 7)
    answers = studio.state.answers
    open_run(studio, qtbot, runs[0], clusters, 2)
    studio.state.query.set_view("clusters")
    key(studio, KEY.Key_Left)
    qtbot.waitUntil(lambda: answers.clusters is not None and answers.clusters.step == 7)
    kept = load_snapshot(studio.state.time.moment.path, CPU)
    assert np.array_equal(answers.clusters.tiles, render_clusters(kept, answers.probe()).tiles)

    clouds = []
    answers.clouded.connect(clouds.append)
    open_run(studio, qtbot, runs[1], toy, 2)
    assert studio.state.time.live, "another run is seen as it is now"
    key(studio, KEY.Key_Left)
    qtbot.waitUntil(lambda: clouds and clouds[-1].step == 7, timeout=LONG)
    probe = answers.probe()
    kept = load_snapshot(studio.state.time.moment.path, CPU)
    expected = sample_cloud(kept, probe.stamp, probe.noise_seeds[0], probe.noise_scale)
    assert np.array_equal(clouds[-1].fake, expected.fake)


def test_the_map_follows_too(studio, qtbot) -> None:
    from iae_studio.widgets.map_canvas import MapCanvas

    run = trained_run(TINY)
    keep(run, 7)
    open_run(studio, qtbot, run, TINY, 2)
    studio.state.query.set_view("map")
    qtbot.waitUntil(lambda: find(studio, MapCanvas, "mapCanvas") is not None, timeout=LONG)
    canvas = find(studio, MapCanvas, "mapCanvas")
    qtbot.waitUntil(lambda: len(canvas.places()) > 0, timeout=LONG)
    before = np.array(canvas.places())
    key(studio, KEY.Key_Left)
    qtbot.waitUntil(lambda: not np.array_equal(canvas.places(), before), timeout=LONG)


def test_directions_and_strips_are_the_moments_own(studio, qtbot) -> None:
    """Of a start that is looked at after a later step there are none."""
    run = trained_run(TINY)
    keep(run, 7, 9)
    open_run(studio, qtbot, run, TINY, 3)
    directions = studio.window.findChild(Directions)
    drawn, found = [], []
    directions.drawn.connect(drawn.append)
    directions.taken.connect(lambda: found.append(directions._found.code.axes))
    chosen, answers = studio.state.selection, studio.state.answers
    for step in (9, 7):
        key(studio, KEY.Key_Left)
        assert studio.state.time.step == step
        snapshot = load_snapshot(studio.state.time.moment.path, CPU)
        asked = WhichDirections(answers.probe_of(chosen.row, chosen.column), HERE, HERE)
        axes = find_directions(snapshot, asked, Circumstances()).code.axes
        drawn.clear()
        qtbot.waitUntil(lambda at=axes: np.array_equal(found[-1:], [at]), timeout=LONG)
        qtbot.waitUntil(lambda: bool(drawn), timeout=LONG)
    key(studio, KEY.Key_Home)
    qtbot.waitUntil(lambda: drawn[-1] is None, timeout=LONG)


# ---- the plot ------------------------------------------------------------------------------------


def test_the_line_in_the_losses_is_the_slider(studio, qtbot) -> None:
    run = trained_run(TINY, 40)
    keep(run, 10, 20, 30)
    open_run(studio, qtbot, run, TINY, 4)
    plot, time = find(studio, RunPlot, "lossPlot"), studio.state.time
    qtbot.waitUntil(lambda: plot.steps() == 40, timeout=LONG)  # read from the disk
    plot._redraw()
    assert plot.time.step() == 40
    view = plot._canvas

    def at(step: float) -> QPoint:
        middle = view.box.viewRect().center().y()
        scene = view.box.mapViewToScene(view.box.viewRect().center())
        scene.setX(view.box.mapViewToScene(type(scene)(step, middle)).x())
        return view.mapFromScene(scene)

    surface, left = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(surface, left, pos=at(11))
    assert time.step == plot.time.step() == 10
    QTest.mousePress(surface, left, pos=at(10))
    QTest.mouseMove(surface, at(29))
    assert time.step == 30, "the line follows the hand"
    QTest.mouseRelease(surface, left, pos=at(29))
    assert find(studio, TimeSlider, "timeSlider").value() == 3
    QTest.mouseClick(surface, left, pos=at(8))
    assert time.step == 10
    double_click(surface, at(8))
    assert time.step == 30, "a double click is about the plot"
    QTest.mouseClick(surface, left, pos=at(40))
    assert time.live


# ---- playing -------------------------------------------------------------------------------------


def test_moments_play_to_the_newest_and_round_and_round(studio, qtbot) -> None:
    run = trained_run(TINY)
    keep(run, 5, 9)
    open_run(studio, qtbot, run, TINY, 3)
    state, seen = studio.state, []
    state.answers.rendered.connect(lambda answer: seen.append(answer.step))
    for _ in range(2):
        find(studio, QAbstractButton, "timeSpeed").click()
    assert state.playing.speed == 4
    key(studio, KEY.Key_Space)
    qtbot.waitUntil(lambda: not state.playing.on, timeout=LONG)
    newest(studio, qtbot)
    assert seen == [0, 5, 9, 2] and state.time.live, "each was drawn, the newest of step 2 last"

    seen.clear()
    key(studio, KEY.Key_L)
    slider = find(studio, TimeSlider, "timeSlider")
    assert slider.loop() == (0, 2)
    press_x, to_x = round(slider.placeX(0)), round(slider.placeX(1))
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(press_x, 12))
    QTest.mouseMove(slider, QPoint(to_x, 12))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(to_x, 12))
    assert state.playing.loop == (5, 9) and state.time.live
    key(studio, KEY.Key_Space)
    qtbot.waitUntil(lambda: len(seen) >= 5, timeout=LONG)
    key(studio, KEY.Key_Space)
    assert seen[:5] == [5, 9, 5, 9, 5] and not state.playing.on
    key(studio, KEY.Key_End)
    assert state.time.live

    columns = state.query.columns
    slider.setFocus()
    QTest.keyClick(slider, KEY.Key_Home)
    QTest.keyClick(slider, "[")
    assert state.playing.loop == (0, 9)
    QTest.keyClick(slider, KEY.Key_Right)
    QTest.keyClick(slider, "]")
    assert state.playing.loop == (0, 5)
    assert state.query.columns == columns, "these keys are the slider's while it has the keyboard"


# ---- what goes wrong -----------------------------------------------------------------------------


def test_a_moment_that_cannot_be_shown_is_told_once(studio, qtbot) -> None:
    for how in ("damaged", "gone", "another model's"):
        lose(studio, qtbot, how)


def lose(studio, qtbot, how: str) -> None:
    run = trained_run(TINY, name=how)
    keep(run, 5, 9)
    open_run(studio, qtbot, run, TINY, 3)
    studio.state.messages.show_message(None)
    state, now = studio.state, newest(studio, qtbot).tiles
    file = state.time.moments[1].path
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(b"no model" if how == "damaged" else SHIPPED["mog-iae"].read_bytes())
    state.time.look_at(5)
    qtbot.waitUntil(lambda: state.messages.current is not None, timeout=LONG)
    assert "step 5" in state.messages.current.text and file.name in state.messages.current.text
    assert state.time.live and [m.step for m in state.time.moments] == [0, 9]
    assert state.displayed.model.path == run, "no other model is shown in its place"
    assert np.array_equal(newest(studio, qtbot).tiles, now)
    told = state.messages.current
    state.time.refresh(run)
    state.time.look_at(9)
    assert newest(studio, qtbot).step == 9 and state.messages.current is told


def test_moments_are_read_ahead_limited_and_removed(studio, qtbot, monkeypatch) -> None:
    monkeypatch.setattr("iae_studio.threads.weights.AHEAD", 60)  # s: a busy machine is slow
    run = trained_run(TINY)
    keep(run, 5, 9, 13)
    keep(run, 9, kept=True)
    open_run(studio, qtbot, run, TINY, 4)
    time = studio.state.time
    assert time.size == sum(file.stat().st_size for file in (run / "snapshots").iterdir())
    button = find(studio, QAbstractButton, "timeDisk")
    assert button.text().endswith("MB") and "1 of them" in button.toolTip()
    time.look_at(5)
    names = {"00000000.safetensors", "00000009.kept.safetensors"}

    def there() -> bool:
        return names <= {path.name for path, *_ in list(LATELY._held) if run in path.parents}

    qtbot.waitUntil(there, timeout=LONG)
    time.clear()
    qtbot.waitUntil(lambda: [m.step for m in time.moments] == [9], timeout=LONG)
    assert time.step == 9, "of what is left the nearest"
    keep(run, 1, 2, 3)
    time.refresh(run)
    qtbot.waitUntil(lambda: len(time.moments) == 4, timeout=LONG)
    time.limit_to(0)
    qtbot.waitUntil(lambda: [m.step for m in time.moments] == [1, 3, 9], timeout=LONG)
    assert studio.training.most_bytes == 0
    assert int(studio.settings.value("moments_megabytes")) == 0
