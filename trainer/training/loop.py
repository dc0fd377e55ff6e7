"""The training loop: one for every model, a generator, so that pause is "do not call next"."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from trainer.data.batches import Supply
from trainer.devices.faults import device_is_lost
from trainer.devices.memory import give_back
from trainer.devices.memory_use import MemoryGauge
from trainer.messages import LOSSES, Floats, Progress
from trainer.storage.faults import forget_locals, memory_is_full
from trainer.training.cuda_graphs import CapturedSteps
from trainer.training.finite import FiniteWatch, diverged
from trainer.training.state import TrainState, start
from trainer.training.step import next_batch, step
from trainer.training.undo import Undo

REPORT_SECONDS = 0.1
Until = int | Callable[[], int]
AHEAD = 500  # steps that may wait on a GPU that replays none: pictures wait behind them


def run(state: TrainState, batches: Supply, until: Until) -> Iterator[Progress]:
    """Train up to the step `until`, yielding about ten times a second.

    It may be a function, which is asked after each report: the end of a run can be amended.

    The losses are read from the device once a report. Raises DivergedError where they leave the
    finite numbers, or stay beyond all sense (see `Watch`), or where what is kept is not finite.
    What a step raises is raised once the steps before it are reported, unless a lost GPU took
    them; see `Undo` for the state.
    """
    undo, finite, memory = Undo(state), FiniteWatch(), MemoryGauge(state.rng.device)
    advance = _stepper(state, batches, undo)
    rows: list[Tensor] = []
    broken: list[BaseException] = []  # an error that its own frame held would keep all tensors
    last, rate, end = time.perf_counter(), 0.0, step_until(until)
    while state.step < end:
        try:
            rows.append(advance())
        except BaseException as error:
            lost = device_is_lost(error)  # nothing on it can be read, or put back
            if not lost:
                _put_back(state, undo, error)
            if lost or not rows:
                raise
            broken.append(error)
        now = time.perf_counter()
        if not broken and now - last < REPORT_SECONDS and len(rows) < AHEAD and state.step < end:
            continue
        _settle(state)
        losses = torch.stack(rows).cpu()
        now = time.perf_counter()
        rate = _smoothed(rate, len(rows) / (now - last))
        table = losses[:, :-1].numpy().copy()
        _check(state, table, bool(losses[:, -1].isfinite().all()), finite, state.step >= end)
        note = state.captured.why_not if state.captured else ""
        left = (end - state.step) / rate
        yield Progress(state.step, end, LOSSES, table, rate, left, note, memory.read())
        if broken:
            raise broken.pop()
        rows, last, end = [], time.perf_counter(), step_until(until)


def step_until(until: Until) -> int:
    """The step at which a training ends, as things stand."""
    return until if isinstance(until, int) else until()


def _smoothed(rate: float, fresh: float) -> float:
    """Steps per second, as they are told: the newest count for a tenth."""
    return 0.9 * rate + 0.1 * fresh if rate else fresh


def _check(
    state: TrainState, table: Floats, sound: bool, finite: FiniteWatch, at_the_end: bool
) -> None:
    """Look at a report's losses, which are `sound` if all are numbers. Raises DivergedError."""
    state.watch.look(table, state.recipe.two_dimensional)
    if state.watch.lost(at_the_end) or not sound or finite.lost(state, at_the_end):
        raise diverged(state.step)


def _put_back(state: TrainState, undo: Undo, error: BaseException) -> None:
    """A step broke off: all is as it was before it."""
    _settle(state)
    undo()
    if memory_is_full(error):
        _make_room(state, error)


def _make_room(state: TrainState, error: BaseException) -> None:
    """For what is to be saved of a state whose step found no memory; what to do is noted."""
    forget_locals(error)
    give_back(state.rng.device)
    batch = state.terms.schedule(state.step).batch
    half = f" Half of it, batch={batch // 2}, takes about half the memory." if batch > 3 else ""
    error.add_note(f"A batch of {batch:,} found no room on the device {state.rng.device}.{half}")


def _stepper(state: TrainState, batches: Supply, undo: Undo) -> Callable[[], Tensor]:
    """On CUDA steps are replayed, and what was captured outlives a pause."""

    def replayed() -> Tensor:
        now = batches.at(state.step)
        by, known = state.terms.at(state.step), state.captured
        if known is None or known.batches is not now or known.recipe is not by:
            _settle(state)
            known = state.captured = CapturedSteps(state, now)
        return known.step(state, undo.note)

    def eager() -> Tensor:
        undo.note()
        return step(state, next_batch(state, batches.at(state.step)))

    return replayed if batches.device.type == "cuda" else eager


def _settle(state: TrainState) -> None:
    """Whoever looks at the state from now on sees the steps that a GPU has in hand done."""
    if state.captured is not None:
        state.captured.settle()


__all__ = ["TrainState", "run", "start", "step"]
