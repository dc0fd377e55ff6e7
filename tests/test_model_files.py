"""A model in one small file: it draws as its run does, and says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from tests.tiny import (
    CPU,
    KINDS,
    ROOT,
    batches_of,
    digits,
    kind_of,
    leftovers,
    pictures_of,
    recipe_of,
    snapshot_of,
    trained,
)
from trainer.data.batches import TrainingBatches
from trainer.data.drawing.points import FOUR, mode_centres
from trainer.data.loading import some_test_images
from trainer.inference.model_files import export_model, known_metrics, load_snapshot
from trainer.inference.render import render, render_clusters, sample_cloud
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Pixels, Probe, UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS
from trainer.training.checkpoint import RunFolder

SHIPPED = sorted((ROOT / "assets" / "models").glob("*.safetensors"))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return snapshot_of(recipe_of("drawn-10", "noise_scale=1"), steps=40)


def apart(ours: Pixels, theirs: Pixels) -> int:
    """The largest difference, in grey levels."""
    assert ours.shape == theirs.shape
    return int(np.abs(ours.astype(int) - theirs.astype(int)).max())


@pytest.fixture
def file(snapshot: Snapshot, tmp_path: Path) -> Path:
    export_model(snapshot, tmp_path / "model.safetensors", {"mse": 0.5})
    return tmp_path / "model.safetensors"


def test_an_exported_model_draws_as_the_one_it_was_made_of(snapshot: Snapshot, file: Path) -> None:
    loaded = load_snapshot(file, CPU)
    assert loaded.recipe == snapshot.recipe and loaded.step == 40
    assert known_metrics(file) == {"mse": 0.5}
    assert loaded.facts() == snapshot.facts()
    edits = {"code_offsets": (1.0, -1.0), "noise_offsets": (1.0,)}
    probe = Probe(1, digits(5), (0, 1, 2), **edits)
    ours, theirs = render(snapshot, probe).tiles, render(loaded, probe).tiles
    # Weights of 16 bits, and edits that move things further.
    assert apart(ours, theirs) <= 4
    assert not leftovers(file.parent)


def test_a_model_of_points_is_a_file_too(tmp_path: Path) -> None:
    snapshot = snapshot_of(recipe_of("mog-iae"))
    export_model(snapshot, tmp_path / "points.safetensors", {})
    loaded = load_snapshot(tmp_path / "points.safetensors", CPU)
    ours, theirs = sample_cloud(snapshot, 1, 0), sample_cloud(loaded, 1, 0)
    np.testing.assert_allclose(ours.fake, theirs.fake, atol=0.02)
    assert theirs.real.shape == (2000, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_draws_from_its_file(kind: str, tmp_path: Path) -> None:
    snapshot, path = snapshot_of(kind_of(kind), steps=10), tmp_path / "model.safetensors"
    export_model(snapshot, path, {})
    loaded = load_snapshot(path, CPU)
    assert loaded.recipe == snapshot.recipe and loaded.facts() == snapshot.facts()
    if snapshot.recipe.two_dimensional:
        ours, theirs = sample_cloud(snapshot, 1, 0), sample_cloud(loaded, 1, 0)
        np.testing.assert_allclose(ours.fake, theirs.fake, atol=0.02)
        assert (ours.codes is None) is (theirs.codes is None)
        return
    probe = Probe(1, pictures_of(snapshot.recipe, 5), (0, 1, 2))
    ours, theirs = render(snapshot, probe), render(loaded, probe)
    for part in ("tiles", "code_pictures", "way_back"):
        one, other = getattr(ours, part), getattr(theirs, part)
        assert (one is None) is (other is None)
        assert one is None or apart(one, other) <= 2
    np.testing.assert_allclose(ours.codes, theirs.codes, atol=0.02)


@pytest.mark.parametrize("kind", ["iae", "cycleiae, encoder noise", "fiae, categories", "infogan"])
def test_every_kind_of_run_can_be_opened(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.inference.model_files.load_data", lambda *_, **__: _Data())
    recipe = kind_of(kind)
    state, _ = trained(recipe, 4)
    RunFolder.create(tmp_path / "run", recipe).save(state)
    opened = load_snapshot(tmp_path / "run", CPU)
    ours = publish(state.ema, state.step, CPU, batches_of(recipe))
    assert opened.facts() == ours.facts() and opened.step == 4


class _Data:
    """The little data of the tests in the place of the whole."""

    def batches(self, recipe: Recipe, device: torch.device) -> TrainingBatches:
        return batches_of(recipe)


@pytest.mark.parametrize(
    ("images", "images_b"), [("/home/me/secret/red", "/home/me/secret/blue"), (".", "..")]
)
def test_a_model_file_tells_nobody_where_its_images_lay(
    images: str, images_b: str, tmp_path: Path
) -> None:
    drawn, path = recipe_of("shoes-small"), tmp_path / "model.safetensors"
    state, _ = trained(drawn, 2)
    state.ema.recipe = drawn.with_images(images, images_b)
    snapshot = publish(state.ema, state.step, CPU, batches_of(drawn))
    export_model(snapshot, path, {})
    with safe_open(str(path), "pt") as opened:
        meta = opened.metadata()
    assert not any("secret" in text or "home" in text for text in meta.values())
    # It needs none of them to draw.
    loaded = load_snapshot(path, CPU)
    assert loaded.recipe.data.name == "folder" and loaded.recipe.data.images
    probe = Probe(1, pictures_of(drawn, 2), (0, 1))
    assert apart(render(snapshot, probe).tiles, render(loaded, probe).tiles) <= 2


def test_a_run_whose_folder_of_images_is_gone_can_still_draw(tmp_path: Path) -> None:
    recipe = recipe_of("shoes-small").with_images(str(tmp_path / "gone"))
    state, _ = trained(recipe_of("shoes-small"), 2)
    RunFolder.create(tmp_path / "run", recipe).save(state)
    opened = load_snapshot(tmp_path / "run", CPU)
    assert opened.step == 2
    probe = Probe(1, pictures_of(recipe_of("shoes-small"), 2), (0, 1))
    assert render(opened, probe).tiles.shape[:2] == (2, 2)


@pytest.mark.parametrize("content", [b"", b"junk", b"\xff" * 200])
def test_damaged_files_are_told(file: Path, content: bytes) -> None:
    for damaged in (content, file.read_bytes()[: len(content) + 50]):
        file.write_bytes(damaged)
        with pytest.raises(UserError, match=r"model\.safetensors cannot be read"):
            load_snapshot(file, CPU)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_flipped_bit_goes_unseen(file: Path, data: st.DataObject) -> None:
    content = bytearray(file.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    spoiled = file.with_name("spoiled.safetensors")
    spoiled.write_bytes(content)
    before = load_snapshot(file, CPU)
    try:
        after = load_snapshot(spoiled, CPU)
    except UserError as error:
        assert "spoiled.safetensors" in str(error)
        return
    # What can differ is what the file says of itself: a word, a measure, a number of steps.
    ours, theirs = before.model.state_dict(), after.model.state_dict()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


def test_other_files_are_told(file: Path, tmp_path: Path) -> None:
    with safe_open(str(file), "pt") as opened:
        meta = opened.metadata()
    tensors, other = load_file(file), tmp_path / "other.safetensors"
    recipe = json.loads(meta["recipe"])
    wider = json.dumps(recipe | {"model": recipe["model"] | {"width": 5}})
    cases = [
        ({}, "not a model of IAE Studio"),
        (meta | {"kind": "iae-studio model 99"}, "newer version.*update to open it"),
        (meta | {"kind": f"iae-studio model {'9' * 5000}"}, "newer version.*update to open it"),
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
    with pytest.raises(UserError, match="running_var is missing"):
        load_snapshot(other, CPU)
    with pytest.raises(UserError, match="does not exist"):
        load_snapshot(tmp_path / "gone.safetensors", CPU)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_shipped_models_are_small_and_draw(shipped: Path) -> None:
    assert shipped.stat().st_size <= 3 * 2**20
    snapshot = load_snapshot(shipped, CPU)
    assert snapshot.recipe.name == shipped.stem
    assert all(torch.isfinite(v).all() for v in snapshot.model.state_dict().values())
    recipe = snapshot.recipe
    if recipe.two_dimensional:
        cloud = sample_cloud(snapshot, 1, 0)
        centres = mode_centres() if recipe.data.name == "mog" else torch.tensor(FOUR)
        assert (torch.cdist(torch.tensor(cloud.fake), centres).amin(1) < 0.4).float().mean() > 0.8
        return
    assert snapshot.directions is not None
    if DATA_SETS[recipe.data.name].drawn:
        seen = some_test_images(recipe, None, 6, 0)[0].permute(0, 2, 3, 1).contiguous().numpy()
    else:  # drawn digits stand in for those that would have to be fetched
        seen = digits(6)
    told = render(snapshot, Probe(1, seen, (0, 1)))
    if recipe.categorical:  # what comes back is of a kind, not the same
        made = render_clusters(snapshot, Probe(1, seen[:0], (0, 1))).tiles / 255.0
        # House numbers may be faint, and their paper lighter than the ink.
        most, apart = (0.6, 0.05) if recipe.data.colour else (0.3, 0.1)
        assert 0.05 < made.mean() < most and made[0].std(0).mean() > apart
        return
    back = told.tiles if told.way_back is None else told.way_back
    assert ((back[:, 0] / 255.0 - seen / 255.0) ** 2).mean() < 0.1


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_model_is_what_its_experiment_trains(shipped: Path) -> None:
    """The window asks the weights at hand in the recipe's name: of another nobody would answer."""
    assert load_snapshot(shipped, CPU).recipe == CATALOGUE[shipped.stem]


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_that_lost_a_bit_is_not_shown(shipped: Path, tmp_path: Path) -> None:
    file = tmp_path / shipped.name
    content = bytearray(shipped.read_bytes())
    content[-1] ^= 1  # of a weight: only its checksum tells
    file.write_bytes(content)
    with pytest.raises(UserError, match="is damaged: download or copy it again"):
        load_snapshot(file, CPU)


def test_a_model_is_shipped() -> None:
    assert SHIPPED
