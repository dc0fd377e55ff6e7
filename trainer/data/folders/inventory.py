"""What a folder or .zip holds: which images, of which classes, and what is left out. No torch."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.data.folders.classes import Classes, find_classes
from trainer.data.folders.copies import smaller_copies
from trainer.data.folders.left_out import IMAGES, LeftOut, Why, counted, kind_of
from trainer.data.folders.stores import Store, is_image, open_store
from trainer.data.image_files import begins_as_image
from trainer.data.progress import OnProgress, heard, unheard

FEWEST = 16  # images to train on
NAMED = 6  # classes that a sentence names
_NO_LOSS = (Why.OTHER, Why.SYSTEM, Why.HIDDEN, Why.TWICE)


@dataclass(frozen=True)
class Inventory:
    """Every file is among `names`, or among `left_out`, by itself or by its folder."""

    path: Path
    names: tuple[str, ...]  # the images to be read, sorted by class
    labels: tuple[int, ...]  # places in `class_names`
    class_names: tuple[str, ...]
    marked: tuple[bool, ...]  # whether the folder says that an image is for testing; () without
    left_out: tuple[LeftOut, ...]
    fingerprint: str  # another one where an image was added, removed or changed

    @property
    def told(self) -> str:
        """One sentence: how many images, of which classes, and what is left out, and why."""
        lost = sum(each.why in IMAGES and not each.name.endswith("/") for each in self.left_out)
        of = f" of {len(self.names) + lost:,}" if lost else ""
        words = f"{len(self.names):,}{of} images, {self._classes()}"
        if self.marked:
            words += f"; {sum(self.marked):,} of them are for testing, by their folder"
        if self.left_out:
            words += f"; left out: {', '.join(counted(self.left_out))}"
        return f"{words}."

    @property
    def lossy(self) -> bool:
        """Whether anything is left out that somebody may miss."""
        return any(each.why not in _NO_LOSS for each in self.left_out)

    def _classes(self) -> str:
        count = len(self.class_names)
        if count < 2:
            return "one class"
        sizes = Counter(self.labels)
        parts = [f"{name} {sizes[i]:,}" for i, name in enumerate(self.class_names[:NAMED])]
        return f"{count:,} classes ({', '.join(parts)}{', ...' if count > NAMED else ''})"

    def only(self, places: Iterable[int], broken: Iterable[LeftOut]) -> Inventory:
        """The same where only the images at these places can be read; all classes stay."""
        kept = list(places)
        return replace(
            self,
            names=tuple(self.names[place] for place in kept),
            labels=tuple(self.labels[place] for place in kept),
            marked=tuple(self.marked[place] for place in kept) if self.marked else (),
            left_out=(*broken, *self.left_out),
        )


def take_inventory(path: Path, classes: str = "auto", progress: OnProgress = unheard) -> Inventory:
    """Look through a folder or .zip; nothing is decoded but a few images of the same name.

    `classes` says what counts as one: see `find_classes`; with "outer" folders are taken as they
    stand, smaller copies too. `progress` may raise to end it. Raises UserError where `path` cannot
    be looked through, or holds too many files.
    """
    with open_store(path) as store:
        return inventory_of(store, path, classes, progress)


def inventory_of(store: Store, path: Path, classes: str, progress: OnProgress) -> Inventory:
    """The same of a store that is open."""
    files, left_out = store.files(progress)
    images = [name for name in heard(files, progress) if _is_image(store, name)]
    known = set(images)
    left_out += [LeftOut(name, kind_of(name)) for name in files if name not in known]
    if classes != "outer":
        copies = smaller_copies(store, images, progress)
        left_out += [LeftOut(name, Why.COPY) for name in images if name in copies]
        images = [name for name in images if name not in copies]
    found = find_classes(images, store.title, classes)
    left_out += [LeftOut(name, Why.BESIDE) for name in found.beside]
    return Inventory(
        path=path,
        names=found.names,
        labels=found.labels,
        class_names=found.class_names,
        marked=found.marked,
        left_out=tuple(left_out),
        fingerprint=_fingerprint(store, found, progress),
    )


def _is_image(store: Store, name: str) -> bool:
    """By its ending, or by its beginning where the ending says nothing: "photo.jpg_large"."""
    if is_image(name):
        return True
    return kind_of(name) is Why.OTHER and begins_as_image(store.head(name, 16))


def _fingerprint(store: Store, found: Classes, progress: OnProgress) -> str:
    digest = hashlib.sha256(repr((found.labels, found.class_names, found.marked)).encode())
    for name in heard(found.names, progress):
        digest.update(f"{name} {store.stamp(name)}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:16]
