"""Matrices of weights in eight bits: whole numbers, and a factor for each row.

A small network's fully connected layers hold nine tenths of its weights, and reconstruct the same
with eight bits; kernels of convolutions do not, and are kept in sixteen.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from trainer.models.fitting import Expected, MisfitError, NotFiniteError

MOST = 127
FACTORS = ".factors"  # ends the name of a matrix's factors
ENOUGH = 1 << 13  # numbers: smaller matrices hardly count, and those of a CycleIAE carry the noise


def worth_it(value: Tensor) -> bool:
    """Whether it is a large matrix."""
    return value.is_floating_point() and value.dim() == 2 and value.numel() >= ENOUGH


def packed(name: str, value: Tensor) -> dict[str, Tensor]:
    """A matrix [R, C] of floats as int8 [R, C], and its rows' factors float32 [R]."""
    factors = value.float().abs().amax(1).clamp_min(torch.finfo(torch.float32).tiny) / MOST
    whole = (value.float() / factors[:, None]).round().clamp(-MOST, MOST)
    return {name: whole.to(torch.int8), f"{name}{FACTORS}": factors}


def expected_factors(wanted: Mapping[str, Expected]) -> dict[str, Expected]:
    """What may lie beside the matrices of a file."""
    matrices = {name: each for name, each in wanted.items() if len(each.shape) == 2}
    return {f"{name}{FACTORS}": Expected(each.shape[:1]) for name, each in matrices.items()}


def unpacked(tensors: Mapping[str, Tensor], name: str) -> Tensor:
    """A tensor of a file as float32.

    Raises MisfitError where a matrix and its factors part, and NotFiniteError where they make no
    numbers.
    """
    value, factors = tensors[name], tensors.get(f"{name}{FACTORS}")
    if (value.dtype == torch.int8) != (factors is not None):
        raise MisfitError(f"{name} and its factors do not belong together")
    if factors is None:
        return value.float()
    made = value.float() * factors[:, None]
    if not bool(torch.isfinite(made).all()):
        raise NotFiniteError(f"{name} is not finite")
    return made
