"""A model from outside the package: registered, and it is trained like the others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tiny import CPU, ROOT, batches_of, pictures_of, recipe_of, same, weights
from trainer.data.batches import Batch
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import publish
from trainer.messages import LOSSES, Probe
from trainer.models.base import StepLosses
from trainer.models.building import build_model
from trainer.models.iae import IAE
from trainer.objectives.penalties import Penalty
from trainer.objectives.schedule import Schedule
from trainer.recipe.specs import FAMILIES, MODELS, ModelSpec
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start


class SparseIAE(IAE):
    """An IAE whose codes are kept small: a variant, all of it."""

    def step_losses(self, batch: Batch, now: Schedule, rng: torch.Generator) -> StepLosses:
        found = super().step_losses(batch, now, rng)
        code = found.games[-1].fake[0]
        found.penalties.append(Penalty("L1 error", code.abs().mean(), 0.1))
        return found


@pytest.fixture(params=["class", "name"])
def spec(request: pytest.FixtureRequest) -> Iterator[ModelSpec]:
    build = SparseIAE if request.param == "class" else "tests.test_model_specs:SparseIAE"
    with MODELS.registered(ModelSpec("sparse", "Sparse IAE", "Variants", build)) as spec:
        yield spec


@pytest.mark.parametrize("of", ["drawn-10", "mog-iae"])
def test_a_model_from_outside_trains_resumes_and_draws(
    of: str, spec: ModelSpec, tmp_path: Path
) -> None:
    recipe = recipe_of(of, f"model={spec.name}", "steps=12", "warm=0")
    folder, state = RunFolder.create(tmp_path / "run", recipe), start(recipe, CPU)
    batches = batches_of(recipe)
    for progress in run(state, batches, 6):
        folder.record(progress)
    folder.save(state, batches)
    assert np.isfinite(folder.curves()[:, LOSSES.index("L1 error")]).all()
    resumed = RunFolder(tmp_path / "run").load(CPU)
    for each in (state, resumed):
        list(run(each, batches, 12))
    assert same(weights(state), weights(resumed))
    export_model(publish(state.ema, 12, CPU, batches), tmp_path / "model.safetensors", {})
    for path in (tmp_path / "run", tmp_path / "model.safetensors"):
        shown = load_snapshot(path, CPU)
        assert type(shown.model).__name__ == "SparseIAE"
        if recipe.two_dimensional:
            assert sample_cloud(shown, 0, 0).fake.shape == (2000, 2)
        else:
            told = render(shown, Probe(0, pictures_of(recipe, 2), (0, 1, 2)))
            assert told.tiles.shape[:2] == (2, 3)


def test_seeding_a_model_leaves_every_global_generator_alone() -> None:
    """`torch.manual_seed` would seed the GPUs as well, under a training that runs there."""
    before = torch.random.get_rng_state()
    one, other = (build_model(recipe_of("mog-iae")) for _ in range(2))
    assert same(one.state_dict(), other.state_dict())
    assert torch.equal(torch.random.get_rng_state(), before)
    for path in [*(ROOT / "trainer").rglob("*.py"), *(ROOT / "iae_studio").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (
                isinstance(node, ast.Attribute)
                and node.attr == "manual_seed"
                and isinstance(node.value, ast.Name)
                and node.value.id == "torch"
            ), f"{path}:{node.lineno}"


def test_tables_2_and_3_take_no_encoder_noise() -> None:
    """In their last layer it would make a Gaussian posterior of one shape, not an implicit one."""
    reads = {family.name: "encoder_noise" in family.options for family in FAMILIES}
    assert not reads["svhn"] and not reads["celeba"]
    assert reads["mnist"] and reads["small"] and reads["small-colour"] and reads["resnet"]
