"""What a step's time goes into: the kernels that take most of it, and the gaps between them."""

from __future__ import annotations

import time

import torch
from torch.profiler import ProfilerActivity, profile

from trainer.data.batches import TrainingBatches
from trainer.recipe.recipe import Recipe
from trainer.training.loop import run, start

WARM, STEPS, ROWS, WIDTH = 24, 16, 12, 70  # steps before, steps, kernels shown, letters of each


def profiled(recipe: Recipe, batches: TrainingBatches) -> str:
    """A table of the kernels (of the operators, on a CPU), and the device's share of the time."""
    device, state = batches.device, start(recipe, batches.device)
    on_gpu = device.type == "cuda"
    warm, steps = (WARM, STEPS) if on_gpu else (1, 1)
    list(run(state, batches, warm))
    kinds = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
    began = time.perf_counter()
    list(run(state, batches, state.step + steps))  # without the profiler, which takes its share
    apart = (time.perf_counter() - began) / steps
    with profile(activities=kinds) as seen:
        list(run(state, batches, state.step + steps))
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


def _is_kernel(each: object) -> bool:
    """Not an operator on the CPU, nor a stretch of time that has a name."""
    on_cpu = getattr(each, "device_type", None) == torch.autograd.DeviceType.CPU
    return not on_cpu and not getattr(each, "is_user_annotation", False)


def _micros(each: object, on_gpu: bool) -> float:
    """Of an entry, without what it calls."""
    name = "self_device_time_total" if on_gpu else "self_cpu_time_total"
    return float(getattr(each, name))
