"""Files, folders and .zip files that were dropped: decoded, or looked through for a training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from iae_studio.clipboard import to_png
from iae_studio.state.input_list import Input, InputSpec
from iae_studio.state.messages import short
from iae_studio.state.opened import Looked, Opened, Unread
from trainer.data.folders.inventory import FEWEST, Inventory, inventory_of
from trainer.data.folders.left_out import LeftOut, Why
from trainer.data.folders.stores import Store, open_store
from trainer.data.grey_depth import HEAD, may_be_deep
from trainer.data.image_files import common_range, decode_image, list_images, read_image
from trainer.data.progress import OnProgress, unheard
from trainer.messages import UserError

SHOWN = 8  # images of a folder or .zip that holds none directly
NAMED = 3  # folders and .zip files of one drop that are told of


@dataclass(frozen=True)
class _File:
    name: str
    head: Callable[[], bytes]
    read: Callable[[], bytes]  # raises UserError
    place: str = ""
    path: str = ""  # the full one of a file that is no part of another


# ---- images ----------------------------------------------------------------------------------


def open_images(
    paths: list[Path], spec: InputSpec, limit: int, progress: OnProgress = unheard
) -> Opened:
    """Decode files, and what lies directly in folders; the bad ones are named, the others shown.

    `progress` may raise to end it.
    """
    problems, notes, holders = [], [], []
    files: list[Path] = []
    for named in paths:
        try:
            files += [] if _is_archive(named) else list_images([named], limit + 1)
            holders += [named] if _is_archive(named) or _is_folder(named) else []
        except UserError as error:
            problems.append(str(error))
    inputs, unread = _decoded([_on_disk(path) for path in files[:limit]], spec, progress)
    if len(files) > limit:
        shown = f"the first {limit} are" if len(inputs) == limit else "the others are not"
        notes.append(f"There is room for {limit} images; {shown} shown.")
    return Opened(
        inputs=tuple(inputs),
        problems=tuple(problems),
        unread=tuple(unread),
        notes=tuple(notes),
        holders=tuple(holders),
    )


def open_picture(
    picture: QImage, name: str, spec: InputSpec, progress: OnProgress = unheard
) -> Opened:
    """An image from the clipboard or a browser."""
    data = to_png(picture)
    inputs, unread = _decoded([_File(name, lambda: data[:HEAD], lambda: data)], spec, progress)
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

    whole = str(path.absolute())
    return _File(path.name, head, lambda: read_image(path), str(path), whole)


def _decoded(
    files: list[_File], spec: InputSpec, progress: OnProgress
) -> tuple[list[Input], list[Unread]]:
    """The images that can be shown, and those that cannot.

    Deep grey ones get one range together, unless the network has its own.
    """
    grey_range = spec.grey_range or common_range(_deep(files, progress))
    inputs, unread = [], []
    for done, file in enumerate(files):
        progress(done, len(files))
        try:
            # The whole is kept, for another network must see it as its training would; as a rule a
            # file is much smaller than its pixels.
            data = file.read()
            rgb = decode_image(data, file.name, grey_range)
        except UserError as error:
            unread.append(Unread(file.name, str(error), place=file.place))
            continue
        original = data if len(data) < rgb.nbytes else rgb
        known = Input(file.name, spec(rgb), spec, original, grey_range=grey_range, place=file.path)
        if known.seen.any() or not spec.ink:
            inputs.append(known)
        else:
            told = f'"{file.name}" shows nothing: there is no ink on it.'
            unread.append(Unread(file.name, told, damaged=False))
    return inputs, unread


def _deep(files: list[_File], progress: OnProgress) -> Iterator[tuple[str, bytes]]:
    """Those that may be deep grey; what cannot be read is told when it is decoded."""
    for file in files:
        progress(0, len(files))
        with suppress(UserError, OSError):
            if may_be_deep(file.head()):
                yield file.name, file.read()


# ---- folders and .zip files ------------------------------------------------------------------


def look_through(opened: Opened, spec: InputSpec, pair: bool, progress: OnProgress) -> Looked:
    """What the folders and .zip files of a drop hold, and whether they can be trained on.

    A `pair` of them is offered as two domains. `progress` may raise to end it.
    """
    looks = [_look(path, opened, spec, progress) for path in opened.holders]
    useful = [look.to_train_on[0] for look in looks if look.to_train_on]
    told = [look.told for look in looks if look.told]
    told[NAMED:] = [f"So much for {NAMED} of {len(told)}."] if len(told) > NAMED else []
    if len(useful) > (2 if pair else 1):  # the offer names those it is about
        told.append("To train on all of them, put them into one folder.")
    return Looked(
        " ".join(told),
        any(look.faulty for look in looks),
        tuple(useful[: 2 if pair else 1]),
        tuple(known for look in looks for known in look.inputs),
        tuple(each for look in looks for each in look.unread),
    )


def _look(path: Path, opened: Opened, spec: InputSpec, progress: OnProgress) -> Looked:
    """One of them; some of its images are shown where they lie deeper than those shown already.

    What could not be `opened` of it counts as damaged.
    """
    broken = {Path(each.place).name: each for each in opened.unread if _lies_in(path, each)}
    try:
        with open_store(path) as store:
            inventory = inventory_of(store, path, "auto", progress)
            direct = {name for name in inventory.names if "/" not in name}
            inventory = _without(inventory, broken)
            tried = bool(opened.inputs) or not broken  # else the others are likely to be so too
            shown = not _is_archive(path) and bool(direct - broken.keys()) and tried
            inputs, found = ([], []) if shown else _some(store, inventory, spec, progress)
    except UserError as error:
        return Looked(str(error), faulty=True)
    inventory = _without(inventory, {each.place: each for each in found if each.damaged})
    name = short(path.name)
    if not inventory.names:
        why = inventory.told.partition("; left out: ")[2]
        left_out = f" Left out: {why}" if why else ""
        told = f'There are no images to open in "{name}".{left_out}'
        return Looked(told, faulty=True, unread=tuple(found))
    enough = len(inventory.names) >= FEWEST
    return Looked(
        told=f'"{name}" holds {inventory.told}' if enough or inventory.lossy else "",
        to_train_on=(str(path.absolute()),) if enough else (),
        inputs=tuple(inputs),
        unread=tuple(found),
    )


def _lies_in(folder: Path, unread: Unread) -> bool:
    return unread.damaged and bool(unread.place) and Path(unread.place).parent == folder


def _without(inventory: Inventory, broken: Mapping[str, Unread]) -> Inventory:
    """What of it can be read, for all that is known yet."""
    names = inventory.names
    kept = [place for place, name in enumerate(names) if name not in broken]
    lost = [LeftOut(name, Why.DAMAGED, broken[name].told) for name in names if name in broken]
    return inventory.only(kept, lost) if lost else inventory


def _some(
    store: Store, inventory: Inventory, spec: InputSpec, progress: OnProgress
) -> tuple[list[Input], list[Unread]]:
    """The first images of an inventory, of each class as many as of any other.

    Where they are all damaged, the next: it might be true of all that there are.
    """
    turn: Counter[int] = Counter()
    order = []
    for place, label in enumerate(inventory.labels):
        order.append((turn[label], place))
        turn[label] += 1
    names = [inventory.names[place] for _, place in sorted(order)]
    damaged: list[Unread] = []
    for start in range(0, len(names), SHOWN):
        files = [_in_store(store, name) for name in names[start : start + SHOWN]]
        inputs, unread = _decoded(files, spec, progress)
        damaged += unread
        if inputs or not all(each.damaged for each in unread):
            return inputs, damaged
    return [], damaged


def _in_store(store: Store, name: str) -> _File:
    return _File(name, lambda: store.head(name, HEAD), lambda: store.read(name), name)
