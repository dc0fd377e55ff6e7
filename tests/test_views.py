"""Views by themselves, given a state: what they tell and how they look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QProgressBar, QPushButton, QSpinBox

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import Loading, State
from iae_studio.views.building_blocks import caption, heading
from iae_studio.views.clusters import ClustersView
from iae_studio.views.controls import ControlsView
from iae_studio.views.scatter import CloudView
from iae_studio.views.training_bar import TrainingBar
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.sliders import SliderBank
from iae_studio.widgets.value_slider import ValueSlider
from tests.gpus import with_gpus
from tests.widgets import heard_of
from trainer.exploring.questions.directions import RAW
from trainer.messages import LOSSES, Cloud, Clusters, ModelFacts, Progress
from trainer.recipe.catalogue import CATALOGUE


def test_which_category_and_which_noise_is_under_the_pointer(qtbot, state) -> None:
    view = ClustersView(state)
    qtbot.addWidget(view)
    told = heard_of(view.told)
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-clusters-small"]))
    view.grid.hovered.emit(0, 0)
    state.query.set_seed(7)
    stamp = state.answers.probe().stamp
    state.answers.set_clusters(Clusters(stamp, 1, np.zeros((6, 30, 28, 28, 1), np.uint8)))
    view.grid.hovered.emit(1, 2)
    view.grid.hovered.emit(-1, -1)
    assert told == [("",), ("cluster 3 of 30 · noise 2 of seed 7",), ("",)]
    assert view.grid.tiles().shape[:2] == (6, 30)
    state.displayed.select(DisplayedModel(CATALOGUE["fiae-clusters-small"]))
    assert not view.grid.tiles().size, "they were another model's"


def test_headings_and_captions_are_dressed_by_what_they_are(qtbot) -> None:
    plain, coloured, quiet = heading("Code"), heading("Noise", "style"), caption("What it is.")
    for made in (plain, coloured, quiet):
        qtbot.addWidget(made)
    assert [made.text() for made in (plain, coloured, quiet)] == ["Code", "Noise", "What it is."]
    assert plain.property("heading") and coloured.property("heading") and quiet.property("caption")
    assert (plain.property("role"), coloured.property("role")) == (None, "style")


# ---- the training's bar --------------------------------------------------------------------------


@pytest.fixture
def bar(qtbot, state) -> TrainingBar:
    made = TrainingBar(state.displayed, state.training, state.devices)
    qtbot.addWidget(made)
    made.resize(1280, 60)
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    return made


BUTTONS = ("start", "pause", "step", "stop", "save")


def can(bar: TrainingBar) -> set[str]:
    """Which of the buttons can be pressed."""
    return {n for n in BUTTONS if bar.findChild(QPushButton, f"{n}Button").isEnabled()}


def test_what_can_be_pressed_follows_from_the_training(bar, state) -> None:
    wanted = {
        State.IDLE: {"start"},
        State.LOADING: {"stop"},
        State.TRAINING: {"pause", "step", "stop", "save"},
        State.PAUSED: {"pause", "step", "stop", "save"},
        State.UNSAVED: {"pause", "stop", "save"},
        State.FINISHED: {"start"},
        State.FAILED: {"start"},
    }
    words = set()
    for now, able in wanted.items():
        state.training.set_state(now)
        assert can(bar) == able, now
        rests = now in (State.PAUSED, State.UNSAVED)
        assert bar.findChild(QPushButton, "pauseButton").text() == ("Go on" if rests else "Pause")
        assert bar.findChild(QComboBox, "deviceBox").isEnabled() is ("start" in able)
        words.add(bar.findChild(ElidedLabel, "statusText").text())
    assert len(words) == len(wanted)


def test_buttons_do_what_they_say(bar, state) -> None:
    wanted, commands = heard_of(state.training.wanted), heard_of(state.training.commandWanted)
    bar.findChild(QPushButton, "startButton").click()
    assert wanted == [(CATALOGUE["drawn-10"], None)]
    state.training.set_state(State.TRAINING)
    for name in BUTTONS[1:]:
        bar.findChild(QPushButton, f"{name}Button").click()
    assert [word for (word,) in commands] == list(BUTTONS[1:])


def test_a_run_is_gone_on_with_and_who_trains_another_is_told(bar, state) -> None:
    start = bar.findChild(QPushButton, "startButton")
    assert start.text() == "Train" and start.toolTip() == "Train (T)"
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"], Path("runs/it")))
    assert start.text() == "Go on" and "Ctrl+T" in start.toolTip()
    state.training.set_state(State.TRAINING)
    assert start.text() == "Train" and "One training at a time" in start.toolTip()


def test_progress_is_told_in_words_and_by_a_line(bar, state) -> None:
    line = bar.findChild(QProgressBar, "progressLine")
    status = bar.findChild(ElidedLabel, "statusText")
    state.training.set_state(State.LOADING)
    assert line.maximum() == 0, "nobody knows how long"
    state.training.set_loading(Loading(1200, 5000))
    assert (line.value(), line.maximum()) == (1200, 5000)
    assert status.text() == "Loading data: 1,200 of 5,000 images"
    state.training.recipe = CATALOGUE["drawn-10"]
    state.training.set_state(State.TRAINING)
    rows = np.zeros((1, len(LOSSES)), np.float32)
    state.training.progressed.emit(Progress(250, 1000, LOSSES, rows, 12.34, 3723.0))
    assert (line.value(), line.maximum()) == (250, 1000)
    assert status.text() == (
        "Warm start to step 1,050 · step 250 of 1,000 · 12.3/s · 1 h 02 min left"
    )
    short = "step 250 of 1,000 · 1 h 02 min left"
    status.resize(status.fontMetrics().horizontalAdvance(short) + 8, 20)
    assert status.shown() == short, "what matters most where there is no room"
    state.training.progressed.emit(Progress(1050, 7000, LOSSES, rows, 12.34, 3723.0))
    assert status.text().startswith("Training · step 1,050"), "the reconstruction game has begun"
    state.training.progressed.emit(Progress(250, 1000, LOSSES, rows, 12.34, 3723.0))
    state.training.set_state(State.PAUSED)
    assert status.text().endswith(" · step 250 of 1,000")
    state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    state.training.progressed.emit(Progress(2000, 1000, LOSSES, rows, 12.34, 0.0))
    assert status.text().startswith("drawn-10: ") and line.value() == 1000
    state.training.set_state(State.IDLE)
    assert line.value() == 0 and "step" not in status.text()


def test_a_gpu_is_the_first_choice(bar, state) -> None:
    box, chosen = bar.findChild(QComboBox, "deviceBox"), heard_of(state.devices.changed)
    state.devices.offer(with_gpus("A100"))
    assert [box.itemText(k) for k in range(box.count())] == ["GPU", "CPU"]
    assert box.currentText() == "GPU" and not chosen
    box.setCurrentIndex(1)
    box.setCurrentIndex(0)
    assert [device for (device,) in chosen] == ["cpu", "cuda:0"]


def test_one_of_several_gpus_can_be_chosen(bar, state) -> None:
    box, chosen = bar.findChild(QComboBox, "deviceBox"), heard_of(state.devices.changed)
    state.devices.offer(with_gpus("A100", "T4"))
    assert [box.itemText(k) for k in range(box.count())] == ["GPU 0", "GPU 1", "CPU"]
    box.setCurrentIndex(1)
    assert chosen == [("cuda:1",)]


def test_a_choice_stands_where_devices_are_offered_again(bar, state) -> None:
    box = bar.findChild(QComboBox, "deviceBox")
    state.devices.offer(with_gpus("A100", "T4"))
    state.devices.choose("cuda:1")
    state.devices.offer(with_gpus("A100", "T4"))
    assert (state.devices.chosen, box.currentText()) == ("cuda:1", "GPU 1")
    state.devices.offer(with_gpus())
    assert (state.devices.chosen, box.currentText()) == ("cpu", "CPU")


# ---- code and noise ------------------------------------------------------------------------------


@pytest.fixture
def controls(qtbot, state) -> ControlsView:
    made = ControlsView(state)
    qtbot.addWidget(made)
    return made


def know(state: StudioState, **known: object) -> None:
    """The render thread tells of the model."""
    told = {"categorical": False, "noise": 32, "code_spread": (0.7, 0.2, 0.1), **known}
    facts = ModelFacts("drawn-10", 5, (28, 28, 1), 10, noise_spread=(0.6, 0.4), **told)
    state.answers.set_facts(facts, state.answers.probe().stamp)


def test_what_is_of_the_code_and_what_of_the_noise_is_told_by_colour(controls) -> None:
    heads = [each for each in controls.findChildren(ElidedLabel) if each.property("heading")]
    assert {head.text(): head.property("role") for head in heads} == {
        "Share of the noise": None,
        "Code": "content",
        "Noise": "style",
    }


def test_there_is_a_slider_for_each_direction(controls, state) -> None:
    code, noise = (controls.findChild(SliderBank, f"{name}Sliders") for name in ("code", "noise"))
    know(state)
    assert len(noise.rows()) == 2
    assert not noise.parentWidget().isHidden() and not code.parentWidget().isHidden()
    assert [row.toolTip().splitlines()[0] for row in noise.rows()] == [
        "60% of the noise's effect",
        "40% of the noise's effect",
    ]
    state.query.set_code_basis(RAW)
    assert all("one number of the code" in row.toolTip() for row in code.rows())
    know(state, noise=0, encoder_noise=0)
    assert not controls.findChild(QSpinBox, "noiseSeed").isEnabled()
    assert not controls.findChild(QPushButton, "resampleButton").isEnabled()
    know(state, categorical=True)
    assert code.parentWidget().isHidden() and controls.findChild(QSpinBox, "noiseSeed").isEnabled()


def test_a_seed_is_asked_for_once_it_is_typed(controls, state) -> None:
    know(state)
    seed, drawn = controls.findChild(QSpinBox, "noiseSeed"), heard_of(state.query.changed)
    seed.selectAll()
    QTest.keyClicks(seed, "4207")
    QTest.keyClick(seed, Qt.Key.Key_Return)
    assert state.query.seed == 4207 and len(drawn) == 1


def test_what_a_hand_sets_is_asked_and_what_is_reset_is_shown(controls, state) -> None:
    know(state)
    seed = controls.findChild(QSpinBox, "noiseSeed")
    scale = controls.findChild(ValueSlider, "noiseScale")
    seed.setValue(7)
    assert state.query.seed == 7
    controls.findChild(QPushButton, "resampleButton").click()
    assert (state.query.seed, seed.value()) == (8, 8)
    scale.edited.emit(0.25)
    assert state.query.noise_scale == 0.25
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    assert scale.value() == 1.0 == state.query.noise_scale


# ---- points --------------------------------------------------------------------------------------


def test_points_are_grey_for_the_data_and_coloured_by_their_place(qtbot) -> None:
    view = CloudView()
    qtbot.addWidget(view)
    data, model = np.array([[0.1, 0.2], [0.3, 0.4], [0, 0]]), np.array([[0.5, 0.6], [0.7, 0.8]])
    view.set_recipe(CATALOGUE["mog-gan"])
    assert view.codes.isHidden() and "each one-hot input" in view.data.words.text()
    view.show_cloud(Cloud(1, 1, data, model, np.array([0, 7])))
    assert [list(xy) for xy in view.data.below.getData()] == data.T.tolist()
    assert [list(xy) for xy in view.data.above.getData()] == model.T.tolist()
    one, other = (point.brush().color() for point in view.data.above.points())
    assert one == other, "seven hues, then again from the first"
    view.set_recipe(CATALOGUE["mog-iae"])
    assert not len(view.data.below.getData()[0]), "they were of another model"
    assert "each code" in view.data.words.text()
    view.set_recipe(CATALOGUE["fiae-toy"])
    places = np.array([0, 1])
    view.show_cloud(Cloud(2, 1, model, model, places, 2 * model, 3 * model, places))
    assert not view.codes.isHidden() and "by place" in view.data.words.text()
    assert [list(xy) for xy in view.codes.above.getData()] == (2 * model).T.tolist()
    assert [list(xy) for xy in view.codes.below.getData()] == (3 * model).T.tolist()
    one, other = (point.brush().color() for point in view.codes.above.points())
    assert one != other
