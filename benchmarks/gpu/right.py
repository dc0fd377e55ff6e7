"""Whether a GPU computes what the CPU does.

python -m benchmarks.gpu.right losses|twice|resume|pixels [--device cuda] [--quick]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from benchmarks.gpu.checking import CPU, Check, carry_out
from benchmarks.gpu.same_draws import SameDraws
from tests.tiny import KINDS, batches_of, kind_of, pictures_of, recipe_of
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import publish
from trainer.messages import LOSSES, Floats, Probe
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start, step
from trainer.training.state import TrainState
from trainer.training.step import next_batch

STEPS, AGREE = 50, 1e-3  # relative
GREY = 1  # of 255, that a pixel may be apart
POINTS = 1e-3  # that a point of the plane may be


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


def twice(kind: str, device: torch.device) -> str:
    """Whether a training that is run again, as users run it, gives the same losses. No limit."""
    recipe = recipe_of(*KINDS[kind], f"steps={STEPS}")
    made = []
    for _ in range(2):
        state = start(recipe, device)
        reports = list(run(state, batches_of(recipe, device), STEPS))
        made.append(np.nan_to_num(np.concatenate([each.losses for each in reports])))
    if np.array_equal(*made):
        return "the same to the last bit"
    apart = (np.abs(made[0] - made[1]) / np.maximum(np.abs(made[1]), 1e-2)).max(1)
    first = int(np.flatnonzero(apart)[0])
    return (
        f"NOT the same: from step {first} on, {apart[first]:.1e} there, {apart.max():.1e} at most"
    )


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
    with tempfile.TemporaryDirectory() as place:
        folder = RunFolder.create(Path(place) / "run", recipe)
        state, batches = start(recipe, CPU), batches_of(recipe)
        list(run(state, batches, 10))
        folder.save(state, batches)
        made = []
        for where in (CPU, device):  # as the window gets them: out of a file
            loaded = folder.load(where)
            snapshot = publish(loaded.ema, loaded.step, where, batches_of(recipe, where))
            if recipe.two_dimensional:
                made.append(sample_cloud(snapshot, 1, 0).fake)
            else:
                probe = Probe(1, pictures_of(recipe, 4), (1, 2, 3))
                made.append(render(snapshot, probe).tiles.astype(np.float32))
    apart = float(np.abs(made[0] - made[1]).max())
    limit, unit = (POINTS, "apart") if recipe.two_dimensional else (GREY, "of 255 apart")
    assert apart <= limit, f"{apart:g} {unit}"
    return f"{apart:g} {unit}"


CHECKS: dict[str, Check] = {
    "losses": Check(losses, tuple(KINDS), full_precision),
    "twice": Check(twice, tuple(KINDS)),
    "resume": Check(resume, tuple(KINDS), full_precision),
    "pixels": Check(pixels, tuple(KINDS), full_precision),
}

if __name__ == "__main__":
    sys.exit(carry_out(CHECKS, __doc__))
