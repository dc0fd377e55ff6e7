"""Speckle, on drawn images and what is done to them, and on models made by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.tiny import data_of, recipe_of, snapshot_of
from trainer.data.drawing.faces import draw_faces
from trainer.data.drawing.numbers import draw_numbers
from trainer.data.drawing.shoes import draw_shoes
from trainer.evaluation import MEASURES, CannotMeasureError, evaluate
from trainer.evaluation.formulas.speckle import speckle, variation
from trainer.evaluation.measures.speckle import evaluate_speckle
from trainer.inference.snapshot import Snapshot
from trainer.reporting.reproduce.claims import TRIALS
from trainer.reporting.reproduce.page import write_page
from trainer.reporting.reproduce.records import Record, described, write_record

DRAWN = ("shoes", "faces", "numbers")
FLAT_FILLS = ("shoes", "faces")  # house numbers are drawn with grain


@lru_cache(maxsize=8)
def drawn(kind: str, seed: int = 2, size: int = 64) -> Tensor:
    """Images float32 [40, 3, size, size] in [0, 1]."""
    draw = {"shoes": draw_shoes, "faces": draw_faces, "numbers": draw_numbers}[kind]
    return draw(40, seed, size).images.permute(0, 3, 1, 2).contiguous().float() / 255


def noise(images: Tensor, deviation: float) -> Tensor:
    drops = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    return (images + deviation * drops).clamp(0, 1)


def blurred(images: Tensor, times: int = 1) -> Tensor:
    row = torch.tensor([1.0, 2.0, 1.0]) / 4
    kernel = (row[:, None] * row).expand(3, 1, 3, 3)
    for _ in range(times):
        images = functional.conv2d(functional.pad(images, (1,) * 4, "replicate"), kernel, groups=3)
    return images


def checks(images: Tensor, side: int, height: float) -> Tensor:
    place = torch.arange(images.shape[-1]) // side
    return (images + height * ((place[:, None] + place) % 2 * 2 - 1)).clamp(0, 1)


# ---- what varies in every direction ----


def test_fills_lines_edges_and_even_gradients_do_not_vary() -> None:
    slope = torch.linspace(0, 1, 16).expand(1, 3, 16, 16)
    line = torch.zeros(1, 3, 16, 16)
    line[..., 7] = 1
    step = (torch.arange(16) > 8).float()[:, None].expand(1, 3, 16, 16)
    for image in (torch.full((1, 3, 16, 16), 0.4), slope, slope.mT / 2 + slope / 3, line, step):
        assert variation(image).abs().max() < 1e-12
    diagonal = torch.eye(16).expand(1, 3, 16, 16)
    assert variation(diagonal).max() > 0.1, "of pixels, it is a staircase"


def test_a_chequered_place_varies_by_the_height_of_its_steps() -> None:
    image = checks(torch.full((1, 3, 12, 12), 0.5), 1, 0.1)
    assert variation(image) == pytest.approx(0.2**2)
    wide = checks(torch.full((1, 3, 12, 12), 0.5), 2, 0.1)
    assert variation(wide) == pytest.approx(0.2**2 / 2), "one of two neighbours differs"
    one = image.clone()
    one[:, 1:] = 0.5
    assert variation(one) == pytest.approx(0.2**2 / 3), "in one of three channels"


def test_noise_varies_by_its_variance() -> None:
    grey = torch.full((4, 3, 64, 64), 0.5)
    found = [variation(noise(grey, deviation)).mean().item() for deviation in (0.02, 0.06)]
    assert found == pytest.approx([1.65 * 0.02**2, 1.65 * 0.06**2], rel=0.05)


# ---- the figure ----


@pytest.mark.parametrize("kind", DRAWN)
def test_true_images_are_at_one_and_other_true_ones_close_by(kind: str) -> None:
    true = drawn(kind)
    assert speckle(true, true) == 1
    assert speckle(drawn(kind, seed=3), true) == pytest.approx(1, abs=0.1)
    assert speckle(true.flip(0, 3), true) == pytest.approx(1)
    slope = (true + torch.linspace(-0.1, 0.1, 64)).clamp(0, 1)
    assert speckle(slope, true) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("kind", DRAWN)
def test_noise_is_told_by_its_strength(kind: str) -> None:
    true = drawn(kind)
    levels = [speckle(noise(true, level / 255), true) for level in (0, 0.5, 1, 2.5, 8, 25)]
    assert all(less < more for less, more in pairwise(levels))
    assert levels[1] < 1.15, "it is not seen"
    if kind in FLAT_FILLS:
        assert levels[2] == pytest.approx(1.3, abs=0.1)
        assert levels[3] == pytest.approx(3, abs=0.4)
        assert 14 < levels[4] < 24 and levels[5] > 100
    else:
        assert levels[3] == pytest.approx(1.9, abs=0.2), "grain is not seen among grain"


@pytest.mark.parametrize("kind", DRAWN)
def test_blurred_edges_gain_nothing_and_hide_nothing(kind: str) -> None:
    true = drawn(kind)
    for times in (1, 4):
        assert speckle(blurred(true, times), true) < 1.07
    mottled = noise(blurred(true, 4), 2.5 / 255)
    assert speckle(mottled, true) > 0.6 * speckle(noise(true, 2.5 / 255), true)


@pytest.mark.parametrize("kind", FLAT_FILLS)
def test_patterns_mottles_and_grains_of_salt_count(kind: str) -> None:
    true = drawn(kind)
    assert speckle(checks(true, 1, 0.02), true) > speckle(checks(true, 2, 0.02), true) > 5
    assert speckle(checks(true, 4, 0.02), true) > 2
    clouds = blurred(torch.randn(true.shape, generator=torch.Generator().manual_seed(1)), 2)
    clouds /= clouds.std()
    weak, strong = ((true + height * clouds).clamp(0, 1) for height in (0.03, 0.1))
    assert 2 < speckle(weak, true) < speckle(strong, true)
    drops = torch.rand(true[:, :1].shape, generator=torch.Generator().manual_seed(2))
    salted = torch.where(drops < 0.02, drops * 50, true)
    assert speckle(salted, true) > 1.5
    grey = true.mean(1, keepdim=True).expand_as(true)
    assert speckle(grey, true) < 1.1, "less colour is not speckle"


def test_half_of_the_pictures_speckled_is_half_of_the_energy() -> None:
    true = drawn("faces")
    speckled = noise(true, 8 / 255)
    whole = speckle(speckled, true)
    half = speckle(torch.cat([speckled[:20], true[20:]]), true)
    assert 0.2 * whole < half < 0.8 * whole


def test_paper_that_is_not_quite_white_hides_nothing() -> None:
    true = drawn("shoes")
    speckled = noise(true, 4 / 255)
    paper = (true == 1).all(1, keepdim=True)
    on_white = torch.where(paper, true, speckled)
    off_white = torch.where(paper, 252 / 255, speckled)
    assert speckle(on_white, true) == pytest.approx(speckle(off_white, true), rel=0.1)
    assert speckle(on_white, true) > 2


def test_where_nothing_is_flat_there_is_nothing_to_compare() -> None:
    with pytest.raises(CannotMeasureError, match="hardly any flat places"):
        speckle(drawn("faces"), torch.ones(4, 3, 32, 32))
    with pytest.raises(CannotMeasureError, match="hardly any flat places"):
        speckle(drawn("faces"), torch.rand(4, 3, 32, 32))
    with pytest.raises(CannotMeasureError, match="0 test images"):
        speckle(drawn("faces")[:0], drawn("faces"))
    assert speckle(torch.zeros(4, 3, 32, 32), drawn("faces")) < 1


# ---- models ----


class Passes(nn.Module):
    """Hands on what it is given, with noise over all of it or not."""

    def __init__(self, deviation: float = 0.0) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, x: Tensor, *_: Tensor) -> Tensor:
        return noise(x, self.deviation)


def passing(recipe: str, encode: float = 0.0, decode: float = 0.0) -> Snapshot:
    snapshot = snapshot_of(recipe_of(recipe, "size=32"), 1)
    snapshot.model.encoder, snapshot.model.decoder = Passes(encode), Passes(decode)
    return snapshot


def test_of_shoes_what_is_drawn_into_an_outline_is_measured() -> None:
    data = data_of(recipe_of("shoes-small", "size=32"))
    assert evaluate_speckle(passing("shoes-small"), data) == {"speckle": 1}
    assert evaluate_speckle(passing("shoes-small", decode=0.03), data)["speckle"] > 5


def test_of_faces_both_ways_are_measured_each_against_its_own_kind() -> None:
    data = data_of(recipe_of("faces-small", "size=32"))
    alike = replace(data, other_test=data.test)
    assert evaluate_speckle(passing("faces-small"), alike) == {"speckle": 1, "way_back_speckle": 1}
    there = evaluate_speckle(passing("faces-small", encode=0.03), alike)
    assert there["speckle"] == there["way_back_speckle"] > 5, "what comes back has it too"
    back = evaluate_speckle(passing("faces-small", decode=0.03), alike)
    assert back["speckle"] == 1 and back["way_back_speckle"] > 5
    assert evaluate_speckle(passing("faces-small"), data)["way_back_speckle"] == 1
    lone = evaluate_speckle(passing("faces-small"), replace(data, other_test=None))
    assert lone["speckle"] is None and lone["way_back_speckle"] == 1
    assert "second domain" in lone["not_measured"]["speckle"]


def test_it_is_measured_of_drawings_in_colour_and_a_model_of_nonsense_says_why() -> None:
    snapshot = passing("shoes-small")
    told = evaluate(snapshot, data_of(snapshot.recipe))
    assert told["speckle"] == 1 and "not_measured" not in told
    snapshot.model.decoder = Passes(float("nan"))
    told = evaluate(snapshot, data_of(snapshot.recipe))
    assert told["not_measured"]["speckle"] == "the model gives pictures that are not finite numbers"
    for recipe, there in (("svhn-75-small", True), ("drawn-10", False), ("mog-iae", False)):
        asked = recipe_of(recipe)
        assert MEASURES["speckle"].applies(asked, data_of(asked)) == there


# ---- the page ----


def test_the_page_has_a_column_and_a_dash_for_what_was_measured_before(tmp_path: Path) -> None:
    def write(trial: str, **metrics: float) -> None:
        told = described(TRIALS[trial].made(tmp_path, 0))
        record = Record(trial, 0, told, metrics, "CPU", 1.0, "2026-01-01", "", 1)
        write_record(tmp_path / "results", record)

    write("shoes-small", diversity=0.05, speckle=1.25)
    write("shoes-l1-small", diversity=0.01)
    write("faces-small", way_back_mse=0.001)
    page = write_page(tmp_path, lambda trial, seed: trial.made(tmp_path, seed)).read_text("utf-8")
    assert "| trial | diversity | speckle | seeds |" in page
    assert "| `shoes-small` | 0.05 | 1.25 | 0 |" in page
    assert "| `shoes-l1-small` | 0.01 | \N{EN DASH} | 0 |" in page
    faces = page[page.index("## Female to male") :]
    assert "speckle" not in faces[: faces.index("| `faces`")], "no record has it"
