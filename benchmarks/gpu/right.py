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
from tests.tiny import KINDS, batches_of, kind_of, pictures_of, recipe_of
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import publish
from trainer.messages import LOSSES, Probe
from trainer.reporting.doctor.same_draws import SameDraws
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start, step
from trainer.training.state import TrainState
from trainer.training.step import next_batch

STEPS = 50
AGREE = 1e-3  # relative, of losses
MOVED = 0.3  # the same of what a step does to the weights: Adam makes much of small gradients
GREY = 1  # of 255, that a pixel may be apart
POINTS = 1e-3  # that a point of the plane may be


def full_precision() -> None:
    """Products without TF32: else the first digits are all that could agree."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


def losses(kind: str, device: torch.device) -> str:
    """The largest difference of 50 steps, each from the very same weights, batch and noise.

    Left to themselves two trainings part: what rounds otherwise grows threefold with each step.
    """
    recipe = recipe_of(*KINDS[kind], f"steps={STEPS}")
    worst = moved = 0.0
    name, at = "", 0
    with SameDraws():
        ours, theirs = start(recipe, device), start(recipe, CPU)
        batches, known = batches_of(recipe, device), batches_of(recipe, CPU)
        for number in range(STEPS):
            _copy(theirs, ours)
            before = _flat(theirs)
            found = step(ours, next_batch(ours, batches))[:-1].cpu()
            wanted = step(theirs, next_batch(theirs, known))[:-1]
            assert torch.equal(found.isnan(), wanted.isnan()), "other losses are computed"
            apart = (found - wanted).abs() / wanted.abs().clamp_min(1e-2)
            if float(apart.nan_to_num().max()) > worst:
                worst, at = float(apart.nan_to_num().max()), number
                name = LOSSES[int(apart.nan_to_num().argmax())]
            move = _flat(theirs) - before
            moved = max(moved, float((_flat(ours) - before - move).norm() / move.norm()))
    told = f"losses {worst:.1e} ({name}, step {at}), moves {moved:.1e} apart"
    assert worst < AGREE and moved < MOVED, told
    return told


def _flat(state: TrainState) -> torch.Tensor:
    """All weights as one vector, on the CPU."""
    return torch.cat([weight.detach().cpu().flatten() for weight in state.model.parameters()])


def _copy(source: TrainState, target: TrainState) -> None:
    """Weights, averages and moments."""
    target.model.load_state_dict(source.model.state_dict())
    target.ema.load_state_dict(source.ema.state_dict())
    for name, optimiser in source.optimisers.items():
        pairs = zip(source.optimised(name).values(), target.optimised(name).values(), strict=True)
        for known, weight in pairs:
            memory = target.optimisers[name].state[weight]
            for entry, value in optimiser.state[known].items():
                memory[entry].copy_(value)


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
