"""What a data set is: rows to train on, rows to judge by, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.data.distributions import Empirical
from trainer.data.folders.inventory import Inventory
from trainer.data.folders.trained_on import Folder, ImageList, TrainedOn
from trainer.data.memory_maps import taken
from trainer.data.streaming import Streamed
from trainer.devices.memory import fits
from trainer.messages import UserError
from trainer.recipe.grey_range import GreyRange
from trainer.recipe.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Rows:
    """Some images uint8 [N, C, H, W], or points float32 [N, 2], and what is known of them.

    `factors` holds the true content and style of drawn images, float32 [N] each. `edges` are the
    true edge images of drawn shoes. `mapped` images lie in a file and are read as they are used.
    `contents` of own images are the hashes of their files, int64 [N].
    """

    images: Tensor
    labels: Tensor
    factors: dict[str, Tensor] = field(default_factory=dict)
    edges: Tensor | None = None
    mapped: bool = False
    contents: Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)

    def only(self, index: Tensor) -> Rows:
        """The rows of a boolean mask or of numbers."""
        factors = {name: values[index] for name, values in self.factors.items()}
        edges = self.edges[index] if self.edges is not None else None
        labels = self.labels[index]
        contents = self.contents[index] if self.contents is not None else None
        if not self.mapped:
            return Rows(self.images[index], labels, factors, edges, contents=contents)
        images, mapped = taken(self.images, index)
        return Rows(images, labels, factors, edges, mapped, contents)

    def distribution(self, device: torch.device, seed: int, domain: int) -> Empirical:
        """What a training draws from: the images on the device, or read from where they are.

        `seed` and `domain` (0, 1) decide the rows of each step where the device does not hold all.
        """
        if fits(self.images.nbytes, device, self.mapped):
            return Empirical(self.images.to(device, copy=self.mapped))
        return Streamed.of(self.images, seed, domain, device)


@dataclass(frozen=True, eq=False)
class OwnImages:
    """What became of a folder of the user's own: of its readable images the contents, int64 [N]."""

    inventory: Inventory
    contents: Tensor
    grey_range: GreyRange | None

    @property
    def by_content(self) -> dict[int, str]:
        """The name of a file for each content."""
        return dict(zip(self.contents.tolist(), self.inventory.names, strict=True))

    def listed(self) -> Folder:
        """As a run keeps it."""
        contents = dict(zip(self.inventory.names, self.contents.tolist(), strict=True))
        known = self.inventory
        return Folder(str(known.path), known.told, contents, known.labels, known.class_names)


@dataclass(frozen=True, eq=False)
class DataSet:
    """Rows to train on and rows to judge by; for CycleIAE those of the second domain too."""

    train: Rows
    test: Rows
    other_train: Rows | None = None
    other_test: Rows | None = None
    classes: int = 10
    own: tuple[OwnImages, ...] = ()  # of own images, for each folder

    @property
    def told(self) -> tuple[str, ...]:
        """What became of each folder of own images, a sentence each."""
        return tuple(f"{each.inventory.path.name}: {each.inventory.told}" for each in self.own)

    def image_list(self) -> ImageList | None:
        """What a run that trains on these rows keeps; None where they are not the user's own."""
        if not self.own:
            return None
        folders = tuple(each.listed() for each in self.own)
        trained = _contents_of(self.train, self.other_train)
        return ImageList(
            folders, TrainedOn(trained, _contents_of(self.test, self.other_test) - trained)
        )

    def batches(self, recipe: Recipe, device: torch.device) -> TrainingBatches:
        """The training rows, on the device where they fit.

        Where the recipe wants labels, so many of them have one, as many of each class.
        """
        data = self.train.distribution(device, recipe.optim.seed, 0)
        if not recipe.data.labels:
            other = self.other_train
            return TrainingBatches(
                data, None if other is None else other.distribution(device, recipe.optim.seed, 1)
            )
        if self.classes > recipe.model.code:
            raise UserError(
                f"The labels name {self.classes} classes, but the code has {recipe.model.code} "
                f"categories: set code={self.classes} or more."
            )
        known = labelled_rows(self.train, recipe.data.labels, recipe.optim.seed)
        return TrainingBatches(
            data, None, Empirical(known.images.to(device)), known.labels.to(device)
        )


def _contents_of(*parts: Rows | None) -> frozenset[int]:
    known = [part.contents for part in parts if part is not None and part.contents is not None]
    return frozenset(value for contents in known for value in contents.tolist())


def labelled_rows(rows: Rows, count: int, seed: int) -> Rows:
    """`count` rows, of every class as many as of any other, chosen by the seed."""
    return rows.only(labelled_index(rows, count, seed))


def labelled_index(rows: Rows, count: int, seed: int) -> Tensor:
    """The numbers of these rows, int64 [count]."""
    rng = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(rows), generator=rng)
    labels = rows.labels[order]
    # The number of a row within its class, in this order: sorting by it takes turns.
    turn = torch.empty_like(labels)
    for label in labels.unique():
        mine = labels == label
        turn[mine] = torch.arange(int(mine.sum()))
    return order[turn.argsort(stable=True)[:count]]
