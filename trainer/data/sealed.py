"""What our caches hold, sealed: whatever was edited or cut short is as if it were not there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import Tensor

from trainer.messages import UserError
from trainer.storage.files import write_bytes
from trainer.storage.half_written import remove_half_written
from trainer.storage.regular import check_regular, open_regular

_SEAL = "seal"
MOST_TEXT = 1 << 26  # bytes


def write_tensors(file: Path, parts: Mapping[str, Tensor]) -> None:
    """Keep tensors that are on the CPU. Raises OSError."""
    whole = {name: part.contiguous() for name, part in parts.items()}
    seal = torch.frombuffer(bytearray(_digest(whole)), dtype=torch.uint8)
    remove_half_written(file)
    write_bytes(file, to_bytes({**whole, _SEAL: seal}))


def read_tensors(file: Path) -> dict[str, Tensor] | None:
    """What `write_tensors` kept; None where it is not there as it was."""
    try:
        check_regular(file)
        parts = load_file(file)
        seal = bytes(parts.pop(_SEAL).numpy().tobytes())
        return parts if seal == _digest(parts) else None
    except (OSError, UserError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError):
        return None


def _digest(parts: Mapping[str, Tensor]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(parts):
        about = f"{name} {parts[name].dtype} {tuple(parts[name].shape)}\0"
        digest.update(about.encode("utf-8", "surrogateescape"))
        digest.update(parts[name].numpy().data if parts[name].numel() else b"")
    return digest.digest()


def write_mapping(file: Path, content: Mapping[str, Any]) -> None:
    """Keep what JSON can hold. Raises OSError."""
    remove_half_written(file)
    write_bytes(file, json.dumps({_SEAL: _seal_of(content), **content}).encode())


def read_mapping(file: Path) -> dict[str, Any] | None:
    """What `write_mapping` kept; None where it is not there as it was."""
    try:
        with open_regular(file) as opened:
            content = json.loads(opened.read(MOST_TEXT))
        return content if content.pop(_SEAL) == _seal_of(content) else None
    except (OSError, UserError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _seal_of(content: Mapping[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()
