"""A clock that jumps, as over a night's sleep, puts off no save, no snapshot and no end."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lost_gpu import DIES, ENDS, saved_and_loaded
from tests.tiny import batches_of
from trainer.inference.history import History
from trainer.training import saving
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import TrainState
from trainer.training.saving import run_saved


class Clock:
    """`time.monotonic` that a sleep moves on."""

    def __init__(self) -> None:
        self.ahead, self.true = 0.0, time.monotonic

    def __call__(self) -> float:
        return self.true() + self.ahead

    def sleep(self, *_: object) -> None:
        self.ahead += 8 * 3600.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("trainer.training.loop.REPORT_SECONDS", 0.0)
    monkeypatch.setattr(saving.time, "monotonic", made)
    return made


def test_a_save_that_was_slept_through_does_not_end_all_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    folder, state, _ = saved_and_loaded(tmp_path / "run")
    saves: list[int] = []
    save: Callable[..., None] = RunFolder.save

    def slow(self: RunFolder, state: TrainState, batches: object = None) -> None:
        saves.append(state.step)
        save(self, state, batches)
        clock.ahead += 8 * 3600.0 if len(saves) == 1 else 0.0

    monkeypatch.setattr(RunFolder, "save", slow)
    for progress in run_saved(state, batches_of(state.recipe), ENDS, folder, save_every=0.0):
        clock.ahead += 1000.0 if len(saves) == 1 else 0.0  # a quarter of an hour goes by a step
        assert progress.rate > 0
    assert len(saves) > 2, "it is saved again within the hour"


def test_sleep_does_not_use_up_the_minutes(tmp_path: Path, clock: Clock) -> None:
    folder, state, _ = saved_and_loaded(tmp_path / "run")
    until = clock() + 60
    for progress in run_saved(state, batches_of(state.recipe), ENDS, folder, deadline=until):
        if progress.step == DIES:
            clock.sleep()
    assert state.step == ENDS


def test_a_moment_that_was_slept_through_does_not_end_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    folder, state, _ = saved_and_loaded(tmp_path / "run")
    history, batches = History(folder, state), batches_of(state.recipe)
    with monkeypatch.context() as patch:
        patch.setattr("trainer.inference.history.export_model", clock.sleep)
        assert history.keep_if_due(state, batches)
    clock.ahead += 3600.0
    state.step = 100
    assert history.keep_if_due(state, batches), "within the hour there is another one"
