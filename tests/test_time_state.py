"""What is known of time without a window: which moment, whose losses, how a run's kin is found."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.training import State
from iae_studio.threads.curves import read_family
from iae_studio.views.losses import LossesView
from iae_studio.views.time_words import nothing_kept, size
from iae_studio.widgets.run_plot import RunPlot
from iae_studio.widgets.time_slider import TimeSlider
from tests.tiny import CPU, batches_of, kind_of
from tests.widgets import heard_of, shown
from trainer.messages import LOSSES, Failed, Progress
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.snapshots import Moment
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start

DIGITS = CATALOGUE["drawn-10"]
TOY = kind_of("iae, points")


def moments(*steps: int) -> tuple[Moment, ...]:
    return tuple(Moment(step, Path(f"{step}.safetensors"), 1000) for step in steps)


def display(state, run: str | None = "a run", live: bool = False) -> Path | None:
    path = None if run is None else Path(run)
    state.displayed.select(DisplayedModel(DIGITS, path, live))
    return path


def rows(count: int, value: float = 1.0) -> np.ndarray:
    return np.full((count, len(LOSSES)), value, np.float32)


# ---- time ----------------------------------------------------------------------------------------


def test_a_list_that_comes_late_is_about_its_own_run(state) -> None:
    wanted = heard_of(state.time.listWanted)
    first, second = display(state, "first"), display(state, "second")
    assert [told[0] for told in wanted] == [first, second]
    state.time.look_at(40)
    state.time.set_moments(first, moments(1, 2))
    assert state.time.moments == () and state.time.live
    state.time.set_moments(second, moments(10, 50))
    assert state.time.step == 50, "what was asked for meanwhile"
    display(state, None)
    assert state.time.live and state.time.moments == ()


def test_the_past_stays_whatever_comes(state) -> None:
    run = display(state, live=True)
    moved, asked = heard_of(state.time.moved), heard_of(state.answers.asked)
    state.time.set_moments(run, moments(0, 10))
    assert state.time.live and not moved
    state.time.look_at(3)
    state.time.set_moments(run, moments(0, 10, 20))
    state.displayed.end_live(run)
    assert state.time.step == 0 and len(moved) == len(asked) == 1
    state.time.set_moments(run, moments(10, 20))
    assert state.time.step == 10, "the nearest in place of one that is gone"
    state.time.step_by(5)
    assert state.time.live


def test_moments_that_are_gone_do_not_hold_up_a_later_training(state) -> None:
    run = display(state, live=True)
    state.time.look_at(5)  # by a session: the list is still to come
    state.time.set_moments(run, ())
    state.time.set_moments(run, moments(2))
    assert state.time.live
    state.time.look_at(2)
    state.time.set_moments(run, ())
    state.time.look_at(2)  # by an undo
    assert state.time.live and state.time.wanted is None
    state.time.set_moments(run, moments(7))
    assert state.time.live, "the training is seen as it is"


def test_a_lost_moment_does_not_come_back(state) -> None:
    run = display(state)
    state.time.set_moments(run, moments(0, 10))
    state.time.look_at(10)
    lost = state.time.moment
    state.time.lose(lost, Failed("10.safetensors is damaged."))
    assert "step 10" in state.messages.current.text and state.time.live
    state.time.set_moments(run, moments(0, 10, 20))
    assert [moment.step for moment in state.time.moments] == [0, 20]
    state.messages.show_message(None)
    state.time.lose(moments(20)[0], Failed("20.safetensors is damaged."))
    assert state.messages.current is None, "nobody looks at it"


def test_playing_ends_with_its_run_and_by_a_hand(state, qtbot) -> None:
    play = state.playing
    play.toggle()
    assert not play.on, "there is nothing to play"
    run = display(state)
    state.time.set_moments(run, moments(0, 10, 20))
    play.toggle_loop()
    play.toggle()
    assert play.on and state.time.step == 0 and play.loop == (0, 20)
    qtbot.waitUntil(lambda: state.time.step == 10)  # without images no picture is waited for
    state.time.look_at(None)
    assert not play.on
    play.toggle()
    display(state, "another")
    assert not play.on and play.loop is None


# ---- whose losses --------------------------------------------------------------------------------


@pytest.fixture
def losses(qtbot, state) -> LossesView:
    view = shown(qtbot, LossesView(state), 700, 200)
    view.complete()
    return view


def begin(state, path: Path, recipe=DIGITS) -> None:
    """A training of that run, as its thread tells of it."""
    state.training.recipe = recipe
    state.training.set_state(State.LOADING)
    state.training.began(path, recipe, rows(5))
    state.training.set_state(State.TRAINING)


def test_the_plot_is_about_the_displayed_run(losses, state) -> None:
    from iae_studio.state.curves import Family, Kin

    wanted = heard_of(state.curves.readWanted)
    display(state, None)
    begin(state, Path("trains"))
    state.training.progressed.emit(Progress(8, 1000, LOSSES, rows(3), 1.0, 1.0))
    other = losses.findChild(QAbstractButton, "otherLossesButton")
    assert losses.plot.steps() == 8 and not other.isVisible()

    rests = display(state, "rests")
    assert losses.plot.steps() == 0 and wanted[-1] == (rests,)
    assert other.isVisible() and other.text() == "drawn-10 trains"
    kin = Kin("parent", np.array([1.0, 30.0]), np.ones((2, len(LOSSES))))
    state.curves.set_family(Family(Path("trains"), rows(99)))
    state.curves.set_family(Family(rests, rows(20), (kin,)))
    assert losses.plot.steps() == 20 and len(losses.plot.kin()) == 1
    assert losses.plot.reach() == 30, "the parent's go on"
    state.training.progressed.emit(Progress(10, 1000, LOSSES, rows(2), 1.0, 1.0))
    assert losses.plot.steps() == 20

    other.click()
    assert state.displayed.model.live and losses.plot.steps() == 10 and not losses.plot.kin()
    state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    assert losses.plot.steps() == 10 and other.text() == "Losses of drawn-10"


def test_marks_stand_at_their_steps(losses) -> None:
    losses.plot.setMarks([(10, "branch {a}"), (20, "rate 0.1")])
    assert losses.plot.time.marks() == [(10, "branch {a}"), (20, "rate 0.1")]
    line = losses.plot.time._lines[0]
    assert line.value() == 10 and line.label.textItem.toPlainText() == "branch {a}"
    losses.plot.setMarks([])
    assert not losses.plot.time._lines


# ---- kin -----------------------------------------------------------------------------------------


def run_of(folder: Path, steps: int, parent: Path | None = None, at: int = 0) -> Path:
    """A run of a few steps; perhaps from another one."""
    made = RunFolder.create(folder, TOY)
    state = start(TOY, CPU)
    for progress in run(state, batches_of(TOY), steps):
        made.record(progress)
    made.save(state)
    file = folder / "recipe.json"
    told = json.loads(file.read_text())
    told["began"] = f"2026-01-01 00:00:{steps:02d}"
    if parent is not None:
        when = json.loads((parent / "recipe.json").read_text())["began"]
        told["parent"] = {"run": parent.name, "when": when, "step": at, "whole": True}
    file.write_text(json.dumps(told))
    return folder


def test_a_run_has_its_parents_and_its_children(tmp_path) -> None:
    first = run_of(tmp_path / "first", 3)
    second = run_of(tmp_path / "second", 6, first, 2)
    third = run_of(tmp_path / "third", 9, second, 4)
    (tmp_path / "no run").mkdir()
    family = read_family(second)
    assert np.array_equal(family.rows, RunFolder(second).curves(), equal_nan=True)
    assert [kin.name for kin in family.kin] == ["first", "third"]
    parent, child = family.kin
    assert parent.steps.tolist() == [1, 2, 3], "all of it"
    assert child.steps.tolist() == [5, 6, 7, 8, 9], "what came after the branch"
    np.testing.assert_allclose(child.values, RunFolder(third).curves()[4:], rtol=1e-6)
    assert [kin.name for kin in read_family(third).kin] == ["second", "first"]

    told = json.loads((first / "recipe.json").read_text())
    (first / "recipe.json").write_text(json.dumps(told | {"began": "2020-01-01 00:00:00"}))
    assert [kin.name for kin in read_family(second).kin] == ["third"], "another of that name"
    (third / "curves.f32").unlink()
    (third / "curves.f32").mkdir()
    assert read_family(second).kin == ()


def test_losses_that_cannot_be_read_are_told(tmp_path) -> None:
    made = run_of(tmp_path / "run", 3)
    (made / "recipe.json").write_text("{")
    family = read_family(made)
    assert len(family.rows) == 0 and "recipe.json" in family.problem
    own = run_of(tmp_path / "own", 3)
    told = json.loads((own / "recipe.json").read_text())
    told["parent"] = {"run": "own", "when": told["began"], "step": 1, "whole": True}
    (own / "recipe.json").write_text(json.dumps(told))
    assert read_family(own).kin == (), "no run is its own parent"


# ---- words and the slider ------------------------------------------------------------------------


def test_sizes_have_the_digits_they_deserve() -> None:
    assert [size(count) for count in (0, 314_788, 16_800_000, 2_000_000_000)] == [
        "0 kB",
        "315 kB",
        "16.8 MB",
        "2 GB",
    ]


def test_where_there_is_no_past_it_is_said_how_to_get_one(state) -> None:
    told = []
    for path, live in ((None, False), ("a run", False), ("a run", True), ("x.safetensors", False)):
        display(state, path, live)
        told.append(nothing_kept(state.displayed.model, state.training))
    assert len(set(told)) == 4 and all("(T)" in words for words in (told[0], told[1], told[3]))


def test_any_number_of_moments_can_be_reached(qtbot) -> None:
    slider = shown(qtbot, TimeSlider(), 240, 24)
    for count in (1, 3, 48):
        slider.setMoments([f"Step {step}" for step in range(count)])
        reached = {slider.placeAt(x) for x in range(240)}
        assert reached == set(range(count + 1)) and slider.value() == count
        assert all(slider.placeAt(slider.placeX(place)) == place for place in range(count + 1))
    slider.setPlace(5)
    looked = heard_of(slider.looked)
    slider.setMoments([f"Step {step}" for step in range(49)])
    assert slider.value() == 5 and not looked, "the past stays where it is"
    assert slider.wordsOf(5) == "Step 5" and slider.wordsOf(49).startswith("Live")


def test_a_slider_says_which_moment_it_is_at(qtbot) -> None:
    slider = shown(qtbot, TimeSlider(), 240, 24)
    slider.setMoments(["Step 0", "Step 50", "Step 1,200"])
    assert slider.accessibleDescription().startswith("Live")
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert slider.accessibleDescription() == "Step 1,200"
    slider.setPlace(1)
    assert slider.accessibleDescription() == "Step 50"


def test_keys_set_the_range_that_plays_round(qtbot) -> None:
    slider = shown(qtbot, TimeSlider(), 240, 24)
    slider.setMoments([f"Step {step}" for step in range(10)])
    told = heard_of(slider.rangeMoved)
    slider.setPlace(3)
    QTest.keyClicks(slider, "[")
    assert slider.loop() is None and not told, "nothing plays round"
    slider.setLoop((0, 9))
    QTest.keyClicks(slider, "[")
    slider.setPlace(6)
    QTest.keyClicks(slider, "]")
    assert told == [(3, 9), (3, 6)] and slider.loop() == (3, 6)
    slider.setPlace(2)
    QTest.keyClicks(slider, "]")
    assert slider.loop() == (3, 6), "it does not end before it begins"


def test_kin_are_drawn_behind_and_hidden_with_their_curve(qtbot, dark) -> None:
    plot = shown(qtbot, RunPlot(), 700, 240)
    plot.setCurves(LOSSES)
    plot.load(rows(10))
    before = plot.grab().toImage()
    kin = np.full((2, len(LOSSES)), np.nan)
    kin[:, 0] = (0.5, 2.0)
    plot.setKin([(np.array([2.0, 9.0]), kin)])
    plot._redraw()
    assert plot.grab().toImage() != before
    (index, _, line), *others = plot._faint
    assert index == 0 and not others
    np.testing.assert_allclose(line.getData()[1], np.log10([0.5, 2.0]))
    plot.setShown(LOSSES[0], False)
    plot._redraw()
    assert not line.isVisible()


def test_losses_stay_where_a_training_ends(losses, state, tmp_path) -> None:
    """They are those of the run that lies there now: nothing is read anew meanwhile."""
    state.displayed.select(DisplayedModel(DIGITS))
    begin(state, tmp_path / "a run")
    state.training.saved(tmp_path / "elsewhere", 5)
    state.training.set_state(State.IDLE)
    state.training.ended()
    assert state.displayed.model == DisplayedModel(DIGITS, tmp_path / "elsewhere")
    assert losses.plot.steps() == 5
