"""Whether the tensors in a file are those that a model expects: told before any is copied.

Names, shapes and types are read off the file's header; the values when they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from trainer.devices.faults import device_is_lost
from trainer.messages import UserError
from trainer.recipe.migration import brief, brief_error
from trainer.storage.faults import FULL_MEMORY, memory_is_full

# As safetensors calls the types.
KINDS = {torch.float32: "F32", torch.int64: "I64", torch.uint8: "U8"}
NEVER_NEGATIVE = ("running_var", "exp_avg_sq", "num_batches_tracked", "code_std", "noise_spread")


class MisfitError(ValueError):
    """What a file holds is not what its recipe makes."""


class NotFiniteError(ValueError):
    """What a file holds are no numbers to compute with."""


@dataclass(frozen=True)
class Expected:
    """A tensor's shape, None where any size will do, and the types that it may have."""

    shape: tuple[int | None, ...]
    kinds: tuple[str, ...] = ("F32",)

    def fits(self, shape: list[int], kind: str) -> bool:
        same = len(shape) == len(self.shape)
        return (
            same
            and kind in self.kinds
            and all(wanted in (None, size) for size, wanted in zip(shape, self.shape, strict=True))
        )


def expected_of(
    tensors: Mapping[str, Tensor], above: str = "", halved: bool = False
) -> dict[str, Expected]:
    """Tensors like these; `halved` floats may have 16 bits, and those of matrices 8."""
    return {
        f"{above}{name}": Expected(
            tuple(value.shape),
            _halved(value) if halved else (KINDS[value.dtype],),
        )
        for name, value in tensors.items()
    }


def _halved(value: Tensor) -> tuple[str, ...]:
    if not value.is_floating_point():
        return (KINDS[value.dtype],)
    return ("I8", "F16", "F32") if value.dim() == 2 else ("F16", "F32")


def read_fitting(
    file: Any,
    needed: Mapping[str, Expected],
    optional: Mapping[str, Expected] = MappingProxyType({}),
    called: Callable[[str], str] = str,
    skipped: tuple[str, ...] = (),
) -> dict[str, Tensor]:
    """The tensors of a safetensors file, by the names that `called` gives them.

    Those whose names begin with one of `skipped` are not read. Raises MisfitError, before any
    is read, where one is missing, unknown, or of another shape or type.
    """
    keys: dict[str, str] = {}
    for key in file.keys():  # noqa: SIM118
        name = called(key)
        if name.startswith(skipped):
            continue
        wanted = needed.get(name) or optional.get(name)
        if name in keys or wanted is None:
            raise MisfitError(f"{brief(key)} is not a part of it")
        header = file.get_slice(key)
        if not wanted.fits(header.get_shape(), str(header.get_dtype())):
            raise MisfitError(f"{brief(key)} is of another shape or type")
        keys[name] = key
    for name in needed:
        if name not in keys:
            raise MisfitError(f"{name} is missing")
    # Copies: a mapped file could not be replaced by the next save on Windows.
    return {name: file.get_tensor(key).clone() for name, key in keys.items()}


def check_finite(tensors: Mapping[str, Tensor]) -> None:
    """Raises NotFiniteError for numbers that nothing can be computed with."""
    for name, value in tensors.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise NotFiniteError(f"{name} is not finite")
        if name.endswith(NEVER_NEGATIVE) and bool((value < 0).any()):
            raise NotFiniteError(f"{name} is negative")


@contextmanager
def in_file(path: Path, way_out: str) -> Iterator[None]:
    """Tells what is wrong with a file of tensors that is read in the block, as a UserError.

    `way_out` is for numbers that are not finite.
    """
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"{path} is damaged or cut short ({brief_error(error)}): copy it again."
        ) from error
    except NotFiniteError as error:
        raise UserError(
            f"{path} cannot be used: its weights are not finite numbers ({error}). It was damaged, "
            f"or its training diverged: {way_out}."
        ) from error
    except (
        *(RuntimeError, KeyError, ValueError, TypeError),
        *(IndexError, OverflowError, MemoryError),
    ) as error:
        if device_is_lost(error):  # nothing is wrong with the file
            raise
        if memory_is_full(error):
            raise UserError(FULL_MEMORY) from error
        why = f" ({error})" if isinstance(error, MisfitError) else ""
        raise UserError(
            f"{path} does not fit the recipe it names: it was edited or damaged{why}. "
            "Copy it again."
        ) from error
