"""What a device computes, beside what the CPU does: how far off it may be, and what is a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from trainer.reporting.doctor import self_test
from trainer.reporting.doctor.self_test import FULL, SHORT, Outcome, compared


@pytest.mark.parametrize(
    ("losses", "picture", "limits", "said"),
    [
        (0.0, 0.0, FULL, ""),
        (9e-4, 1.0, FULL, ""),
        (2e-3, 0.0, FULL, "regularisation generator is 0.2 % off (0.1 % may be)"),
        (1e-2, 3.0, SHORT, ""),
        (0.0, 2.0, FULL, "pixels are up to 2 of 255 off (1 may be)"),
        (np.nan, 0.0, FULL, "regularisation generator is no number"),
        (np.inf, 0.0, FULL, "regularisation generator is no number"),
        (0.0, np.nan, FULL, "pixels are up to nan"),
    ],
)
def test_outcomes_are_compared(losses, picture, limits, said) -> None:
    values = np.full(len(self_test.NAMES), 2.0, np.float32)
    values[5] = np.nan  # a loss that this kind does not have
    right = Outcome(values, np.full((2, 2), 100, np.float32))
    other = values.copy()
    other[3] *= 1 + losses
    found = Outcome(other, right.picture + np.float32(picture))
    told, failed = compared(found, right, limits)
    assert failed == bool(said) and said in told


class Other(TorchDispatchMode):
    """Another device: what some operators take is changed before."""

    def __init__(self, operators: tuple[str, ...], change: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self._operators, self._change = operators, change

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if str(func).split(".")[1] in self._operators:
            args = tuple(self._change(a) if isinstance(a, Tensor) else a for a in args)
        return func(*args, **(kwargs or {}))


def tf32(value: Tensor) -> Tensor:
    """As a tensor core reads it: ten bits of mantissa."""
    bits = value.contiguous().view(torch.int32)
    return ((bits + 0x1000) & ~0x1FFF).view(torch.float32)


PRODUCTS = ("mm", "addmm", "bmm", "linear", "convolution", "convolution_backward", "conv2d",
            "conv_transpose2d")  # fmt: skip


@pytest.mark.parametrize("kind", ["IAE", "CycleIAE", "points"])
def test_short_mantissas_stay_within_their_limits_and_a_fault_does_not(kind: str) -> None:
    right = self_test.outcome(kind, self_test.CPU)
    with Other(PRODUCTS, tf32):
        short = self_test.outcome(kind, self_test.CPU)
    told, failed = compared(short, right, SHORT)
    assert not failed and "same" not in told
    with Other(("linear", "addmm", "convolution", "conv2d"), lambda value: 1.03 * value):
        wrong = self_test.outcome(kind, self_test.CPU)
    assert compared(wrong, right, SHORT)[1]


def test_an_outcome_that_is_no_number_on_either_device_is_a_failure() -> None:
    values = np.full(len(self_test.NAMES), np.nan, np.float32)
    same = Outcome(values, np.zeros(3, np.float32))
    assert compared(same, same, FULL) == ("the loss of the whole step is no number", True)


def test_replayed_steps_are_compared() -> None:
    rows = torch.ones(4, 2, 3)
    rows[:, :, 2] = float("nan")
    assert self_test._replayed_apart(rows, self_test.FULL) == (
        "replayed as CUDA graphs, losses 0 % off",
        False,
    )
    rows[3, 1, 0] = 1.05
    assert "are 5 % off (0.1 % may be)" in self_test._replayed_apart(rows, self_test.FULL)[0]
    rows[3, 1, 0] = float("nan")
    assert "are no numbers" in self_test._replayed_apart(rows, self_test.FULL)[0]


def test_draws_are_the_same_on_every_device() -> None:
    with self_test.SameDraws():
        first, second = (
            torch.randn(5, generator=torch.Generator().manual_seed(3)) for _ in range(2)
        )
    assert torch.equal(first, second)
    assert torch.equal(first, torch.randn(5, generator=torch.Generator().manual_seed(3)))
