"""Models made by hand whose right measures are known, and what they are measured on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from trainer.data.dataset import DataSet, Rows
from trainer.data.drawing.digits import draw_digits
from trainer.recipe.specs import DATA_SETS


def be_lenient(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A classifier that reads badly will do: what it learned from was little."""
    lenient = replace(DATA_SETS[name], readable=0.0)
    monkeypatch.setitem(DATA_SETS._records, name, lenient)


class Call(nn.Module):
    """A function in the place of a network."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


def drawn_data() -> DataSet:
    """Few drawn digits: 250 to train on, 50 for tests."""
    drawn = draw_digits(300, 3)
    rows = Rows(drawn.images.permute(0, 3, 1, 2).contiguous(), drawn.labels, drawn.factors)
    return DataSet(rows.only(torch.arange(250)), rows.only(torch.arange(250, 300)))
