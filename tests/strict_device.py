"""A device of which nobody has one: tensors on it hold the CPU's numbers, and never mix with them.

As on a GPU, an operator that is given tensors of both fails, but for a CPU's single numbers and
indices. "meta" is its name, which torch knows without any driver; backward passes work too.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

DEVICE = torch.device("meta")
INDEXED = ("aten::index", "aten::index_put", "aten::index_put_")


class There(Tensor):
    """A tensor on the device."""

    here: Tensor

    @staticmethod
    def __new__(cls, here: Tensor) -> There:
        return Tensor._make_wrapper_subclass(  # type: ignore[attr-defined,no-any-return]
            cls, here.size(), strides=here.stride(), dtype=here.dtype, device=DEVICE
        )

    def __init__(self, here: Tensor) -> None:
        self.here = here

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _carried_out(func, args, kwargs or {})


class Numbers(torch.Generator):
    """Random numbers of the device."""

    device = DEVICE


class StrictDevice(TorchDispatchMode):
    """Within it the device is there."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _carried_out(func, args, kwargs or {})


def moved(module: nn.Module) -> None:
    """Put a module's weights and statistics there."""
    for each in module.modules():
        for name, weight in each._parameters.items():
            if weight is not None:
                there = There(weight.detach())
                each._parameters[name] = nn.Parameter(there, requires_grad=weight.requires_grad)
        for name, value in each._buffers.items():
            if value is not None:
                each._buffers[name] = There(value)


def _carried_out(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    given = [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
    there = [each for each in given if isinstance(each, There)]
    name, device = func._schema.name, kwargs.get("device")
    if there and name != "aten::copy_" and not (name in INDEXED and isinstance(args[0], There)):
        mixed = [tuple(each.shape) for each in given if not isinstance(each, There) and each.dim()]
        if mixed:
            raise RuntimeError(f"Not all tensors are on the same device: {name} got {mixed} too")
    if device is not None:
        there_asked = torch.device(device) == DEVICE
        kwargs = {**kwargs, "device": torch.device("cpu")}
    else:
        there_asked = bool(there)
    made = func(*tree_map(_here, args), **tree_map(_here, kwargs))
    if name == "aten::copy_":
        return args[0]
    known = {id(each.here): each for each in there}

    def put(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        return known[id(value)] if id(value) in known else There(value)

    return tree_map(put, made) if there_asked else made


def _here(value: Any) -> Any:
    return value.here if isinstance(value, There) else value
