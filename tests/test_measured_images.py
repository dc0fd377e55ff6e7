"""Which images a measure is taken on: neighbours in a file are often of one source."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tests.tiny import recipe_of, snapshot_of
from trainer.data.dataset import DataSet, Rows
from trainer.evaluation.measurable import some_of
from trainer.evaluation.measures import categories, reconstructions
from trainer.evaluation.measures.categories import evaluate_categories
from trainer.evaluation.measures.reconstructions import evaluate_images


class Black(nn.Module):
    """A decoder that paints nothing."""

    def forward(self, z: Tensor, noise: Tensor) -> Tensor:
        return torch.zeros(len(z), 1, 28, 28)


class White(nn.Module):
    """An encoder that puts white images into the second category, all others into the first."""

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        white = (x.flatten(1).mean(1) > 0.5).long()
        return nn.functional.one_hot(white, 30).float()


def sorted_rows(count: int) -> Rows:
    """Half of them black and half white, the black ones first."""
    white = (torch.arange(count) >= count // 2).long()
    images = (255 * white).to(torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 28, 28).contiguous()
    return Rows(images, white, {"place": torch.arange(count).float()})


def test_some_rows_are_of_the_whole_set_and_always_the_same() -> None:
    rows = sorted_rows(1000)
    some = some_of(rows, 200)
    assert len(some) == 200 and len(some.factors["place"].unique()) == 200
    assert 70 < int(some.labels.sum()) < 130
    assert torch.equal(some.images.flatten(1)[:, 0] == 255, some.labels == 1)
    assert torch.equal(some.factors["place"] >= 500, some.labels == 1)
    assert torch.equal(some.factors["place"], some_of(rows, 200).factors["place"])
    assert torch.equal(some_of(rows, 1000).factors["place"], rows.factors["place"])


@pytest.mark.parametrize(("most", "apart"), [(1000, 0.0), (100, 0.15)])
def test_reconstructions_of_a_sorted_set_are_judged_on_all_its_parts(
    monkeypatch: pytest.MonkeyPatch, most: int, apart: float
) -> None:
    """Of black pictures the error is the share of white ones; on the first it would be 0."""
    monkeypatch.setattr(reconstructions, "TEST_IMAGES", most)
    snapshot = snapshot_of(recipe_of("drawn-10"))
    snapshot.model.decoder = Black()
    black = sorted_rows(40).only(torch.arange(20))
    told = evaluate_images(snapshot, DataSet(black, sorted_rows(400)), None)
    assert told["images"] == min(most, 400)
    assert told["mse"] == told["mean_image_mse"] == pytest.approx(0.5, abs=apart)


def test_clusters_of_a_sorted_set_are_matched_on_all_its_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the first training images alone the white cluster would have no class."""
    monkeypatch.setattr(categories, "TRAINING_IMAGES", 50)
    monkeypatch.setattr(categories, "TEST_IMAGES", 50)
    snapshot = snapshot_of(recipe_of("mnist-clusters-small"))
    snapshot.model.encoder = White()
    rows = sorted_rows(200)
    told = evaluate_categories(snapshot, DataSet(rows, rows, classes=2))
    assert told["clustering_error"] == 0 and told["clusters_used"] == 2
