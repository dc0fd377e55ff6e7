"""What tells the weights in one model file from any others, without torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

from safetensors import SafetensorError, safe_open

from trainer.messages import UserError
from trainer.recipe.saved import read_meta
from trainer.storage.faults import in_words


def fingerprint_of(path: Path) -> str:
    """The checksum of a model file's tensors: of the same weights the same. Raises UserError.

    Files of earlier versions name none: it is made of what they hold, just as files are written.
    """
    return read_meta(path).checksum or checksum_of(path)


def checksum_of(path: Path) -> str:
    """The same, made of the tensors whatever the file says. Raises UserError."""
    digest = hashlib.sha256()
    try:
        with in_words(path, "cannot be read"), safe_open(str(path), "np") as file:
            for name in sorted(file.keys()):
                value = file.get_tensor(name)
                digest.update(f"{name} torch.{value.dtype} {list(value.shape)}".encode())
                digest.update(value.tobytes())
    except (SafetensorError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged: download or copy it again.") from error
    return digest.hexdigest()
