"""A training in a process of its own, which is killed or trains to its end."""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from benchmarks.kill_points import killed_inside, timed
from trainer.data.amendments import END, Amendment, Amendments
from trainer.data.amendments import FILE as AMENDMENTS
from trainer.data.loading import load_data, settled
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.saving import run_saved

CPU = torch.device("cpu")
INTERVAL = 0.15  # seconds between two checkpoints
OUTSIDE, INSIDE, TORN = "at any moment", "inside a write", "with half of a file written"


@dataclass
class Ending:
    """How a process ended, and what it told on the way."""

    kill: str
    status: int  # as os.waitpid has it
    killed: float | None = None  # the moment; None where it ended by itself
    torn: str = ""  # the file of which half was written
    steps: dict[int, float] = field(default_factory=dict)  # when each was told
    slowest: float = 0.0  # seconds, of the saves that were over
    saved: int = 0  # the step of the last of them

    @property
    def by_kill(self) -> bool:
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL

    def heard(self, told: str) -> None:
        """What the process told, a word and a number a line."""
        for word, number in (line.split() for line in told.splitlines()):
            if word == "saved":
                self.slowest = max(self.slowest, float(number))
                self.saved = max(self.steps)
            elif word.isdigit():
                self.steps[int(word)] = float(number)
            else:
                self.killed = float(number)
                self.torn = "" if word == "killed" else word


def in_a_child(work: Callable[[], None]) -> int:
    """Do it in a fork of this process, which has torch; returns its process number."""
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        work()
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def train(path: Path, recipe: Recipe, tell: int, kill: str = OUTSIDE, kill_at: float = 0.0) -> None:
    """Begin the run or go on with it; tell each report's and each checkpoint's step."""
    torch.set_num_threads(1)
    data = load_data(recipe, None)
    fresh = not (path / "recipe.json").exists()
    folder = RunFolder.create(path, settled(recipe, data)) if fresh else RunFolder(path)
    if not (path / AMENDMENTS).exists():
        folder.write(AMENDMENTS, amendments_of(recipe).to_json())
    with folder.alone():
        state = folder.load(CPU)
        folder.save = timed(folder.save, tell)  # type: ignore[method-assign]
        if kill != OUTSIDE:
            save = killed_inside(folder.save, kill_at, kill == TORN, tell)
            folder.save = save  # type: ignore[method-assign]
        batches = data.batches(recipe, CPU)
        # What is lost is counted from here where the kill comes before a first report.
        os.write(tell, f"{state.step} {time.monotonic()}\n".encode())
        reports = run_saved(state, batches, state.terms.end, folder, save_every=INTERVAL)
        for progress in reports:
            os.write(tell, f"{progress.step} {time.monotonic()}\n".encode())


def amendments_of(recipe: Recipe) -> Amendments:
    """What is changed on the way: each at its step, however often that is trained."""
    third = recipe.schedule.steps // 3
    return Amendments(
        (
            Amendment(third, "optim.generator_rate", 5e-4),
            Amendment(third + 7, "objective.reconstruction.r1", 0.2),
            Amendment(2 * third, END, recipe.schedule.steps + third),
        )
    )


def killed_once(path: Path, recipe: Recipe, rng: random.Random, kill: str) -> Ending:
    """Train until the kill."""
    here, there = os.pipe()
    kill_at = rng.random()

    def work() -> None:
        os.close(here)
        train(path, recipe, there, kill, kill_at)

    number = in_a_child(work)
    os.close(there)
    # Once it trains, so that most kills find it at that.
    told, moment, killed = b"", float("inf"), None
    while True:
        wait = min(60.0, max(0.0, moment - time.monotonic()))
        if not select.select([here], [], [], wait)[0]:
            killed = time.monotonic()
            os.kill(number, signal.SIGKILL)
            break
        piece = os.read(here, 65536)
        if not piece:
            break
        if not told and kill == OUTSIDE:
            moment = time.monotonic() + rng.uniform(0, 3 * INTERVAL)
        told += piece
    return _ending(kill, number, here, told, killed)


def ended(path: Path, recipe: Recipe) -> None:
    """Train to the end, undisturbed."""
    here, there = os.pipe()
    number = in_a_child(lambda: train(path, recipe, there))
    os.close(there)
    status = _ending(OUTSIDE, number, here).status
    if status:
        raise RuntimeError(f"{path} does not go on (status {status})")


def _ending(
    kill: str, number: int, here: int, told: bytes = b"", killed: float | None = None
) -> Ending:
    """Hear the rest of what a process tells, and wait for its end."""
    while piece := os.read(here, 65536):
        told += piece
    os.close(here)
    ending = Ending(kill, os.waitpid(number, 0)[1], killed)
    ending.heard(told.decode())
    return ending
