"""What becomes of a training whose GPU is really lost: a kernel's assertion ends its context.

python -m benchmarks.gpu.lost [resident|streamed ...] [--device cuda] [--quick]

Each in a process of its own, which must go on on the CPU and end in order. On a CPU the loss is
pretended.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from benchmarks.gpu.checking import CPU, Check, carry_out
from tests.lost_gpu import dies_in_step
from tests.tiny import batches_of, data_of, kept_losses, recipe_of
from trainer.data.batches import TrainingBatches
from trainer.data.streaming import Streamed
from trainer.devices.choice import choose_device, try_again
from trainer.devices.memory import give_back
from trainer.devices.trial import why_not
from trainer.messages import DeviceLostError
from trainer.recipe.recipe import Recipe
from trainer.training import loop
from trainer.training.checkpoint import RunFolder
from trainer.training.saving import run_saved

SAVED, ENDS, LATER = 20, 100_000, 30  # steps
SECONDS = 75.0
CHILD = "a process that loses its GPU"


class _Patch:
    """Leaves things as it made them: the process ends."""

    setattr = staticmethod(setattr)


def lose(device: torch.device) -> None:
    """The device is lost to this process from now on; nobody is told yet."""
    if device.type == "cpu":
        dies_in_step(_Patch, SAVED + 10)
    else:
        beyond = torch.full((4,), 1 << 20, device=device)
        torch.zeros(8, device=device)[beyond]  # the kernel asserts that such an element is there


def _batches(kind: str, recipe: Recipe, device: torch.device) -> TrainingBatches:
    """On the device, or from pinned memory."""
    if kind == "resident":
        return batches_of(recipe, device)
    return TrainingBatches(Streamed.of(data_of(recipe).train.images, 0, 0, device))


def lost(kind: str, device: torch.device, folder: Path) -> None:
    """Train, lose the device, go on on the CPU, in one process. Prints what was said."""
    recipe = recipe_of("drawn-10", "steps=200")
    run = RunFolder.create(folder / "run", recipe)
    batches = _batches(kind, recipe, device)
    list(run_saved(loop.start(recipe, device), batches, SAVED, run))
    training = run_saved(run.load(device), batches, ENDS, run)
    if device.type != "cpu":
        next(training)
    lose(device)
    try:
        list(training)
    except DeviceLostError as error:
        assert error.saved == SAVED, error.saved
        print(error)
    else:
        raise AssertionError("it was not lost")
    del training, batches
    try_again()
    give_back(device)
    if device.type != "cpu":
        assert why_not(device), "the device works on: this was no loss"
    again = RunFolder(run.path)
    state = again.load(CPU)
    assert state.step == kept_losses(run.path) == SAVED
    list(run_saved(state, batches_of(recipe), LATER, again))
    assert kept_losses(run.path) == LATER


def in_a_process(kind: str, device: torch.device) -> str:
    """Which must end in order, with all that lay on the device."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu.lost", CHILD, kind, str(device)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{done.returncode}: {done.stderr[-600:]}"
    return done.stdout.strip()


CHECKS = {kind: Check(in_a_process, (kind,)) for kind in ("resident", "streamed")}


def _child(kind: str, device: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        lost(kind, choose_device(device), Path(folder))
    return 0


if __name__ == "__main__":
    ours = sys.argv[1:2] == [CHILD]
    sys.exit(_child(*sys.argv[2:4]) if ours else carry_out(CHECKS, __doc__))
