"""Which images a measure is taken on: neighbours in a file are often of one source."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.tiny import recipe_of, snapshot_of
from trainer.data.dataset import DataSet, Rows
from trainer.evaluation.measurable import some_of
from trainer.evaluation.measures import reconstructions
from trainer.evaluation.measures.reconstructions import evaluate_images


class Black(nn.Module):
    """A decoder that paints nothing."""

    def forward(self, z: Tensor, noise: Tensor) -> Tensor:
        return torch.zeros(len(z), 1, 28, 28)


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
    told: dict[str, Any] = evaluate_images(
        snapshot, DataSet(sorted_rows(40), sorted_rows(400)), None
    )
    assert told["mse"] == pytest.approx(0.5, abs=apart) and told["images"] == min(most, 400)
    assert told["mean_image_mse"] == pytest.approx(0.25)
