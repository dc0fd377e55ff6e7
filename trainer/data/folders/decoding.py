"""Image files of all sizes -> squares of one, decoded once and kept in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trainer.data.folders.inventory import FEWEST, Inventory
from trainer.data.folders.left_out import LeftOut, Why
from trainer.data.folders.stores import Store, in_threads
from trainer.data.folders.trained_on import content_of
from trainer.data.folders.unread import common_range, read_or_tell
from trainer.data.image_kinds import reads_heic
from trainer.data.memory_maps import cache_file, open_map, write_map
from trainer.data.preprocessing import Preprocess
from trainer.data.progress import OnProgress
from trainer.data.sealed import read_mapping, write_mapping
from trainer.messages import Pixels, UserError
from trainer.recipe.grey_range import GreyRange

MOST_MEMORY = 1 << 33  # bytes of images, where no cache can be written
CACHE_VERSION = 3  # of making squares: another number, and all are decoded anew


@dataclass(frozen=True, eq=False)
class Decoded:
    """The images of a folder that could be read."""

    inventory: Inventory  # of these
    images: Tensor  # uint8 [N, C, size, size]
    contents: Tensor  # int64 [N], a hash of each file's bytes
    grey_range: GreyRange | None  # of deep grey images, where there are any
    mapped: bool  # whether `images` lie in a file of the cache


@dataclass(frozen=True)
class _Square:
    pixels: Pixels
    content: int


@dataclass
class Decoding:
    """What is to be made of the images of an inventory."""

    store: Store
    inventory: Inventory
    look: Preprocess
    progress: OnProgress
    grey_range: GreyRange | None = None  # None: as the images have it
    _kept: list[int] = field(default_factory=list)
    _contents: list[int] = field(default_factory=list)
    _broken: list[LeftOut] = field(default_factory=list)

    def images(self) -> Decoded:
        """From the cache, or decoded into it, or into memory where it cannot be written.

        Raises UserError where too few can be read, or memory is needed and too small.
        """
        found = self._cached()
        if found is None:
            cache = self._cache(self.grey_range)
            self.grey_range = self.grey_range or common_range(
                self.store, self.inventory.names, self.progress
            )
            with suppress(OSError):
                write_map(cache, self._shape, self._squares())
                if any(each.why is Why.UNREADABLE for each in self._broken):
                    return self._of_now(cache)
                write_mapping(cache.with_suffix(".json"), self._beside())
            found = self._opened(cache)
        return found or self._in_memory()

    def _of_now(self, cache: Path) -> Decoded:
        """For this time only: a disk or network that failed may read all the next time."""
        images = open_map(cache, self._shape)
        if images is None:
            return self._in_memory()
        return self._decoded(images, self.grey_range, mapped=True)

    @property
    def _shape(self) -> tuple[int, int, int, int]:
        height, width, channels = self.look.shape
        return len(self.inventory.names), channels, height, width

    # ---- the cache ---------------------------------------------------------------------------

    def _cache(self, asked: GreyRange | None) -> Path:
        """Of what was asked: which range the images have themselves is not known before."""
        size, _, channels = self.look.shape
        kind, part = "grey" if channels == 1 else "colour", "whole" if self.look.pad else "cut"
        looks = [f"{size}", kind, part, *(str(asked).split() if asked else ())]
        # What could not be read for want of a library is read once that is there.
        state = [f"{CACHE_VERSION}", f"{reads_heic()}", self.inventory.fingerprint]
        return cache_file("folders", self.inventory.path, "-".join(looks), state)

    def _beside(self) -> dict[str, Any]:
        return {
            "kept": self._kept,
            "contents": self._contents,
            "broken": [(each.name, each.why.name, each.told) for each in self._broken],
            "grey_range": str(self.grey_range or ""),
        }

    def _cached(self) -> Decoded | None:
        """The images as they have it themselves may be what was asked for, too."""
        asked = self.grey_range
        own = self._opened(self._cache(None))
        if asked is None or (own is not None and own.grey_range in (None, asked)):
            return own
        return self._opened(self._cache(asked))

    def _opened(self, cache: Path) -> Decoded | None:
        images = open_map(cache, self._shape)
        beside = read_mapping(cache.with_suffix(".json"))
        if images is None or beside is None:
            return None
        try:
            grey_range = GreyRange.parse(beside["grey_range"])
            self._kept, self._contents = beside["kept"], beside["contents"]
            self._broken = [LeftOut(name, Why[why], told) for name, why, told in beside["broken"]]
        except (KeyError, UserError):  # of another version
            return None
        return self._decoded(images, grey_range, mapped=True)

    def _decoded(self, images: Tensor, grey_range: GreyRange | None, mapped: bool) -> Decoded:
        inventory, contents = self.inventory.only(self._kept, self._broken), self._contents
        images = images[: len(self._kept)]
        return Decoded(inventory, images, torch.tensor(contents), grey_range, mapped)

    def _in_memory(self) -> Decoded:
        height, width, _ = self.look.shape
        title = self.inventory.path.name
        if np.prod(self._shape) > MOST_MEMORY:
            raise UserError(
                f'"{title}" holds {len(self.inventory.names)} images, too many for memory at '
                f"{height} x {width}, and they cannot be kept in the cache. Free some disk "
                "space, or choose a smaller size or a smaller folder."
            )
        images = np.empty(self._shape, np.uint8)
        for place, image in enumerate(self._squares()):
            images[place] = image
        # The places of broken files are never touched, and so cost no memory.
        return self._decoded(torch.from_numpy(images), self.grey_range, mapped=False)

    # ---- decoding ----------------------------------------------------------------------------

    def _square(self, name: str) -> _Square | LeftOut:
        found = read_or_tell(self.store, name, self.grey_range)
        if isinstance(found, LeftOut):
            return found
        rgb, data = found
        return _Square(self.look(rgb).transpose(2, 0, 1), content_of(data))

    def _squares(self) -> Iterator[Pixels]:
        """All that can be read, in order; notes which those were, and what is wrong with others."""
        self._kept, self._contents, self._broken = [], [], []
        names = self.inventory.names
        with closing(in_threads(self._square, names, self.progress)) as squares:
            for place, square in enumerate(squares):
                if isinstance(square, LeftOut):
                    self._broken.append(square)
                else:
                    self._kept.append(place)
                    self._contents.append(square.content)
                    yield square.pixels
                self.progress(place + 1, len(names))
        if len(self._kept) < FEWEST:
            told = " ".join(each.told for each in self._broken[:3])
            raise UserError(
                f'Only {len(self._kept)} images in "{self.inventory.path.name}" can be read; at '
                f"least {FEWEST} are needed. {told}"
            )
