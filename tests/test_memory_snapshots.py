"""Weights that are held, and moved where there is room."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tiny import CPU, kind_of, pictures_of, snapshot_of
from trainer.inference import render, snapshot_cache
from trainer.inference.snapshot import fresh_snapshot
from trainer.inference.snapshot_cache import SnapshotCache, size_of
from trainer.messages import Probe
from trainer.recipe.catalogue import CATALOGUE


@pytest.mark.parametrize("kind", ["iae, encoder noise", "cycleiae, both noises"])
def test_a_copy_draws_the_same_pixels(kind: str) -> None:
    recipe = kind_of(kind)
    made = snapshot_of(recipe, 2)
    probe = Probe(1, pictures_of(recipe, 2), (1, 2, 3))
    copied = made.on(CPU)
    assert copied.model is not made.model
    pixels = [render.render(each, probe).tiles for each in (made, copied)]
    assert np.array_equal(*pixels)


def test_what_is_held_follows_the_memory_of_the_device(monkeypatch) -> None:
    free, one = [1 << 40], fresh_snapshot(CATALOGUE["mog-iae"], CPU)
    monkeypatch.setattr(snapshot_cache, "free_on", lambda device: free[0])
    cache = SnapshotCache()
    for key in range(5):
        cache.held(key, lambda: one)
    assert cache.size == 5 * size_of(one)
    free[0] = 0
    cache.held(5, lambda: one)
    assert cache.size == size_of(one), "the last one alone"
    cache.forget()
    assert cache.size == 0
