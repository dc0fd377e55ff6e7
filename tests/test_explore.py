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
    recipe_of,
    same,
    snapshot_of,
    trained,
    weights,
)
from trainer.data.distributions import Empirical
from trainer.inference.render import column_noise, render, sample_cloud
from trainer.inference.snapshot import Snapshot, fresh_snapshot, publish
from trainer.messages import Probe, Rendering, column_seeds
from trainer.models.directions import find_directions
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


@pytest.mark.parametrize("kind", ["cycleiae, encoder noise", "cycleiae, decoder noise"])
def test_a_code_that_is_a_picture_has_no_directions_to_move_in(kind: str) -> None:
    shown = snapshot_of(kind_of(kind))
    facts = shown.facts()
    assert facts.code_spread == ()
    assert shown.directions is not None and shown.directions.code_axes.shape == (0, 0)
    assert len(facts.noise_spread) == facts.noise + facts.encoder_noise > 0


@pytest.mark.parametrize("kind", ["iae, no noise", "cycleiae, no noise"])
def test_without_noise_there_is_no_direction_of_noise(kind: str) -> None:
    facts = snapshot_of(kind_of(kind)).facts()
    assert facts.noise_spread == () and facts.noise == facts.encoder_noise == 0


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


def test_no_image_is_answered_by_no_tile(snapshot: Snapshot, pictures: np.ndarray) -> None:
    nothing = render(snapshot, Probe(1, pictures[:0], SEEDS))
    assert nothing.tiles.shape == (0, 3, 28, 28, 1) and nothing.tiles.dtype == np.uint8
    assert nothing.codes.shape == (0, 4) and nothing.noise_share.shape == (0,)


def test_an_untrained_model_can_be_looked_at(pictures: np.ndarray) -> None:
    fresh = fresh_snapshot(recipe_of("mnist-10-small"), CPU)
    assert fresh.device == CPU
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
