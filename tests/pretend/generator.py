"""The random numbers of the pretended GPU."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import torch
from torch import Tensor

from tests.pretend.seen import NAME

STATE = 44  # bytes of a state, as of Apple's
DRAWING = ("randn", "rand", "randint", "randperm")


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


@contextmanager
def drawing() -> Iterator[None]:
    """Where no generator is named, numbers are drawn by the GPU's own."""
    known = torch.default_generator.get_state()
    torch.default_generator.set_state(PretendGenerator.named[bytes(_own[0].get_state().tolist())])
    yield
    now = torch.default_generator.get_state()
    super(PretendGenerator, _own[0]).set_state(now)
    torch.default_generator.set_state(known)


def own() -> torch.Generator:
    """The generator of that GPU."""
    return _own[0]


def install() -> None:
    """Have such generators in this process, for good."""
    torch.Generator = PretendGenerator  # type: ignore[misc]
    for name in DRAWING:
        setattr(torch, name, _checked(getattr(torch, name)))
    _own.append(torch.Generator(NAME).manual_seed(7))


def _checked(draw: Any) -> Any:
    """`torch.randn` and the like: each device draws from generators of its own."""

    def checked(*args: Any, generator: Any = None, device: Any = None, **kwargs: Any) -> Any:
        if generator is not None and (torch.device(device or "cpu").type != generator.device.type):
            raise RuntimeError(f"Expected a generator on {device}, found {generator.device}")
        return draw(*args, generator=generator, device=device, **kwargs)

    return checked
