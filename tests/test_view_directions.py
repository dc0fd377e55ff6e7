"""The panel of directions without threads: what it asks, and what it makes of the answers."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QScrollArea, QToolButton

from iae_studio.state.asking import Asked
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.turned import has_noise
from iae_studio.views.controls import ControlsView
from iae_studio.views.share_words import advice
from iae_studio.widgets.elided_label import WrappedLabel
from iae_studio.widgets.sliders import SliderBank
from tests.widgets import heard_of
from trainer.exploring.questions.directions import (
    Factor,
    Factors,
    Found,
    FoundDirections,
    WhichDirections,
    WhichFactors,
    WhichStrips,
)
from trainer.exploring.questions.shares import Share, WhichShare
from trainer.messages import ModelFacts
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def controls(qtbot, state, engine) -> ControlsView:
    made = ControlsView(state)
    qtbot.addWidget(made)
    tell(state)
    return made


def tell(state) -> None:
    """A trained model answers, and there are two inputs."""
    facts = ModelFacts("drawn-10", 5, (28, 28, 1), 10, False, 32, 0, False, (0.1,) * 10, (0.1,) * 9)
    state.answers.set_facts(facts, state.answers.probe().stamp)
    spec = state.inputs.spec
    state.inputs.add([Input(name, np.zeros(spec.shape, np.uint8), spec) for name in "ab"])


class Engine:
    """Answers by hand what is asked."""

    def __init__(self, state, qtbot) -> None:
        self._state, self._qtbot = state, qtbot
        self._heard = heard_of(state.asking.wanted)

    def asked(self, kind: type) -> Asked:
        """The newest question of a kind; each is told once."""

        def mine() -> list[Asked]:
            return [each for (each,) in self._heard if isinstance(each.question, kind)]

        self._qtbot.waitUntil(lambda: bool(mine()))
        last = mine()[-1]
        self._heard[:] = [told for told in self._heard if not isinstance(told[0].question, kind)]
        return last

    def answer(self, kind: type, answer: object) -> None:
        self._state.asking.answer(self.asked(kind), answer)


@pytest.fixture
def engine(qtbot, state) -> Engine:
    return Engine(state, qtbot)


def found(code: int = 8, noise: int = 8, seed: int = 0) -> FoundDirections:
    rng = np.random.default_rng(seed)

    def some(count: int, size: int) -> Found:
        strength = np.linspace(4, 1, count, dtype=np.float32)
        return Found(rng.normal(size=(count, size)).astype(np.float32), strength)

    return FoundDirections(some(code, 10), some(noise, 32))


def bank(controls, side: str) -> SliderBank:
    return controls.findChild(SliderBank, f"{side}Sliders")


def test_what_changes_the_picture_is_moved_along_and_nothing_is_drawn_anew(
    controls, engine, state
) -> None:
    engine.asked(WhichDirections)
    state.selection.select(1, 2)
    asked = engine.asked(WhichDirections)
    assert asked.question.code == "here" and not asked.follows
    assert asked.question.probe.noise_seeds == state.query.seeds[2:3]
    drawn = heard_of(state.answers.asked)
    answer = found(noise=2)
    state.asking.answer(asked, answer)
    np.testing.assert_array_equal(state.query.code_axes, answer.code.axes)
    assert not drawn, "no slider was moved"
    assert [row.caption() for row in bank(controls, "noise").rows()] == ["1", "2"]
    assert bank(controls, "code").rows()[7].toolTip().startswith("changes this picture 25%")
    strips = engine.asked(WhichStrips)
    assert strips.question.code == (0, 1, 2, 3) and strips.question.noise == (0, 1)
    assert strips.follows, "the weights that are learned show themselves in the strips"
    np.testing.assert_array_equal(strips.question.probe.code_axes, answer.code.axes)


def test_a_decoder_that_ignores_its_noise_has_no_directions_of_it(controls, engine) -> None:
    assert not bank(controls, "noise").parentWidget().isHidden()
    engine.answer(WhichDirections, found(noise=0))
    assert bank(controls, "noise").parentWidget().isHidden()
    assert not bank(controls, "code").parentWidget().isHidden()


def test_what_is_moved_before_the_answer_stays_as_it_is(controls, engine, state) -> None:
    bank(controls, "code").rows()[0]._track.dragged.emit(1.0)
    engine.answer(WhichDirections, found())
    assert state.query.code_axes == () and state.query.code_offsets[0] == 3.0
    assert len(state.query.noise_axes) == 8
    assert bank(controls, "code").rows()[0].value() == 3.0


def test_names_are_added_to_mean_directions_too(controls, engine, state) -> None:
    engine.answer(WhichDirections, found())
    axis = state.query.code_axes[2]
    controls.directions.give_name("code", 2, "slant")
    assert bank(controls, "code").rows()[2].caption() == "slant"
    controls.findChild(QToolButton, "codeAllButton").click()
    assert state.query.code_axes == ()
    others = found(seed=1)
    engine.answer(WhichDirections, others)
    assert state.query.code_axes == (*map(tuple, others.code.axes.tolist()), axis)
    assert [row.caption() for row in bank(controls, "code").rows()][-2:] == ["8", "slant"]
    assert state.query.noise_axes != (), "the noise is still of this picture"
    controls.directions.give_name("code", 8, "")
    assert state.query.code_axes == () and len(bank(controls, "code").rows()) == 8


def test_a_panel_that_is_closed_from_the_start_asks_nothing(qtbot, state) -> None:
    asked, around = heard_of(state.asking.wanted), QScrollArea()
    qtbot.addWidget(around)
    around.setWidget(ControlsView(state))
    tell(state)
    QTest.qWait(50)
    assert not asked
    around.show()
    qtbot.waitUntil(lambda: WhichDirections in {type(each.question) for (each,) in asked})


def test_known_factors_are_told_above_the_directions(controls, engine, state) -> None:
    button = controls.findChild(QPushButton, "factorsButton")
    assert not button.isHidden()
    engine.answer(WhichDirections, found(code=2, noise=1))
    button.click()
    asked = engine.asked(WhichFactors)
    assert asked.question.code.shape == (2, 10) and asked.question.noise.shape == (1, 32)
    state.asking.move(asked, 1, 4)
    assert button.text() == "Stop (25%)"
    heard = heard_of(state.asking.wanted)
    controls.directions.give_name("code", 0, "first")
    assert not [each for (each,) in heard if isinstance(each.question, WhichFactors)], "on its way"
    told = Factors((Factor("slant", -0.93), Factor("size", 0.1)), (None,))
    state.asking.answer(asked, told)
    assert [row.note() for row in bank(controls, "code").rows()] == ["slant −0.93", ""]
    assert button.text() == "What do they move?"
    state.selection.select(1)
    engine.answer(WhichDirections, found(code=2, noise=1, seed=5))
    assert engine.asked(WhichFactors), "those of the next picture are asked too"
    button.click()
    assert button.text() == "What do they move?"
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    assert button.parentWidget().isHidden(), "nobody knows what MNIST was drawn from"


def test_a_warning_says_what_to_try(controls, engine) -> None:
    asked = engine.asked(WhichShare)
    assert asked.follows
    warning = controls.findChild(WrappedLabel, "noiseWarning")
    for share, word in ((0.001, "ignores its noise"), (0.95, "drowns the code"), (0.3, "")):
        verdict = "ignores" if share < 0.01 else "drowns" if share > 0.8 else "fine"
        asked.then(Share(share, verdict))
        assert word in warning.text() and warning.isHidden() is (not word)
        assert controls.share.batch.share() == share


def test_a_training_that_has_just_begun_is_not_warned_of(
    controls, engine, state, monkeypatch
) -> None:
    asked, steps = engine.asked(WhichShare), state.displayed.recipe.schedule.steps
    warning = controls.findChild(WrappedLabel, "noiseWarning")
    for step, warns in ((15, False), (steps // 2, True)):
        monkeypatch.setattr(state.answers, "rendering", SimpleNamespace(step=step))
        asked.then(Share(0.95, "drowns"))
        assert warning.isHidden() is not warns and controls.share.batch.share() == 0.95


@pytest.mark.parametrize("verdict", ["ignores", "drowns"])
def test_what_is_to_be_tried_has_an_effect_on_that_model(verdict: str) -> None:
    for recipe in CATALOGUE.values():
        if recipe.two_dimensional or not has_noise(recipe):
            continue
        words = advice(Share(0.5, verdict), recipe)
        named = re.findall(r"(\w+)=([\w.]+)", words)
        named += [(word, "0.77") for word in re.findall(r"noise_scale|euclidean", words)]
        # A category says which digit it is: all else is the noise's, and is no fault.
        assert bool(words) is not (recipe.categorical and verdict == "drowns")
        for option, value in named:
            recipe.with_settings([f"{option}={value}"])  # raises where it has none
