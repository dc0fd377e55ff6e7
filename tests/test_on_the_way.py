"""A whole step and a whole picture look at no value on their way, and know no float64.

The same is tried on a device of its own in test_pretend.py, which wants a torch that has one.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from tests.on_the_way import NoLookNoFloat64
from tests.tiny import CPU, KINDS, batches_of, kind_of, pictures_of
from trainer.inference.render import render, render_clusters, sample_cloud
from trainer.inference.snapshot import publish
from trainer.messages import Probe, column_seeds
from trainer.objectives.augmentation import _affine, _sampled
from trainer.training.loop import start
from trainer.training.step import next_batch, step

WARM, LATER = 0, 13  # steps of 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_and_a_picture_of_every_kind(kind: str) -> None:
    recipe = kind_of(kind).but(batch=3)
    state, batches = start(recipe, CPU), batches_of(recipe)
    for number in (WARM, LATER) if recipe.schedule.warm else (LATER,):
        state.step = number
        with NoLookNoFloat64():
            step(state, next_batch(state, batches))
    snapshot = publish(state.ema, state.step, CPU, batches)
    if recipe.two_dimensional:
        with NoLookNoFloat64():
            sample_cloud(snapshot, 1, 3)
        return
    probe = Probe(
        *(1, pictures_of(recipe, 2), column_seeds(2, 3)),
        code_offsets=(0.5, -1.0),
        noise_offsets=(0.0, 1.5),
    )
    with NoLookNoFloat64():
        render(snapshot, probe)
        if recipe.categorical:
            render_clusters(snapshot, probe)


@pytest.mark.parametrize(
    "forbidden",
    [
        lambda x: x.double(),
        lambda x: float(x.sum()),
        lambda x: bool((x > 1).any()),
        lambda x: x[x > 1],
        lambda x: x.nonzero(),
        lambda x: torch.equal(x, x),
        lambda x: x.repeat_interleave(x.long()),
    ],
)
def test_what_is_watched_for_is_seen(forbidden: Callable[[torch.Tensor], object]) -> None:
    with pytest.raises(AssertionError), NoLookNoFloat64():
        forbidden(torch.arange(3.0))


def test_without_a_border_to_sample_beyond_the_picture_is_the_same() -> None:
    """Turned, sheared and moved far: much of it lies outside."""
    rng = torch.Generator().manual_seed(0)
    images = torch.rand(20, 3, 9, 14, generator=rng)
    maps = _affine(4 * torch.rand(20, 6, generator=rng) - 2, 14 / 9)
    grid = torch.nn.functional.affine_grid(maps, list(images.shape), align_corners=False)
    assert (grid.abs() > 1).any()
    known, found = (_sampled(images, grid, whole=whole) for whole in (True, False))
    torch.testing.assert_close(found, known, rtol=0, atol=1e-5)
