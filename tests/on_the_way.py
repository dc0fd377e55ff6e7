"""What a GPU must not meet on its way through a step or a picture, watched for on the CPU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

LOOKS = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)
INDEXED = ("aten::index.Tensor", "aten::index_put", "aten::index_put_")  # looks with masks alone


class NoLookNoFloat64(TorchDispatchMode):
    """Raises AssertionError for a look at a value, and for a float64 that is made.

    To fetch pixels is no such look: a copy to the CPU is waited for once, when all is computed, and
    here, where all lies on the CPU, it is no operator at all.
    """

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.name() in INDEXED:
            masks = (torch.bool, torch.uint8)
            looks = any(each is not None and each.dtype in masks for each in args[1])
        else:
            looks = any(tag in func.tags for tag in LOOKS)
        assert not looks, f"{func} looks at a value"
        made = func(*args, **(kwargs or {}))
        for each in tree_leaves(made):
            wide = isinstance(each, Tensor) and each.dtype in (torch.float64, torch.complex128)
            assert not wide, f"{func} makes a float64"
        return made
