"""What you see can be made again: a rendering is a function of the weights and the probe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tiny import (
    CPU,
    KINDS,
    batches_of,
    digits,
    kind_of,
    pictures_of,
    recipe_of,
    same,
    snapshot_of,
    trained,
    weights,
)
from trainer.data.distributions import Empirical
from trainer.inference.directions import find_directions
from trainer.inference.render import (
    STYLES,
    Snapshot,
    column_noise,
    fresh_snapshot,
    publish,
    render,
    render_clusters,
    sample_cloud,
)
from trainer.messages import Probe, Rendering, column_seeds
from trainer.training.loop import run

SEEDS = column_seeds(0, 3)
PICTURES = [kind for kind in KINDS if not kind_of(kind).two_dimensional]


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return snapshot_of(recipe_of("drawn-10", "encoder_noise=2", "noise_scale=1"), steps=60)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return digits(20)


def tiles(snapshot: Snapshot, pictures: np.ndarray, **changed: object) -> np.ndarray:
    return render(snapshot, replace(Probe(1, pictures, SEEDS), **changed)).tiles


def test_same_probe_same_pixels(snapshot: Snapshot, pictures: np.ndarray) -> None:
    probe = Probe(7, pictures, SEEDS)
    once = render(snapshot, probe)
    torch.randn(3)  # whatever else uses torch's own generator meanwhile
    again = render(snapshot, probe)
    assert once.stamp == 7 and once.step == 60
    assert once.tiles.shape == (20, 3, 28, 28, 1) and once.tiles.dtype == np.uint8
    assert once.codes.shape == (20, 4)
    np.testing.assert_array_equal(once.tiles, again.tiles)
    np.testing.assert_array_equal(once.codes, again.codes)


def test_an_image_is_the_same_alone_and_among_others(
    snapshot: Snapshot, pictures: np.ndarray
) -> None:
    together = tiles(snapshot, pictures)
    for row in (0, 7, 19):
        np.testing.assert_array_equal(tiles(snapshot, pictures[[row]])[0], together[row])
    order = np.random.default_rng(0).permutation(20)
    np.testing.assert_array_equal(tiles(snapshot, pictures[order]), together[order])


def test_the_first_row_comes_ahead_as_it_will_be(snapshot: Snapshot, pictures: np.ndarray) -> None:
    ahead: list[Rendering] = []
    whole = render(snapshot, Probe(7, pictures, SEEDS), ahead.append)
    (first,) = ahead
    assert (first.stamp, first.step) == (7, whole.step)
    np.testing.assert_array_equal(first.tiles, whole.tiles[:1])
    np.testing.assert_array_equal(first.noise_share, whole.noise_share[:1])


def test_columns_differ_and_a_column_shares_its_noise(
    snapshot: Snapshot, pictures: np.ndarray
) -> None:
    twice = np.concatenate([pictures[:1], pictures[:1]])
    shown = tiles(snapshot, twice)
    np.testing.assert_array_equal(shown[0], shown[1])
    assert (shown[0, 0] != shown[0, 1]).any()
    swapped = tiles(snapshot, pictures, noise_seeds=SEEDS[::-1])
    np.testing.assert_array_equal(swapped, tiles(snapshot, pictures)[:, ::-1])


def test_more_columns_leave_the_first_ones_alone(snapshot: Snapshot, pictures: np.ndarray) -> None:
    few = tiles(snapshot, pictures[:2])
    for count in (1, 8, 9, 20):
        more = tiles(snapshot, pictures[:2], noise_seeds=column_seeds(0, count))
        shared = min(3, count)
        np.testing.assert_array_equal(more[:, :shared], few[:, :shared])


def test_noise_scale_zero_makes_the_columns_equal(snapshot: Snapshot, pictures: np.ndarray) -> None:
    still = render(snapshot, Probe(1, pictures, SEEDS, noise_scale=0.0))
    assert (still.tiles == still.tiles[:, :1]).all()
    np.testing.assert_allclose(still.noise_share, 0, atol=1e-6)
    lively = render(snapshot, Probe(1, pictures, SEEDS))
    assert ((lively.noise_share > 0) & (lively.noise_share <= 1)).all()
    assert (lively.tiles != still.tiles).any()


@pytest.mark.parametrize("edit", [{"code_offsets": (2.0,)}, {"noise_offsets": (3.0,)}])
def test_offsets_change_pixels_and_zero_offsets_do_not(
    snapshot: Snapshot, pictures: np.ndarray, edit: dict[str, tuple[float]]
) -> None:
    plain = tiles(snapshot, pictures)
    assert (tiles(snapshot, pictures, **edit) != plain).any()
    zeros = dict.fromkeys(edit, (0.0, 0.0))
    np.testing.assert_array_equal(tiles(snapshot, pictures, **zeros), plain)


def test_offsets_are_deviations_of_the_codes_seen(snapshot: Snapshot, pictures: np.ndarray) -> None:
    known = snapshot.directions
    assert known is not None
    codes = render(snapshot, Probe(1, pictures, SEEDS)).codes
    moved = render(snapshot, Probe(1, pictures, SEEDS, code_offsets=(0.0, 2.0))).codes
    np.testing.assert_allclose(moved - codes, np.tile(2 * known.code_axes[1], (20, 1)), atol=1e-5)
    raw = Probe(1, pictures, SEEDS, code_offsets=(0.0, 2.0), raw_code=True)
    change = render(snapshot, raw).codes - codes
    np.testing.assert_allclose(change[:, 1], 2 * known.code_std[1].item(), atol=1e-5)
    assert not change[:, [0, 2, 3]].any()


def test_surplus_offsets_and_empty_probes_are_harmless(
    snapshot: Snapshot, pictures: np.ndarray
) -> None:
    many = (0.5,) * 40
    assert tiles(snapshot, pictures[:1], code_offsets=many, noise_offsets=many).shape[1] == 3
    assert tiles(snapshot, pictures[:0]).shape == (0, 3, 28, 28, 1)


def test_a_model_without_noise_gives_equal_columns(pictures: np.ndarray) -> None:
    silent = snapshot_of(recipe_of("mnist-det-small"))
    shown = render(silent, Probe(1, pictures, SEEDS, noise_offsets=(1.0,)))
    assert (shown.tiles == shown.tiles[:, :1]).all()
    assert silent.facts().noise == 0 and silent.facts().noise_spread == ()


def test_rendering_does_not_disturb_the_training(pictures: np.ndarray) -> None:
    recipe = recipe_of("drawn-10")
    quiet, _ = trained(recipe, 6)
    watched, _ = trained(recipe, 3)
    shown = publish(watched.ema, watched.step, CPU, batches_of(recipe))
    render(shown, Probe(1, pictures, SEEDS))
    list(run(watched, batches_of(recipe), 6))
    assert same(weights(watched), weights(quiet))
    assert torch.equal(watched.rng.get_state(), quiet.rng.get_state())


def test_a_published_snapshot_never_changes(pictures: np.ndarray) -> None:
    recipe = recipe_of("drawn-10")
    state, _ = trained(recipe, 5)
    shown = publish(state.ema, state.step, CPU, batches_of(recipe))
    before = tiles(shown, pictures)
    list(run(state, batches_of(recipe), 25))
    np.testing.assert_array_equal(tiles(shown, pictures), before)
    later = publish(state.ema, state.step, CPU, batches_of(recipe))
    assert (tiles(later, pictures) != before).any()


def test_directions_can_be_kept_between_snapshots() -> None:
    recipe = recipe_of("drawn-10")
    state, _ = trained(recipe, 3)
    first = publish(state.ema, state.step, CPU, batches_of(recipe))
    list(run(state, batches_of(recipe), 6))
    kept = publish(state.ema, state.step, CPU, batches_of(recipe), first.directions)
    assert kept.directions is first.directions


def test_principal_axes_of_a_known_case() -> None:
    """With an encoder that passes its points on, the axes are those of the points."""
    model = snapshot_of(recipe_of("mog-iae", "code=2", "code_kind=gaussian", "noise=2")).model
    model.encoder.body = torch.nn.Identity()
    along, across = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
    spread = np.random.default_rng(1).normal(size=(4000, 2)) * [3.0, 0.5]
    points = spread[:, :1] * along + spread[:, 1:] * across + 5
    known = find_directions(model, Empirical(torch.tensor(points).float()))
    np.testing.assert_allclose(known.code_axes[0], 3 * along, atol=0.3)
    np.testing.assert_allclose(known.code_axes[1].abs(), 0.5 * np.abs(across), atol=0.05)
    np.testing.assert_allclose(known.code_mean, [5, 5], atol=0.5)
    np.testing.assert_allclose(known.code_std, points.std(0), rtol=0.1)


def test_the_strongest_noise_direction_of_a_known_case() -> None:
    """A decoder that listens to one mixture of its noise: that mixture is the first direction."""
    model = snapshot_of(recipe_of("drawn-10", "noise=3")).model
    wanted = torch.tensor([0.0, 0.6, 0.8])

    class Listens(torch.nn.Module):
        def forward(self, code: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
            heard = 0.1 * (noise @ wanted)[:, None, None, None] + 0.01 * noise[:, :1, None, None]
            return (0.5 + heard).expand(-1, 1, 28, 28)

    model.decoder = Listens()
    known = find_directions(model, batches_of(model.recipe).data)
    np.testing.assert_allclose(known.noise_axes[0], wanted, atol=0.1)
    np.testing.assert_allclose(known.noise_axes @ known.noise_axes.T, np.eye(3), atol=1e-5)
    assert known.noise_spread[0] > 0.98
    assert known.noise_spread.sum().item() == pytest.approx(1, abs=1e-5)


def test_facts_tell_what_a_window_needs(snapshot: Snapshot) -> None:
    facts = snapshot.facts()
    assert (facts.name, facts.step, facts.image_shape) == ("drawn-10", 60, (28, 28, 1))
    assert (facts.code, facts.noise, facts.categorical) == (4, 6, False)
    assert len(facts.code_spread) == 4 and sum(facts.code_spread) == pytest.approx(1, abs=1e-5)
    assert list(facts.code_spread) == sorted(facts.code_spread, reverse=True)
    assert list(facts.noise_spread) == sorted(facts.noise_spread, reverse=True)


def test_an_untrained_model_can_be_looked_at(pictures: np.ndarray) -> None:
    fresh = fresh_snapshot(recipe_of("mnist-10-small"), CPU)
    probe = Probe(1, pictures[:2], SEEDS, code_offsets=(1.0,), noise_offsets=(1.0,))
    assert render(fresh, probe).tiles.shape == (2, 3, 28, 28, 1)


def test_a_column_is_a_function_of_its_seed(snapshot: Snapshot) -> None:
    first, again = column_noise(snapshot.model, 5)[0], column_noise(snapshot.model, 5)[0]
    assert torch.equal(first, again) and first.shape == (6,)
    assert not torch.equal(first, column_noise(snapshot.model, 6)[0])
    assert len({seed for s in range(50) for seed in column_seeds(s, 64)}) == 50 * 64


@pytest.mark.parametrize("name", ["mog-iae", "mog-gan"])
def test_clouds_of_points_are_functions_of_the_seed(name: str) -> None:
    shown = snapshot_of(recipe_of(name))
    cloud, again = sample_cloud(shown, 3, seed=1), sample_cloud(shown, 3, seed=1)
    assert (cloud.stamp, cloud.step) == (3, 5)
    np.testing.assert_array_equal(cloud.fake, again.fake)
    assert cloud.fake.shape == (2000, 2) and set(cloud.component) == set(range(7))
    assert (sample_cloud(shown, 3, seed=2).fake != cloud.fake).any()
    still = sample_cloud(shown, 3, seed=1, scale=0.0)
    assert len(np.unique(still.fake.round(4), axis=0)) == 7


# ---- every kind of model ----


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


# ---- translations ----


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


# ---- categories ----


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


# ---- points: an FIAE's codes ----


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


# ---- untrained models ----


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
