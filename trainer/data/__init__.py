"""The data sets, by the name a recipe gives them. A new set is one entry here and one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

import torch
from torch import Tensor

from trainer.data.drawn import draw_digits
from trainer.data.mnist import load_mnist
from trainer.data.points import mixture_of_gaussians
from trainer.places import data_root
from trainer.spaces import Empirical

DRAWN_SEEDS = {"train": 1, "test": 2}
DRAWN_FEW = 400


@dataclass(frozen=True)
class DataSet:
    """Rows to train on and rows to judge by.

    Images are uint8 [N, C, H, W]; points float32 [N, 2]. `factors` holds the true style of
    drawn test images, float32 [N] each.
    """

    train: Tensor
    test: Tensor
    train_labels: Tensor
    test_labels: Tensor
    factors: dict[str, Tensor] = field(default_factory=dict)

    def source(self, device: torch.device) -> Empirical:
        """The training rows as a space on the device, where batches are drawn by index."""
        return Empirical(self.train.to(device))


def _drawn(root: Path | None) -> DataSet:
    train = draw_digits(20_000, DRAWN_SEEDS["train"])
    test = draw_digits(4_000, DRAWN_SEEDS["test"])
    channels_first = (0, 3, 1, 2)
    return DataSet(
        train.images.permute(channels_first).contiguous(),
        test.images.permute(channels_first).contiguous(),
        train.labels,
        test.labels,
        test.factors,
    )


def _mnist(root: Path | None) -> DataSet:
    train, test = load_mnist(root, train=True), load_mnist(root, train=False)
    return DataSet(train[0], test[0], train[1], test[1])


def _mog(root: Path | None) -> DataSet:
    train, test = mixture_of_gaussians(50_000, seed=1), mixture_of_gaussians(10_000, seed=2)
    return DataSet(train[0], test[0], train[1], test[1])


LOADERS: dict[str, Callable[[Path | None], DataSet]] = {
    "drawn-digits": _drawn,
    "mnist": _mnist,
    "mog": _mog,
}


def load_data(name: str, root: Path | None = None) -> DataSet:
    """The data set of that name. Raises UserError, with the way out, where it is not at hand."""
    # What our own code makes is the same for every root, and made once.
    with _loading:  # the second thread that asks finds what the first one loaded
        return _load(name, data_root(root) if name == "mnist" else Path())


_loading = Lock()


@lru_cache(maxsize=2)  # several threads of a window ask for the same one
def _load(name: str, root: Path) -> DataSet:
    return LOADERS[name](root)


def some_test_images(
    name: str, root: Path | None, count: int, seed: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Test images uint8 [N, C, H, W] chosen by a seed, their labels, their places in the set.

    Of different classes as far as there are enough.
    """
    if name == "drawn-digits":  # the first few hundred are drawn at once
        few = draw_digits(DRAWN_FEW, DRAWN_SEEDS["test"])
        images, labels = few.images.permute(0, 3, 1, 2), few.labels
    else:
        whole = load_data(name, root)
        images, labels = whole.test, whole.test_labels
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    index = torch.tensor(_varied(order.tolist(), labels[order].tolist(), count))
    return images[index], labels[index], index


def _varied(order: list[int], labels: list[int], count: int) -> list[int]:
    """The first `count` of an order, those whose class came up already last."""
    met: set[int] = set()
    fresh: list[int] = []
    again: list[int] = []
    for place, label in zip(order[: 50 * count], labels, strict=False):
        (again if label in met else fresh).append(place)
        met.add(label)
    return (fresh + again)[:count]
