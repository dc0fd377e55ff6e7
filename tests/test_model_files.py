"""A model in one small file: it draws as its run does, and says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from tests.tiny import CPU, ROOT, digits, leftovers, recipe_of, snapshot_of
from trainer.data.points import nearest_mode
from trainer.explore import Snapshot, render, sample_cloud
from trainer.messages import Probe, UserError
from trainer.model_files import export_model, file_metrics, load_snapshot

SHIPPED = sorted((ROOT / "assets" / "models").glob("*.safetensors"))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return snapshot_of(recipe_of("drawn-10", "noise_scale=1"), steps=40)


@pytest.fixture
def file(snapshot: Snapshot, tmp_path: Path) -> Path:
    export_model(snapshot, tmp_path / "model.safetensors", {"mse": 0.5})
    return tmp_path / "model.safetensors"


def test_an_exported_model_draws_as_the_one_it_was_made_of(snapshot: Snapshot, file: Path) -> None:
    loaded = load_snapshot(file, CPU)
    assert loaded.recipe == snapshot.recipe and loaded.step == 40
    assert file_metrics(file) == {"mse": 0.5}
    assert loaded.facts() == snapshot.facts()
    edits = {"code_offsets": (1.0, -1.0), "noise_offsets": (1.0,)}
    probe = Probe(1, digits(5), (0, 1, 2), **edits)
    ours, theirs = render(snapshot, probe).tiles, render(loaded, probe).tiles
    # Weights of 16 bits: a grey level or two.
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 4
    assert not leftovers(file.parent)


def test_a_model_of_points_is_a_file_too(tmp_path: Path) -> None:
    snapshot = snapshot_of(recipe_of("mog-iae"))
    export_model(snapshot, tmp_path / "points.safetensors", {})
    loaded = load_snapshot(tmp_path / "points.safetensors", CPU)
    ours, theirs = sample_cloud(snapshot, 1, 0), sample_cloud(loaded, 1, 0)
    np.testing.assert_allclose(ours.fake, theirs.fake, atol=0.02)
    assert theirs.real.shape == (2000, 2)


@pytest.mark.parametrize("content", [b"", b"junk", b"\xff" * 200])
def test_damaged_files_are_told(file: Path, content: bytes) -> None:
    for damaged in (content, file.read_bytes()[: len(content) + 50]):
        file.write_bytes(damaged)
        with pytest.raises(UserError, match=r"model\.safetensors cannot be read"):
            load_snapshot(file, CPU)


def test_other_files_are_told(file: Path, tmp_path: Path) -> None:
    with safe_open(str(file), "pt") as opened:
        meta = opened.metadata()
    tensors, other = load_file(file), tmp_path / "other.safetensors"
    wider = json.dumps(json.loads(meta["recipe"]) | {"width": 5})
    cases = [
        ({}, "not a model of IAE Studio"),
        (meta | {"kind": "iae-studio model 99"}, "not a model of IAE Studio"),
        (meta | {"recipe": "{}"}, "recipe lacks"),
        (meta | {"recipe": wider}, "does not fit the recipe"),
        ({"kind": meta["kind"]}, "names no recipe or step"),
        (meta | {"step": "many"}, "names no recipe or step"),
    ]
    for changed, told in cases:
        save_file(tensors, other, changed or None)
        with pytest.raises(UserError, match=told):
            load_snapshot(other, CPU)
    partly = {k: v for k, v in tensors.items() if "running_var" not in k}
    save_file(partly, other, meta)
    with pytest.raises(UserError, match="does not fit the recipe"):
        load_snapshot(other, CPU)
    with pytest.raises(UserError, match="does not exist"):
        load_snapshot(tmp_path / "gone.safetensors", CPU)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_shipped_models_are_small_and_draw(shipped: Path) -> None:
    assert shipped.stat().st_size <= 3 * 2**20
    snapshot = load_snapshot(shipped, CPU)
    assert snapshot.recipe.name == shipped.stem
    assert all(torch.isfinite(v).all() for v in snapshot.model.state_dict().values())
    if snapshot.recipe.two_dimensional:
        _, sigmas = nearest_mode(torch.tensor(sample_cloud(snapshot, 1, 0).fake))
        assert (sigmas < 4).float().mean() > 0.8
        return
    assert snapshot.directions is not None
    pictures = digits(4)
    drawn = render(snapshot, Probe(1, pictures, (0, 1)))
    error = (drawn.tiles[:, 0] / 255.0 - pictures / 255.0) ** 2
    assert error.mean() < 0.1


def test_a_model_is_shipped() -> None:
    assert SHIPPED
