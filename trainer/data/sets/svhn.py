"""SVHN, photographed house numbers (cropped digits): read from its .mat files, or downloaded."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.data.at_hand import folder_of
from trainer.data.downloads import Archive, fetch_archives
from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request, by_parts
from trainer.messages import UserError
from trainer.recipe.specs import DATA_SETS, DataSpec
from trainer.storage.faults import told
from trainer.storage.files import lies
from trainer.storage.paths import data_root
from trainer.storage.regular import open_regular

if TYPE_CHECKING:
    from torch import Tensor

    from trainer.data.dataset import Rows

SVHN_FILES = ("train_32x32.mat", "test_32x32.mat")
CLASSES = 10
MOST = 100_000  # images of one file; the larger of the two has 73,257
_SIZES = {"train": 182_040_794, "test": 64_275_384}  # bytes


def svhn_folder(root: Path) -> Path | None:
    """The folder that holds both .mat files of SVHN's cropped digits; None where there is none."""
    for folder in (root, root / "svhn", root / "SVHN"):
        if all(lies(folder / name) for name in SVHN_FILES):
            return folder
    return None


def load_part(request: Request, part: str, progress: OnProgress) -> Rows:
    """Images uint8 [N, 3, 32, 32] and their classes, of "train" or "test"."""
    from trainer.data.dataset import Rows

    return Rows(*load_svhn(request.root, part == "train"))


def load_svhn(root: Path | None, train: bool) -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 3, 32, 32] and labels int64 [N], 0..9: the digit in the middle.

    Raises UserError where the files are missing or damaged.
    """
    import numpy as np
    import torch

    path = folder_of("svhn", root) / SVHN_FILES[0 if train else 1]
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
    from trainer.data.mat_files import arrays

    content: dict[str, Any] = {}
    try:
        with open_regular(path) as file:
            for array in arrays(file):
                if array.name not in ("X", "y"):
                    continue
                if array.nbytes > MOST * 32 * 32 * 3:
                    raise ValueError(f"it claims more than {MOST:,} images")
                content[array.name] = array.read()
    except OSError as error:
        raise UserError(told(error, path, "cannot be read")) from error
    except (ValueError, zlib.error) as error:
        raise UserError(f"{path} is damaged ({error}). Delete it and get it again.") from error
    return content


def download_svhn(
    root: Path | None = None,
    progress: OnProgress = unheard,
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
        svhn_folder(data_root(root)) or data_root(root) / "svhn",
        "choose a folder that holds SVHN. The drawn house numbers need no download.",
        progress,
        cancelled,
    )


DATA_SETS.register(
    DataSpec(
        name="svhn",
        title="SVHN",
        load=by_parts(load_part),
        size=32,
        colour=True,
        class_names=tuple("0123456789"),
        files=" and ".join(SVHN_FILES),
        find=svhn_folder,
        download="trainer.data.sets.svhn:download_svhn",
        download_size="235 MB",
        stand_in="drawn-numbers",
        stand_in_recipe="svhn-75-small",
        licence="for non-commercial use only",
        shippable=False,
    )
)
