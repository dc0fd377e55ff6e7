"""The tensors of the pretended GPU."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor

from tests.pretend.generator import drawing
from tests.pretend.seen import INDEXED, MOVES, NAME, about_of, aten, is_there, note


class OnPretend(Tensor):
    """A tensor on the GPU; `here` has its numbers."""

    here: Tensor

    @staticmethod
    def __new__(cls, here: Tensor) -> OnPretend:
        if here.dtype == torch.float64:
            raise TypeError("This GPU has no float64, as Apple's have none.")
        about = {"strides": here.stride(), "storage_offset": here.storage_offset()}
        with torch.inference_mode(here.is_inference()):
            made = Tensor._make_wrapper_subclass(
                cls, here.size(), dtype=here.dtype, device=f"{NAME}:0", **about
            )
        made.here = here
        return made

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return computed(func, args, kwargs or {})

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def __repr__(self) -> str:  # type: ignore[override]
        return f"OnPretend({list(self.shape)}, {self.dtype})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("What lies on a GPU is not to be pickled.")


def computed(func: Any, args: Any, kwargs: Any) -> Any:
    """What an operator makes, on the GPU where it belongs there."""
    about = about_of(func)
    if about.made_of_others:  # they come in inference mode
        return func.decompose(*args, **kwargs)
    given: list[Tensor] = []
    plain = mapped(args, partial(_here, given))
    named = {key: mapped(value, partial(_here, given)) for key, value in kwargs.items()}
    wanted = kwargs.get("device")
    ours = any(map(is_there, given)) if wanted is None else wanted.type == NAME
    _check(func, given, ours)
    note(func, args, given, ours)
    with drawing() if ours and about.draws and not kwargs.get("generator") else nullcontext():
        made = func(*plain, **named)
    known = {}  # what is written in place, or as `out`
    for leaf in given:
        if isinstance(leaf, OnPretend):
            known[id(leaf.here)] = leaf
            if leaf.shape != leaf.here.shape:
                with torch._C._DisableTorchDispatch():
                    aten.as_strided_(leaf, leaf.here.size(), leaf.here.stride())

    def placed(leaf: Any) -> Any:
        if not ours or not isinstance(leaf, Tensor):
            return leaf
        return known[id(leaf)] if id(leaf) in known else OnPretend(leaf)

    return mapped(made, placed)


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """A value, or all of nested lists, changed."""
    if isinstance(value, list | tuple):
        return type(value)([mapped(each, change) for each in value])
    return change(value)


def _here(given: list[Tensor], leaf: Any) -> Any:
    """What takes a part on the CPU; tensors are added to those that are given."""
    if isinstance(leaf, Tensor):
        given.append(leaf)
        return leaf.here if isinstance(leaf, OnPretend) else leaf
    if isinstance(leaf, torch.device) and leaf.type == NAME:
        return torch.device("cpu")
    return leaf


def _check(func: Any, given: list[Tensor], ours: bool) -> None:
    """Raises RuntimeError where something is on another device than the rest."""
    elsewhere = [leaf for leaf in given if not is_there(leaf) and leaf.dim()]
    if ours and elsewhere and func not in MOVES and func not in INDEXED:
        raise RuntimeError(f"Expected all tensors to be on the same device: {func}")
