"""How the training takes growth: of the batch, of the data, of the images, of the run.

    python -m benchmarks.growth [--quick] [--only TABLE] [--device cpu] [--json FILE]

Every case is a fresh process, so that a peak of memory is its own. Prints tables in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.data.distributions import Empirical
from trainer.data.loading import load_data
from trainer.data.memory_maps import open_map, write_map
from trainer.data.streaming import Streamed
from trainer.devices.choice import choose_device
from trainer.devices.threads import use_threads
from trainer.recipe.catalogue import find_recipe
from trainer.training.loop import TrainState, run, start

SECONDS = 4.0  # of training, a case
FEWEST = 3  # steps
WARM = 2  # steps before the clock starts, for the first ones allocate
MIB = 1 << 20


@dataclass(frozen=True)
class Case:
    """One training. `window` > 0 compares the first and last so many of `steps` instead."""

    table: str
    batch: int = 64
    images: int = 10_000
    size: int = 28
    colour: bool = False
    streamed: bool = False
    seconds: float = SECONDS
    steps: int = 0
    window: int = 0


@dataclass(frozen=True)
class Measured:
    """images/s, and MiB: the peak, mapped files with it; what is held at the end without them.

    For a run in windows `early` and `late` are steps/s, and `held_early` is held after the first.
    """

    rate: float = 0.0
    peak: float = 0.0
    held: float = 0.0
    on_gpu: float = 0.0
    early: float = 0.0
    late: float = 0.0
    held_early: float = 0.0


TABLES = {
    "batch": "The batch: 28x28 grey, 10,000 images",
    "images": "The data: 28x28 grey, batches of 64",
    "pixels": "The images: colour, 2,000 of them, batches of 64",
    "steps": "The run: a toy GAN, batches of 8 points",
}


def cases(quick: bool) -> list[Case]:
    """All of them; `quick` only shows that they work."""
    batches = (32, 256) if quick else (32, 64, 128, 256, 512, 1024, 2048, 4096)
    counts = (1_000, 10_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
    sizes = (28, 32) if quick else (28, 32, 48, 64, 96, 128)
    steps, window = (3_000, 300) if quick else (100_000, 1_000)
    found = [
        *(Case("batch", batch=batch) for batch in batches),
        *(Case("images", images=count) for count in counts),
        Case("images", images=counts[-1], streamed=True),
        *(Case("pixels", images=2_000, size=size, colour=True) for size in sizes),
        Case("steps", batch=8, steps=steps, window=window),
    ]
    return [replace(case, seconds=0.3) for case in found] if quick else found


# ---- in a process of its own ----


def measure(case: Case, device_name: str) -> Measured:
    """Train as the case says."""
    use_threads()
    device = choose_device(device_name)
    with tempfile.TemporaryDirectory() as folder:
        state, batches = _toy(case, device) if case.window else _network(case, device, Path(folder))
        found = _in_windows(state, batches, case) if case.window else _freely(state, batches, case)
        return replace(found, peak=_memory("VmHWM"), held=_held(), on_gpu=_on_gpu(device))


def _network(case: Case, device: torch.device, folder: Path) -> tuple[TrainState, TrainingBatches]:
    settings = [f"size={case.size}", f"batch={case.batch}", "steps=1000000", "warm=0"]
    recipe = find_recipe("svhn-75-small" if case.colour else "mnist-10-small")
    recipe = recipe.with_settings(settings)
    shape = case.images, recipe.channels, case.size, case.size
    if case.streamed:
        return start(recipe, device), TrainingBatches(
            Streamed.of(_on_disk(shape, folder), 0, 0, device)
        )
    rows = torch.randint(256, shape, dtype=torch.uint8, device=device)
    return start(recipe, device), TrainingBatches(Empirical(rows))


def _on_disk(shape: tuple[int, ...], folder: Path) -> Tensor:
    rng = np.random.default_rng(0)
    images = (rng.integers(0, 256, shape[1:], np.uint8) for _ in range(shape[0]))
    write_map(folder / "rows" / "all-0.npy", shape, images)
    opened = open_map(folder / "rows" / "all-0.npy", shape)
    assert opened is not None
    return opened


def _toy(case: Case, device: torch.device) -> tuple[TrainState, TrainingBatches]:
    still = ["instance_noise=0", "code_noise=0", "r1=0", "r1_code=0"]
    settings = ["width=8", f"batch={case.batch}", f"steps={case.steps}", *still]
    recipe = find_recipe("mog-gan").with_settings(settings)
    return start(recipe, device), load_data(recipe).batches(recipe, device)


def _freely(state: TrainState, batches: TrainingBatches, case: Case) -> Measured:
    for _ in run(state, batches, WARM):
        pass
    began = time.perf_counter()
    for progress in run(state, batches, 10**9):
        done, passed = progress.step - WARM, time.perf_counter() - began
        if passed > case.seconds and done >= FEWEST:
            break
    return Measured(rate=done * case.batch / passed)


def _in_windows(state: TrainState, batches: TrainingBatches, case: Case) -> Measured:
    for _ in run(state, batches, WARM):
        pass
    early = _steps_per_second(state, batches, WARM + case.window)
    held_early = _held()
    for _ in run(state, batches, case.steps - case.window):
        pass
    late = _steps_per_second(state, batches, case.steps)
    return Measured(rate=late * case.batch, early=early, late=late, held_early=held_early)


def _steps_per_second(state: TrainState, batches: TrainingBatches, until: int) -> float:
    began, first = time.perf_counter(), state.step
    for _ in run(state, batches, until):
        pass
    return (until - first) / (time.perf_counter() - began)


def _memory(name: str) -> float:
    """An entry of /proc/self/status in MiB; NaN where the system has no such file."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
    except OSError:
        return float("nan")
    told = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith("kB")}
    return int(told[name]) / 1024


def _held() -> float:
    return _memory("RssAnon")


def _on_gpu(device: torch.device) -> float:
    return torch.cuda.max_memory_allocated(device) / MIB if device.type == "cuda" else 0.0


# ---- tables ----


def table(name: str, rows: list[tuple[Case, Measured]]) -> str:
    """A heading and a table in Markdown."""
    if name == "steps":
        head = ["steps", "steps/s, first", "steps/s, last", "held after the first, MiB"]
        cells = [
            [
                f"{case.steps:,}, {case.window:,} at either end",
                *(f"{value:,.0f}" for value in (found.early, found.late, found.held_early)),
            ]
            for case, found in rows
        ]
    else:
        head = [name, "images/s"]
        cells = [[_label(name, case), f"{found.rate:,.0f}"] for case, found in rows]
    head += ["peak, MiB", "held without mapped files, MiB"]
    for line, (_, found) in zip(cells, rows, strict=True):
        line += [f"{found.peak:,.0f}", f"{found.held:,.0f}"]
    if any(found.on_gpu for _, found in rows):
        head.append("peak on the GPU, MiB")
        for line, (_, found) in zip(cells, rows, strict=True):
            line.append(f"{found.on_gpu:,.0f}")
    ruled = [head, ["---", *["---:"] * (len(head) - 1)], *cells]
    return "\n".join([f"**{TABLES[name]}**", "", *(f"| {' | '.join(line)} |" for line in ruled)])


def _label(name: str, case: Case) -> str:
    value = {"batch": case.batch, "images": case.images, "pixels": case.size}[name]
    return f"{value:,}{', streamed' if case.streamed else ''}"


def _in_own_process(case: Case, device: str) -> Measured:
    command = [sys.executable, "-m", "benchmarks.growth", "--device", device]
    command += ["--case", json.dumps(asdict(case))]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=os.environ)
    return Measured(**json.loads(told.stdout.splitlines()[-1]))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few short cases")
    parser.add_argument("--only", choices=TABLES, help="one table")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, ...")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.case:
        print(json.dumps(asdict(measure(Case(**json.loads(args.case)), args.device))))
        return
    figures = []
    for name in [args.only] if args.only else TABLES:
        mine = [case for case in cases(args.quick) if case.table == name]
        rows = [(case, _in_own_process(case, args.device)) for case in mine]
        figures += [asdict(case) | asdict(found) for case, found in rows]
        print(table(name, rows), end="\n\n", flush=True)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
