"""How fast a device is: steps of the networks of well-known experiments, and pictures."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Probe
from trainer.recipe.catalogue import find_recipe
from trainer.reporting.doctor.self_test import CPU
from trainer.training.loop import run, start
from trainer.training.made_up import made_up

EXPERIMENTS = ("mog-iae", "mnist-10-small", "shoes-small")
WARM, STEPPED, DRAWN = 0.3, 0.8, 0.3  # seconds of steps that do not count, of steps, of pictures
DRAWS = 8  # of an image
Cancelled = Callable[[], bool]


def speed(name: str, device: torch.device, cancelled: Cancelled) -> str:
    """Steps and pictures a second of an experiment's networks, in words."""
    recipe = find_recipe(name).but(warm=0.0)
    batches = made_up(recipe, device, 4 * recipe.optim.batch)
    state = start(recipe, device)
    reports = run(state, batches, 10**9)

    def train() -> int:
        before = state.step
        next(reports)  # in a tenth of a second, and waits for the device
        return state.step - before

    rate(train, WARM, cancelled)
    steps = rate(train, STEPPED, cancelled)
    drawn = rate(_drawing(publish(state.ema, state.step, device, batches)), DRAWN, cancelled)
    unit = "points" if recipe.two_dimensional else "pictures"
    note = f" ({state.captured.why_not})" if state.captured and state.captured.why_not else ""
    return (
        f"{_told(steps)} steps/s in batches of {recipe.optim.batch}, {_told(drawn)} {unit}/s{note}"
    )


def rate(work: Callable[[], int], seconds: float, cancelled: Cancelled) -> float:
    """How many a second `work` does: it is called until the time is over, and counts itself."""
    began, done = time.perf_counter(), 0
    while True:
        done += work()
        took = time.perf_counter() - began
        if took >= seconds or cancelled():
            return done / took


def _drawing(snapshot: Snapshot) -> Callable[[], int]:
    """What draws some pictures, and counts them."""
    if snapshot.recipe.two_dimensional:
        return lambda: len(sample_cloud(snapshot, 1, 0).fake)
    rows = made_up(snapshot.recipe, CPU, DRAWS).data.rows
    images = rows.permute(0, 2, 3, 1).contiguous().numpy()
    probe = Probe(1, images, tuple(range(DRAWS)))
    return lambda: int(np.prod(render(snapshot, probe).tiles.shape[:2]))


def _told(each_second: float) -> str:
    return f"{each_second:,.0f}" if each_second >= 10 else f"{each_second:.1f}"
