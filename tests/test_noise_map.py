"""Where the noise acts, what differs, and which training images are near: known answers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.studio import little_data
from tests.tiny import CPU, kind_of, pictures_of, recipe_of, snapshot_of
from trainer.data.loading import load_data
from trainer.exploring import differences, neighbours
from trainer.exploring.neighbours import nearest, nearest_training, own_distances
from trainer.exploring.noise_map import where_noise_acts
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.pictures import NearestTraining, WhereNoiseActs
from trainer.inference.render import column_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, column_seeds
from trainer.models.base import Model
from trainer.models.building import build_model

ALONE = Circumstances()


@pytest.fixture(autouse=True)
def few(monkeypatch):
    with little_data(monkeypatch):
        yield


class Corner(torch.nn.Module):
    """A decoder whose first noise adds to four pixels of the corner, and to nothing else."""

    def forward(self, z: Tensor, noise: Tensor) -> Tensor:
        picture = torch.full((len(z), 1, 28, 28), 0.5)
        picture[:, :, :2, :2] += 0.02 * noise[:, :1, None, None]
        return picture


def with_decoder(decoder: torch.nn.Module) -> Snapshot:
    recipe = recipe_of("drawn-10")
    model: Model = build_model(recipe).eval()
    model.decoder = decoder
    return Snapshot(recipe, 5, model, None, CPU)


@pytest.mark.parametrize("scale", [1.0, 2.0, 0.0])
def test_heat_is_where_the_noise_acts_and_nowhere_else(scale: float) -> None:
    shown = with_decoder(Corner())
    probe = Probe(1, pictures_of(shown.recipe, 1), column_seeds(3, 2)[1:], noise_scale=scale)
    found = where_noise_acts(shown, WhereNoiseActs(probe), ALONE)
    first = [float(column_noise(shown.model, s)[0][0]) for s in column_seeds(3, 32)]
    assert found.draws == 32 and found.spread.shape == (28, 28)
    known = 0.02 * scale * np.std(first, ddof=1)
    np.testing.assert_allclose(found.spread[:2, :2], known, atol=1e-6)
    found.spread[:2, :2] = 0
    assert not found.spread.any()


def test_heat_of_colour_counts_each_channel_and_there_is_none_without_noise() -> None:
    shown = snapshot_of(kind_of("cycleiae, encoder noise"))
    probe = Probe(1, pictures_of(shown.recipe, 1), column_seeds(0, 1))
    heat = where_noise_acts(shown, WhereNoiseActs(probe, 9), ALONE)
    assert heat.spread.shape == probe.images.shape[1:3] and heat.spread.max() > 0
    still = snapshot_of(kind_of("iae, no noise"))
    probe = Probe(1, pictures_of(still.recipe, 1), column_seeds(0, 1))
    assert not where_noise_acts(still, WhereNoiseActs(probe), ALONE).spread.any()


# ---- differences ---------------------------------------------------------------------------------


def test_a_difference_is_shown_on_the_scale_that_is_told() -> None:
    one, other = np.full((2, 2, 1), 100, np.uint8), np.full((2, 2, 1), 100, np.uint8)
    one[0, 0], one[1, 1] = 110, 90
    found = differences.difference(one, other)
    end = differences.scale_of(found)
    assert found[0, 0, 0] == pytest.approx(10 / 255) and end == 0.05
    shades = differences.signed(found, end)[..., 0]
    assert shades[0, 1] == shades[1, 0] == 128
    assert shades[0, 0] - 127.5 == pytest.approx(100, abs=0.6), "10 levels, 10 times as strong"
    assert 127.5 - shades[1, 1] == pytest.approx(100, abs=0.6)
    assert differences.absolute(found, end)[..., 0].tolist() == [[200, 0], [0, 200]]


def test_a_scale_ends_at_a_round_number_and_holds_all() -> None:
    ends = [differences.scale_of(np.array([v], np.float32)) for v in (0, -0.01, 0.011, 0.5, -0.9)]
    assert ends == [0.01, 0.01, 0.02, 0.5, 1.0]
    nothing = np.zeros((2, 2), np.float32)
    assert differences.scale_of(nothing[:0]) == 0.01
    amber = (242, 172, 66)
    nothing[0, 0] = 0.1
    heat = differences.glow(nothing, 0.1, amber)
    assert tuple(heat[0, 0]) == amber and not heat[1:].any()
    over = differences.laid_over(np.full((2, 2, 3), 200, np.uint8), nothing, 0.1, amber)
    assert tuple(over[0, 0]) == amber and over[1, 1].tolist() == [140] * 3


def test_the_spread_over_draws_is_their_standard_deviation() -> None:
    tiles = np.random.default_rng(1).integers(0, 256, (3, 16, 5, 4, 3)).astype(np.uint8)
    tiles[0, :, 0, 0] = 255
    known = np.sqrt((tiles / 255).var(1, ddof=1).mean(-1))
    np.testing.assert_allclose(differences.spread_of(tiles), known, rtol=1e-5)
    assert differences.spread_of(tiles)[0, 0, 0] == 0
    assert not differences.spread_of(tiles[:, :1]).any()


# ---- neighbours ----------------------------------------------------------------------------------


def test_the_nearest_rows_and_how_far_they_are() -> None:
    codes = torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0], [10.0, 0.0]])
    index, far = nearest(torch.tensor([0.0, 0.5]), codes, 3)
    assert sorted(index[:2].tolist()) == [0, 2] and index[2] == 1
    assert far.tolist() == pytest.approx([0.5, 0.5, np.hypot(3, 3.5)])
    own = own_distances(codes, torch.arange(4))
    assert own.tolist() == pytest.approx([1, 1, np.hypot(3, 3), np.hypot(7, 4)])
    index, far = nearest(codes[1], codes, 99)
    assert index[0] == 1 and far[0] == 0 and len(index) == 4


def test_a_training_image_finds_itself_and_is_nearer_than_all_others_are() -> None:
    shown = snapshot_of(recipe_of("drawn-10"), 20)
    known = neighbours._look(shown, ALONE)
    own = neighbours._pixels(known.rows.images[known.places[7:8]])
    found = nearest_training(shown, NearestTraining(Probe(1, own, (0,))), ALONE)
    assert np.array_equal(found.pictures[0], own[0]) and len(found.pictures) == 8
    assert found.names[0].startswith(f"training {int(known.places[7])}")
    assert found.distances[0] == pytest.approx(0, abs=1e-5) and found.nearer > 0.98
    assert (np.diff(found.distances) >= 0).all() and found.in_code
    assert found.usual == pytest.approx(float(known.own.median()))
    assert found.looked_at == found.in_all == 400
    far = Probe(1, own, (0,), code_offsets=(40.0,))
    assert nearest_training(shown, NearestTraining(far), ALONE).nearer == 0


def test_of_large_pictures_fewer_are_looked_at_and_a_model_that_exploded_has_no_nearest(
    monkeypatch,
) -> None:
    shown = snapshot_of(recipe_of("mnist-clusters-small").but(data="drawn-digits"), 2)
    monkeypatch.setattr(neighbours, "MOST_NUMBERS", 50 * 28 * 28)
    question = NearestTraining(Probe(1, pictures_of(shown.recipe, 1), (0,)))
    found = nearest_training(shown, question, ALONE)
    assert (found.looked_at, found.in_all, found.in_code) == (50, 400, False)
    broken = with_decoder(Corner())
    for weights in broken.model.encoder.parameters():
        weights.data.fill_(torch.nan)
    assert "no longer finite" in nearest_training(broken, question, ALONE).why


@pytest.mark.parametrize("kind", ["cycleiae, decoder noise", "cycleiae, encoder noise"])
def test_where_the_code_is_a_picture_pixels_are_compared(kind: str) -> None:
    shown = snapshot_of(kind_of(kind))
    probe = Probe(1, pictures_of(shown.recipe, 1), (0,))
    found = nearest_training(shown, NearestTraining(probe, 3), ALONE)
    data = load_data(shown.recipe)
    domain = data.other_train if shown.recipe.varies_code else data.train
    assert not found.in_code and found.in_all == len(domain)
    assert found.pictures.shape == (3, *probe.images.shape[1:])
    assert 0 < found.distances[0] < 1 and 0 < found.usual < 1


def test_why_there_is_no_answer_is_told_in_a_sentence(own_folders) -> None:
    fresh = with_decoder(Corner())
    probe = Probe(1, pictures_of(fresh.recipe, 1), (0,))
    untrained = Snapshot(fresh.recipe, 0, fresh.model, None, CPU)
    assert "untrained" in nearest_training(untrained, NearestTraining(probe), ALONE).why
    missing = snapshot_of(recipe_of("mnist-10-small"))
    gone = nearest_training(missing, NearestTraining(probe), ALONE)
    assert "MNIST) are not on this computer" in gone.why and not len(gone.pictures)
