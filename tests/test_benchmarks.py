"""Benchmarks start, and what they compare is the same training."""

from __future__ import annotations

import importlib
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
