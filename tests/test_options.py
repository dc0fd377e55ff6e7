"""The options of an experiment before it starts: typed, judged as one types, and trained."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QToolButton

from iae_studio.state.cancelling import CancelledError
from iae_studio.state.fitting import SHARED
from iae_studio.state.option_draft import OptionDraft
from iae_studio.state.training import State
from iae_studio.views.fit_line import FitLine
from iae_studio.views.options_dialog import OptionsDialog
from tests.studio import LONG, find, little_data, running, wait_state
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.facts import all_options, in_the_paper, without_effect
from trainer.recipe.options import additions, leaves, value_at

DRAWN = CATALOGUE["drawn-10"]


# ---- what is said of options ---------------------------------------------------------------------


def test_every_option_is_there_with_its_meaning_in_a_sentence() -> None:
    options = {each.path: each for each in all_options()}
    assert set(options) == {path for path, *_ in leaves() if not path.startswith("about.")}
    for each in options.values():
        assert each.meaning[0].isupper() and each.meaning.endswith("."), each.path
    assert {path for path, each in options.items() if each.addition} == set(additions())
    assert "drawn-digits" in options["data.name"].choices
    assert options["optim.precision"].choices == ("full", "bf16")


def test_the_papers_values_are_told_where_it_has_them() -> None:
    small = CATALOGUE["svhn-75-small"]
    assert (small.model.code, in_the_paper(small, "model.code")) == (16, 75)
    assert in_the_paper(small, "model.noise") == 1000
    assert in_the_paper(DRAWN, "objective.reconstruction.r1") == 0.0, "an addition: it has none"
    assert in_the_paper(small, "optim.batch") is None, "the paper gives no batch"
    assert in_the_paper(DRAWN, "model.code") is None, "nor these digits"
    for name in ("mnist-10", "mnist-5", "svhn-det", "mnist-clusters", "faces", "fiae-clusters"):
        for path in ("model.code", "model.noise", "model.encoder_noise", "data.labels"):
            told = in_the_paper(CATALOGUE[name], path)
            assert told in (None, value_at(CATALOGUE[name], path)), f"{name} {path}"


def test_an_option_without_effect_says_why() -> None:
    assert without_effect(CATALOGUE["mog-iae"], "data.size") == "points have no size"
    assert without_effect(DRAWN, "data.size") == without_effect(DRAWN, "optim.batch") == ""


# ---- the draft -----------------------------------------------------------------------------------


def test_what_is_typed_is_read_by_its_type() -> None:
    draft = OptionDraft(DRAWN)
    for path, text in (
        ("schedule.steps", "12,000"),
        ("optim.generator_rate", " 1e-4"),
        ("optim.precision", "bf16"),
        ("data.colour", "false"),
    ):
        draft.type(path, text)
    assert draft.valid and draft.changes == 3, "not in colour it was before"
    recipe = DRAWN.but(steps=12_000, generator_rate=1e-4, precision="bf16")
    assert draft.recipe == recipe
    draft.reset("schedule.steps")
    assert draft.recipe == recipe.but(steps=DRAWN.schedule.steps)
    draft.reset_all()
    assert draft.recipe == DRAWN and not draft.changes


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("optim.batch", "many", "a whole number"),
        ("optim.batch", "1", "at least 2 images"),
        ("optim.batch", "9" * 30, "2^63"),
        ("optim.ema", "1", "below 1"),
        ("model.code", "", "a whole number"),
        ("model.code", "0", "at least 1"),
        ("data.size", "30", "a multiple of 4"),
        ("objective.reconstruction.kind", "l2", "is one of"),
        ("model.encoder_noise", "nan", "a whole number"),
        ("optim.generator_rate", "nan", "is a number"),
    ],
)
def test_the_reason_stands_beside_the_field_that_is_wrong(path: str, text: str, why: str) -> None:
    draft = OptionDraft(DRAWN)
    draft.type("schedule.steps", "50")
    draft.type(path, text)
    assert not draft.valid and set(draft.problems) == {path} and why in draft.problems[path]
    assert draft.text(path) == text, "it stays to be mended"
    draft.reset(path)
    assert draft.valid and draft.recipe == DRAWN.but(steps=50)


def test_what_a_change_leaves_without_effect_rests_or_is_refused() -> None:
    draft = OptionDraft(DRAWN)
    draft.type("objective.reconstruction.kind", "euclidean")
    assert draft.valid and draft.text("objective.reconstruction.r1") == "0"
    assert "no such game" in draft.idle("objective.reconstruction.r1")
    draft.type("objective.reconstruction.r1", "0.5")
    assert "no effect" in draft.problems["objective.reconstruction.r1"]
    draft.type("objective.reconstruction.kind", "adversarial")
    assert draft.valid and draft.recipe.objective.reconstruction.r1 == 0.5


def test_two_that_do_not_go_together_are_told_at_the_last_one() -> None:
    draft = OptionDraft(DRAWN)
    draft.type("objective.regularisation.kind", "none")
    draft.type("objective.reconstruction.kind", "none")
    assert "nothing to train" in draft.problems["objective.reconstruction.kind"]
    assert "objective.regularisation.kind" not in draft.problems
    draft.reset("objective.regularisation.kind")
    assert draft.valid


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_experiment_can_be_drafted_to_the_letter(name: str) -> None:
    draft = OptionDraft(CATALOGUE[name])
    draft.take_recipe(CATALOGUE[name].to_the_letter())
    assert draft.valid, draft.problems
    assert draft.recipe == CATALOGUE[name].to_the_letter()


# ---- the window ----------------------------------------------------------------------------------


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


def opened(studio, qtbot) -> OptionsDialog:
    QTest.keyClick(studio.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: find(studio, OptionsDialog, "optionsDialog") is not None)
    return find(studio, OptionsDialog, "optionsDialog")


def write(dialog: OptionsDialog, path: str, text: str) -> None:
    field = dialog.findChild(QLineEdit, f"option {path}")
    field.clear()
    QTest.keyClicks(field, text)


def press(dialog: OptionsDialog, name: str, kind: type = QPushButton) -> None:
    QTest.mouseClick(dialog.findChild(kind, name), Qt.MouseButton.LeftButton)


def told(dialog: OptionsDialog, name: str) -> str:
    return dialog.findChild(QLabel, name).text()


def test_options_are_changed_tried_and_trained(studio, qtbot) -> None:
    dialog = opened(studio, qtbot)
    use = dialog.findChild(QPushButton, "useOptionsButton")
    assert use.text() == "Train" and dialog.isModal()
    qtbot.waitUntil(lambda: told(dialog, "fitLine").startswith("About"), timeout=LONG)
    assert "3,000 steps" in told(dialog, "fitLine")

    write(dialog, "optim.batch", "1")
    assert not use.isEnabled() and told(dialog, "fitLine") == ""
    assert "at least 2" in told(dialog, "told optim.batch")
    write(dialog, "optim.batch", "16")
    write(dialog, "schedule.steps", "40")
    assert use.isEnabled() and told(dialog, "told optim.batch") == "Changed; it was 256."
    write(dialog, "model.width", "16")
    press(dialog, "reset model.width", QToolButton)
    assert not dialog.findChild(QToolButton, "reset model.width").isVisible()
    qtbot.waitUntil(lambda: "40 steps" in told(dialog, "fitLine"), timeout=LONG)

    press(dialog, "useOptionsButton")
    assert studio.state.training.recipe == CATALOGUE["mog-iae"].but(batch=16, steps=40)
    wait_state(studio, qtbot, State.FINISHED)
    assert studio.state.displayed.model.is_run
    assert studio.state.displayed.recipe.optim.batch == 16
    qtbot.waitUntil(lambda: find(studio, OptionsDialog, "optionsDialog") is None)


def test_options_are_found_by_words_and_by_kind(studio, qtbot) -> None:
    dialog = opened(studio, qtbot)

    def shown() -> set[str]:
        return {path for path, row in dialog._list.rows.items() if row.isVisible()}

    assert shown() == {each.path for each in all_options()}
    QTest.keyClicks(dialog.findChild(QLineEdit, "optionSearch"), "learning RATE")
    assert shown() == {"optim.discriminator_rate", "optim.generator_rate"}
    QTest.keyClick(dialog.findChild(QLineEdit, "optionSearch"), Qt.Key.Key_Return)
    assert dialog.isVisible() and not studio.state.training.busy, "who searches does not start"
    dialog.findChild(QLineEdit, "optionSearch").clear()
    press(dialog, "addedOptionsButton", QToolButton)
    assert shown() == set(additions())
    press(dialog, "changedOptionsButton", QToolButton)
    assert shown() == set()
    press(dialog, "toTheLetterButton")
    letter = CATALOGUE["mog-iae"].to_the_letter()
    differ = {p for p in additions() if value_at(letter, p) != value_at(dialog.draft.base, p)}
    assert differ and differ <= shown() and dialog.draft.recipe == letter
    press(dialog, "resetAllButton")
    assert shown() == set() and dialog.draft.recipe == CATALOGUE["mog-iae"]
    assert dialog.findChild(QCheckBox, "option data.colour").isEnabled() is False
    press(dialog, "cancelOptionsButton")
    assert not studio.state.training.busy


def test_what_does_not_fit_is_offered_in_a_batch_that_does(studio, qtbot) -> None:
    dialog = opened(studio, qtbot)
    write(dialog, "optim.batch", "1000000")
    write(dialog, "model.width", "4")
    write(dialog, "model.noise", "20000")
    qtbot.waitUntil(lambda: "will not fit" in told(dialog, "fitLine"), timeout=LONG)
    press(dialog, "fitBatchButton")
    batch = dialog.draft.recipe.optim.batch
    assert 2 <= batch < 1_000_000 and f"A batch of {batch:,} fits" not in told(dialog, "fitLine")
    assert dialog.findChild(QLineEdit, "option optim.batch").text() == str(batch)


def test_another_view_asks_for_changed_options(studio, qtbot) -> None:
    taken = []
    find(studio, QPushButton, "optionsButton").click()
    assert find(studio, OptionsDialog, "optionsDialog").draft.base == CATALOGUE["mog-iae"]
    studio.state.requests.optionsWanted.emit(DRAWN, taken.append)  # takes the other's place
    qtbot.waitUntil(lambda: len(studio.window.findChildren(OptionsDialog)) == 1)
    dialog = find(studio, OptionsDialog, "optionsDialog")
    assert dialog.findChild(QPushButton, "useOptionsButton").text() == "Use these"
    choice = dialog.findChild(QComboBox, "option optim.precision")
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Down)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert taken == [DRAWN.but(precision="bf16")]
    assert studio.state.displayed.recipe.name == "mog-iae" and not studio.state.training.busy


def test_a_window_that_closes_waits_for_no_trial(studio, qtbot) -> None:
    dialog = opened(studio, qtbot)
    write(dialog, "model.width", "1500")
    line = dialog.findChild(FitLine)
    qtbot.waitUntil(lambda: line._question is not None, timeout=LONG)
    question = line._question
    studio.window.close()
    with pytest.raises(CancelledError):
        question.progress(0, 0)


def waiting(studio) -> list:
    return [item.recipe for item in studio.state.queue.coming]


def test_changed_options_wait_in_the_queue(studio, qtbot) -> None:
    dialog = opened(studio, qtbot)
    write(dialog, "schedule.steps", "30")
    press(dialog, "way Train next")
    assert waiting(studio) == [CATALOGUE["mog-iae"].but(steps=30)]
    assert not studio.state.training.busy
    assert "waits in the queue" in studio.state.messages.current.text
    studio.state.training.start()
    wait_state(studio, qtbot, State.TRAINING)
    qtbot.waitUntil(lambda: find(studio, OptionsDialog, "optionsDialog") is None)
    find(studio, QPushButton, "optionsButton").click()
    use = find(studio, OptionsDialog, "optionsDialog").findChild(QPushButton, "useOptionsButton")
    assert use.text() == "Train next", "what trains is not disturbed"
    QTest.mouseClick(use, Qt.MouseButton.LeftButton)
    assert waiting(studio)[1:] == [studio.state.displayed.recipe]


def test_beside_a_training_the_options_are_shown_and_it_goes_on(studio, qtbot) -> None:
    studio.state.training.start()
    wait_state(studio, qtbot, State.TRAINING)
    dialog = opened(studio, qtbot)
    write(dialog, "model.width", "8")
    qtbot.waitUntil(lambda: told(dialog, "fitLine").startswith("About"), timeout=LONG)
    assert told(dialog, "fitLine").endswith(SHARED)
    press(dialog, "way Show it")
    assert studio.state.displayed.recipe.model.width == 8
    assert "stop the training that runs first" in studio.state.messages.current.text
    assert studio.state.training.recipe == CATALOGUE["mog-iae"] and studio.state.training.busy
