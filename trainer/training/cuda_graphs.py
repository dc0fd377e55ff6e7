"""Steps that a GPU replays: both games, optimisers and averages as one CUDA graph.

A small network's step is hundreds of short kernels, and starting them one by one costs more than
running them. What changes from step to step is read from a table on the device; what changes which
kernels there are is the schedule's phase, and each phase has a graph of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import torch
from torch import Tensor

from trainer.data.batches import Batch, TrainingBatches
from trainer.messages import LOSSES
from trainer.objectives.schedule import Schedule
from trainer.training.state import TrainState
from trainer.training.step import completed, next_batch, step, update

WARM_UP = 3  # steps of a phase that are run as they are: libraries and optimisers prepare
SETTLED = 10_000  # steps after which the averages' decay no longer changes


def timetable(state: TrainState) -> Tensor:
    """The schedule's values of every step, [steps, len(VALUES)], on the training's device.

    By the recipe that is in force now: another one makes another table.
    """
    terms, recipe = state.terms, state.terms.at(state.step)
    last = max(recipe.schedule.steps, SETTLED)
    rows = [Schedule.at(recipe, number, terms.done(number)).values for number in range(last + 1)]
    return torch.tensor(rows, device=state.rng.device)


class CapturedSteps:
    """Steps of one training on CUDA. `why_not` says why they are not replayed, if so."""

    def __init__(self, state: TrainState, batches: TrainingBatches) -> None:
        device = state.rng.device
        self.state, self.batches, self.why_not = state, batches, ""
        self.recipe = state.terms.at(state.step)  # that the graphs are of
        self.before_eager: Callable[[], None] = lambda: None
        self._table = timetable(state)
        self._number = torch.zeros((), dtype=torch.int64, device=device)
        self._losses = torch.empty(len(LOSSES) + 1, device=device)
        self._given: dict[
            int, Batch
        ] = {}  # where streamed batches of a size are put for the graphs
        self._graphs: dict[tuple[bool, ...], torch.cuda.CUDAGraph] = {}
        self._seen: Counter[tuple[bool, ...]] = Counter()
        self._pool = torch.cuda.graph_pool_handle()
        self._stream = torch.cuda.Stream(device)

    def step(self) -> Tensor:
        """As `step.step`, on a batch of the batches."""
        caller = torch.cuda.current_stream()
        self._stream.wait_stream(caller)
        with torch.cuda.stream(self._stream):
            losses = self._step()
        caller.wait_stream(self._stream)
        return losses

    def _step(self) -> Tensor:
        state, batches = self.state, self.batches
        now = state.terms.schedule(state.step)
        if now.phase not in self._graphs:
            self.before_eager()
        batch = None if batches.resident else next_batch(state, batches)
        if batch is not None:
            self._given[len(batch)] = _put(batch, self._given.get(len(batch)))
        self._seen[now.phase] += 1
        if now.phase not in self._graphs and not self.why_not and self._seen[now.phase] > WARM_UP:
            self._capture(now)
        if now.phase not in self._graphs:
            return step(state, next_batch(state, batches) if batch is None else batch)
        self._number.fill_(min(state.step, len(self._table) - 1))
        self._graphs[now.phase].replay()
        completed(state)
        return self._losses.clone()

    def _capture(self, now: Schedule) -> None:
        """Record a step of this phase; nothing of it is run. Errors leave the training eager."""
        graph = torch.cuda.CUDAGraph()
        try:
            graph.register_generator_state(self.state.rng)
            # Not torch.cuda.graph: it may collect garbage here, and a window's Qt objects with it.
            # Thread-local, because the window's pictures are computed meanwhile.
            graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
            try:
                self._record(now)
            finally:
                graph.capture_end()
                self.state.torn = False  # what was recorded moved nothing
        except RuntimeError as error:
            self.why_not = f"Steps are not replayed as CUDA graphs: {str(error).splitlines()[0]}"
            return
        self._graphs[now.phase] = graph

    def _record(self, now: Schedule) -> None:
        state = self.state
        values = self._table.index_select(0, self._number[None])[0]
        # Resident rows are drawn as a part of the step.
        given = self._given.get(now.batch)
        batch = next_batch(state, self.batches) if given is None else given
        self._losses.copy_(update(state, batch, now.on_device(values)))


def _put(batch: Batch, place: Batch | None) -> Batch:
    """The batch in the memory that the graphs read."""
    if place is None:
        parts = (batch.other, batch.labelled, batch.labels)
        return Batch(batch.data.clone(), *(None if p is None else p.clone() for p in parts))
    for old, new in zip(vars(place).values(), vars(batch).values(), strict=True):
        if old is not None:
            old.copy_(new)
    return place
