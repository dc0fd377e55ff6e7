"""What a training would take: a few steps are tried, on noise, and nothing of them is kept.

Steps begin with small batches and grow, so that nothing is taken that is not there; beyond that,
memory and time grow evenly.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.data.progress import OnProgress, unheard
from trainer.devices.memory import free_on
from trainer.messages import UserError
from trainer.models.size import BYTES, kept_of_one
from trainer.recipe.fit import Fit
from trainer.recipe.recipe import Recipe
from trainer.storage.faults import memory_is_full
from trainer.training.cuda_graphs import WARM_UP, CapturedSteps
from trainer.training.made_up import made_up
from trainer.training.state import TrainState, start
from trainer.training.step import next_batch, step
from trainer.training.step_memory import Peak, memory_of
from trainer.training.terms import Terms

SPARE = 0.8  # of the free memory: a batch that is proposed leaves the rest to others
TAKEN, MOST_TAKEN = 0.25, 1 << 30  # of the free memory, and bytes of RAM, that a trial may take
FIRST, TIMES = 4, 4  # images in the first batch that is tried; how many times as many in the next
LONG = 0.5  # seconds: a larger batch than one that takes so long is not tried
ENOUGH = 0.15  # seconds of steps that are timed, of each kind
MOST = 20  # steps of a kind


@dataclass(frozen=True)
class _Phase:
    """Steps of the schedule that run the same networks, with gradient penalties and without."""

    step: int  # the first, which has a penalty
    share: float  # of all steps


@dataclass(frozen=True)
class _Tried:
    """What steps of a phase take."""

    peaks: tuple[Peak, ...]  # with larger and larger batches
    seconds: float = 0.0  # with the last of them

    def of_one(self) -> float:
        """The bytes of one more image, where batches are larger than those that were tried."""
        last, before = self.peaks[-1], self.peaks[-2:][0]
        if last.images:  # by chance some are as large as a weight: not with all batches
            return max(each.images / each.batch for each in self.peaks)
        if before is last:
            return last.size / last.batch
        return max(0.0, (last.size - before.size) / (last.batch - before.batch))

    def size(self, batch: int) -> float:
        """Bytes, for a batch of that size."""
        return self.peaks[-1].size + (batch - self.peaks[-1].batch) * self.of_one()

    def time(self, batch: int) -> float:
        """Seconds."""
        return self.seconds * batch / self.peaks[-1].batch


def dry_run(recipe: Recipe, device: torch.device, progress: OnProgress = unheard) -> Fit:
    """What a whole training of a recipe would take on a device of this computer.

    Takes a second or a few; what `progress` raises ends it. Nothing is written or kept.
    """
    return dry_steps(Terms(recipe), range(recipe.schedule.steps), device, progress)


def dry_steps(
    terms: Terms, steps: range, device: torch.device, progress: OnProgress = unheard
) -> Fit:
    """The same of some steps, of a run that goes on perhaps; there is at least one."""
    recipe, free = terms.recipe, free_on(device)
    try:
        state = start(_in_batches(recipe, FIRST), device)
    except UserError as error:  # the weights alone are too many
        return Fit(device.type, len(steps), 0.0, 0, free, refused=str(error))
    batches = made_up(recipe, device)
    seconds, size, of_one, largest = 0.0, 0.0, 0.0, 0
    for phase in _phases(terms, steps):
        batch = terms.schedule(phase.step).batch
        tried = _try(state, terms, batches, phase, progress)
        seconds += phase.share * tried.time(batch)
        size, of_one = max(size, tried.size(batch)), max(of_one, tried.of_one())
        largest = max(largest, batch)
    found = Fit(device.type, len(steps), seconds, round(size), free)
    # A training's own check before it starts knows no more than an estimate.
    estimated = BYTES * kept_of_one(state.ema, device)
    if size <= free and largest * estimated <= free:
        return found
    left = SPARE * free - max(0.0, size - largest * of_one)
    room = min(SPARE * free / estimated, left / max(1.0, of_one))
    return _proposing(found, min(largest - 1, int(room)))


def _proposing(found: Fit, room: int) -> Fit:
    """With the largest batch of up to `room` images that is a power of two, or half as much more.

    A batch norm needs two images.
    """
    if room < 2:
        why = "not even two images fit into the memory. Choose a smaller size, width or code."
        return replace(found, refused=why)
    power = 1 << (room.bit_length() - 1)
    more = power + power // 2
    return replace(found, batch=more if more <= room and power > 2 else power)


# ---- which steps there are -----------------------------------------------------------------------


def _phases(terms: Terms, steps: range) -> list[_Phase]:
    """The warm start, and what follows it."""
    every = terms.recipe.optim.r1_every
    warm = bisect_left(steps, True, key=lambda step: not terms.schedule(step).warm)
    later, found = steps.start + warm, []
    if warm:
        place = min(-(-steps.start // every), (later - 1) // every) * every
        found.append(_Phase(place, warm / len(steps)))
    if later < steps.stop:
        found.append(_Phase(-(-later // every) * every, 1 - warm / len(steps)))
    return found


def _in_batches(recipe: Recipe, batch: int) -> Recipe:
    """The recipe in batches of that size, in its warm start too."""
    more = {"schedule.warm_batch": batch} if recipe.schedule.warm_batch else {}
    return recipe.but({"optim.batch": batch, **more})


# ---- steps that are tried ------------------------------------------------------------------------


def _try(
    state: TrainState,
    terms: Terms,
    batches: TrainingBatches,
    phase: _Phase,
    progress: OnProgress,
) -> _Tried:
    """Steps with larger and larger batches, to the recipe's own, as far as that is safe."""
    wanted = terms.schedule(phase.step).batch
    batch = min(FIRST, max(2, wanted // 2))
    tried = _Tried(())
    _go_by(state, terms, batch)
    _step(state, batches, phase.step)  # makes what lives on: it does not grow with the batch
    while True:
        progress(0, 0)
        _go_by(state, terms, batch)
        began = time.perf_counter()
        try:
            with memory_of(state) as peak:
                _step(state, batches, phase.step)
        except (RuntimeError, MemoryError) as error:
            if not memory_is_full(error) or not tried.peaks:
                raise
            break
        took = time.perf_counter() - began
        tried = _Tried((*tried.peaks, peak(batch)))
        room = _room(state.rng.device)
        following = min(wanted, (2 if took > LONG else TIMES) * batch)
        if batch >= wanted or tried.size(following) > room:
            break
        if took > LONG and len(tried.peaks) > 1:
            break
        batch = following
    _go_by(state, terms, tried.peaks[-1].batch)
    return replace(tried, seconds=_timed(state, batches, phase.step, progress))


def _go_by(state: TrainState, terms: Terms, batch: int) -> None:
    """The steps that follow go by these terms, in batches of that size."""
    state.recipe = _in_batches(terms.recipe, batch)
    state.terms = Terms(state.recipe, terms.amendments)


def _room(device: torch.device) -> float:
    """The bytes that a trial may take; fewer of memory that the window and others live in."""
    share = TAKEN * free_on(device)
    return share if device.type in ("cuda", "xpu") else min(share, MOST_TAKEN)


def _timed(state: TrainState, batches: TrainingBatches, place: int, progress: OnProgress) -> float:
    """Seconds of a step on the average of those with and without a penalty."""
    every = state.recipe.optim.r1_every
    advance = _advance(state, batches)
    penalised = _median(state, advance, place, progress)
    if every == 1:
        return penalised
    return (penalised + (every - 1) * _median(state, advance, place + 1, progress)) / every


def _median(
    state: TrainState, advance: Callable[[], Tensor], place: int, progress: OnProgress
) -> float:
    took: list[float] = []
    prepared = WARM_UP + 1 if state.rng.device.type == "cuda" else 0
    while len(took) < prepared + MOST:
        progress(0, 0)
        began = time.perf_counter()
        state.step = place
        advance().cpu()  # waits for the device
        took.append(time.perf_counter() - began)
        if len(took) > prepared and sum(took[prepared:]) > ENOUGH:
            break
    counted = sorted(took[prepared:])
    return counted[len(counted) // 2]


def _step(state: TrainState, batches: TrainingBatches, place: int) -> None:
    state.step = place
    step(state, next_batch(state, batches)).cpu()


def _advance(state: TrainState, batches: TrainingBatches) -> Callable[[], Tensor]:
    """A step as the training takes it."""
    if state.rng.device.type == "cuda":
        captured = CapturedSteps(state, batches)

        def replayed() -> Tensor:
            try:
                return captured.step(state)
            finally:  # also where it fails: its memory is another's then
                captured.settle()

        return replayed
    return lambda: step(state, next_batch(state, batches))
