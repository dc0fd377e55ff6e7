"""The user's own images: a folder of images, a folder of class folders, or a .zip of either."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.data.folders.inventory import FEWEST, Inventory, inventory_of, take_inventory
from trainer.data.folders.stores import open_store
from trainer.data.preprocessing import Preprocess
from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request
from trainer.messages import DataMissingError, UserError
from trainer.recipe.grey_range import GreyRange
from trainer.recipe.specs import DATA_SETS, DataSpec

if TYPE_CHECKING:
    from trainer.data.dataset import DataSet, Rows
    from trainer.data.folders.decoding import Decoded

LEAST_TRAINED = 8  # images


def fingerprint(request: Request, progress: OnProgress) -> str:
    """Another text where a file of the recipe's folders is another one."""
    looked = (take_inventory(Path(f), request.classes, progress) for f in _folders(request))
    return " ".join(inventory.fingerprint for inventory in looked)


def load_folders(request: Request, progress: OnProgress) -> DataSet:
    """The images of a recipe's folder, or of both."""
    found = [_read(request, name, progress) for name in _folders(request)]
    together = _joint([part.grey_range for part in found])
    if any(part.grey_range not in (None, together) for part in found):  # one scale for both
        request = replace(request, grey_range=str(together))
        found = [_read(request, name, progress) for name in _folders(request)]
    return _data_set(found, request)


def _folders(request: Request) -> list[str]:
    return [name for name in (request.images, request.images_b) if name]


def _read(request: Request, name: str, progress: OnProgress) -> Decoded:
    return read_folder(
        Path(name),
        Preprocess((request.size, request.size, 3 if request.colour else 1), pad=request.pad),
        request.classes,
        GreyRange.parse(request.grey_range),
        progress,
    )


def _joint(ranges: list[GreyRange | None]) -> GreyRange | None:
    known = [each for each in ranges if each is not None]
    if not known:
        return None
    return GreyRange(min(each.black for each in known), max(each.white for each in known))


def read_folder(
    path: Path,
    look: Preprocess,
    classes: str = "auto",
    grey_range: GreyRange | None = None,
    progress: OnProgress = unheard,
) -> Decoded:
    """All images in a folder or .zip, as the networks see them.

    What becomes of every file is told in the `inventory` that comes with them. They are decoded
    once and kept in the cache for as long as no file changes. What `progress` raises ends the
    reading. Raises UserError where fewer than 16 images can be read, or there are too many.
    """
    from trainer.data.folders.decoding import Decoding

    with open_store(path) as store:
        inventory = inventory_of(store, path, classes, progress)
        if len(inventory.names) < FEWEST:
            raise DataMissingError(
                f'"{path.name}" holds {len(inventory.names)} images; at least {FEWEST} are needed. '
                f"Choose a folder or .zip with more PNG or JPEG files.{_why_so_few(inventory)}",
                path=str(path),
            )
        return Decoding(store, inventory, look, progress, grey_range).images()


def _why_so_few(inventory: Inventory) -> str:
    left_out = inventory.told.partition("; left out: ")[2]
    return f" Left out: {left_out}" if left_out else ""


def _data_set(found: list[Decoded], request: Request) -> DataSet:
    from trainer.data.dataset import DataSet, OwnImages

    (train, test), *others = (_parts(part, request) for part in found)
    other_train, other_test = others[0] if others else (None, None)
    return DataSet(
        train,
        test,
        other_train,
        other_test,
        classes=max(1, len(found[0].inventory.class_names)),
        own=tuple(OwnImages(part.inventory, part.contents, part.grey_range) for part in found),
    )


def _parts(found: Decoded, request: Request) -> tuple[Rows, Rows]:
    """Rows to train on, rows to judge by. Raises UserError where too few are for training."""
    import torch

    from trainer.data.dataset import Rows
    from trainer.data.folders.split import by_order, for_testing

    inventory, known = found.inventory, request.trained_on
    labels = torch.tensor(inventory.labels)
    if known is not None and known.unlisted:
        test = by_order(labels)
    else:
        marked = torch.tensor(inventory.marked) if inventory.marked else None
        test = for_testing(found.contents, marked, known)
    if int((~test).sum()) < LEAST_TRAINED:
        raise UserError(
            f'Of the images in "{inventory.path.name}" only {int((~test).sum())} are for training; '
            f"at least {LEAST_TRAINED} are needed. Put more images into its folders for training."
        )
    rows = Rows(found.images, labels, mapped=found.mapped, contents=found.contents)
    return rows.only(~test), rows.only(test)


DATA_SETS.register(
    DataSpec(
        name="folder",
        title="your images",
        load=load_folders,
        state=fingerprint,
        own=True,
        class_pair=True,
        shippable=False,
        licence="your own",
    )
)
