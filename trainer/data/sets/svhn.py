"""SVHN, photographed house numbers (cropped digits): read from its .mat files, or downloaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trainer.data.downloads import Archive, Progress, fetch_archives
from trainer.messages import DataMissingError, UserError
from trainer.storage.paths import DATA_VARIABLE, SVHN_FILES, data_root, svhn_folder

CLASSES = 10
_SIZES = {"train": 182_040_794, "test": 64_275_384}  # bytes


def load_svhn(root: Path | None, train: bool) -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 3, 32, 32] and labels int64 [N], 0..9: the digit in the middle.

    Raises UserError where the files are missing or damaged.
    """
    folder = svhn_folder(root)
    if folder is None:
        raise DataMissingError(
            f"SVHN ({' and '.join(SVHN_FILES)}) is not in {data_root(root)}. Name a folder that "
            f"holds it with --data or the variable {DATA_VARIABLE}, or get it with: "
            "python -m trainer download svhn.",
            data="svhn",
        )
    path = folder / SVHN_FILES[0 if train else 1]
    content = _read_mat(path)
    images, labels = content.get("X"), content.get("y")
    if images is None or labels is None:
        raise UserError(
            f'{path} holds no "X" and "y": it is not one of SVHN\'s files of cropped digits. '
            "Delete it and get it again."
        )
    labels = labels.reshape(-1)
    fits = images.shape == (32, 32, 3, len(labels)) and images.dtype == np.uint8
    if not fits or not len(labels) or not np.isin(labels, np.arange(1, CLASSES + 1)).all():
        raise UserError(
            f"{path} is damaged: its images and labels do not fit. Delete it and get it again."
        )
    ordered = np.ascontiguousarray(images.transpose(3, 2, 0, 1))
    return torch.from_numpy(ordered), torch.from_numpy(labels.astype(np.int64) % CLASSES)


def _read_mat(path: Path) -> dict[str, Any]:
    from scipy.io import loadmat

    try:
        content: dict[str, Any] = loadmat(path, variable_names=["X", "y"])
    except PermissionError as error:
        raise UserError(f"{path} cannot be read: check its permissions.") from error
    except Exception as error:  # scipy raises nearly anything over broken data
        raise UserError(
            f"{path} is damaged ({str(error) or 'cut short'}). Delete it and get it again."
        ) from error
    return content


def download_svhn(
    root: Path | None = None,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Fetch both files, 235 MiB, into ROOT/svhn and check them; returns that folder.

    `progress(bytes done, bytes in all)` is called for each chunk. Raises Cancelled, or UserError
    where the server does not answer or a checksum differs.
    """
    from torchvision.datasets import SVHN

    archives = []
    for split, size in _SIZES.items():
        url, name, md5 = SVHN.split_list[split]
        archives.append(Archive(name, (url,), md5, size))
    return fetch_archives(
        archives,
        svhn_folder(root) or data_root(root) / "svhn",
        "choose a folder that holds SVHN. The drawn house numbers need no download.",
        progress,
        cancelled,
    )
