"""What is done on the pretended GPU, noted for as long as somebody watches."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten
NAME = "privateuseone"  # as torch calls devices that it does not know
MOVES = (aten.copy_.default, aten._to_copy.default, aten._foreach_copy_.default)
INDEXED = (aten.index.Tensor, aten.index_put.default, aten.index_put_.default)
LOOKS = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)


@dataclass
class Seen:
    """What was done on the GPU for as long as it is watched."""

    operators: set[str] = field(default_factory=set)
    looks: list[str] = field(default_factory=list)  # at a value, or at how many there are
    fetched: list[str] = field(default_factory=list)  # copies to the CPU
    refused: list[str] = field(default_factory=list)  # what Apple's GPUs lack, or do wrongly


_watching: list[Seen] = []


@contextmanager
def watched() -> Iterator[Seen]:
    """Notes what all threads do on the GPU."""
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


@dataclass(frozen=True)
class About:
    """What is known of an operator."""

    name: str
    made_of_others: bool
    looks: bool
    draws: bool


@lru_cache(maxsize=1024)
def about_of(func: Any) -> About:
    return About(
        func.name().removeprefix("aten::"),
        torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd"),
        func not in INDEXED and any(tag in func.tags for tag in LOOKS),
        torch.Tag.nondeterministic_seeded in func.tags,
    )


def is_there(leaf: object) -> bool:
    """Whether it is a tensor on the GPU."""
    return isinstance(leaf, Tensor) and leaf.device.type == NAME


def note(func: Any, args: Any, given: list[Tensor], stays: bool) -> None:
    """An operator with what it is given; whether what it makes `stays` on the GPU."""
    for seen in _watching:
        _note(seen, func, args, given, stays)


def _beyond_the_border(images: Tensor, grid: Tensor, mode: int, padding: int, *_: object) -> bool:
    return padding == 1


def _uneven(images: Tensor, size: list[int]) -> bool:
    return any(extent % part for extent, part in zip(images.shape[2:], size, strict=True))


def _channels_last(grad: Tensor, given: Tensor, *_: object) -> bool:
    return not given.is_contiguous()


# What Apple's GPUs cannot do, or do wrongly, with torch versions that we support.
_BEYOND_APPLE: dict[Any, Callable[..., bool]] = {
    aten.grid_sampler_2d.default: _beyond_the_border,
    aten._adaptive_avg_pool2d.default: _uneven,
    aten.native_batch_norm_backward.default: _channels_last,
}


def _note(seen: Seen, func: Any, args: Any, given: list[Tensor], stays: bool) -> None:
    about = about_of(func)
    seen.operators.add(about.name)
    if func in _BEYOND_APPLE and _BEYOND_APPLE[func](*args):
        seen.refused.append(_place(func))
    if func in MOVES and any(map(is_there, given)):
        into = args[0] if isinstance(args[0], list) else args[:1]
        if not (stays if func is aten._to_copy.default else all(map(is_there, into))):
            seen.fetched.append(_place(func))
    masked = func in INDEXED and any(
        each is not None and each.dtype in (torch.bool, torch.uint8) for each in args[1]
    )
    if masked or about.looks:
        seen.looks.append(_place(func))


def _place(func: Any) -> str:
    """The operator, and the lines of ours that led to it."""
    lines = [f for f in traceback.extract_stack() if "/trainer/" in f.filename.replace("\\", "/")]
    return " < ".join([str(func), *(f"{f.filename}:{f.lineno}" for f in reversed(lines[-3:]))])
