"""A GPU that does not exist: tensors of a device of their own, computed on the CPU.

What is trained and drawn on it goes the ways that it goes on a GPU, forward and backward. As there,
tensors of two devices do not mix, and NumPy cannot see what lies there; as on Apple's, there is no
float64. Each look at a value, for which a GPU would have to be waited for, is noted.

A process that had it once has it for good, so what is tried on it runs in one of its own: see
`on_pretend.py`.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, ClassVar

import torch
from torch import Tensor

aten = torch.ops.aten
NAME = "privateuseone"  # as torch calls devices that it does not know
STATE = 44  # bytes of its random numbers' states, as of Apple's
MOVES = (aten.copy_.default, aten._to_copy.default, aten._foreach_copy_.default)
INDEXED = (aten.index.Tensor, aten.index_put.default, aten.index_put_.default)
LOOKS = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)
LOW = ("conv2d", "conv_transpose2d.input", "linear", "matmul")  # in 16 bits where that is asked for
# These would be made empty, and then grow, which what stands for a tensor here cannot.
GROWN = ("arange", "arange.start", "arange.start_step", "eye", "eye.m", "linspace", "randperm")
GROWN += ("randperm.generator",)
DRAWING = ("randn", "rand", "randint", "randperm")


@dataclass
class Seen:
    """What was done on the GPU for as long as it is watched."""

    operators: set[str] = field(default_factory=set)
    looks: list[str] = field(default_factory=list)  # at a value, or at how many there are
    fetched: list[str] = field(default_factory=list)  # copies to the CPU
    refused: list[str] = field(
        default_factory=list
    )  # what a GPU of Apple's cannot do, or does wrongly


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
        return _computed(func, args, kwargs or {})

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def __repr__(self) -> str:  # type: ignore[override]
        return f"OnPretend({list(self.shape)}, {self.dtype})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("What lies on a GPU is not to be pickled.")


class PretendGenerator(torch.Generator):
    """Random numbers of that GPU: its states are of another size than the CPU's.

    They name one of the CPU's, so that only this process can go on from them.
    """

    named: ClassVar[dict[bytes, Tensor]] = {}

    def __new__(cls, device: Any = "cpu") -> torch.Generator:  # type: ignore[misc]
        if torch.device(device).type != NAME:
            return _Generator(device)
        return super().__new__(cls, "cpu")

    @property
    def device(self) -> torch.device:
        return torch.device(NAME, 0)

    def get_state(self) -> Tensor:
        state = super().get_state()
        name = hashlib.blake2b(state.numpy().tobytes(), digest_size=STATE).digest()
        self.named[name] = state
        return torch.frombuffer(bytearray(name), dtype=torch.uint8)

    def set_state(self, state: Tensor) -> PretendGenerator:  # type: ignore[override]
        if len(state) != STATE:
            raise RuntimeError("RNG state is wrong size")
        super().set_state(self.named[state.numpy().tobytes()])
        return self


_Generator = torch.Generator
_own: list[torch.Generator] = []  # the one that draws where none is named


@dataclass(frozen=True)
class _About:
    """What is known of an operator."""

    name: str
    made_of_others: bool
    looks: bool
    draws: bool


@lru_cache(maxsize=1024)
def _about(func: Any) -> _About:
    return _About(
        func.name().removeprefix("aten::"),
        torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd"),
        func not in INDEXED and any(tag in func.tags for tag in LOOKS),
        torch.Tag.nondeterministic_seeded in func.tags,
    )


def _computed(func: Any, args: Any, kwargs: Any) -> Any:
    about = _about(func)
    if about.made_of_others:  # they come in inference mode
        return func.decompose(*args, **kwargs)
    given: list[Tensor] = []
    plain = _mapped(args, partial(_here, given))
    named = {key: _mapped(value, partial(_here, given)) for key, value in kwargs.items()}
    wanted = kwargs.get("device")
    ours = any(map(_ours, given)) if wanted is None else wanted.type == NAME
    _check(func, given, ours)
    for seen in _watching:
        _note(seen, func, args, given, ours)
    with _drawing() if ours and about.draws and not kwargs.get("generator") else nullcontext():
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

    return _mapped(made, placed)


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, list | tuple):
        return type(value)([_mapped(each, change) for each in value])
    return change(value)


def _ours(leaf: object) -> bool:
    return isinstance(leaf, OnPretend)


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
    elsewhere = [leaf for leaf in given if not _ours(leaf) and leaf.dim()]
    if ours and elsewhere and func not in MOVES and func not in INDEXED:
        raise RuntimeError(f"Expected all tensors to be on the same device: {func}")


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


def _note(seen: Seen, func: Any, args: Any, given: list[Tensor], ours: bool) -> None:
    about = _about(func)
    seen.operators.add(about.name)
    if func in _BEYOND_APPLE and _BEYOND_APPLE[func](*args):
        seen.refused.append(_place(func))
    if func in MOVES and any(map(_ours, given)):
        into = args[0] if isinstance(args[0], list) else args[:1]
        if not (ours if func is aten._to_copy.default else all(map(_ours, into))):
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


@contextmanager
def _drawing() -> Iterator[None]:
    """Where no generator is named, numbers are drawn by the GPU's own."""
    known = torch.default_generator.get_state()
    torch.default_generator.set_state(PretendGenerator.named[bytes(_own[0].get_state().tolist())])
    yield
    now = torch.default_generator.get_state()
    super(PretendGenerator, _own[0]).set_state(now)
    torch.default_generator.set_state(known)


_kept: list[torch.library.Library] = []  # what is registered lasts as long as these


def install() -> torch.device:
    """Have the GPU in this process, for good."""
    from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

    torch.Generator = PretendGenerator  # type: ignore[misc]
    for name in DRAWING:
        setattr(torch, name, _checked(getattr(torch, name)))
    _setup_privateuseone_for_python_backend(NAME, _module())
    _own.append(torch.Generator(NAME).manual_seed(7))
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
    return _computed(func, args, kwargs)


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
        manual_seed=lambda seed: _own[0].manual_seed(seed),
        manual_seed_all=lambda seed: _own[0].manual_seed(seed),
        get_rng_state=lambda device=0: _own[0].get_state(),
        set_rng_state=lambda state, device=0: _own[0].set_state(state),
        get_amp_supported_dtype=lambda: [torch.bfloat16, torch.float16],
    )


def _checked(draw: Any) -> Any:
    """`torch.randn` and the like: each device draws from generators of its own."""

    def checked(*args: Any, generator: Any = None, device: Any = None, **kwargs: Any) -> Any:
        if generator is not None and (torch.device(device or "cpu").type != generator.device.type):
            raise RuntimeError(f"Expected a generator on {device}, found {generator.device}")
        return draw(*args, generator=generator, device=device, **kwargs)

    return checked


def _in_16_bits(operator: Any) -> Any:
    def cast(leaf: Any) -> Any:
        floating = isinstance(leaf, Tensor) and leaf.dtype == torch.float32
        return leaf.to(torch.get_autocast_dtype(NAME)) if floating else leaf

    def computed(*args: Any, **kwargs: Any) -> Any:
        with torch._C._ExcludeDispatchKeyGuard(
            torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastPrivateUse1)
        ):
            named = {key: _mapped(value, cast) for key, value in kwargs.items()}
            return operator(*_mapped(args, cast), **named)

    return computed


def _refused(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("binary_cross_entropy is unsafe to autocast.")
