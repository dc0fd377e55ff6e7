"""Steps that a GPU replays: both games, optimisers and averages as one CUDA graph.

A small network's step is hundreds of short kernels, and starting them one by one costs more than
running them. What changes from step to step is read from a table on the device; what changes which
kernels there are is the schedule's phase, and each phase has a graph of its own.

Steps have a stream of their own, so that pictures, on the default one, never wait for them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from weakref import WeakSet

import torch
from torch import Tensor

from trainer.data.batches import Batch, TrainingBatches
from trainer.messages import LOSSES
from trainer.objectives.schedule import VALUES, Schedule
from trainer.training.state import TrainState
from trainer.training.step import completed, next_batch, step, update

WARM_UP = 3  # steps of a phase that are run as they are: libraries and optimisers prepare
TABLE = 1024  # steps whose values lie on the device
STREAMS = 32  # that torch has of each device
IN_FLIGHT = 0.02  # seconds that the device may be behind: who pauses, or looks, waits for that


def timetable(state: TrainState, first: int, count: int) -> Tensor:
    """The schedule's values of `count` steps from `first` on, [count, len(VALUES)].

    By the recipe that is in force now: another one makes another table.
    """
    terms, recipe = state.terms, state.terms.at(state.step)
    numbers = range(first, first + count)
    rows = [Schedule.at(recipe, number, terms.done(number)).values for number in numbers]
    return torch.tensor(rows)


def nothing() -> None:
    """Before a step that is not replayed."""


class CapturedSteps:
    """Steps of one training on CUDA. `why_not` says why they are not replayed, if so.

    The state holds on to this, and this not to the state: with the last word of a training all
    its memory is free, and no search for garbage is waited for.
    """

    def __init__(self, state: TrainState, batches: TrainingBatches) -> None:
        device = state.rng.device
        self.batches, self.why_not = batches, ""
        self.recipe = state.terms.at(state.step)  # that the graphs are of
        self._first = -TABLE  # the step that the table begins with; none yet
        self._table = torch.empty(TABLE, len(VALUES), device=device)
        self._number = torch.zeros((), dtype=torch.int64, device=device)
        self._losses = torch.empty(len(LOSSES) + 1, device=device)
        # Where streamed batches of a size are put for the graphs.
        self._given: dict[int, Batch] = {}
        self._graphs: dict[tuple[bool, ...], torch.cuda.CUDAGraph] = {}
        self._failed: torch.cuda.CUDAGraph | None = None  # torch may hold on to it
        self._seen: Counter[tuple[bool, ...]] = Counter()
        self._pool = torch.cuda.graph_pool_handle()
        self._device = device
        self._stream: torch.cuda.Stream
        _give_a_stream(self)
        self._apart = False  # whether the stream runs ahead of its caller's
        self._ends: deque[torch.cuda.Event] = deque()  # of the newest steps
        self._took = IN_FLIGHT  # seconds, the newest step that is known to be over

    def step(self, state: TrainState, before_eager: Callable[[], None] = nothing) -> Tensor:
        """As `step.step`, on a batch of the batches; `settle` before anybody looks at anything.

        `before_eager` is called before a step that is not replayed.
        """
        if not self._apart:
            self._stream.wait_stream(torch.cuda.current_stream(self._device))
            self._apart = True
        with torch.cuda.stream(self._stream):
            losses = self._step(state, before_eager)
            self._keep_pace()
        return losses

    def settle(self) -> None:
        """What the caller's stream does from now on comes after all steps so far."""
        if self._apart:
            torch.cuda.current_stream(self._device).wait_stream(self._stream)
            self._apart = False

    def _keep_pace(self) -> None:
        """Wait until the device is no further behind than it may be."""
        end = torch.cuda.Event(enable_timing=True, blocking=True)
        end.record(self._stream)
        self._ends.append(end)
        while len(self._ends) > 2 + IN_FLIGHT / self._took:
            last = self._ends.popleft()
            self._ends[0].synchronize()
            self._took = max(1e-6, last.elapsed_time(self._ends[0]) / 1e3)

    def _step(self, state: TrainState, before_eager: Callable[[], None]) -> Tensor:
        batches, now = self.batches, state.terms.schedule(state.step)
        if now.phase not in self._graphs:
            before_eager()
        batch = None if batches.resident else next_batch(state, batches)
        if batch is not None:
            self._given[len(batch)] = _put(batch, self._given.get(len(batch)))
        self._seen[now.phase] += 1
        if now.phase not in self._graphs and not self.why_not and self._seen[now.phase] > WARM_UP:
            self._capture(state, now)
        if now.phase not in self._graphs:
            return step(state, next_batch(state, batches) if batch is None else batch)
        self._look_up(state)
        self._graphs[now.phase].replay()
        completed(state)
        return self._losses.clone()

    def _look_up(self, state: TrainState) -> None:
        """Tell the graphs the step's place in the table."""
        if not self._first <= state.step < self._first + TABLE:
            self._first = state.step
            self._table.copy_(timetable(state, state.step, TABLE))
        self._number.fill_(state.step - self._first)

    def _capture(self, state: TrainState, now: Schedule) -> None:
        """Record a step of this phase; nothing of it is run. Errors leave the training eager."""
        graph, drawn = torch.cuda.CUDAGraph(), state.rng.get_state()
        try:
            graph.register_generator_state(state.rng)
            # Not torch.cuda.graph: it may collect garbage here, and a window's Qt objects with it.
            # Thread-local, because the window's pictures are computed meanwhile.
            graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
            try:
                self._record(state, now)
            finally:
                graph.capture_end()
        except BaseException as error:
            self._failed = graph
            self._put_back(state, drawn)
            if not isinstance(error, RuntimeError):
                raise
            self.why_not = f"Steps are not replayed as CUDA graphs: {_cause(error)}"
        else:
            self._graphs[now.phase] = graph
        finally:
            state.torn = False  # what was recorded moved nothing

    def _record(self, state: TrainState, now: Schedule) -> None:
        values = self._table.index_select(0, self._number[None])[0]
        # Resident rows are drawn as a part of the step.
        given = self._given.get(now.batch)
        batch = next_batch(state, self.batches) if given is None else given
        self._losses.copy_(update(state, batch, now.on_device(values)))

    def _put_back(self, state: TrainState, drawn: Tensor) -> None:
        """As it was before a capture that broke off anywhere."""
        state.model.discriminators.requires_grad_(True)
        for optimiser in state.optimisers.values():
            optimiser.zero_grad()  # they lie in memory of the graph's
        # The old generator, and torch's memory, may believe that a capture goes on for ever.
        state.rng = torch.Generator(self._device)
        state.rng.set_state(drawn)
        with suppress(Exception):
            torch._C._cuda_endAllocateToPool(self._stream.device_index, self._pool)


_with_streams: WeakSet[CapturedSteps] = WeakSet()
_handing_out = Lock()


def _give_a_stream(steps: CapturedSteps) -> None:
    """One that no other steps have.

    torch hands out 32 in turns. What another thread does on a stream that is captured would be
    captured too.
    """
    with _handing_out:
        taken = {each._stream.cuda_stream for each in _with_streams}
        for _ in range(STREAMS):
            steps._stream = torch.cuda.Stream(steps._device)
            if steps._stream.cuda_stream not in taken:
                break
        _with_streams.add(steps)


def _cause(error: BaseException) -> str:
    """What went wrong first, in a line: the end of a capture that broke off fails as well."""
    first = error.__context__ if isinstance(error.__context__, RuntimeError) else error
    return next(iter(str(first).splitlines()), type(first).__name__)


def _put(batch: Batch, place: Batch | None) -> Batch:
    """The batch in the memory that the graphs read."""
    if place is None:
        parts = (batch.other, batch.labelled, batch.labels)
        return Batch(batch.data.clone(), *(None if p is None else p.clone() for p in parts))
    for old, new in zip(vars(place).values(), vars(batch).values(), strict=True):
        if old is not None:
            old.copy_(new)
    return place
