"""What each kind of model shows: columns, translations, categories, points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tiny import (
    CPU,
    KINDS,
    kind_of,
    pictures_of,
    recipe_of,
    snapshot_of,
)
from trainer.inference.render import STYLES, column_noise, render, render_clusters, sample_cloud
from trainer.inference.snapshot import Snapshot, fresh_snapshot
from trainer.messages import Probe, Rendering, column_seeds

SEEDS = column_seeds(0, 3)
PICTURES = [kind for kind in KINDS if not kind_of(kind).two_dimensional]


@pytest.fixture(scope="module")
def snapshots() -> dict[str, Snapshot]:
    """Made when first asked for, by kind."""
    return {}


def snapshot_of_kind(snapshots: dict[str, Snapshot], kind: str) -> Snapshot:
    if kind not in snapshots:
        snapshots[kind] = snapshot_of(kind_of(kind), steps=10)
    return snapshots[kind]


def all_pixels(shown: Rendering) -> list[np.ndarray]:
    """Everything that a rendering shows, with a row for each image."""
    parts = [shown.tiles, shown.codes, shown.code_pictures, shown.way_back, shown.noise_share]
    return [part for part in parts if part is not None]


@pytest.mark.parametrize("kind", PICTURES)
def test_same_probe_same_pixels_of_every_kind(snapshots: dict[str, Snapshot], kind: str) -> None:
    recipe, shown = kind_of(kind), snapshot_of_kind(snapshots, kind)
    pictures = pictures_of(recipe, 9)
    probe = Probe(1, pictures, column_seeds(2, 10))
    together = render(shown, probe)
    assert together.tiles.shape == (9, 10, *pictures.shape[1:])
    assert together.codes.shape == (9, recipe.model.code)
    for ours, again in zip(all_pixels(together), all_pixels(render(shown, probe)), strict=True):
        np.testing.assert_array_equal(ours, again)
    for row in (0, 8):
        alone = render(shown, replace(probe, images=pictures[[row]]))
        for ours, theirs in zip(all_pixels(alone), all_pixels(together), strict=True):
            np.testing.assert_array_equal(ours[0], theirs[row])
    back = render(shown, replace(probe, images=pictures[::-1], noise_seeds=probe.noise_seeds[::-1]))
    np.testing.assert_array_equal(back.tiles, together.tiles[::-1, ::-1])
    few = render(shown, replace(probe, noise_seeds=probe.noise_seeds[:3]))
    np.testing.assert_array_equal(few.tiles, together.tiles[:, :3])


@pytest.mark.parametrize("kind", PICTURES)
def test_columns_differ_where_there_is_noise_of_either_kind(
    snapshots: dict[str, Snapshot], kind: str
) -> None:
    recipe, shown = kind_of(kind), snapshot_of_kind(snapshots, kind)
    facts = shown.facts()
    stochastic = (
        recipe.model.noise or recipe.model.encoder_noise or recipe.model.posterior == "gaussian"
    )
    assert bool(facts.noise or facts.encoder_noise) == bool(stochastic)
    probe = Probe(1, pictures_of(recipe, 3), SEEDS, noise_scale=3.0)
    loud, still = render(shown, probe), render(shown, replace(probe, noise_scale=0.0))
    assert bool((loud.tiles != loud.tiles[:, :1]).any()) == bool(stochastic)
    assert (still.tiles == still.tiles[:, :1]).all()
    if not stochastic:
        assert not loud.noise_share.any()


@pytest.mark.parametrize("kind", PICTURES)
def test_noise_offsets_move_the_tiles_where_there_is_noise(
    snapshots: dict[str, Snapshot], kind: str
) -> None:
    shown = snapshot_of_kind(snapshots, kind)
    facts = shown.facts()
    assert bool(facts.noise_spread) == bool(facts.noise or facts.encoder_noise)
    assert sum(facts.noise_spread) == pytest.approx(1 if facts.noise_spread else 0, abs=1e-4)
    probe = Probe(1, pictures_of(kind_of(kind), 3), SEEDS)
    plain, pushed = (render(shown, replace(probe, noise_offsets=(far,))) for far in (0.0, 8.0))
    assert bool((plain.tiles != pushed.tiles).any()) == bool(facts.noise_spread)


def test_the_two_noises_of_a_column_have_nothing_to_do_with_each_other() -> None:
    shown = fresh_snapshot(recipe_of("drawn-10", "noise=64", "encoder_noise=64"), CPU)
    pairs = [column_noise(shown.model, s) for s in range(40)]
    noise, eps = (torch.stack(side).flatten() for side in zip(*pairs, strict=True))
    correlation = torch.corrcoef(torch.stack([noise, eps]))[0, 1]
    assert abs(correlation.item()) < 0.1


def test_the_encoders_noise_is_a_columns_too(snapshots: dict[str, Snapshot]) -> None:
    """Equal rows are equal, and a column brings its noise along wherever it stands."""
    shown = snapshot_of_kind(snapshots, "cycleiae, encoder noise")
    twice = pictures_of(shown.recipe, 1).repeat(2, 0)
    drawn = render(shown, Probe(1, twice, SEEDS, noise_scale=3.0)).tiles
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0, 0] != drawn[0, 1]).any()
    moved = render(shown, Probe(1, twice, SEEDS[::-1], noise_scale=3.0)).tiles
    np.testing.assert_array_equal(moved, drawn[:, ::-1])


def test_a_deterministic_code_is_one_picture_a_row(snapshots: dict[str, Snapshot]) -> None:
    """Figure 8: the image, its edges, and the reconstructions that share them."""
    for kind in ("cycleiae, decoder noise", "cycleiae, l1", "cycleiae, no noise"):
        shown = snapshot_of_kind(snapshots, kind)
        pictures = pictures_of(shown.recipe, 4)
        drawn = render(shown, Probe(1, pictures, SEEDS))
        assert drawn.way_back is None and drawn.codes.shape == (4, 0)
        assert drawn.code_pictures is not None
        assert drawn.code_pictures.shape == pictures.shape
        assert drawn.code_pictures.dtype == np.uint8
        x = torch.from_numpy(pictures[:1].copy()).permute(0, 3, 1, 2).float() / 255
        with torch.inference_mode():
            code = shown.model.encode(x, torch.empty(1, 0))
        wanted = (255 * code[0].permute(1, 2, 0)).round().numpy()
        assert np.abs(drawn.code_pictures[0] - wanted).max() <= 1


def test_a_stochastic_code_is_what_the_tiles_show(snapshots: dict[str, Snapshot]) -> None:
    """Figure 9: the codes themselves vary, and the way back is of each of them."""
    for kind in ("cycleiae, encoder noise", "cycleiae, both noises", "cycleiae, marginal"):
        shown = snapshot_of_kind(snapshots, kind)
        pictures = pictures_of(shown.recipe, 4)
        drawn = render(shown, Probe(1, pictures, SEEDS))
        assert drawn.code_pictures is None and drawn.way_back is not None
        assert drawn.way_back.shape == drawn.tiles.shape == (4, 3, *pictures.shape[1:])
        assert (drawn.way_back != drawn.tiles).any()
        x = torch.from_numpy(pictures[:1].copy()).permute(0, 3, 1, 2).float() / 255
        eps = column_noise(shown.model, SEEDS[1])[1][None]
        with torch.inference_mode():
            code = shown.model.encode(x, eps)
        wanted = (255 * code[0].permute(1, 2, 0)).round().numpy()
        assert np.abs(drawn.tiles[0, 1] - wanted).max() <= 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind_of(kind).translates])
def test_the_mean_picture_is_of_what_the_tiles_show(
    snapshots: dict[str, Snapshot], kind: str
) -> None:
    """The share of the noise is judged against it."""
    shown = snapshot_of_kind(snapshots, kind)
    assert shown.directions is not None
    told = shown.directions.mean_image.permute(1, 2, 0).numpy()
    drawn = render(shown, Probe(1, pictures_of(shown.recipe, 20), column_seeds(0, 24)))
    other = drawn.code_pictures if drawn.way_back is None else drawn.way_back[:, 0]
    assert other is not None
    of_tiles, of_other = (
        np.abs(pixels.reshape(-1, *told.shape).mean(0) / 255 - told).mean()
        for pixels in (drawn.tiles, other)
    )
    assert of_tiles < 0.04 and of_tiles < 0.5 * of_other


def test_a_picture_for_a_code_has_no_sliders(snapshots: dict[str, Snapshot]) -> None:
    shown = snapshot_of_kind(snapshots, "cycleiae, decoder noise")
    facts = shown.facts()
    assert facts.translates and facts.code == 0 and facts.code_spread == ()
    probe = Probe(1, pictures_of(shown.recipe, 2), SEEDS)
    for edit in ({"code_offsets": (2.0, 1.0)}, {"code_offsets": (2.0,), "raw_code": True}):
        edited = render(shown, replace(probe, **edit))
        np.testing.assert_array_equal(edited.tiles, render(shown, probe).tiles)


def test_empty_probes_of_every_kind_are_harmless(snapshots: dict[str, Snapshot]) -> None:
    for kind in ("cycleiae, decoder noise", "cycleiae, encoder noise", "iae, categories"):
        shown = snapshot_of_kind(snapshots, kind)
        none = pictures_of(shown.recipe, 2)[:0]
        drawn = render(shown, Probe(1, none, SEEDS))
        assert drawn.tiles.shape == (0, 3, *none.shape[1:])
        assert drawn.codes.shape == (0, shown.recipe.model.code) and drawn.noise_share.shape == (0,)


@pytest.mark.parametrize("kind", ["iae, categories", "iae, labels", "fiae, categories"])
def test_clusters_are_every_category_with_the_same_few_noises(
    snapshots: dict[str, Snapshot], kind: str
) -> None:
    """Figure 6: a column is a category, a row one noise vector."""
    shown = snapshot_of_kind(snapshots, kind)
    recipe, seeds = shown.recipe, column_seeds(1, 9)
    probe = Probe(5, pictures_of(recipe, 1), seeds)
    drawn = render_clusters(shown, probe)
    assert (drawn.stamp, drawn.step) == (5, 10)
    assert drawn.tiles.shape == (STYLES, recipe.model.code, *recipe.image_shape)
    np.testing.assert_array_equal(drawn.tiles, render_clusters(shown, probe).tiles)
    swapped = render_clusters(shown, replace(probe, noise_seeds=seeds[:2][::-1])).tiles
    np.testing.assert_array_equal(swapped, drawn.tiles[:2][::-1])
    one_hot = torch.eye(recipe.model.code)[[3]]
    with torch.inference_mode():
        wanted = shown.model.decode(one_hot, column_noise(shown.model, seeds[1])[0][None])
    picture = (255 * wanted[0].permute(1, 2, 0)).round().numpy()
    assert np.abs(drawn.tiles[1, 3] - picture).max() <= 1


@pytest.mark.parametrize("kind", ["fiae, points", "infogan"])
def test_codes_of_the_four_points_are_told_apart_by_place(
    snapshots: dict[str, Snapshot], kind: str
) -> None:
    shown = snapshot_of_kind(snapshots, kind)
    cloud = sample_cloud(shown, 3, seed=1)
    assert cloud.codes is not None and cloud.prior is not None and cloud.place is not None
    assert cloud.codes.shape == cloud.real.shape and cloud.prior.shape == (2000, 2)
    assert len(cloud.place) == len(cloud.codes) and set(cloud.place) == {0, 1, 2, 3}
    # The place is that of the point whose code it is.
    signs = {(x > 0, y > 0) for place in range(4) for x, y in cloud.real[cloud.place == place]}
    assert len(signs) == 4
    for place in range(4):
        assert len(np.unique(np.sign(cloud.real[cloud.place == place]), axis=0)) == 1
    again, other = sample_cloud(shown, 3, seed=1), sample_cloud(shown, 3, seed=2)
    assert again.codes is not None and other.codes is not None
    np.testing.assert_array_equal(cloud.codes, again.codes)
    assert (cloud.codes != other.codes).any()  # its posterior is not a point
    still = sample_cloud(shown, 3, seed=1, scale=0.0).codes
    other = sample_cloud(shown, 3, seed=2, scale=0.0).codes
    assert still is not None and other is not None
    np.testing.assert_array_equal(still, other)


def test_other_points_have_no_codes_to_show(snapshots: dict[str, Snapshot]) -> None:
    cloud = sample_cloud(snapshot_of_kind(snapshots, "iae, points"), 3, seed=1)
    assert cloud.codes is None and cloud.prior is None and cloud.place is None


@pytest.mark.parametrize("kind", PICTURES)
def test_untrained_models_of_every_kind_can_be_looked_at(kind: str) -> None:
    recipe = kind_of(kind)
    fresh = fresh_snapshot(recipe, CPU)
    assert fresh.facts().step == 0 and fresh.facts().translates is recipe.translates
    probe = Probe(1, pictures_of(recipe, 2), SEEDS, code_offsets=(1.0,), noise_offsets=(1.0,))
    assert render(fresh, probe).tiles.shape[:2] == (2, 3)


@pytest.mark.parametrize("kind", ["iae, points", "gan", "fiae, points"])
def test_untrained_models_of_points_can_be_looked_at(kind: str) -> None:
    fresh = fresh_snapshot(kind_of(kind), CPU)
    assert sample_cloud(fresh, 1, 0).fake.shape == (2000, 2)
