"""A save that fails in the window: the training waits, wherever it is, and nothing is lost."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import torch
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox

from iae_studio.state.model_files import list_runs
from iae_studio.state.training import State
from iae_studio.threads import run_job
from tests.studio import LONG, find, press, running, steps, wait_state
from tests.test_window_faults import Disk, begin, only_run
from tests.tiny import kept_losses
from trainer.devices.adam import Adam
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import RunFolder


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    discard = QMessageBox.StandardButton.Discard  # nobody answers where a test failed
    monkeypatch.setattr(QMessageBox, "critical", lambda *_: discard)
    with running(own_folders, qtbot, "mog-iae") as started:
        yield started


def told(studio) -> str:
    return find(studio, QLabel, "messageText").text()


def rests(studio, qtbot) -> int:
    """The training waits, and its steps."""
    wait_state(studio, qtbot, State.UNSAVED)
    qtbot.waitUntil(lambda: "cannot be written" in told(studio), timeout=LONG)
    reached = steps(studio)
    qtbot.wait(200)
    assert steps(studio) == reached, "it went on"
    return reached


def stop(studio, qtbot) -> None:
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


@pytest.mark.parametrize("by", ["saveButton", "itself"])
def test_a_full_disk_pauses_the_training_until_there_is_room(
    studio, qtbot, monkeypatch, by
) -> None:
    begin(studio, qtbot)
    disk = Disk(monkeypatch)
    if by == "itself":
        monkeypatch.setattr(run_job, "SAVE_SECONDS", 0.1)
    else:
        press(studio, qtbot, by)
    reached = rests(studio, qtbot)
    assert re.search(r"[Ii]t needs [\d.]+ MB.*No space left", told(studio))
    press(studio, qtbot, "saveButton")  # still no room
    assert rests(studio, qtbot) == reached
    monkeypatch.setattr(run_job, "SAVE_SECONDS", 30)
    disk.full = False
    press(studio, qtbot, "saveButton")
    wait_state(studio, qtbot, State.PAUSED)
    qtbot.waitUntil(lambda: not studio.state.messages.current.error, timeout=LONG)
    assert only_run().step == reached
    press(studio, qtbot, "pauseButton")  # Go on
    qtbot.waitUntil(lambda: steps(studio) > reached + 5, timeout=LONG)
    stop(studio, qtbot)
    assert only_run().step == steps(studio) == kept_losses(only_run().path)


def test_to_go_on_saves_first_where_there_is_room_again(studio, qtbot, monkeypatch) -> None:
    begin(studio, qtbot)
    disk = Disk(monkeypatch)
    press(studio, qtbot, "saveButton")
    reached = rests(studio, qtbot)
    disk.full = False
    press(studio, qtbot, "pauseButton")
    qtbot.waitUntil(lambda: steps(studio) > reached, timeout=LONG)
    assert only_run().step == reached
    stop(studio, qtbot)


def test_a_run_folder_that_is_removed_is_made_again(studio, qtbot) -> None:
    begin(studio, qtbot)
    (run,) = runs_root().iterdir()
    shutil.rmtree(run)
    reached = steps(studio)
    stop(studio, qtbot)
    assert only_run().path == run and only_run().step >= reached
    # The losses of the steps since the last save: the others went with the folder.
    assert 0 < kept_losses(run) <= only_run().step


@pytest.mark.parametrize("at", ["stopButton", "saveButton"])
def test_where_all_folders_are_gone_another_place_is_offered(
    studio, qtbot, monkeypatch, tmp_path, at
) -> None:
    begin(studio, qtbot)
    shutil.rmtree(runs_root())
    runs_root().write_text("a file in its place")
    press(studio, qtbot, at)
    reached = rests(studio, qtbot)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "stick"))
    press(studio, qtbot, "messageButton0")
    wait_state(studio, qtbot, State.IDLE)
    (there,) = (tmp_path / "stick").iterdir()
    saved = RunFolder(there)
    assert saved.load(torch.device("cpu")).step == reached >= kept_losses(there) > 0


def test_who_chooses_no_other_place_ends_nothing(studio, qtbot, monkeypatch) -> None:
    begin(studio, qtbot)
    disk = Disk(monkeypatch)
    press(studio, qtbot, "saveButton")
    reached = rests(studio, qtbot)
    disk.full = False  # a save would work by now, and an end with it
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    press(studio, qtbot, "messageButton0")
    assert rests(studio, qtbot) == reached, "the question stands"
    press(studio, qtbot, "saveButton")
    wait_state(studio, qtbot, State.PAUSED)
    stop(studio, qtbot)


def close_without_room(studio, qtbot) -> int:
    """Close the window where the run can no longer be saved in its place; its last step."""
    begin(studio, qtbot)
    shutil.rmtree(runs_root())
    runs_root().write_text("a file in its place")
    studio.window.close()
    assert not studio.training.isRunning()
    return steps(studio)


def test_at_closing_it_can_be_saved_in_another_place(studio, qtbot, tmp_path, monkeypatch) -> None:
    asked = []

    def answer(_: object, title: str, text: str, *__: object) -> QMessageBox.StandardButton:
        asked.append(text)
        return QMessageBox.StandardButton.Save

    monkeypatch.setattr(QMessageBox, "critical", answer)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "stick"))
    shown = close_without_room(studio, qtbot)
    (there,) = (tmp_path / "stick").iterdir()
    assert RunFolder(there).load(torch.device("cpu")).step >= shown > 0
    assert len(asked) == 1
    assert "save it in another folder" in asked[0]


def test_where_nobody_can_be_asked_it_is_saved_wherever_there_is_room(
    studio, qtbot, own_folders, monkeypatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: own_folders / "home")
    studio.closing.unattended = True
    shown = close_without_room(studio, qtbot)
    (there,) = (own_folders / "home" / "iae-studio-rescued").iterdir()
    assert RunFolder(there).load(torch.device("cpu")).step >= shown > 0
    assert not studio.closing.lost
    assert studio.closing.rescued == there
    assert "cannot be" in studio.closing.why


def fail_once(studio, qtbot, monkeypatch, error: Exception, at: str) -> None:
    """Go on, and fail where the first backward pass begins, or the discriminators have moved."""
    if studio.state.training.state is not State.PAUSED:  # between two steps
        press(studio, qtbot, "pauseButton")
        wait_state(studio, qtbot, State.PAUSED)
    owner, name = (torch.Tensor, "backward") if at == "first" else (Adam, "step")
    work, failed = getattr(owner, name), []

    def fails(*arguments, **options):
        if at == "later":
            result = work(*arguments, **options)
        if not failed:
            failed.append(True)
            raise error
        return work(*arguments, **options) if at == "first" else result

    monkeypatch.setattr(owner, name, fails)
    press(studio, qtbot, "pauseButton")


MEMORY = RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")


@pytest.mark.parametrize(
    ("error", "says"), [(MEMORY, "smaller batch"), (ValueError("of our own"), "of our own")]
)
def test_a_step_that_fails_costs_nothing_and_the_window_works_on(
    studio, qtbot, monkeypatch, error, says
) -> None:
    begin(studio, qtbot)
    fail_once(studio, qtbot, monkeypatch, error, "first")
    wait_state(studio, qtbot, State.FAILED)
    qtbot.waitUntil(lambda: says in told(studio), timeout=LONG)
    reached = only_run().step
    assert reached == steps(studio) >= 20
    qtbot.waitUntil(lambda: not studio.state.displayed.model.live, timeout=LONG)
    begin(studio, qtbot, reached + 5)
    stop(studio, qtbot)
    assert only_run().step > reached


def test_half_a_step_takes_no_checkpoints_place(studio, qtbot, monkeypatch) -> None:
    begin(studio, qtbot)
    press(studio, qtbot, "pauseButton")
    wait_state(studio, qtbot, State.PAUSED)
    press(studio, qtbot, "saveButton")
    kept = steps(studio)  # a checkpoint on the way may be there already
    qtbot.waitUntil(lambda: only_run().step == kept, timeout=LONG)
    fail_once(studio, qtbot, monkeypatch, MEMORY, "later")
    wait_state(studio, qtbot, State.FAILED)
    qtbot.waitUntil(lambda: "what was saved is kept" in told(studio), timeout=LONG)
    assert only_run().step == kept


def test_a_step_that_fails_on_a_full_disk_is_asked_about(studio, qtbot, monkeypatch) -> None:
    begin(studio, qtbot)
    disk = Disk(monkeypatch)
    fail_once(studio, qtbot, monkeypatch, MEMORY, "first")
    wait_state(studio, qtbot, State.UNSAVED)
    qtbot.waitUntil(lambda: "No space left" in told(studio), timeout=LONG)
    disk.full = False
    press(studio, qtbot, "saveButton")
    wait_state(studio, qtbot, State.FAILED)
    assert only_run().step == steps(studio)


def test_moments_beyond_all_numbers_are_told_and_not_finished(studio, qtbot) -> None:
    from iae_studio.state.displayed import DisplayedModel
    from trainer.recipe.catalogue import CATALOGUE

    studio.state.displayed.select(
        DisplayedModel(CATALOGUE["mog-iae"].with_settings(["r1=1e30", "steps=30"]))
    )
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.FAILED)
    qtbot.waitUntil(lambda: "diverged" in told(studio), timeout=LONG)
    assert [run.step for run in list_runs()] == [0]
    assert Path(only_run().path).exists()
