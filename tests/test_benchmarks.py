"""Benchmarks start, and what they compare is the same training."""

from __future__ import annotations

import importlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tiny import batches_of, recipe_of

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


PARTS = ("losses", "resume", "pixels", "memory", "speed", "speed-bf16", "learned")


@pytest.mark.slow
def test_all_that_waits_for_a_gpu_runs_on_the_cpu(tmp_path: Path) -> None:
    """There is a quarter of an hour for it, once: it must not be spent on typing errors."""
    words = ["--out", str(tmp_path), "--device", "cpu", "--quick", "--minutes", "10"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu", *words, "--parts", *PARTS],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "All is well" in done.stdout, done.stdout + done.stderr
    kept = zipfile.ZipFile(tmp_path / "learned.zip").namelist()
    assert [Path(name).suffix for name in kept] == [".safetensors", ".npy", ".json", ".png"]


def test_the_engine_and_its_tests_need_no_window() -> None:
    """As on a machine in a rack: what the GPU parts import is imported without it."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['PySide6', 'pyqtgraph', 'pytestqt'])); "
        "import benchmarks.gpu.right, benchmarks.gpu.learned, benchmarks.training; "
        "import tests.test_captured, tests.test_training, tests.test_checkpoint, tests.test_models"
    )
    subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parent, check=True)


def test_trials_for_a_gpu_are_recipes() -> None:
    from benchmarks.gpu.learned import TRIALS, made

    for trial in TRIALS:
        assert made(trial, Path()).schedule.steps >= 10_000
