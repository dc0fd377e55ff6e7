"""Sliders, the training's bar, messages and the log: what hands do, and what there is room for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QToolButton,
    QWidget,
)

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.library import Contents
from iae_studio.state.messages import DISCARD, SAVE_ELSEWHERE, Message
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import Loading, State
from iae_studio.state.turned import MAX_SEED
from iae_studio.views.controls import ControlsView
from iae_studio.views.durations import duration
from iae_studio.views.losses import LONGEST, LossesView
from iae_studio.views.message_bar import MessageBar
from iae_studio.views.share import ShareView
from iae_studio.views.training_bar import TrainingBar
from iae_studio.widgets.elided_label import ElidedLabel, WrappedLabel
from iae_studio.widgets.sliders import SliderBank
from iae_studio.widgets.value_slider import ValueSlider
from tests.gpus import with_gpus
from tests.widgets import heard_of, shown
from trainer.exploring.questions.directions import ALL, RAW
from trainer.messages import LOSSES, ModelFacts, Progress
from trainer.recipe.catalogue import CATALOGUE

# ---- code and noise ------------------------------------------------------------------------------


@pytest.fixture
def controls(qtbot, state) -> ControlsView:
    made = ControlsView(state)
    qtbot.addWidget(made)
    return made


def know(state: StudioState, **known: object) -> None:
    told = {"noise": 32, "code_spread": (0.7, 0.2), "noise_spread": (0.6, 0.4), **known}
    facts = ModelFacts("drawn-10", 5, (28, 28, 1), told.pop("code", 10), False, **told)
    state.answers.set_facts(facts, state.answers.probe().stamp)


def banks(controls: ControlsView) -> tuple[SliderBank, SliderBank]:
    code, noise = (controls.findChild(SliderBank, f"{name}Sliders") for name in ("code", "noise"))
    return code, noise


def heads(bank: SliderBank) -> list[str]:
    return [row.caption() for row in bank.rows()]


def reset_of(controls: ControlsView, name: str) -> QToolButton:
    (found,) = (b for b in controls.findChildren(QToolButton) if b.accessibleName() == name)
    return found


def test_there_are_eight_sliders_at_the_most_or_one_for_each_number(controls, state) -> None:
    code, noise = banks(controls)
    assert "Waiting for a model." in [each.text() for each in controls.findChildren(WrappedLabel)]
    know(state, code_spread=(0.1,) * 10, noise_spread=(0.1,) * 10)
    assert heads(code) == heads(noise) == [f"{k}" for k in range(1, 9)]
    assert code.rows()[7].toolTip().startswith("10% of the codes' variance")
    state.query.set_code_basis(RAW)
    assert heads(code) == [f"z{k}" for k in range(1, 11)]
    state.query.set_code_basis(ALL)
    know(state, code=3)
    assert heads(code) == ["1", "2", "3"]


def test_where_no_slider_has_a_sense_there_is_none(controls, state) -> None:
    basis = controls.findChild(QWidget, "codeBasis")
    back = reset_of(controls, "Back to the images' own codes")
    parts = basis.parentWidget(), back, banks(controls)[0].parentWidget()
    for known, there in (({}, True), ({"code_spread": ()}, False), ({"translates": True}, False)):
        know(state, **known)
        assert [part.isHidden() for part in parts] == [not there] * 3
    know(state, code_spread=(), noise_spread=())
    assert banks(controls)[1].parentWidget().isHidden()


def test_noise_is_turned_where_either_map_has_some(controls, state) -> None:
    parts = [controls.findChild(ValueSlider, "noiseScale"), controls.findChild(QSpinBox)]
    parts.append(reset_of(controls, "Noise as it was drawn"))
    for noise, encoder_noise in ((1, 0), (0, 1), (0, 0)):
        know(state, noise=noise, encoder_noise=encoder_noise)
        assert [part.isEnabled() for part in parts] == [noise + encoder_noise > 0] * 3


def test_a_hand_turns_a_slider_to_its_ends_and_a_tool_back(controls, state) -> None:
    know(state, code=2)
    code, noise = banks(controls)
    scale = controls.findChild(ValueSlider, "noiseScale")
    for slider in (code.rows()[1], noise.rows()[0], scale):
        slider._track.dragged.emit(1.0)
    query = state.query
    assert query.code_offsets == (0.0, 3.0) and query.noise_offsets == (3.0, 0.0)
    assert query.noise_scale == 2.0
    scale._track.dragged.emit(0.0)
    assert query.noise_scale == 0.0, "none at all"
    reset_of(controls, "Noise as it was drawn").click()
    assert query.noise_offsets == () and query.noise_scale == scale.value() == 1.0
    assert noise.values() == (0.0, 0.0) and code.values() == (0.0, 3.0)
    reset_of(controls, "Back to the images' own codes").click()
    assert query.code_offsets == () and code.values() == (0.0, 0.0)


def test_what_is_restored_is_shown_and_nothing_more_is_asked(controls, state) -> None:
    state.query.set_noise_offsets((1.0,))
    state.query.set_code_offsets((2.0, 1.5, 1.0))
    know(state, code=2)
    code, noise = banks(controls)
    assert noise.values() == (1.0, 0.0) and code.values() == (2.0, 1.5)
    asked, raw = heard_of(state.answers.asked), controls.findChild(QToolButton, "codeRawButton")
    state.query.set_code_basis(RAW)
    assert raw.isChecked() and len(asked) == 1
    state.query.set_seed(MAX_SEED)
    assert controls.findChild(QSpinBox).value() == MAX_SEED and len(asked) == 2
    controls.findChild(QToolButton, "codeAllButton").click()
    assert not state.query.raw_code and len(asked) == 2, "no slider was moved"
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    assert noise.values() == (0.0, 0.0) and code.values()[:2] == (0.0, 0.0)


# ---- the training's bar --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((-5, "0 s"), (59.9, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s")),
        *((3600, "1 h 00 min"), (359_999, "99 h 59 min"), (360_000, "long"), (math.nan, "long")),
    ],
)
def test_a_time_has_as_many_digits_as_it_deserves(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.fixture
def bar(qtbot, state) -> TrainingBar:
    return shown(qtbot, TrainingBar(state.displayed, state.training, state.devices), 1280, 60)


def test_what_is_shown_is_named_with_what_it_is_on(bar, state) -> None:
    def words() -> str:
        return " / ".join(each.text() for each in bar.findChildren(ElidedLabel))

    recipe = CATALOGUE["mnist-10-small"]
    state.displayed.select(DisplayedModel(recipe))
    assert recipe.about.title in words() and recipe.about.figure in words()
    state.displayed.select(DisplayedModel(recipe.with_images("/my/photos")))
    assert "on photos" in words() and recipe.about.figure not in words()


def test_where_there_is_little_room_icons_stand_for_buttons(bar) -> None:
    rest = [bar.findChild(QPushButton, f"{n}Button") for n in ("pause", "step", "stop", "save")]
    figure = [each for each in bar.findChildren(ElidedLabel) if each.property("caption")]
    for width, roomy in ((1240, True), (1239, False), (1280, True)):
        bar.resize(width, 60)
        assert [each.minimumSizeHint() == each.sizeHint() for each in rest] == [not roomy] * 4
        assert figure[0].isHidden() is not roomy


def test_it_says_that_the_model_loads_until_there_is_something_to_see(bar, state) -> None:
    line, status = (
        bar.findChild(QProgressBar, "progressLine"),
        bar.findChild(ElidedLabel, "statusText"),
    )
    state.training.engine_ready()
    assert status.text() == "Loading the model" and line.maximum() == 0
    state.answers.set_blank(state.answers.probe().stamp, has_weights=True)
    assert status.text() == "Ready" and line.maximum() == 1000


def test_a_loading_can_be_stopped_and_does_not_hide_a_training(bar, state) -> None:
    line = bar.findChild(QProgressBar, "progressLine")
    status, stop = (
        bar.findChild(ElidedLabel, "statusText"),
        bar.findChild(QPushButton, "stopButton"),
    )
    state.displayed.end_waiting()
    state.training.set_loading(Loading(5, 0))
    assert status.text() == "Loading data" and line.maximum() == 0 and stop.isEnabled()
    state.training.set_loading(None)
    assert status.text() == "Ready" and line.maximum() == 1000 and not stop.isEnabled()
    state.training.set_state(State.TRAINING)
    state.training.set_loading(Loading(5, 10))
    assert status.text() == "Training" and line.maximum() == 1000
    assert bar.property("state") == "training"


def test_progress_stands_until_another_training_begins(bar, state) -> None:
    line = bar.findChild(QProgressBar, "progressLine")
    state.training.recipe = CATALOGUE["drawn-10"]
    state.training.set_state(State.TRAINING)
    rows = np.zeros((1, len(LOSSES)), np.float32)
    state.training.progressed.emit(Progress(999, 1000, LOSSES, rows, 1234.5, 1.0))
    status = bar.findChild(ElidedLabel, "statusText")
    assert " · 1,234.5/s · 1 s left" in status.text() and line.value() == 999
    state.training.set_state(State.FINISHED)
    assert line.value() == 999 and status.text() == "Finished"
    state.training.set_state(State.LOADING)
    state.training.set_state(State.TRAINING)
    assert line.value() <= 0 and status.text() == "Training", "of the next nothing is known yet"
    state.training.progressed.emit(Progress(0, 0, LOSSES, rows, 0.0, 1.0))
    assert line.value() == 0


def test_a_gpu_is_named_where_it_is_offered(bar, state) -> None:
    box = bar.findChild(QComboBox, "deviceBox")
    state.devices.offer(with_gpus("A100"))
    assert box.itemData(0, Qt.ItemDataRole.ToolTipRole) == "A100"
    assert state.devices.chosen == "cuda:0"


# ---- messages and the log ------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "beside"), [(559, False), (560, True)])
def test_the_buttons_of_a_message_move_below_it_where_it_is_narrow(
    qtbot, state, width: int, beside: bool
) -> None:
    bar = shown(qtbot, MessageBar(state.messages), width, 120)
    asked = Message("What now?", actions=(SAVE_ELSEWHERE, DISCARD))
    state.messages.show_message(asked)
    bar.resize(width, 120)
    bar.layout().activate()
    text = bar.findChild(QLabel, "messageText").geometry()
    first = bar.findChild(QPushButton, "messageButton0").geometry()
    assert (first.left() > text.right()) is beside and (first.top() > text.bottom()) is not beside


def test_the_log_comes_to_the_front_with_what_is_to_be_read(qtbot, state) -> None:
    view = shown(qtbot, LossesView(state), 600, 160)
    tabs = view.findChild(QTabWidget)
    assert tabs.currentWidget() is not view.log
    state.messages.logged.emit("x" * (LONGEST + 1))
    state.messages.logged.emit("y" * LONGEST)
    cut, whole = view.log.toPlainText().splitlines()
    assert cut.endswith("x…") and len(cut) == len(whole) + 1 and whole.endswith("y")
    view.show_log()
    assert tabs.currentWidget() is view.log and len(view.log.toPlainText().splitlines()) == 2
    view.show_log("\n".join(f"line {k}" for k in range(90)))
    assert view.log.firstVisibleBlock().text().endswith("line 0")


def test_where_test_images_are_missing_the_gauge_names_what_stands_in(state, qtbot) -> None:
    view = ShareView(state)
    qtbot.addWidget(view)
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    assert "test images" in view.batch.accessibleName()
    state.library.set_contents(Contents(ready={"mnist": False}))
    assert "drawn digits" in view.batch.accessibleName()
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    assert "test images" in view.batch.accessibleName()
