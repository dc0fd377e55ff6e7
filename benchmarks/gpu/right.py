"""Whether a GPU computes what the CPU does.

python -m benchmarks.gpu.right losses|resume|pixels|memory [--device cuda] [--quick]
"""

from __future__ import annotations

import argparse
import copy
import gc
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine import describe
from tests.tiny import KINDS, batches_of, kind_of, pictures_of, recipe_of
from trainer.devices.choice import choose_device
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import publish
from trainer.messages import LOSSES, Floats, Probe, UserError
from trainer.recipe.recipe import Recipe
from trainer.reporting.doctor.same_draws import SameDraws
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start, step
from trainer.training.state import TrainState
from trainer.training.step import next_batch

CPU = torch.device("cpu")
STEPS, AGREE = 50, 1e-3  # relative
GREY = 1  # of 255, that a pixel may be apart
POINTS = 1e-3  # that a point of the plane may be
ROUNDS = 5  # of a training that begins and ends


def full_precision() -> None:
    """Products without TF32: else the first digits are all that could agree."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


def eager_losses(recipe: Recipe, device: torch.device, steps: int) -> Floats:
    """The losses [steps, len(LOSSES)] from the same weights, batches and noise everywhere."""
    with SameDraws():
        state, batches = start(recipe, device), batches_of(recipe, device)
        rows = [step(state, next_batch(state, batches))[:-1] for _ in range(steps)]
    return np.asarray(torch.stack(rows).cpu())


def losses(kind: str, device: torch.device) -> str:
    """The largest relative difference within 50 steps, and the step where it leaves the limit."""
    recipe = recipe_of(*KINDS[kind], f"steps={STEPS}")
    ours, theirs = (eager_losses(recipe, where, STEPS) for where in (device, CPU))
    apart = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-2)
    apart[np.isnan(theirs)] = 0
    assert np.array_equal(np.isnan(ours), np.isnan(theirs))
    worst = apart.max(1)
    beyond = np.flatnonzero(worst > AGREE)
    name = LOSSES[int(apart.max(0).argmax())]
    told = f"first step {worst[0]:.1e}, worst {worst.max():.1e} ({name})"
    assert not len(beyond), f"{told}, beyond {AGREE:g} from step {beyond[0]}"
    return told


def resume(kind: str, device: torch.device) -> str:
    """What one device saved the other one loads, weight by weight, and trains on."""
    for first, second in ((device, CPU), (CPU, device)):
        with tempfile.TemporaryDirectory() as place:
            recipe = kind_of(kind)
            folder = RunFolder.create(Path(place) / "run", recipe)
            state, batches = start(recipe, first), batches_of(recipe, first)
            for progress in run(state, batches, 10):
                folder.record(progress)
            folder.save(state, batches)
            again = folder.load(second)
            _assert_same(state, again)
            list(run(again, batches_of(recipe, second), 20))
            assert all(bool(weight.isfinite().all()) for weight in again.model.parameters())
    return "both ways"


def _assert_same(a: TrainState, b: TrainState) -> None:
    assert a.step == b.step
    for mine, theirs in ((a.model, b.model), (a.ema, b.ema)):
        for (name, x), y in zip(
            mine.state_dict().items(), theirs.state_dict().values(), strict=True
        ):
            assert torch.equal(x.cpu(), y.cpu()), name
    for name, optimiser in a.optimisers.items():
        for x, y in zip(a.optimised(name).values(), b.optimised(name).values(), strict=True):
            for entry, value in optimiser.state[x].items():
                assert torch.equal(value.cpu(), b.optimisers[name].state[y][entry].cpu()), entry


def pixels(kind: str, device: torch.device) -> str:
    """The largest difference between the pictures of both, in 255ths; or between points."""
    recipe = kind_of(kind)
    state = start(recipe, CPU)
    list(run(state, batches_of(recipe), 10))
    made = []
    for where in (device, CPU):
        ema = copy.deepcopy(state.ema).to(where)
        snapshot = publish(ema, state.step, where, batches_of(recipe, where))
        if recipe.two_dimensional:
            made.append(sample_cloud(snapshot, 1, 0).fake)
        else:
            probe = Probe(1, pictures_of(recipe, 4), (1, 2, 3))
            made.append(render(snapshot, probe).tiles.astype(np.float32))
    apart = float(np.abs(made[0] - made[1]).max())
    limit, unit = (POINTS, "apart") if recipe.two_dimensional else (GREY, "of 255 apart")
    assert apart <= limit, f"{apart:g} {unit}"
    return f"{apart:g} {unit}"


def memory(kind: str, device: torch.device) -> str:
    """Out of memory is survived; a training that ends gives its memory back."""
    recipe, held = kind_of(kind), list[int]()
    for _ in range(ROUNDS):
        state = start(recipe, device)
        list(run(state, batches_of(recipe, device), 12))
        del state
        held.append(_held(device))
    assert max(held[1:]) <= held[0], f"bytes held after each of {ROUNDS} trainings: {held}"
    if device.type == "cuda":
        with suppress(torch.OutOfMemoryError):
            torch.empty(1 << 46, dtype=torch.uint8, device=device)
        huge = recipe.but(batch=2_000_000)
        try:
            list(run(start(huge, device), batches_of(huge, device), 2))
        except (RuntimeError, UserError) as error:
            assert "memory" in str(error).lower()
        list(run(start(recipe, device), batches_of(recipe, device), 12))
    return f"{held[-1]:,} bytes held after {ROUNDS} trainings"


def _held(device: torch.device) -> int:
    gc.collect()
    if device.type != "cuda":
        return 0
    torch.cuda.empty_cache()
    return torch.cuda.memory_reserved(device)


CHECKS: dict[str, tuple[Callable[[str, torch.device], str], tuple[str, ...]]] = {
    "losses": (losses, tuple(KINDS)),
    "resume": (resume, tuple(KINDS)),
    "pixels": (pixels, tuple(KINDS)),
    "memory": (memory, ("iae, colour",)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("check", choices=CHECKS)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="one kind of model")
    args = parser.parse_args()
    device = choose_device(args.device)
    full_precision()
    print(describe(device), flush=True)
    check, kinds = CHECKS[args.check]
    failed = 0
    for kind in kinds[: 1 if args.quick else None]:
        try:
            print(f"ok      {kind}: {check(kind, device)}", flush=True)
        except Exception as error:
            failed += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"FAILED  {kind}: {error!r:.300} ({where.name}:{where.lineno})", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
