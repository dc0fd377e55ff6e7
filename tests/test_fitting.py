"""The small networks that measures train for themselves: a step learns from its own batch alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tests.tiny import CPU
from trainer.data.dataset import Rows
from trainer.evaluation import reference_classifier as classifying
from trainer.evaluation.formulas.fitting import train


class HeardOnce(nn.Module):
    """Its weights have a say in the first batch only."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, -1.0]))
        self.batches = 0

    def forward(self, images: Tensor) -> Tensor:
        self.batches += 1
        return self.weight.expand(len(images), 2) * (self.batches == 1)


def left_of_the_first(network: HeardOnce) -> Tensor:
    assert network.batches == 4
    assert network.weight.grad is not None
    return network.weight.grad


def test_a_measures_network_forgets_the_slope_of_the_batch_before() -> None:
    network = HeardOnce()
    train(network, lambda: network(torch.zeros(3)).square().sum(), steps=4, rate=1e-3)
    assert not left_of_the_first(network).any()
    assert not network.training


def test_the_classifier_forgets_the_slope_of_the_batch_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classifying, "STEPS", 4)
    network = HeardOnce()
    images = torch.zeros(10, 1, 4, 4, dtype=torch.uint8)
    classifying._train(network, Rows(images, torch.zeros(10, dtype=torch.int64)), CPU)
    assert not left_of_the_first(network).any()
