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
from trainer.messages import LOSSES, Progress
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
    What a step raises is raised once the steps before it are reported; see `Undo` for the state.
    Of a lost GPU they are lost as well.
    """
    undo, finite, memory = Undo(state), FiniteWatch(), MemoryGauge(state.rng.device)
    advance = _stepper(state, batches, undo)
    rows: list[Tensor] = []
    last, rate = time.perf_counter(), 0.0
    broken: list[BaseException] = []  # an error that its own frame held would keep all tensors
    end = step_until(until)
    while state.step < end:
        try:
            rows.append(advance())
        except BaseException as error:
            if device_is_lost(error):  # nothing on it can be read, or put back
                raise
            _settle(state)
            undo()
            if memory_is_full(error):
                _make_room(state, error)
            if not rows:
                raise
            broken.append(error)
        now = time.perf_counter()
        if not broken and now - last < REPORT_SECONDS and len(rows) < AHEAD and state.step < end:
            continue
        _settle(state)
        losses = torch.stack(rows).cpu()
        now = time.perf_counter()
        fresh = len(rows) / (now - last)
        rate = 0.9 * rate + 0.1 * fresh if rate else fresh
        table = losses[:, :-1].numpy().copy()
        state.watch.look(table, state.recipe.two_dimensional)
        lost = state.watch.lost(at_the_end=state.step >= end)
        if lost or not losses[:, -1].isfinite().all() or finite.lost(state, state.step >= end):
            raise diverged(state.step)
        note = state.captured.why_not if state.captured else ""
        left = (end - state.step) / rate
        yield Progress(state.step, end, LOSSES, table, rate, left, note, memory.read())
        if broken:
            raise broken.pop()
        rows, last, end = [], time.perf_counter(), step_until(until)


def step_until(until: Until) -> int:
    """The step at which a training ends, as things stand."""
    return until if isinstance(until, int) else until()


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
