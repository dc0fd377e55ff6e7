"""Benchmarks start, and what they compare is the same training."""

from __future__ import annotations

import importlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tiny import CPU, batches_of, kept_losses, recipe_of

FOLDER = Path(__file__).parent.parent / "benchmarks"


@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.glob("[a-z]*.py")))
def test_every_benchmark_can_be_imported(name: str) -> None:
    importlib.import_module(f"benchmarks.{name}")


@pytest.mark.parametrize(
    "recipe",
    [
        ("mog-iae",),
        ("fiae-toy",),
        ("drawn-10", "warm=0"),
        ("drawn-10", "warm=0", "r1_every=1", "euclidean=0.3"),
        ("svhn-75-small", "warm=0"),
        ("shoes-small",),
        ("faces-small",),
        ("faces-small", "noise_scale=0.1"),  # draws so near each other that they cost something
    ],
)
def test_the_engine_trains_as_a_plain_loop_does(recipe: tuple[str, ...]) -> None:
    """Discriminators asked once for all sides, one Adam for both maps: the losses stay the same."""
    from benchmarks.training import compare

    made = recipe_of(*recipe)
    assert 0 <= compare(made, batches_of(made)) < 1e-4  # a term left out makes 7e-4


def test_what_the_windows_training_is_compared_with_is_kept_on_disk_as_well(tmp_path: Path) -> None:
    """Else the window would be charged for checkpoints and moments, which every training pays."""
    from benchmarks.window_cost import rate
    from trainer.storage.snapshots import moments_in
    from trainer.training.checkpoint import RunFolder

    run = tmp_path / "run"
    assert rate(recipe_of("mog-iae"), 0.5, run, warm_up=0.1) > 0
    assert RunFolder(run).load(CPU).step == kept_losses(run) > 0
    assert moments_in(run)


@pytest.mark.slow
def test_all_that_waits_for_a_gpu_runs_on_the_cpu(tmp_path: Path) -> None:
    """There is a quarter of an hour for it, once: it must not be spent on typing errors."""
    from benchmarks.gpu.parts import parts

    names = [part.name for part in parts(quick=True) if "pytest" not in part.words]
    assert len(names) == 10
    words = ["--out", str(tmp_path), "--device", "cpu", "--quick", "--minutes", "10"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu", *words, "--parts", *names],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    told = (tmp_path / "told.txt").read_text()
    assert "All is well" in done.stdout and "FAILED" not in told, done.stdout + done.stderr
    assert all(f"## {name}: 0, " in told for name in names)
    kept = zipfile.ZipFile(tmp_path / "learned.zip").namelist()
    assert [Path(name).suffix for name in kept] == [".npy", ".png", ".json"]
    assert len(list(tmp_path.iterdir())) == 3, "few files come back"


NOT_THERE = (
    "PySide6",
    "pyqtgraph",
    "pytestqt",
    "wakepy",
    "xdist",
    "av",
    "pillow_heif",
    "hypothesis",
)


def test_what_goes_to_a_gpu_needs_no_window_and_nothing_else_that_is_not_there() -> None:
    """As on a machine in a rack: what the GPU parts import is imported without it."""
    from benchmarks.gpu.parts import ENGINE_TESTS

    gpu = [f"benchmarks.gpu.{file.stem}" for file in (FOLDER / "gpu").glob("[a-z]*.py")]
    names = [*gpu, "benchmarks.training", *(f"tests.{name}" for name in ENGINE_TESTS)]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({NOT_THERE})); "
        f"import {', '.join(names)}; from benchmarks.gpu.__main__ import missing; "
        "assert not missing(), missing(); import importlib.machinery, types; "
        "older = types.ModuleType('filelock'); "
        "older.__spec__ = importlib.machinery.ModuleSpec('filelock', None); "
        "sys.modules.update(filelock=older, platformdirs=None); print(*missing(), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parent, check=True, capture_output=True, text=True
    )
    said = done.stdout.splitlines()
    assert said[0].startswith("filelock is too old") and said[1].startswith("platformdirs is miss")


def test_trials_for_a_gpu_are_recipes_and_their_records_are_those_of_reproduce() -> None:
    from benchmarks.gpu.learned import CLAIMED, TRIALS, made
    from trainer.reporting.reproduce.records import described

    for trial in TRIALS:
        recipe = made(trial, Path())
        assert recipe.schedule.steps >= 10_000
        if trial.name in CLAIMED:
            assert described(CLAIMED[trial.name].made(Path(), 0)) == described(recipe)
    assert [trial.name in CLAIMED for trial in TRIALS[:8]] == [True] * 8


def test_what_comes_back_from_a_gpu_is_in_few_files_of_a_bounded_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchmarks.gpu import packs

    monkeypatch.setattr(packs, "PIECE", 10)
    monkeypatch.setattr(packs, "MOST_WEIGHTS", 70)
    monkeypatch.setattr(packs, "MOST_SMALL", 400)
    kept = packs.Packs(tmp_path, tmp_path)
    weights = tmp_path / "a.safetensors"
    for name, size, fits in (("a", 25, True), ("b", 31, False), ("b", 30, True), ("c", 1, False)):
        weights = tmp_path / f"{name}.safetensors"
        weights.write_bytes(bytes(range(size)))
        assert (kept.add_weights(weights) == "") is fits, name
        assert not weights.exists()
    whole = b"".join(file.read_bytes() for file in sorted(tmp_path.glob("a.safetensors.*")))
    assert whole == bytes(range(25)) and len(list(tmp_path.glob("*.safetensors.*"))) == 6
    assert kept.add("one", b"1") == "" and kept.add("two", b"2") == ""
    assert "full" in kept.add("three", bytes(400))
    assert zipfile.ZipFile(tmp_path / "learned.zip").namelist() == ["one", "two"]
    assert [kept.taken("mnist"), kept.taken("mnist"), kept.taken("shoes")] == [False, True, False]


def test_a_whole_trial_comes_back_as_a_record_of_reproduce(tmp_path: Path) -> None:
    """Unpacked into docs/ it is a row of the page of results; one that was cut short is none."""
    from benchmarks.gpu.learned import QUICK, Place, made, pack_record
    from benchmarks.gpu.packs import Packs
    from trainer.inference.snapshot import publish
    from trainer.reporting.reproduce.records import read_records
    from trainer.training.loop import start

    (trial,) = QUICK
    whole = made(trial, None)
    state, batches = start(whole, CPU), batches_of(whole)
    place = Place(Packs(tmp_path, tmp_path), None, CPU, 0.0)
    told = {"metrics": {"modes": 7}, "seconds": 90.0}
    for step in (whole.schedule.steps - 1, whole.schedule.steps):
        state.step = step
        snapshot = publish(state.ema, step, CPU, batches)
        pack_record(trial, whole, snapshot, state, told, place)
        assert (tmp_path / "learned.zip").exists() is (step == whole.schedule.steps)
    zipfile.ZipFile(tmp_path / "learned.zip").extractall(tmp_path)
    (record,) = read_records(tmp_path / "results", trial.name)
    assert record.is_of(whole) and record.minutes == 1.5 and record.metrics == {"modes": 7}


def test_low_precision_is_judged_by_the_spread_of_the_seeds() -> None:
    from benchmarks.gpu.seeds import compared

    full = [{"mse": 0.010, "label": 0.90}, {"mse": 0.012, "label": 0.92}]
    low = [{"mse": 0.0125, "label": 0.80}, {"mse": 0.0115, "label": 0.82}]
    lines = compared(full, low)
    assert [line.split(":")[0] for line in lines] == ["within  mse", "OUTSIDE label"]
