"""A whole step, and a picture, of a model that lies on a GPU leave nothing on the CPU behind."""

from __future__ import annotations

import copy
import inspect
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.strict_device import DEVICE, Numbers, StrictDevice, There, moved
from tests.tiny import batches_of, kind_of, pictures_of, snapshot_of
from trainer.data.batches import TrainingBatches
from trainer.data.distributions import Empirical
from trainer.inference.render import render, render_clusters
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, column_seeds
from trainer.models.building import build_model
from trainer.models.directions import Directions
from trainer.recipe.recipe import Recipe
from trainer.training import step as steps
from trainer.training.state import TrainState

TRAINED = (
    *("iae, encoder noise", "iae, labels", "iae, points", "vae"),
    *("cycleiae, both noises", "fiae, guesses", "infogan"),
)
DRAWN = ("iae", "iae, no noise", "iae, categories", "cycleiae, both noises")


def there(data: Empirical | None) -> Empirical | None:
    return None if data is None else Empirical(There(data.rows))


def state_there(recipe: Recipe) -> TrainState:
    """A fresh training on the device; with an Adam that knows no GPU."""
    model = build_model(recipe)
    ema = copy.deepcopy(model).requires_grad_(False).eval()
    ema.discriminators.clear()
    moved(model)
    moved(ema)
    networks = {
        "generators": list(model.generators().values()),
        "discriminators": [model.discriminators] if len(model.discriminators) else [],
    }
    optimisers = {
        name: torch.optim.Adam(
            [{"params": list(each.parameters()), "lr": 0.0} for each in given],
            foreach=False,
        )
        for name, given in networks.items()
        if given
    }
    return TrainState(recipe, model, ema, optimisers, Numbers())


def batches_there(recipe: Recipe) -> TrainingBatches:
    here = batches_of(recipe)
    data = there(here.data)
    assert data is not None
    labels = None if here.labels is None else There(here.labels)
    return TrainingBatches(data, there(here.other), there(here.labelled), labels)


@pytest.mark.parametrize("kind", TRAINED)
def test_a_step_mixes_no_devices(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With gradient penalties in the warm start, and after it without."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # of known devices only
    recipe = kind_of(kind)
    state, batches = state_there(recipe), batches_there(recipe)
    with StrictDevice():
        for number in (0, 13):
            state.step = number
            losses = steps.step(state, steps.next_batch(state, batches))
            assert losses.device == DEVICE
        assert bool(losses[-1].isfinite())


@pytest.mark.parametrize("kind", DRAWN)
def test_a_picture_of_a_model_on_a_gpu_is_the_cpus(kind: str) -> None:
    shown = snapshot_of(kind_of(kind), steps=3)
    model, known = copy.deepcopy(shown.model), shown.directions
    assert known is not None
    moved(model)
    directions = Directions(*(There(each.clone()) for each in known.tensors().values()))
    far = Snapshot(shown.recipe, shown.step, model, directions, DEVICE)
    offsets = ((1.0,) if len(known.code_axes) else (), (1.0,) if len(known.noise_axes) else ())
    pictures = pictures_of(shown.recipe, 2)
    probe = Probe(1, pictures, column_seeds(0, 3), code_offsets=offsets[0])
    decorated = render_clusters if shown.recipe.categorical else render
    draw = inspect.unwrap(decorated)  # inference mode would not have it
    for asked in (probe, replace(probe, noise_offsets=offsets[1]), replace(probe, raw_code=True)):
        wanted = decorated(shown, asked).tiles
        with pytest.MonkeyPatch.context() as patched, torch.no_grad(), StrictDevice():
            patched.setattr(torch, "tensor", _tensor)
            made = draw(far, asked).tiles
        np.testing.assert_array_equal(made, wanted)


_usual = torch.tensor


def _tensor(data: object, device: object = None, **more: object) -> torch.Tensor:
    made = _usual(data, **more)  # type: ignore[arg-type]
    return There(made) if device == DEVICE else made


def test_what_lies_on_both_is_refused() -> None:
    with StrictDevice(), pytest.raises(RuntimeError, match="same device"):
        torch.zeros(2, device=DEVICE) + torch.ones(2)
