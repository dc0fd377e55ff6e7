"""Pictures between tiles, sums of codes and walks: on tiny trained models and a linear decoder."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from torch import nn

from tests.tiny import CPU, kind_of, pictures_of, snapshot_of
from trainer.exploring import paths
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.style import Arithmetic, Interpolation, Walk
from trainer.inference.render import render
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, UserError, column_seeds
from trainer.models.base import Model
from trainer.models.building import build_model

NOW = Circumstances()


@lru_cache
def asked(kind: str) -> tuple[Snapshot, Probe]:
    """A model of that kind, and a question about three images with three noises and edits."""
    recipe = kind_of(kind)
    probe = Probe(1, pictures_of(recipe, 3), column_seeds(4, 3), 0.8, (0.5,))
    return snapshot_of(recipe, steps=4), replace(probe, noise_offsets=(0.5,))


def tile(probe: Probe, row: int, column: int) -> Probe:
    return replace(
        probe,
        images=probe.images[row : row + 1],
        noise_seeds=probe.noise_seeds[column : column + 1],
    )


@pytest.mark.parametrize(
    ("kind", "moves"),
    [
        ("iae", "code"),
        ("iae", "noise"),
        ("iae", "both"),
        ("iae, no noise", "code"),
        ("iae, categories", "both"),
        ("fiae", "both"),
        ("vae", "code"),
        ("cycleiae, decoder noise", "noise"),
        ("cycleiae, encoder noise", "noise"),
    ],
)
def test_the_ends_of_an_interpolation_are_tiles(kind: str, moves: str) -> None:
    shown, probe = asked(kind)
    tiles = render(shown, probe).tiles
    start, end = tile(probe, 0, 1), tile(probe, 2, 2)
    way = paths.interpolation(shown, Interpolation(start, end, moves), NOW)
    assert way.pictures.shape == (9, *tiles.shape[2:]) and way.step == 4
    row = 0 if moves == "noise" else 2
    column = 1 if moves == "code" and kind != "vae" else 2
    np.testing.assert_array_equal(way.pictures[0], tiles[0, 1])
    np.testing.assert_array_equal(way.pictures[-1], tiles[row, column])
    assert not np.array_equal(way.pictures[4], way.pictures[0])


def test_pictures_do_not_blend_and_have_no_sums() -> None:
    shown, probe = asked("cycleiae, decoder noise")
    start = tile(probe, 0, 0)
    with pytest.raises(UserError, match="do not blend"):
        paths.interpolation(shown, Interpolation(start, start, "code"), NOW)
    with pytest.raises(UserError, match="no sum"):
        paths.arithmetic(shown, Arithmetic((start,), start), NOW)


class Plain(nn.Module):
    """A linear map of what it is given, so that every sum is known."""

    def __init__(self, weight: torch.Tensor, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight, self.shape = nn.Parameter(weight, requires_grad=False), shape

    def forward(self, given: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        return (given.flatten(1) @ self.weight.T).view(len(given), *self.shape)


def linear() -> tuple[Snapshot, Model]:
    """The code is four pixels of the image, the decoder puts them back; the rest stays black."""
    recipe = kind_of("iae, no noise")
    model = build_model(recipe).eval()
    pick = torch.zeros(4, 28 * 28)
    pick[range(4), [0, 5, 300, 783]] = 1
    model.encoder, model.decoder = Plain(pick, (4,)), Plain(pick.T, (1, 28, 28))
    return Snapshot(recipe, 3, model, None, CPU), model


def test_sums_on_a_linear_decoder_are_exact() -> None:
    shown, _ = linear()
    images = np.zeros((3, 28, 28, 1), np.uint8)
    for row, values in enumerate([(200, 100, 50, 90), (100, 60, 50, 40), (30, 0, 200, 10)]):
        images.reshape(3, -1)[row, [0, 5, 300, 783]] = values
    terms = tuple(Probe(1, images[row : row + 1], (0,)) for row in range(3))
    done = paths.arithmetic(shown, Arithmetic(terms, terms[0]), NOW)
    expected = [[200, 100, 50, 90], [100, 40, 0, 50], [130, 40, 200, 60]]
    np.testing.assert_allclose(done.codes * 255, expected, atol=1e-3)
    seen = done.pictures.reshape(3, -1)[:, [0, 5, 300, 783]]
    np.testing.assert_array_equal(seen, expected)
    assert done.pictures.sum() == seen.sum()
    two = paths.arithmetic(shown, Arithmetic(terms[:2], terms[0]), NOW)
    np.testing.assert_array_equal(two.pictures, done.pictures[:2])


def test_sums_are_drawn_with_the_noise_that_is_asked_for() -> None:
    shown, probe = asked("iae")
    terms = tile(probe, 0, 0), tile(probe, 1, 0), tile(probe, 1, 1)
    done = paths.arithmetic(shown, Arithmetic(terms, tile(probe, 2, 2)), NOW)
    np.testing.assert_array_equal(done.pictures[0], render(shown, probe).tiles[0, 2])
    np.testing.assert_allclose(done.codes[2], done.codes[0], atol=1e-6)  # A - B + B


WALKING = ("iae", "iae, no noise", "vae", "cycleiae, decoder noise", "cycleiae, encoder noise")


@pytest.mark.parametrize("kind", WALKING)
def test_a_walk_begins_at_the_tile_and_each_input_keeps_its_content(kind: str) -> None:
    shown, probe = asked(kind)
    tiles = render(shown, probe).tiles
    seed = replace(probe, noise_seeds=probe.noise_seeds[1:2])
    parts = [paths.walk(shown, Walk(seed, at, 8, 24), NOW) for at in (0, 8, 16)]
    frames = np.concatenate([part.pictures for part in parts], 1)
    assert frames.shape == (3, 24, *tiles.shape[2:])
    np.testing.assert_array_equal(frames[:, 0], tiles[:, 1])
    whole = paths.walk(shown, Walk(seed, 0, 24, 24), NOW).pictures
    np.testing.assert_array_equal(frames, whole)
    steps = np.abs(whole.astype(float) - np.roll(whole, 1, 1)).mean((0, 2, 3, 4))
    assert not np.array_equal(whole[:, 12], whole[:, 0])
    assert steps[0] <= 2 * steps[1:].max(), "its end meets its beginning"


def test_of_no_noise_and_a_picture_for_a_code_there_is_no_walk() -> None:
    shown, probe = asked("cycleiae, no noise")
    frames = paths.walk(shown, Walk(tile(probe, 0, 0)), NOW).pictures[0]
    np.testing.assert_array_equal(frames, np.stack([render(shown, probe).tiles[0, 0]] * 8))


def test_a_walk_can_be_called_off_between_two_inputs() -> None:
    shown, probe = asked("iae")
    told: list[tuple[int, int]] = []
    progress = Circumstances(progress=lambda done, total: told.append((done, total)))
    paths.walk(shown, Walk(replace(probe, noise_seeds=(1,))), progress)
    assert told == [(0, 3), (1, 3), (2, 3)]
