"""Image files of all sizes -> squares of one, decoded once and kept in the cache."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data.image_files import decode_image
from trainer.data.memory_maps import cache_file, open_map, write_map
from trainer.data.preprocessing import Preprocess
from trainer.data.request import OnProgress
from trainer.data.stores import Store, in_threads
from trainer.messages import Pixels, UserError
from trainer.storage.files import write_bytes

FEWEST = 16  # images
MOST_MEMORY = 1 << 33  # bytes of images, where no cache can be written
CACHE_VERSION = 1  # of making squares: another number, and all are decoded anew

# Images uint8 [N, C, size, size], their places among the names, problems, whether it is a map.
Decoded = tuple[Tensor, list[int], tuple[str, ...], bool]


@dataclass
class Decoding:
    """What is to be made of the files `names` of a store that lies at `path`."""

    store: Store
    path: Path
    names: list[str]
    look: Preprocess
    progress: OnProgress
    _kept: list[int] = field(default_factory=list)
    _problems: list[str] = field(default_factory=list)

    def images(self) -> Decoded:
        """From the cache, or decoded into it, or into memory where it cannot be written.

        Raises UserError where too few can be read, or memory is needed and too small.
        """
        cache = self._cache()
        found = self._cached(cache)
        if found is None:
            with suppress(OSError):
                write_map(cache, self._shape, self._squares())
                beside = {"kept": self._kept, "problems": self._problems}
                write_bytes(cache.with_suffix(".json"), json.dumps(beside).encode())
            found = self._cached(cache)
        return found or self._in_memory()

    @property
    def _shape(self) -> tuple[int, int, int, int]:
        height, width, channels = self.look.shape
        return len(self.names), channels, height, width

    def _cache(self) -> Path:
        size, _, channels = self.look.shape
        kind, part = "grey" if channels == 1 else "colour", "whole" if self.look.pad else "cut"
        looks = f"{size}-{kind}-{part}"
        state = [f"{CACHE_VERSION}", *(f"{name} {self.store.stamp(name)}" for name in self.names)]
        return cache_file("folders", self.path, looks, state)

    def _cached(self, cache: Path) -> Decoded | None:
        images = open_map(cache, self._shape)
        if images is None:
            return None
        try:
            beside = json.loads(cache.with_suffix(".json").read_text("utf-8"))
            kept, problems = list(map(int, beside["kept"])), tuple(map(str, beside["problems"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return images[: len(kept)], kept, problems, True

    def _in_memory(self) -> Decoded:
        height, width, _ = self.look.shape
        if np.prod(self._shape) > MOST_MEMORY:
            raise UserError(
                f'"{self.path.name}" holds {len(self.names)} images, too many for memory at '
                f"{height} x {width}, and they cannot be kept in the cache. Free some disk "
                "space, or choose a smaller size or a smaller folder."
            )
        images = np.empty(self._shape, np.uint8)
        for place, image in enumerate(self._squares()):
            images[place] = image
        # A view: the places of broken files are never touched, and so cost no memory.
        read = torch.from_numpy(images[: len(self._kept)])
        return read, self._kept, tuple(self._problems), False

    def _squares(self) -> Iterator[Pixels]:
        """All that can be read, in order; tells which those were, and what is wrong with others."""

        def square(name: str) -> Pixels | str:
            try:
                rgb = decode_image(self.store.read(name), name)
                return self.look(rgb).transpose(2, 0, 1)
            except UserError as error:
                return str(error)

        self._kept, self._problems = [], []
        with closing(in_threads(square, self.names)) as images:
            for place, image in enumerate(images):
                if isinstance(image, str):
                    self._problems.append(image)
                else:
                    self._kept.append(place)
                    yield image
                self.progress(place + 1, len(self.names))
        if len(self._kept) < FEWEST:
            raise UserError(
                f'Only {len(self._kept)} images in "{self.path.name}" can be read; at least '
                f"{FEWEST} are needed. " + " ".join(self._problems[:3])
            )
