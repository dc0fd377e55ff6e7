"""What a step's time goes into: the kernels that take most of it, and the gaps between them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import torch
from torch.profiler import ProfilerActivity, profile

from trainer.data.batches import TrainingBatches
from trainer.messages import Progress
from trainer.recipe.recipe import Recipe
from trainer.training.loop import run, start
from trainer.training.state import TrainState

# The least steps before, and that are looked at; kernels shown, letters of each.
WARM, STEPS, ROWS, WIDTH = 24, 16, 12, 70


def profiled(recipe: Recipe, batches: TrainingBatches) -> str:
    """A table of the kernels (of the operators, on a CPU), and the device's share of the time."""
    state, on_gpu = start(recipe, batches.device), batches.device.type == "cuda"
    # All from one training that goes on: what its beginning and end take is no step's.
    reports = run(state, batches, 10**9)
    warm, least = (WARM, STEPS) if on_gpu else (1, 1)
    _go_on(state, reports, warm)
    kinds = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
    began = time.perf_counter()
    taken = _go_on(state, reports, least)  # without the profiler, which takes its share
    apart = (time.perf_counter() - began) / taken
    with profile(activities=kinds) as seen:
        steps = _go_on(state, reports, least)
    averages = [
        (_micros(each, on_gpu), each.count, each.key)
        for each in seen.key_averages()
        if not on_gpu or _is_kernel(each)
    ]
    rows = sorted((row for row in averages if row[0]), reverse=True)
    busy, kernels = sum(row[0] for row in rows) / 1e6 / steps, sum(row[1] for row in rows) / steps
    lines = [
        f"{1e3 * apart:.3f} ms a step; {'kernels' if on_gpu else 'operators'} take "
        f"{1e3 * busy:.3f} ms of it ({busy / apart:.0%}), {kernels:.0f} a step; "
        f"{state.captured.why_not or 'replayed' if state.captured else 'eager'}",
        "| ms a step | share | times a step | kernel |",
        "| ---: | ---: | ---: | --- |",
    ]
    for micros, count, name in rows[:ROWS]:
        share = micros / 1e6 / steps / busy
        lines.append(
            f"| {micros / 1e3 / steps:.4f} | {share:.0%} | {count / steps:.1f} | {name[:WIDTH]} |"
        )
    return "\n".join(lines)


def _go_on(state: TrainState, reports: Iterator[Progress], least: int) -> int:
    """Train until a report has come after so many steps; how many they were."""
    before = state.step
    while state.step < before + least:
        next(reports)
    return state.step - before


def _is_kernel(each: object) -> bool:
    """Not an operator on the CPU, nor a stretch of time that has a name."""
    on_cpu = getattr(each, "device_type", None) == torch.autograd.DeviceType.CPU
    return not on_cpu and not getattr(each, "is_user_annotation", False)


def _micros(each: object, on_gpu: bool) -> float:
    """Of an entry, without what it calls."""
    name = "self_device_time_total" if on_gpu else "self_cpu_time_total"
    return float(getattr(each, name))
