"""A few images of a folder as a network would see them; and which of all cannot be read. No torch.

They go the way that a training's images go.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from trainer.data.folders.inventory import Inventory
from trainer.data.folders.left_out import LeftOut
from trainer.data.folders.stores import in_threads, open_store
from trainer.data.folders.unread import common_range, read_or_tell
from trainer.data.preprocessing import Preprocess
from trainer.data.progress import OnProgress, unheard
from trainer.messages import Pixels
from trainer.recipe.grey_range import GreyRange

COUNT = 12
LISTED = 100  # of those that are left out


@dataclass(frozen=True, eq=False)
class Preview:
    """Images as the network sees them, and those among them that could not be read."""

    names: tuple[str, ...]
    images: tuple[Pixels, ...]  # uint8 [H, W, C] each
    broken: tuple[LeftOut, ...]
    grey_range: GreyRange | None  # of the folder's deep grey images, where it has any


def preview(
    inventory: Inventory,
    look: Preprocess,
    grey_range: GreyRange | None = None,
    progress: OnProgress = unheard,
    count: int = COUNT,
) -> Preview:
    """`count` images from all over the folder; what `progress` raises ends it.

    `grey_range` is the one that was found before. Raises UserError where the folder is gone.
    """
    total = len(inventory.names)
    chosen = [inventory.names[place * total // count] for place in range(count)]
    chosen = list(dict.fromkeys(chosen))
    names, images, broken = [], list[Pixels](), list[LeftOut]()
    with open_store(inventory.path) as store:
        if grey_range is None:
            grey_range = common_range(store, inventory.names, progress)
        for name in chosen:
            progress(0, 0)
            found = read_or_tell(store, name, grey_range)
            if isinstance(found, LeftOut):
                broken.append(found)
            else:
                names.append(name)
                images.append(look(found[0]))
    return Preview(tuple(names), tuple(images), tuple(broken), grey_range)


def unreadable(inventory: Inventory, progress: OnProgress = unheard) -> tuple[LeftOut, ...]:
    """Of all images those that cannot be read: each is decoded, and none kept.

    `progress` hears how many were looked at; what it raises ends it. Raises UserError where the
    folder is gone.
    """
    found = []
    with open_store(inventory.path) as store:

        def look(name: str) -> LeftOut | None:
            read = read_or_tell(store, name)
            return read if isinstance(read, LeftOut) else None

        with closing(in_threads(look, inventory.names, progress)) as looked:
            for done, one in enumerate(looked, start=1):
                progress(done, len(inventory.names))
                if one is not None:
                    found.append(one)
    return tuple(found)


def reasons(left_out: Iterable[LeftOut], most: int = LISTED) -> list[str]:
    """A line for each of the first: its name, and why it is not used."""
    each = list(left_out)
    lines = [f"{one.name}: {_why(one)}" for one in each[:most]]
    if len(each) > most:
        lines.append(f"and {len(each) - most:,} more")
    return lines


def _why(one: LeftOut) -> str:
    told = one.told.removeprefix(f'"{one.name}" ')
    return told or one.why.value.partition("|")[0]
