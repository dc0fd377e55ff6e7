"""Makes torch know the pretended GPU."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from tests.pretend import generator
from tests.pretend.device import computed, mapped
from tests.pretend.seen import NAME, aten

LOW = ("conv2d", "conv_transpose2d.input", "linear", "matmul")  # in 16 bits where that is asked for
# These would be made empty, and then grow, which what stands for a tensor here cannot.
GROWN = ("arange", "arange.start", "arange.start_step", "eye", "eye.m", "linspace", "randperm")
GROWN += ("randperm.generator",)
_kept: list[torch.library.Library] = []  # what is registered lasts as long as these


def install() -> torch.device:
    """Have the GPU in this process, for good."""
    from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

    generator.install()
    _setup_privateuseone_for_python_backend(NAME, _module())
    everything = torch.library.Library("_", "IMPL")
    everything.fallback(_as_operator, "PrivateUse1")
    single = torch.library.Library("aten", "IMPL", "PrivateUse1")
    for name in ("copy_", *GROWN):  # `torch.tensor` copies where no subclass is asked
        single.impl(name, partial(_as_operator, _named(name)))
    others = torch.library.Library("_", "IMPL")
    others.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")
    low = torch.library.Library("aten", "IMPL", "AutocastPrivateUse1")
    for name in LOW:
        low.impl(name, _in_16_bits(_named(name)))
    low.impl("binary_cross_entropy", _refused)
    _kept.extend([everything, single, others, low])
    return torch.device(NAME)


def _as_operator(func: Any, *args: Any, **kwargs: Any) -> Any:
    return computed(func, args, kwargs)


def _named(name: str) -> Any:
    packet, _, overload = name.partition(".")
    return getattr(getattr(aten, packet), overload or "default")


def _module() -> Any:
    """What torch asks of a kind of device."""
    return SimpleNamespace(
        is_initialized=lambda: True,
        is_available=lambda: True,
        device_count=lambda: 1,
        current_device=lambda: 0,
        _is_in_bad_fork=lambda: False,
        manual_seed=lambda seed: generator.own().manual_seed(seed),
        manual_seed_all=lambda seed: generator.own().manual_seed(seed),
        get_rng_state=lambda device=0: generator.own().get_state(),
        set_rng_state=lambda state, device=0: generator.own().set_state(state),
        get_amp_supported_dtype=lambda: [torch.bfloat16, torch.float16],
    )


def _in_16_bits(operator: Any) -> Any:
    def cast(leaf: Any) -> Any:
        floating = isinstance(leaf, Tensor) and leaf.dtype == torch.float32
        return leaf.to(torch.get_autocast_dtype(NAME)) if floating else leaf

    def computed(*args: Any, **kwargs: Any) -> Any:
        with torch._C._ExcludeDispatchKeyGuard(
            torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastPrivateUse1)
        ):
            named = {key: mapped(value, cast) for key, value in kwargs.items()}
            return operator(*mapped(args, cast), **named)

    return computed


def _refused(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("binary_cross_entropy is unsafe to autocast.")
