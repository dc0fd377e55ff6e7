"""Files, folders and .zip files that were dropped: decoded, or looked through for a training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from iae_studio.clipboard import to_png
from iae_studio.state.input_list import Input, InputSpec
from iae_studio.state.opened import Looked, Opened, Unread
from trainer.data.folders.inventory import FEWEST, Inventory, inventory_of
from trainer.data.folders.stores import Store, open_store
from trainer.data.grey_depth import HEAD, may_be_deep
from trainer.data.image_files import common_range, decode_image, list_images, read_image
from trainer.data.progress import OnProgress
from trainer.messages import UserError

SHOWN = 8  # images of a folder or .zip that holds none directly
NAMED = 3  # folders and .zip files of one drop that are told of


@dataclass(frozen=True)
class _File:
    name: str
    head: Callable[[], bytes]
    read: Callable[[], bytes]  # raises UserError


# ---- images ----------------------------------------------------------------------------------


def open_images(paths: list[Path], spec: InputSpec, limit: int) -> Opened:
    """Decode files, and what lies directly in folders; the bad ones are named, the others shown."""
    problems, notes, holders = [], [], []
    files: list[Path] = []
    for named in paths:
        try:
            files += [] if _is_archive(named) else list_images([named], limit + 1)
            holders += [named] if _is_archive(named) or _is_folder(named) else []
        except UserError as error:
            problems.append(str(error))
    if len(files) > limit:
        notes.append(f"There is room for {limit} images; the first {limit} are shown.")
    inputs, unread = _decoded([_on_disk(path) for path in files[:limit]], spec)
    return Opened(
        inputs=tuple(inputs),
        problems=tuple(problems),
        unread=tuple(unread),
        notes=tuple(notes),
        holders=tuple(holders),
    )


def open_picture(picture: QImage, name: str, spec: InputSpec) -> Opened:
    """An image from the clipboard or a browser."""
    data = to_png(picture)
    inputs, unread = _decoded([_File(name, lambda: data[:HEAD], lambda: data)], spec)
    return Opened(tuple(inputs), unread=tuple(unread))


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and not _is_folder(path)


def _is_folder(path: Path) -> bool:
    with suppress(OSError):  # told when it is opened
        return path.is_dir()
    return False


def _on_disk(path: Path) -> _File:
    def head() -> bytes:
        if not path.is_file():  # reading a pipe could wait for ever
            return b""
        with path.open("rb") as file:
            return file.read(HEAD)

    return _File(path.name, head, lambda: read_image(path))


def _decoded(files: list[_File], spec: InputSpec) -> tuple[list[Input], list[Unread]]:
    """The images that can be shown, and those that cannot.

    Deep grey ones get one range together, unless the network has its own.
    """
    grey_range = spec.grey_range or common_range(_deep(files))
    inputs, unread = [], []
    for file in files:
        try:
            # The whole is kept, for another network must see it as its training would; as a rule a
            # file is much smaller than its pixels.
            data = file.read()
            rgb = decode_image(data, file.name, grey_range)
        except UserError as error:
            unread.append(Unread(file.name, str(error)))
            continue
        original = data if len(data) < rgb.nbytes else rgb
        known = Input(file.name, spec(rgb), spec, original, grey_range=grey_range)
        if known.seen.any() or not spec.ink:
            inputs.append(known)
        else:
            told = f'"{file.name}" shows nothing: there is no ink on it.'
            unread.append(Unread(file.name, told))
    return inputs, unread


def _deep(files: list[_File]) -> Iterator[tuple[str, bytes]]:
    """Those that may be deep grey; what cannot be read is told when it is decoded."""
    for file in files:
        with suppress(UserError, OSError):
            if may_be_deep(file.head()):
                yield file.name, file.read()


# ---- folders and .zip files ------------------------------------------------------------------


def look_through(opened: Opened, spec: InputSpec, pair: bool, progress: OnProgress) -> Looked:
    """What the folders and .zip files of a drop hold, and whether they can be trained on.

    A `pair` of them is offered as two domains. `progress` may raise to end it.
    """
    looks = [_look(path, spec, progress) for path in opened.holders]
    useful = [look.to_train_on[0] for look in looks if look.to_train_on]
    told = [look.told for look in looks if look.told]
    told[NAMED:] = [f"So much for {NAMED} of {len(told)}."] if len(told) > NAMED else []
    if len(useful) > (2 if pair else 1):
        told.append("To train on all of them, put them into one folder.")
    return Looked(
        " ".join(told),
        any(look.faulty for look in looks),
        tuple(useful[: 2 if pair else 1]),
        tuple(known for look in looks for known in look.inputs),
        tuple(each for look in looks for each in look.unread),
    )


def _look(path: Path, spec: InputSpec, progress: OnProgress) -> Looked:
    """One of them; some of its images are shown where they lie deeper than those shown already."""
    try:
        with open_store(path) as store:
            inventory = inventory_of(store, path, "auto", progress)
            shown = not _is_archive(path) and any("/" not in name for name in inventory.names)
            inputs, unread = ([], []) if shown else _some(store, inventory, spec)
    except UserError as error:
        return Looked(str(error), faulty=True)
    if not inventory.names:
        why = inventory.told.partition("; left out: ")[2]
        left_out = f" Left out: {why}" if why else ""
        return Looked(f'There are no images to open in "{path.name}".{left_out}', faulty=True)
    enough = len(inventory.names) >= FEWEST
    return Looked(
        told=f'"{path.name}" holds {inventory.told}' if enough or inventory.lossy else "",
        to_train_on=(str(path.absolute()),) if enough else (),
        inputs=tuple(inputs),
        unread=tuple(unread),
    )


def _some(store: Store, inventory: Inventory, spec: InputSpec) -> tuple[list[Input], list[Unread]]:
    """The first images of an inventory, of each class as many as of any other."""
    turn: Counter[int] = Counter()
    order = []
    for place, label in enumerate(inventory.labels):
        order.append((turn[label], place))
        turn[label] += 1
    names = [inventory.names[place] for _, place in sorted(order)[:SHOWN]]
    return _decoded([_in_store(store, name) for name in names], spec)


def _in_store(store: Store, name: str) -> _File:
    return _File(name, lambda: store.head(name, HEAD), lambda: store.read(name))
