"""The map's answers, where they are known: planes, features, neighbourhoods, what is decoded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.tiny import CPU, kind_of, pictures_of, recipe_of, snapshot_of
from trainer.data import loading
from trainer.exploring import map as answers
from trainer.exploring.codes import codes_of, noise_of
from trainer.exploring.neighbourhoods import stage
from trainer.exploring.plane import Plane, aligned, nearest, principal_plane
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.map import (
    DecodePlane,
    MapCodes,
    Neighbourhoods,
    NoiseShares,
    Place,
)
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, UserError
from trainer.models.building import build_model

SIDE = 28


class Levels(nn.Module):
    """Paints its code: pixel k is its number k, and a corner what the noise says."""

    def forward(self, code: Tensor, noise: Tensor) -> Tensor:
        picture = torch.zeros(len(code), SIDE * SIDE)
        picture[:, : code.shape[1]] = code
        picture[:, -1] = 0.5 + noise[:, 0] / 20
        return picture.view(-1, 1, SIDE, SIDE)


class Reads(nn.Module):
    """The inverse of `Levels`."""

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        return x.flatten(1)[:, :4]


def painter() -> Snapshot:
    """A model of known maps: the code is the first four pixels."""
    model = build_model(recipe_of("drawn-10")).eval()
    model.encoder, model.decoder = Reads(), Levels()
    return Snapshot(model.recipe, 7, model, None, CPU)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch):
    """Forty drawn images."""
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 40, "test": 40, "many": 40})
    loading.forget_data()
    yield
    loading.forget_data()


def blobs(count: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds far from each other, and which each code is of."""
    rng = np.random.default_rng(0)
    which = np.repeat(np.arange(3), count)
    codes = rng.normal(0, 0.1, (3 * count, 5)) + 10 * np.eye(5)[which]
    return codes.astype(np.float32), which


# ---- planes --------------------------------------------------------------------------------------


def test_the_plane_lies_along_the_strongest_directions() -> None:
    rng = np.random.default_rng(1)
    turned, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    spread = np.array([0.1, 5.0, 0.2, 3.0, 0.1, 0.1])
    codes = (rng.normal(size=(4000, 6)) * spread @ turned + 4).astype(np.float32)
    plane = principal_plane(codes)
    for axis, strong in zip(plane.axes, (1, 3), strict=True):
        assert abs(axis @ turned[strong]) > 0.999
    assert plane.share[0] == pytest.approx(25 / 34.07, abs=0.03)
    seen = plane.coordinates(codes)
    assert seen.mean(0) == pytest.approx([0, 0], abs=1e-4)
    assert seen.std(0) == pytest.approx([5, 3], rel=0.05)


def test_places_and_codes_of_a_plane_are_each_others_inverse() -> None:
    plane = principal_plane(np.random.default_rng(2).normal(size=(50, 7)).astype(np.float32))
    places = np.array([[0.5, -2.0], [3.0, 1.0]], np.float32)
    np.testing.assert_allclose(plane.coordinates(plane.codes(places)), places, atol=1e-5)


def test_a_plane_that_follows_does_not_turn_over() -> None:
    axes = np.eye(2, 4, dtype=np.float32)
    last = Plane(np.zeros(4, np.float32), axes, (0.6, 0.4))
    swapped = Plane(np.ones(4, np.float32), -axes[::-1], (0.55, 0.45))
    turned = aligned(swapped, last)
    np.testing.assert_array_equal(turned.axes, axes)
    assert turned.share == (0.45, 0.55) and turned.origin[0] == 1
    assert aligned(swapped, None) is swapped
    other = principal_plane(np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32))
    assert aligned(other, last) is other, "of another model"


def test_the_nearest_code_is_found() -> None:
    codes, _ = blobs(4)
    assert nearest(codes, codes[[5, 0]] + 0.001).tolist() == [5, 0]


# ---- what is decoded -----------------------------------------------------------------------------


def test_a_place_of_the_plane_decodes_the_code_that_lies_there() -> None:
    codes = np.random.default_rng(3).uniform(0.2, 0.8, (30, 4)).astype(np.float32)
    plane = principal_plane(codes)
    probe = Probe(0, np.zeros((0, SIDE, SIDE, 1), np.uint8), (5,))
    points = np.concatenate([plane.coordinates(codes[:3]), [[0.05, -0.1]]]).astype(np.float32)
    found = answers.decode_plane(painter(), DecodePlane(plane, points, probe), Circumstances())
    wanted = plane.origin + points[:, :1] * plane.axes[0] + points[:, 1:] * plane.axes[1]
    np.testing.assert_allclose(found.reshape(4, -1)[:, :4], 255 * wanted, atol=0.51)
    alone = DecodePlane(plane, points[2:3], probe)
    np.testing.assert_array_equal(
        answers.decode_plane(painter(), alone, Circumstances())[0], found[2]
    )
    louder = DecodePlane(plane, points, replace(probe, noise_scale=3.0))
    other = answers.decode_plane(painter(), louder, Circumstances())
    assert other[0, -1, -1] != found[0, -1, -1], "with the noise of the column"


# ---- codes ---------------------------------------------------------------------------------------


def test_a_map_holds_the_codes_of_its_images(few) -> None:
    told: list[tuple[int, int]] = []
    known = Circumstances(progress=lambda done, total: told.append((done, total)))
    found = answers.map_codes(painter(), MapCodes(), known)
    assert found.step == 7 and len(found.codes) == 40 and told[-1][1] == 40
    np.testing.assert_allclose(found.codes, found.images.pictures.reshape(40, -1)[:, :4] / 255)
    assert found.images.names[3] == f"test 3 ({found.images.labels[3]})"
    again = answers.map_codes(painter(), MapCodes(), Circumstances())
    assert again.images is found.images, "made once"
    np.testing.assert_array_equal(again.codes, found.codes)
    assert len(answers.map_codes(painter(), MapCodes(5), Circumstances()).codes) == 5


def test_an_image_is_called_the_same_on_the_map_and_in_the_grid(few, monkeypatch) -> None:
    counts = {"train": 40, "test": 40, "few": 10, "many": 40}
    monkeypatch.setattr("trainer.data.drawn.COUNTS", counts)
    recipe = recipe_of("drawn-10")
    some = loading.some_test_images(recipe, None, 4, 3)
    images = answers.map_codes(painter(), MapCodes(), Circumstances()).images
    for name, picture in zip(loading.picture_names(some, recipe), some.images, strict=True):
        number = images.names.index(name)
        np.testing.assert_array_equal(images.pictures[number], picture.permute(1, 2, 0).numpy())


def test_large_pictures_have_small_thumbnails(monkeypatch) -> None:
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 8, "test": 8})
    loading.forget_data()
    snapshot = snapshot_of(recipe_of("shoes-small"), steps=1)
    large = replace(snapshot, recipe=snapshot.recipe.but(size=48))
    images = answers.map_codes(large, MapCodes(), Circumstances()).images
    assert images.pictures.shape[1:] == (48, 48, 3)
    assert images.thumbnails.shape[1:] == (32, 32, 3)
    assert abs(images.thumbnails.mean() - images.pictures.mean()) < 1
    loading.forget_data()


@pytest.mark.parametrize("kind", ["iae, encoder noise", "cycleiae, encoder noise", "vae"])
def test_the_code_of_a_stochastic_encoder_is_a_cloud(kind: str) -> None:
    recipe = kind_of(kind)
    found = answers.place(snapshot_of(recipe, 2), Place(pictures_of(recipe, 3)), Circumstances())
    assert found.shape[:2] == (3, 32) and (found.std(1).max(1) > 0).all()


def test_the_code_of_another_encoder_is_a_point() -> None:
    pictures = pictures_of(recipe_of("drawn-10"), 3)
    found = answers.place(painter(), Place(pictures), Circumstances())
    np.testing.assert_allclose(found[:, 0], pictures.reshape(3, -1)[:, :4] / 255)


def test_codes_that_are_no_numbers_are_told() -> None:
    snapshot = painter()
    snapshot.model.encoder = nn.Identity()
    snapshot.model.encode = lambda x, eps: x.flatten(1) / 0  # type: ignore[method-assign]
    with pytest.raises(UserError, match="diverged"):
        codes_of(snapshot, pictures_of(snapshot.recipe, 2), noise_of(snapshot, 2))


@pytest.mark.parametrize(
    "kind", ["iae, categories", "fiae", "cycleiae, decoder noise", "cycleiae, encoder noise"]
)
def test_every_kind_of_model_has_a_map(monkeypatch, kind: str) -> None:
    monkeypatch.setattr("trainer.data.drawn.COUNTS", {"train": 30, "test": 30, "many": 30})
    loading.forget_data()
    recipe = kind_of(kind)
    snapshot = snapshot_of(recipe, 2)
    found = answers.map_codes(snapshot, MapCodes(), Circumstances(root=Path("nowhere")))
    assert found.plane is not None and found.decodable is not recipe.translates
    assert (found.clusters is not None) is recipe.categorical
    shares = answers.noise_shares(snapshot, NoiseShares(found.images), Circumstances())
    assert shares.shape == (len(found.codes),) and ((shares >= 0) & (shares <= 1)).all()
    assert bool(shares.any()) is bool(recipe.model.noise or recipe.model.encoder_noise)
    loading.forget_data()


def test_a_code_of_one_number_has_no_plane(few) -> None:
    snapshot = painter()
    snapshot.model.encoder.forward = lambda x, noise: x.flatten(1)[:, 400:401]
    found = answers.map_codes(snapshot, MapCodes(), Circumstances())
    assert found.plane is None
    places = stage(snapshot, Neighbourhoods(found.codes), Circumstances())
    assert places.shape == (40, 2)


def test_the_share_of_known_noise(few) -> None:
    """All of the noise falls on one pixel; the code's part is far larger."""
    snapshot = painter()
    images = answers.map_codes(snapshot, MapCodes(), Circumstances()).images
    bright = replace(images, pictures=np.full_like(images.pictures, 255))
    assert answers.noise_shares(snapshot, NoiseShares(bright), Circumstances()).max() < 0.01
