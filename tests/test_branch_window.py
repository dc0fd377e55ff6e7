"""Branching off in the window, and changing a run while it trains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import find_runs
from iae_studio.state.training import State
from iae_studio.views.amend import AmendDialog
from iae_studio.views.options_dialog import OptionsDialog
from iae_studio.views.run_words import card_of
from tests.studio import LONG, find, little_data, press, running, steps, train, wait_state
from tests.tiny import CPU, batches_of, kept_losses, recipe_of
from trainer.data.amending import Amend
from trainer.data.amendments import END, FILE, Amendment, Amendments, read_amendments
from trainer.data.aside import Change, read_decisions
from trainer.recipe.saved import read_begun
from trainer.storage.snapshots import moments_in
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run as loop

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
RECIPE = recipe_of("mog-iae", "steps=100000")
RATE = "optim.generator_rate"


@pytest.fixture
def studio(tmp_path: Path, qtbot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr("trainer.storage.paths.runs_root", lambda: tmp_path / "runs")
    monkeypatch.setattr("iae_studio.state.model_files.runs_root", lambda: tmp_path / "runs")
    with little_data(monkeypatch), running(tmp_path, qtbot) as studio:
        studio.state.displayed.select(DisplayedModel(RECIPE))
        yield studio


def key(studio: Studio, qtbot, letter: Qt.Key) -> None:
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow, timeout=LONG)
    QTest.keyClick(studio.window, letter, CTRL_SHIFT)


def message(studio: Studio) -> str:
    current = studio.state.messages.current
    return "" if current is None else current.text


def set_aside(run: Path) -> frozenset[object]:
    """Domain and row of each image."""
    found = read_decisions(run)
    return frozenset() if found is None else found.in_force()


def dialog_of(studio: Studio, qtbot) -> AmendDialog:
    qtbot.waitUntil(lambda: find(studio, AmendDialog, "amendDialog") is not None, timeout=LONG)
    dialog = find(studio, AmendDialog, "amendDialog")
    qtbot.waitUntil(lambda: bool(dialog.fields), timeout=LONG)
    return dialog


def type_into(dialog: AmendDialog, name: str, text: str) -> None:
    field = dialog.findChild(QLineEdit, f"amend {name}")
    field.selectAll()
    QTest.keyClicks(field, text)


def apply(dialog: AmendDialog, qtbot) -> None:
    qtbot.mouseClick(dialog.findChild(QPushButton, "amendApply"), Qt.MouseButton.LeftButton)


def typed_and_applied(studio: Studio, qtbot) -> AmendDialog:
    """The dialog says what is wrong as it is typed; then a rate and the end are others."""
    key(studio, qtbot, Qt.Key.Key_A)
    dialog = dialog_of(studio, qtbot)
    applies = dialog.findChild(QPushButton, "amendApply")
    assert not applies.isEnabled(), "nothing is changed yet"
    assert dialog.focusWidget() is dialog.fields[RATE], "one types at once"
    type_into(dialog, "generator_rate", "fast")
    assert "is a number" in dialog._problem.text() and not applies.isEnabled()
    type_into(dialog, "steps", "1")
    type_into(dialog, "generator_rate", "4e-4")
    assert "name a later one" in dialog._problem.text() and not applies.isEnabled()
    type_into(dialog, "steps", "90,000")
    assert not dialog._problem.text() and applies.isEnabled()
    apply(dialog, qtbot)
    return dialog


def test_a_run_is_changed_while_it_trains_and_branched(
    studio: Studio, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Train, change the rate by keys, branch off what trains, see the child."""
    marks: list[list[tuple[int, str]]] = []
    take = lambda _, now: marks.append(now)  # noqa: E731
    monkeypatch.setattr(type(studio.window.findChild(QWidget, "lossPlot")), "setMarks", take, False)
    logged: list[str] = []
    studio.state.messages.logged.connect(logged.append)
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 2, timeout=LONG)
    run = studio.state.training.run_path
    assert run is not None
    dialog = typed_and_applied(studio, qtbot)
    qtbot.waitUntil(lambda: len(read_amendments(run).all) == 2, timeout=LONG)
    qtbot.waitUntil(lambda: "generator_rate = 0.0004" in dialog._so_far.text(), timeout=LONG)
    assert any("generator_rate = 0.0004" in line for line in logged)
    assert studio.state.training.state is State.TRAINING
    assert [text for _, text in marks[-1]] == ["generator_rate = 0.0004", "steps = 90,000"]
    dialog.reject()

    key(studio, qtbot, Qt.Key.Key_B)
    use = "useOptionsButton"
    qtbot.waitUntil(lambda: find(studio, QPushButton, use) is not None, timeout=LONG)
    options = find(studio, OptionsDialog, "optionsDialog")
    assert (options.windowTitle(), find(studio, QPushButton, use).text()) == (
        "Branch here",
        "Branch",
    )
    words = find(studio, QLabel, "optionsAbout").text()
    assert f"from {run.name} at the step that it has reached" in words
    assert not find(studio, QLineEdit, "option model.width").isEnabled(), "its weights fit no other"
    assert "weights fit nothing else" in find(studio, QLabel, "told model.width").text()
    assert find(studio, QLineEdit, f"option {RATE}").isEnabled()
    press(studio, qtbot, use)
    qtbot.waitUntil(lambda: "Branched off" in message(studio), timeout=LONG)
    assert "stop the training that runs first" in message(studio), "the parent trains on"
    child = studio.state.displayed.model.path
    assert child is not None and child != run and not studio.state.displayed.model.live
    begun = read_begun(child)
    assert begun.parent is not None and begun.parent.run == run.name and begun.parent.whole
    assert read_amendments(child).values()[RATE] == 4e-4
    told = (begun.parent.step, f"branched off {run.name}")
    qtbot.waitUntil(lambda: told in marks[-1], timeout=LONG)
    queue = studio.state.queue
    assert queue.running is not None and queue.running.run == run
    qtbot.waitUntil(lambda: queue.progress.step > begun.parent.step, timeout=LONG)  # it trains on
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    assert kept_losses(run) > begun.parent.step


def test_what_is_wanted_of_a_run_while_it_ends_is_done_to_the_run_that_rests(
    studio: Studio, qtbot
) -> None:
    """Until the end is told, a few seconds at worst, the window offers to change the run."""
    studio.state.displayed.select(DisplayedModel(recipe_of("drawn-10", "steps=100000")))
    train(studio, qtbot)
    run = studio.state.training.run_path
    assert run is not None
    for wanted in (Amend({RATE: 4e-4}), Change(0, (3, 4), True)):
        studio.training.command(wanted)  # as if the window had not heard yet
    qtbot.waitUntil(lambda: RATE in read_amendments(run).values(), timeout=LONG)
    aside = frozenset({(0, 3), (0, 4)})
    qtbot.waitUntil(lambda: set_aside(run) == aside, timeout=LONG)


def test_a_branch_that_is_wanted_while_its_run_ends_is_made_then(studio: Studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 2, timeout=LONG)
    key(studio, qtbot, Qt.Key.Key_B)
    use = "useOptionsButton"
    qtbot.waitUntil(lambda: find(studio, QPushButton, use) is not None, timeout=LONG)
    saved = studio.state.training.checkpointSaved
    saved.connect(lambda *_: press(studio, qtbot, use), Qt.ConnectionType.SingleShotConnection)
    run = studio.state.training.run_path
    studio.training.command("stop")  # it is saved for the last time, and then somebody decides
    qtbot.waitUntil(lambda: "Branched off" in message(studio), timeout=LONG)
    child = studio.state.displayed.model.path
    assert child is not None and read_begun(child).parent.run == run.name
    wait_state(studio, qtbot, State.TRAINING)  # nothing else trains
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_what_rests_is_branched_at_the_moment_that_is_looked_at_and_trains_at_once(
    studio: Studio, qtbot
) -> None:
    train(studio, qtbot)
    run = studio.state.training.run_path
    assert run is not None
    qtbot.waitUntil(lambda: bool(studio.state.time.moments), timeout=LONG)
    first = moments_in(run)[0].step
    studio.state.time.look_at(first)
    asked: list[object] = []

    def answer(recipe, then, words: str, held: frozenset[str]) -> None:
        assert f"{run.name} at step {first:,}. Its optimisers" in words
        assert "model.width" in held and "model.conditioning" not in held
        asked.append(recipe)
        then(recipe.but(generator_rate=2e-4, steps=200_000))

    studio.state.requests.branchWanted.disconnect()  # in the dialog's place
    studio.state.requests.branchWanted.connect(answer)
    key(studio, qtbot, Qt.Key.Key_B)
    wait_state(studio, qtbot, State.TRAINING)
    studio.state.requests.branchWanted.disconnect(answer)
    child = studio.state.training.run_path
    assert asked == [RECIPE] and child is not None and child != run
    begun = read_begun(child)
    assert begun.parent is not None and (begun.parent.step, begun.parent.whole) == (first, False)
    assert begun.recipe.optim.generator_rate == 2e-4
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    assert kept_losses(child) > first


def test_a_run_that_rests_is_amended_and_goes_on_by_it(studio: Studio, qtbot) -> None:
    train(studio, qtbot)
    run = studio.state.displayed.model.path
    assert run is not None
    QApplication.processEvents()
    key(studio, qtbot, Qt.Key.Key_A)
    dialog = dialog_of(studio, qtbot)
    assert "it rests at step" in dialog._about.text()
    type_into(dialog, "discriminator_rate", "0.0007")
    QTest.keyClick(dialog.findChild(QLineEdit, "amend discriminator_rate"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(read_amendments(run).all), timeout=LONG)
    last = read_amendments(run).all[0].step
    assert read_amendments(run) == Amendments(
        (Amendment(last, "optim.discriminator_rate", 0.0007),)
    )
    dialog.reject()
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.TRAINING)
    assert studio.state.amending.of(run).values() == {"optim.discriminator_rate": 0.0007}
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_without_a_run_both_say_what_to_do(studio: Studio, qtbot) -> None:
    key(studio, qtbot, Qt.Key.Key_B)
    assert "press Train first" in message(studio)
    key(studio, qtbot, Qt.Key.Key_A)
    assert "Press Train" in message(studio) and find(studio, AmendDialog, "amendDialog") is None


def test_a_damaged_file_of_amendments_is_told_and_stops_no_looking(studio: Studio, qtbot) -> None:
    train(studio, qtbot)
    run = studio.state.displayed.model.path
    assert run is not None
    (run / "amendments.json").write_text("{")
    key(studio, qtbot, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: "delete it to go on" in message(studio), timeout=LONG)
    studio.state.displayed.select(DisplayedModel(RECIPE, run))
    qtbot.waitUntil(lambda: studio.state.answers.facts is not None, timeout=LONG)


def test_the_lists_tell_what_was_amended_and_the_end_that_holds(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", RECIPE)
    folder.write(FILE, Amendments((Amendment(2, RATE, 4e-4), Amendment(2, END, 5))).to_json())
    state = folder.load(CPU)
    list(loop(state, batches_of(RECIPE), 5))
    folder.save(state, batches_of(RECIPE))
    (run,) = find_runs(tmp_path).readable
    card = card_of(run, None, False)
    assert "finished, 5 steps" in card.below
    assert "amended from step 2: generator_rate = 0.0004; from step 2: steps = 5" in card.hint
    (folder.path / FILE).write_text("{")
    (damaged,) = find_runs(tmp_path).readable
    assert damaged.end == 100_000, "it can be looked at"
