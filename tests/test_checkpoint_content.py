"""What is kept in a checkpoint, under which name, and who reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.steps import (
    saved_run,
)
from tests.tiny import (
    CPU,
    batches_of,
    kind_of,
    recipe_of,
    same,
    trained,
)
from trainer.inference import model_files
from trainer.inference.model_files import load_snapshot
from trainer.inference.snapshot import publish
from trainer.messages import UserError
from trainer.models.cycleiae import CycleIAE
from trainer.training.checkpoint import FORMAT, STATE, RunFolder
from trainer.training.loop import LOSSES


def test_adams_moments_are_kept_by_name_whatever_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CycleIAE's maps are of one shape: by their places the moments would fit, and be wrong."""
    run_folder, state = saved_run(tmp_path / "run", kind_of("cycleiae, no noise"), steps=4)
    named = CycleIAE.generators
    monkeypatch.setattr(CycleIAE, "generators", lambda self: dict(reversed(named(self).items())))
    loaded = run_folder.load(CPU)
    assert next(iter(loaded.optimised("generators"))).startswith("decoder")
    monkeypatch.undo()
    ours, theirs = state.optimisers["generators"].state, loaded.optimisers["generators"].state
    for name, weight in state.optimised("generators").items():
        other = loaded.optimised("generators")[name]
        assert torch.equal(ours[weight]["exp_avg"], theirs[other]["exp_avg"]), name
        assert ours[weight]["exp_avg"].abs().sum() > 0


def test_a_run_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    file = run_folder.path / "recipe.json"
    content = json.loads(file.read_text())
    assert content["format"] == FORMAT
    file.write_text(json.dumps(content | {"format": FORMAT + 1}))
    with pytest.raises(UserError, match=f"newer version.*format {FORMAT + 1}.*update"):
        run_folder.load(CPU)


def test_a_run_that_calls_its_losses_otherwise_is_read(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    file = run_folder.path / "recipe.json"
    content = json.loads(file.read_text())
    content["losses"][6] = "Euclidean error"  # what is a cross-entropy of pixels was called so
    file.write_text(json.dumps(content))
    assert run_folder.curves().shape == (3, len(LOSSES))


@pytest.mark.parametrize("of", ["drawn-10", "mog-iae", "faces-small"])
def test_showing_a_run_reads_no_optimiser_and_no_data(
    of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of(of)
    state, _ = trained(recipe, 4)
    run_folder = RunFolder.create(tmp_path / "run", recipe)
    run_folder.save(state, batches_of(recipe))
    file = run_folder.path / STATE
    tensors = load_file(file)
    shown = {k: v for k, v in tensors.items() if k.startswith(("ema.", "directions.", "points"))}
    assert len(shown) < len(tensors) / 2
    save_file(shown, file, {"step": "4"})  # as if the rest could not be read
    monkeypatch.setattr(model_files, "load_data", _no_data)
    opened = load_snapshot(run_folder.path, CPU)
    wanted = publish(state.ema, state.step, CPU, batches_of(recipe))
    assert opened.facts() == wanted.facts()
    assert same(opened.model.state_dict(), wanted.model.state_dict())
    if recipe.two_dimensional:
        assert opened.points is not None and torch.equal(opened.points, wanted.points)
        return
    assert opened.directions is not None and wanted.directions is not None
    assert same(opened.directions.tensors(), wanted.directions.tensors())


def _no_data(*_: object) -> None:
    raise AssertionError("the data set was loaded")


def test_a_checkpoint_is_written_even_where_no_directions_are_found(tmp_path: Path) -> None:
    """Codes that are not finite have none; what was trained is kept all the same."""
    recipe = recipe_of("drawn-10")
    state, _ = trained(recipe, 3)
    with torch.no_grad():
        for weight in state.ema.encoder.parameters():
            weight.fill_(1e38)
    run_folder = RunFolder.create(tmp_path / "run", recipe)
    run_folder.save(state, batches_of(recipe))
    assert run_folder.load(CPU).step == 3
    assert not any(key.startswith("directions.") for key in load_file(run_folder.path / STATE))
