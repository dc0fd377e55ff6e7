"""Speed in full and in low precision against a plain loop on the same GPU; a profile where short.

python -m benchmarks.gpu.speed [RECIPE ...] [--seconds 1.2] [--device cuda]

The data are made up, for speed does not ask what is in them: a bare machine would draw for longer
than the time that there is.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from dataclasses import dataclass

from benchmarks.floor import Rates, floor_seconds, measured_rates
from benchmarks.gpu.profile import profiled
from benchmarks.machine import describe
from benchmarks.training import compare, our_loop, plain_loop, speed_of
from trainer.data.batches import TrainingBatches
from trainer.devices.choice import choose_device
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.training.made_up import made_up

ROWS = 4096  # of the data that are made up
# Steps. The third is the first that knows both of Adam's rates; of noise, rounding grows tenfold
# with each, and in the fourth of `faces` passes for a fault (0.6 %).
COMPARED = 3
# Times the plain loop's speed that are hoped for.
GOALS = {
    **dict.fromkeys(("mog-iae", "fiae-toy", "mnist-10"), 8.0),
    **dict.fromkeys(("svhn-75", "celeba-50"), 3.0),
    **dict.fromkeys(("shoes", "faces"), 1.5),
}
HEAD = """| recipe | batch | plain loop, images/s | ours | times | goal | of the floor \
| bf16 | times | losses apart |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


@dataclass(frozen=True)
class Row:
    """Images per second."""

    recipe: str
    batch: int
    plain: float
    full: float
    low: float
    floor: float
    apart: str

    @property
    def missed(self) -> bool:
        return self.full / self.plain < GOALS.get(self.recipe, 0.0)

    def __str__(self) -> str:
        goal = GOALS.get(self.recipe)
        asked = "" if goal is None else f"{goal:g}{' MISSED' if self.missed else ''}"
        return (
            f"| `{self.recipe}` | {self.batch} | {self.plain:,.0f} | {self.full:,.0f} "
            f"| **{self.full / self.plain:.2f}** | {asked} | {self.full / self.floor:.0%} "
            f"| {self.low:,.0f} | {self.low / self.plain:.2f} | {self.apart} |"
        )


def measured(
    recipe: Recipe, batches: TrainingBatches, rates: Rates, seconds: float, quick: bool
) -> Row:
    """Each loop for so long, after a third of that to warm up."""
    try:
        apart = f"{compare(recipe, batches, COMPARED):.1e}"
    except ArithmeticError as error:
        apart = f"FAILED: {error}"
    speeds = {}
    loops = {
        "plain": plain_loop(recipe, batches),
        "full": our_loop(recipe, batches),
        "low": our_loop(recipe.but(precision="bf16"), batches),
    }
    for name, loop in loops.items():
        if not quick:
            speed_of(loop, seconds / 3, batches.device)
        speeds[name] = recipe.optim.batch * speed_of(loop, seconds, batches.device)
    floor = recipe.optim.batch / floor_seconds(recipe, batches, rates)
    return Row(recipe.name, recipe.optim.batch, **speeds, floor=floor, apart=apart)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recipes", nargs="*", metavar="RECIPE")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seconds", type=float, default=1.2, help="of each loop")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    device = choose_device(args.device)
    rates = measured_rates(device)
    print(describe(device))
    print(f"{rates.operations / 1e12:.3g} Tflop/s, {rates.bytes / 1e9:.3g} GB/s", flush=True)
    failed, head = 0, HEAD
    for name in args.recipes or list(GOALS)[: 1 if args.quick else None]:
        # The warm start plays one game of two, or none: what counts is the speed of the rest.
        recipe = find_recipe(name).but(warm=0.0)
        try:
            batches = made_up(recipe, device, ROWS)
            seconds = 0.05 if args.quick else args.seconds
            row = measured(recipe, batches, rates, seconds, args.quick)
            print(f"{head}\n{row}" if head else row, flush=True)
            failed, head = failed + ("FAILED" in row.apart), ""
            if row.missed or args.quick:  # told at once: the time may end before the last recipe
                print(f"\n### {recipe.name}\n{profiled(recipe, batches)}\n", flush=True)
                head = HEAD
        except Exception:
            failed += 1
            print(f"FAILED {name}: {traceback.format_exc(limit=-3)}", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
