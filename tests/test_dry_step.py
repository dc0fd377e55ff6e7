"""Will it fit? What a few tried steps say, against what a training really takes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.folders import PLAIN, grey, write
from tests.studio import cycle
from trainer.cli import main
from trainer.data.amendments import END, Amendment, Amendments
from trainer.data.batches import TrainingBatches
from trainer.data.distributions import Empirical
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.fit import Fit, in_bytes, in_smaller_batches, in_time
from trainer.training import dry_step
from trainer.training.dry_step import dry_run
from trainer.training.loop import run, start
from trainer.training.step_memory import Peak
from trainer.training.terms import Terms

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
    found = dry_step._phases(Terms(recipe), range(steps))
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


def told(words: list[str], capsys) -> str:
    assert main([*words, "--device", "cpu"]) == 0
    return capsys.readouterr().out


def test_a_run_that_goes_on_is_told_the_steps_that_are_left(own_folders: Path, capsys) -> None:
    toy = ["train", "mog-iae"]
    new = [*toy, "--set", "width=16", "--set", "batch=16", "--set", "steps=30"]
    again = [*toy, "--resume", "--dry-run"]
    assert "for 12 steps" in told([*new, "--dry-run", "--steps", "12"], capsys)
    assert "for 900 steps" in told([*new, "--dry-run", "--steps", "900"], capsys)
    told([*new, "--steps", "10"], capsys)
    (run,) = (file.parent for file in own_folders.rglob("recipe.json"))
    assert "for 20 steps" in told(again, capsys), "of the newest run, not of the catalogue"
    assert "for 5 steps" in told([*again, "--out", str(run), "--steps", "15"], capsys)
    assert "already stands at step 10" in told([*again, "--steps", "10"], capsys)
    assert main(["amend", str(run), "steps=50"]) == 0
    capsys.readouterr()
    assert "for 40 steps" in told(again, capsys)
    assert "for 40 steps" in told([*again, "--minutes", "60"], capsys)


def test_minutes_are_told_as_the_steps_that_fit(capsys) -> None:
    toy = ["train", "mog-iae", "--set", "width=16", "--set", "batch=16", "--dry-run"]
    whole = f"{CATALOGUE['mog-iae'].schedule.steps:,} steps"
    found = told([*toy, "--minutes", "3"], capsys)
    assert found.startswith("About 3 min on the CPU for ") and whole not in found
    assert "for 10 steps" in told([*toy, "--minutes", "0.0001"], capsys)


def test_what_the_training_would_refuse_is_refused(tmp_path: Path, capsys) -> None:
    run = str(tmp_path / "run")
    toy = ["train", "mog-iae", "--out", run]
    options = ["--set", "width=16", "--set", "batch=16", "--steps", "4"]
    told([*toy, *options], capsys)
    photos = str(write(tmp_path / "photos", PLAIN))
    for words in (
        [*toy, "--steps", "9"],
        [*toy, "--resume", "--set", "batch=9"],
        [*toy, "--resume", "--seed", "9"],
        [*toy, "--resume", "--images", photos],
        ["train", "mog-gan", "--out", run, "--resume"],
        ["train", "mog-gan", "--resume"],
        ["train", "shoes-small", "--images-b", photos],
    ):
        said = []
        for more in ([], ["--dry-run"]):
            assert main([*words, *more, "--device", "cpu"]) == 2, words
            said.append(capsys.readouterr().err)
        assert said[0] == said[1] != ""


def test_a_dry_run_with_moved_images_leaves_the_run_as_it_is(tmp_path: Path, capsys) -> None:
    folder, run = write(tmp_path / "photos", PLAIN), tmp_path / "run"
    small = ["--set", "width=4", "--set", "batch=8", "--device", "cpu", "--steps", "2"]
    train = ["train", "drawn-10", "--out", str(run)]
    assert main([*train, "--images", str(folder), *small]) == 0
    before = (run / "recipe.json").read_bytes()
    again = [*train, "--resume", "--dry-run", "--steps", "5"]
    there = folder.rename(tmp_path / "there")
    assert "for 3 steps" in told([*again, "--images", str(there)], capsys)
    assert (run / "recipe.json").read_bytes() == before
    other = write(tmp_path / "other", {f"{i}.png": grey(i) for i in range(100, 120)})
    assert main([*again, "--images", str(other)]) == 2, "others are not those of the run"


def test_steps_in_the_warm_start_are_told_by_its_batch(monkeypatch) -> None:
    """Of the first steps of a long run, and of one whose end was moved after its warm start."""
    monkeypatch.setattr(dry_step, "ENOUGH", 0.0)
    recipe = CATALOGUE["mog-iae"].but(width=16, batch=8, steps=100, warm=0.2, warm_batch=64)
    tried: list[int] = []

    def noted(state, terms, batches, phase, progress):
        tried.append(terms.schedule(phase.step).batch)
        return dry_step._Tried((Peak(8, 0),), 1.0)

    monkeypatch.setattr(dry_step, "_try", noted)
    for terms, steps, expected in (
        (Terms(recipe), range(15), [64]),
        (Terms(recipe), range(100), [64, 8]),
        (Terms(recipe), range(30, 100), [8]),
        (Terms(recipe, Amendments((Amendment(30, END, 900),))), range(30, 900), [8]),
    ):
        tried.clear()
        dry_step.dry_steps(terms, steps, CPU)
        assert tried == expected
