"""Will it fit? What a few tried steps say, against what a training really takes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.studio import cycle
from trainer.cli import main
from trainer.data.batches import TrainingBatches
from trainer.data.distributions import Empirical
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.fit import Fit, in_bytes, in_smaller_batches, in_time
from trainer.training import dry_step
from trainer.training.dry_step import dry_run
from trainer.training.loop import run, start

CPU = torch.device("cpu")
DRAWN = CATALOGUE["drawn-10"]
TOLERANCE = 0.3  # of the memory of a training, and it is never half of what it takes
MIB = 1 << 20


# ---- memory --------------------------------------------------------------------------------------

PEAK = """
import gc, sys, torch
from trainer.devices.memory import give_back_everywhere
from trainer.recipe.catalogue import CATALOGUE
from trainer.training.made_up import made_up
from trainer.training.loop import run, start
def kept(key):
    return [int(l.split()[1]) << 10 for l in open("/proc/self/status") if l.startswith(key)][0]
def train(batch, until):
    recipe = CATALOGUE["drawn-10"].but(batch=batch, steps=8, warm=0, r1_every=1)
    state = start(recipe, torch.device("cpu"))
    for _ in run(state, made_up(recipe, state.rng.device), until): pass
train(2, 2)
gc.collect()
give_back_everywhere()  # what lies idle would be taken first, and not be seen
base = kept("VmRSS")
for batch in map(int, sys.argv[1:]):
    train(batch, 2)
    print(kept("VmHWM") - base)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_foretold_for_two_sizes() -> None:
    sizes = (64, 224)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, sizes)], capture_output=True, text=True, check=True
    )
    for batch, taken in zip(sizes, map(int, done.stdout.split()), strict=True):
        told = dry_run(DRAWN.but(batch=batch, steps=8, warm=0, r1_every=1), CPU).size
        assert abs(told / taken - 1) < TOLERANCE, f"{batch}: {told / MIB:.0f}, {taken / MIB:.0f}"


def test_larger_batches_than_are_tried_lie_on_the_same_line(monkeypatch) -> None:
    recipe = CATALOGUE["mog-iae"].but(batch=2048)
    tried = dry_run(recipe, CPU).size
    monkeypatch.setattr(dry_step, "LONG", 0.0)  # two small batches, and no more
    assert dry_run(recipe, CPU).size == pytest.approx(tried, rel=0.2)


def test_a_huge_batch_is_refused_in_words_and_the_proposed_one_fits(monkeypatch) -> None:
    free = 24 * MIB
    monkeypatch.setattr(dry_step, "free_on", lambda device: free)
    recipe = CATALOGUE["mog-iae"].but(batch=100_000, warm=0.5, warm_batch=50_000)
    fit = dry_run(recipe, CPU)
    assert not fit.fits and "will not fit" in fit.told and "24 MiB are free" in fit.told
    assert f"A batch of {fit.batch:,} fits." in fit.told
    again = recipe.but(in_smaller_batches(recipe, fit.batch))
    assert again.schedule.warm_batch == again.optim.batch == fit.batch
    smaller = dry_run(again, CPU)
    assert smaller.fits and free / 4 < smaller.size <= free, "not far smaller than it must be"


def test_weights_that_do_not_fit_are_told_with_what_to_choose() -> None:
    fit = dry_run(DRAWN.but(width=100_000), CPU)
    assert not fit.fits and not fit.batch
    assert "its networks need" in fit.told and "Choose a smaller" in fit.told


def test_where_no_batch_fits_none_is_proposed(monkeypatch) -> None:
    monkeypatch.setattr(dry_step, "free_on", lambda device: MIB)
    fit = dry_run(DRAWN, CPU)
    assert not fit.fits and not fit.batch and "not even two images" in fit.told


# ---- time ----------------------------------------------------------------------------------------


def test_the_time_of_a_whole_run_is_foretold() -> None:
    recipe = CATALOGUE["mog-iae"].but(batch=256, steps=40)
    ratios = []
    for _ in range(5):  # others may keep the cores busy
        told = dry_run(recipe, CPU).seconds
        state = start(recipe, CPU)
        batches = TrainingBatches(Empirical(torch.linspace(-1, 1, 512).reshape(256, 2)))
        began = time.perf_counter()
        for _ in run(state, batches, 40):
            pass
        ratios.append(told / (time.perf_counter() - began))
        if 0.5 < ratios[-1] < 2:
            return
    raise AssertionError(f"told by taken: {ratios}")


@pytest.mark.parametrize(
    ("warm", "every", "steps", "expected"),
    [
        (0.0, 1, 100, [(0, 1.0)]),
        (0.25, 4, 100, [(0, 0.25), (28, 0.75)]),
        (1.0, 4, 100, [(0, 1.0)]),
        (0.15, 1, 10**8, [(0, 0.15), (15_000_000, 0.85)]),
    ],
)
def test_each_phase_counts_by_its_share(warm: float, every: int, steps: int, expected) -> None:
    recipe = DRAWN.but(warm=warm, r1_every=every, steps=steps)
    found = dry_step._phases(recipe)
    assert [phase.step for phase in found] == [step for step, _ in expected]
    assert [phase.share for phase in found] == pytest.approx([share for _, share in expected])


# ---- all kinds of models, and nothing left -------------------------------------------------------

KINDS = {
    "noise": DRAWN.but(width=4, batch=4),
    "labels": CATALOGUE["mnist-semi-small"].but(width=4, batch=4, warm_batch=8),
    "categories": CATALOGUE["mnist-clusters-small"].but(width=4, batch=4, warm_batch=8),
    "decoder noise": cycle("shoes-small"),
    "encoder noise": cycle("faces-small"),
    "flipped": CATALOGUE["fiae-mnist-small"].but(width=4, batch=4),
    "points": CATALOGUE["mog-gan"].but(width=8, batch=2),
    "low precision": DRAWN.but(width=4, batch=4, precision="bf16"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_can_be_tried(kind: str, own_folders: Path, monkeypatch) -> None:
    monkeypatch.setattr(dry_step, "ENOUGH", 0.0)
    before = sorted(own_folders.rglob("*"))
    generator = torch.get_rng_state()
    fit = dry_run(KINDS[kind], CPU)
    assert fit.fits and fit.size > 0 and fit.step_seconds > 0
    assert fit.told.startswith("About ") and f"{fit.steps:,} steps" in fit.told
    assert sorted(own_folders.rglob("*")) == before, "nothing is written"
    assert torch.equal(torch.get_rng_state(), generator), "nor is the global generator moved"


class StopHereError(Exception):
    """Raised by a user who has given up."""


def test_a_trial_ends_where_nobody_waits_any_more() -> None:
    heard = []

    def progress(done: int, total: int) -> None:
        heard.append(done)
        if len(heard) == 3:
            raise StopHereError

    with pytest.raises(StopHereError):
        dry_run(CATALOGUE["mog-iae"], CPU, progress)
    assert len(heard) == 3


# ---- words, and the command line -----------------------------------------------------------------


def test_times_and_sizes_have_the_digits_they_deserve() -> None:
    times = {0.0042: "4.2 ms", 0.057: "57 ms", 2.31: "2.3 s", 41.2: "41 s", 1500: "25 min"}
    times |= {7500: "2 h 05 min", 7200: "2 h", 3 * 86_400: "3 days", 1e12: "years"}
    for seconds, words in times.items():
        assert in_time(seconds) == words
    assert [in_bytes(n) for n in (5, 120 * MIB, 3.42 * 1024 * MIB)] == [
        "1 MiB",
        "120 MiB",
        "3.4 GiB",
    ]
    fit = Fit("cuda", 1000, 0.5, 300 * MIB, 800 * MIB)
    assert fit.told == (
        "About 8 min on the GPU for 1,000 steps (500 ms each), with about 300 MiB of memory."
    )


def test_the_command_line_tells_and_trains_nothing(own_folders: Path, capsys) -> None:
    asked = ["train", "mog-iae", "--device", "cpu", "--dry-run", "--set", "batch=8"]
    assert main([*asked, "--steps", "50"]) == 0
    assert capsys.readouterr().out.startswith("About ")
    assert not list(own_folders.rglob("recipe.json"))
    assert main([*asked, "--set", "noise=20000", "--set", "width=4", "--set", "batch=1000000"]) == 1
    said = capsys.readouterr().out
    assert "will not fit" in said and "Try it with: --set batch=" in said
    assert main([*asked, "--set", "batch=1"]) == 2
