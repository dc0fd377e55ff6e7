"""What a training takes of a GPU's memory, whether that was foretold, and what it gives back.

python -m benchmarks.gpu.memory [back|full|takes ...] [--device cuda] [--quick]
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from benchmarks.gpu.checking import Check, carry_out
from tests.tiny import batches_of, kind_of
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.faults import memory_is_full
from trainer.training.dry_step import dry_run
from trainer.training.loop import run, start, step
from trainer.training.made_up import made_up
from trainer.training.state import TrainState
from trainer.training.step import next_batch
from trainer.training.step_memory import CAPTURED, living

ROUNDS = 5  # of a training that begins and ends
ROOM = 256 << 20  # bytes that may be taken, where the memory is to be full
EAGER, REPLAYED = 5, 30  # steps, of all phases after the warm start
MIB = 1 << 20
SIZES = ("mog-iae", "mnist-10", "mnist-semi", "svhn-75", "celeba-50", "shoes", "faces")


@contextmanager
def room(device: torch.device, size: int) -> Iterator[None]:
    """Only so much more may be taken in this process: what lies beside it keeps its own."""
    whole = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.empty_cache()
    allowed = (torch.cuda.memory_reserved(device) + size) / whole
    torch.cuda.set_per_process_memory_fraction(min(1.0, allowed), device)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)


def back(kind: str, device: torch.device) -> str:
    """A training that ends gives its memory back, without a search for garbage."""
    recipe, held = kind_of(kind), list[int]()
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        try:
            state = start(recipe, device)
            list(run(state, batches_of(recipe, device), REPLAYED))
            del state
            held.append(_reserved(device))
        finally:
            gc.enable()
    assert max(held[1:]) <= held[0], f"bytes reserved after each of {ROUNDS} trainings: {held}"
    return f"{held[-1]:,} bytes reserved after {ROUNDS} trainings"


def full(kind: str, device: torch.device) -> str:
    """A step finds no memory: that is said, and a small run in the same process goes on."""
    if device.type != "cuda":
        return "a CPU's memory is left alone"
    recipe = kind_of(kind)
    state, batches = start(recipe, device), batches_of(recipe, device)
    list(run(state, batches, 6))
    huge, told = recipe.but(batch=4096), ""
    with room(device, ROOM):
        large = start(huge, device)
        for _ in range(8):  # times as large, until it fits no more
            try:
                list(run(large, batches_of(huge, device), large.step + 2))
            except (RuntimeError, UserError) as error:
                assert memory_is_full(error) or "memory" in str(error), error
                told = f"{type(error).__name__}{', torn' * large.torn}"
                break
            huge = huge.but(batch=4 * huge.optim.batch)
            large = start(huge, device)
    assert told, f"a batch of {huge.optim.batch:,} fitted into {ROOM / MIB:.0f} MiB"
    del large
    list(run(state, batches, 40))
    assert state.captured is not None
    return f"{told} with a batch of {huge.optim.batch:,}; {state.step} steps of the small run"


def takes(name: str, device: torch.device) -> str:
    """What a step takes eager and captured, what `dry_run` foretells, and in how little it runs."""
    recipe = CATALOGUE[name].but(warm=0.0)
    told = dry_run(recipe, device)
    if device.type != "cuda":
        return f"{told.size / MIB:,.0f} MiB foretold"
    batches, before = made_up(recipe, device), _reserved(device)
    state = start(recipe, device)
    step(state, next_batch(state, batches))
    held = sum(each.untyped_storage().nbytes() for each in living(state))
    eager = _peak_of_steps(state, recipe.optim.batch, device)
    del state
    _reserved(device)
    state = start(recipe, device)
    list(run(state, batches, REPLAYED))
    used = max(1, torch.cuda.memory_reserved(device) - before)
    note = state.captured.why_not if state.captured else "eager"
    del state
    _reserved(device)
    tight = held + round(1.2 * eager) + 64 * MIB
    return (
        f"holds {held / MIB:,.0f}, an eager step {eager / MIB:,.0f} MiB more; captured it keeps "
        f"{used / MIB:,.0f}, (kept - held) / eager = {(used - held) / eager:.2f} "
        f"(CAPTURED = {CAPTURED}); foretold {told.size / MIB:,.0f}, "
        f"{told.size / used:.2f} of it; {told.step_seconds * 1e3:.2f} ms a step foretold; "
        f"within {tight / MIB:,.0f} MiB: {_within(name, tight, device)}. {note}"
    )


def _peak_of_steps(state: TrainState, batch: int, device: torch.device) -> int:
    batches = made_up(state.recipe, device)
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    for number in range(EAGER):
        state.step = number
        step(state, batches.batch(batch, number, state.rng)).cpu()
    return torch.cuda.max_memory_allocated(device) - before


def _within(name: str, size: int, device: torch.device) -> str:
    """Whether steps are captured where there is hardly more than eager ones need."""
    recipe = CATALOGUE[name].but(warm=0.0)
    with room(device, size):
        try:
            state = start(recipe, device)
            list(run(state, made_up(recipe, device), REPLAYED))
        except (RuntimeError, UserError) as error:
            return f"no ({str(error).splitlines()[0][:80]})"
        why = state.captured.why_not if state.captured else "eager"
    return f"eager only ({why[:80]})" if why else "captured"


def _reserved(device: torch.device) -> int:
    if device.type != "cuda":
        return 0
    torch.cuda.synchronize(device)
    torch.cuda.empty_cache()
    return torch.cuda.memory_reserved(device)


CHECKS: dict[str, Check] = {
    "back": Check(back, ("iae, colour", "cycleiae, decoder noise")),
    "full": Check(full, ("iae, colour",)),
    "takes": Check(takes, SIZES),
}

if __name__ == "__main__":
    sys.exit(carry_out(CHECKS, __doc__))
