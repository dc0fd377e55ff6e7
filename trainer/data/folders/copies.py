"""Thumbnails and other smaller copies of images that are there as well. No torch."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

import numpy as np
from PIL import Image, ImageOps

from trainer.data.folders.stores import Store
from trainer.data.image_files import decode_image, image_size
from trainer.data.progress import OnProgress, unheard
from trainer.messages import Floats, UserError

SAMPLE = 8  # images that speak for their folder
MANY = 0.9  # of a folder's images must have a larger twin elsewhere
SMALLER = 0.81  # of the pixels at most
ALIKE = 0.9  # correlation of their grey levels at the least
HEAD = 1 << 16  # bytes that tell a picture's size, as a rule
_SIGN = r"thumb(?:nail)?s?|small|preview|resized|scaled|tn|\d{2,4}x\d{2,4}"
_MARK = re.compile(rf"(?:{_SIGN})[-_. ]+|[-_. ]+(?:{_SIGN})", re.I)


def smaller_copies(store: Store, names: Iterable[str], progress: OnProgress = unheard) -> set[str]:
    """The images that are smaller copies of others.

    Those of a folder of which nearly all have a larger twin of the same name in another folder,
    and single ones that their name tells of: "cat_thumb.jpg", "cat-150x150.jpg" beside "cat.jpg".
    A few of a folder are looked at; sizes are compared of all. `progress` may raise to end it.
    """
    twins = _Twins(store, list(names), progress)
    return {name for folder in twins.folders() for name in twins.copies_in(folder)}


class _Twins:
    def __init__(self, store: Store, names: list[str], progress: OnProgress) -> None:
        self._store, self._progress = store, progress
        self._by_key: dict[str, list[str]] = defaultdict(list)
        self._by_folder: dict[str, list[str]] = defaultdict(list)
        self._sizes: dict[str, int] = {}
        for name in names:
            self._by_key[_key(name)].append(name)
            self._by_folder[_folder(name)].append(name)

    def folders(self) -> list[str]:
        return list(self._by_folder)

    def copies_in(self, folder: str) -> list[str]:
        mine = self._by_folder[folder]
        marked = [name for name in mine if _is_marked(name) and self._larger(name, inside=True)]
        found = [name for name in marked if self._looks_alike(name, inside=True)]
        twin = [name for name in mine if name not in found and self._has_twin(name)]
        if not twin or len(twin) < MANY * (len(mine) - len(found)):
            return found
        sample = twin[:: max(1, len(twin) // SAMPLE)][:SAMPLE]
        if not all(self._larger(name) and self._looks_alike(name) for name in sample):
            return found
        return found + [name for name in twin if self._larger(name)]

    def _others(self, name: str, inside: bool) -> list[str]:
        """Images of the same name in other folders, or `inside` the same one."""
        here = _folder(name)
        same = self._by_key[_key(name)]
        return [other for other in same if other != name and (inside == (_folder(other) == here))]

    def _has_twin(self, name: str) -> bool:
        here = _folder(name)
        return any(_folder(other) != here for other in self._by_key[_key(name)])

    def _larger(self, name: str, inside: bool = False) -> str:
        """The largest other one, if it is larger; else empty."""
        others = self._others(name, inside)
        # What has many namesakes in other folders is just numbered.
        if not others or (len(others) > SAMPLE and not inside):
            return ""
        largest = max(others, key=self._pixels)
        return largest if 0 < self._pixels(name) <= SMALLER * self._pixels(largest) else ""

    def _pixels(self, name: str) -> int:
        if name not in self._sizes:
            self._progress(0, 0)
            size = image_size(self._store.head(name, HEAD))
            if size is None:
                try:
                    size = image_size(self._store.read(name))
                except UserError:
                    size = None
            self._sizes[name] = size[0] * size[1] if size else 0
        return self._sizes[name]

    def _looks_alike(self, name: str, inside: bool = False) -> bool:
        try:
            small, large = self._looked_at(name), self._looked_at(self._larger(name, inside))
        except UserError:
            return False
        pairs = ((_tiny(small), _tiny(large)), (_tiny(small, cut=True), _tiny(large, cut=True)))
        return any(_correlation(a, b) > ALIKE for a, b in pairs)

    def _looked_at(self, name: str) -> Image.Image:
        return Image.fromarray(decode_image(self._store.read(name), name)).convert("L")


def _correlation(a: Floats, b: Floats) -> float:
    """Of two plain pictures, which all look alike, 0."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / size if size > 0 else 0.0


def _tiny(image: Image.Image, cut: bool = False) -> Floats:
    """16 x 16 grey levels of the whole, or of its middle: many thumbnails are square."""
    resample = Image.Resampling.BOX
    made = ImageOps.fit(image, (16, 16), resample) if cut else image.resize((16, 16), resample)
    return np.asarray(made, np.float32)


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.casefold()


def _is_marked(name: str) -> bool:
    return _key(name) != _stem(name)


def _key(name: str) -> str:
    """What copies of one image have in common: its name without what marks a copy."""
    stem = _stem(name)
    return _MARK.sub("", stem, count=1) or stem
