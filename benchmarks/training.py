"""Training speed: our engine beside a plain PyTorch loop, alternating in one run.

python -m benchmarks.training [RECIPE ...] [--device cpu] [--seconds 6] [--rounds 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from benchmarks.floor import Rates, floor_seconds, measured_rates
from benchmarks.machine import describe
from benchmarks.plain import PlainTraining
from trainer.data.batches import TrainingBatches
from trainer.data.loading import load_data
from trainer.devices.choice import choose_device
from trainer.messages import LOSSES
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.reporting.doctor.self_test import full_precision
from trainer.training.loop import run, start, step

ON_CPU = ("mog-iae", "fiae-toy", "drawn-10", "mnist-10-small", "mnist-10", "shoes-small")
ON_GPU = (*ON_CPU, "svhn-75", "celeba-50", "shoes")
CHECKED = 4  # steps whose losses must agree
AGREE = 2e-3  # relative; they drift apart as rounding grows


@dataclass(frozen=True)
class Row:
    """One recipe: images/s of both, and the ratio of each round."""

    recipe: str
    batch: int
    plain: float
    ours: float
    ratios: tuple[float, ...]
    difference: float  # of the first losses, relative
    floor: float  # images/s that the device's measured rates would allow

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def measure(name: str, device: torch.device, rates_of: Rates, args: argparse.Namespace) -> Row:
    """Both loops in turns; the order changes from round to round."""
    # The warm start plays one game of two, or none: the speed that counts is that of the rest.
    recipe = find_recipe(name).but(warm=0.0)
    batches = data_of(recipe, args.data, device)
    difference = compare(recipe, batches)
    ours = recipe.but(precision=args.precision)
    loops = {"plain": plain_loop(recipe, batches), "ours": our_loop(ours, batches)}
    rates: dict[str, list[float]] = {"plain": [], "ours": []}
    for number in range(args.rounds + 1):
        for which in ("plain", "ours") if number % 2 else ("ours", "plain"):
            speed = speed_of(loops[which], args.seconds if number else args.seconds / 3, device)
            if number:  # the first round warms up
                rates[which].append(speed * recipe.optim.batch)
    ratios = tuple(b / a for a, b in zip(rates["plain"], rates["ours"], strict=True))
    return Row(
        name,
        recipe.optim.batch,
        statistics.median(rates["plain"]),
        statistics.median(rates["ours"]),
        ratios,
        difference,
        recipe.optim.batch / floor_seconds(recipe, batches, rates_of),
    )


def data_of(recipe: Recipe, root: Path | None, device: torch.device) -> TrainingBatches:
    """The recipe's training data, or drawn ones of the same size where they are not at hand."""
    if recipe.data.name in ("svhn", "celeba"):  # speed does not ask what is in the pictures
        recipe = recipe.but(data="drawn-numbers" if recipe.data.name == "svhn" else "drawn-faces")
    return load_data(recipe, root).batches(recipe, device)


def compare(recipe: Recipe, batches: TrainingBatches, steps: int = CHECKED) -> float:
    """The largest relative difference between the losses of both in their first `steps`.

    In full precision: on a GPU the usual one rounds to ten bits. Raises ArithmeticError where it
    is not the same training.
    """
    with full_precision():
        return _compared(recipe, batches, steps)


def _compared(recipe: Recipe, batches: TrainingBatches, steps: int) -> float:
    ours, plain = start(recipe, batches.device), PlainTraining(recipe, batches.device)
    draws = torch.Generator(batches.device).manual_seed(1)
    worst = 0.0
    for _ in range(steps):
        batch = batches.batch(recipe.optim.batch, 0, draws)
        told = dict(zip(LOSSES, step(ours, batch).tolist(), strict=False))
        for name, value in plain.step(batch.data, batch.other).items():
            worst = max(worst, abs(told[name] - value) / abs(value))
    if worst > AGREE:
        raise ArithmeticError(f"{recipe.name}: the losses differ by {worst:.2%}")
    return worst


def plain_loop(recipe: Recipe, batches: TrainingBatches) -> Callable[[float], int]:
    """What trains by the plain loop until a time of perf_counter; it returns the steps taken."""
    losses: Iterator[object] | None = None

    def work(deadline: float) -> int:
        nonlocal losses
        losses = losses or PlainTraining(recipe, batches.device).train(batches)
        done = 0
        while time.perf_counter() < deadline:
            next(losses)
            done += 1
        return done

    return work


def our_loop(recipe: Recipe, batches: TrainingBatches) -> Callable[[float], int]:
    """The same by our engine."""
    state = start(recipe, batches.device)
    reports = run(state, batches, 10**9)

    def work(deadline: float) -> int:
        before = state.step
        while time.perf_counter() < deadline:
            next(reports)
        return state.step - before

    return work


def speed_of(loop: Callable[[float], int], seconds: float, device: torch.device) -> float:
    """Steps per second."""
    began = time.perf_counter()
    done = loop(began + seconds)
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
    return done / (time.perf_counter() - began)


def table(rows: list[Row]) -> str:
    lines = [
        "| recipe | batch | plain loop, images/s | ours, images/s | ratio (each round) "
        "| share of the floor |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        each = ", ".join(f"{ratio:.2f}" for ratio in row.ratios)
        lines.append(
            f"| `{row.recipe}` | {row.batch} | {row.plain:,.0f} | {row.ours:,.0f} "
            f"| **{row.ratio:.2f}** ({each}) | {row.ours / row.floor:.0%} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each loop in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of both loops")
    parser.add_argument("--precision", choices=("full", "bf16"), default="full", help="of ours")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    device = choose_device(args.device)
    torch.set_num_threads(args.threads)
    print(f"{describe(device)}; {args.threads} threads, ours in {args.precision}", flush=True)
    rates_of = measured_rates(device)
    print(f"{rates_of.operations / 1e12:.3g} Tflop/s, {rates_of.bytes / 1e9:.3g} GB/s", flush=True)
    rows = []
    for name in args.recipes or (ON_GPU if device.type == "cuda" else ON_CPU):
        rows.append(measure(name, device, rates_of, args))
        print(table(rows[-1:]).splitlines()[-1], flush=True)
    print("\n" + table(rows))
    if args.json:
        args.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
