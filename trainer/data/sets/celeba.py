"""CelebA, aligned faces with attributes: decoded once, then read from a cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.data.at_hand import folder_of
from trainer.data.folders.stores import Store, in_threads, open_store
from trainer.data.image_files import decode_image
from trainer.data.preprocessing import Preprocess
from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request, by_parts
from trainer.messages import Pixels, UserError
from trainer.recipe.specs import DATA_SETS, Crop, DataSpec
from trainer.storage.files import lies

if TYPE_CHECKING:
    from torch import Tensor

    from trainer.data.dataset import Rows

PAGE = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
LISTS = ("list_attr_celeba.txt", "list_eval_partition.txt")
IMAGES = ("img_align_celeba", "img_align_celeba.zip")  # the first that is there counts
ATTRIBUTE = "Male"
WIDTH, HEIGHT = 178, 218  # px, of every aligned image
# The square of 128 px around column 89, row 121, between eyes and mouth, that progressive GANs
# were trained on.
CROP = Crop((WIDTH, HEIGHT), (25, 57, 153, 185))
_PARTS = {True: "0", False: "2"}  # of list_eval_partition.txt; 1 is for validation, unused here


def celeba_folder(root: Path) -> Path | None:
    """The folder that holds CelebA's aligned images and both lists; None where there is none.

    `root` may be the root that torchvision expects, or its celeba folder itself.
    """
    for folder in (root / "celeba", root / "CelebA", root):
        lists = all(lies(folder / name) for name in LISTS)
        if lists and any((folder / name).exists() for name in IMAGES):
            return folder
    return None


def load_part(request: Request, part: str, progress: OnProgress) -> Rows:
    """Images uint8 [N, 3, size, size] and who is male, of "train" or "test"."""
    from trainer.data.dataset import Rows

    train = part == "train"
    return Rows(
        *load_celeba(request.root, train, request.size, progress=progress),
        mapped=True,
    )


def load_celeba(
    root: Path | None,
    train: bool,
    size: int,
    attribute: str = ATTRIBUTE,
    progress: OnProgress = unheard,
) -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 3, size, size], and int64 [N]: whether each face has the attribute, 0 or 1.

    The faces are cropped to CROP. The images come from a file mapped into memory, which the first
    call makes in minutes; what `progress` raises then ends it, and leaves nothing behind. Raises
    UserError where files are missing or damaged.
    """
    from trainer.data.memory_maps import open_map

    folder = folder_of("celeba", root)
    names, labels = _chosen(folder, train, attribute)
    source = next(folder / name for name in IMAGES if (folder / name).exists())
    cache = _cache_file(source, folder / LISTS[1], train, size)
    shape = (len(names), 3, size, size)
    images = open_map(cache, shape)
    if images is None:
        _decode_all(source, names, cache, shape, progress)
        images = open_map(cache, shape)
    if images is None:
        raise UserError(f"{cache} cannot be read. Delete it and try again.")
    return images, labels


def _chosen(folder: Path, train: bool, attribute: str) -> tuple[list[str], Tensor]:
    """The names of the images of one part, and whether they have the attribute: int64 [N]."""
    import torch

    attributes, partition = (_lines(folder / name) for name in LISTS)
    # The first line tells how many images there are; a web page in its place has no such line.
    told = len(attributes) > 1 and attributes[0].strip().isdecimal()
    known = attributes[1].split() if told else []
    if known and attribute not in known:
        raise UserError(f'CelebA has no attribute "{attribute}". Choose one of {", ".join(known)}.')
    try:
        column = known.index(attribute) + 1
        rows = (line.split() for line in attributes[2:])
        has = {row[0]: {"1": 1, "-1": 0}[row[column]] for row in rows if row}
        pairs = (line.split() for line in partition)
        names = [pair[0] for pair in pairs if pair and pair[1] == _PARTS[train]]
        labels = torch.tensor([has[name] for name in names])
    except (ValueError, KeyError, IndexError) as error:
        raise UserError(
            f"{' or '.join(LISTS)} in {folder} is damaged, or they do not belong together. "
            f"Get both again from {PAGE}."
        ) from error
    if not names:
        raise UserError(
            f"{LISTS[1]} in {folder} names no image for {'training' if train else 'tests'}. "
            f"Get it again from {PAGE}."
        )
    return names, labels


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").splitlines()
    except (OSError, UnicodeError) as error:
        raise UserError(f"{path} cannot be read ({error}). Get it again from {PAGE}.") from error


def _cache_file(source: Path, partition: Path, train: bool, size: int) -> Path:
    from trainer.data.memory_maps import cache_file

    stamps = [f"{path.stat().st_mtime_ns} {path.stat().st_size}" for path in (source, partition)]
    return cache_file("celeba", source, f"{'train' if train else 'test'}-{size}", stamps)


def _decode_all(
    source: Path, names: list[str], cache: Path, shape: tuple[int, ...], progress: OnProgress
) -> None:
    from trainer.data.memory_maps import write_map

    prefix = f"{IMAGES[0]}/" if source.suffix == ".zip" else ""
    size = shape[-1]
    with open_store(source) as store:

        def face(name: str) -> Pixels:
            return _face(store, prefix + name, size)

        def told() -> Iterator[Pixels]:
            with closing(in_threads(face, names, progress)) as faces:
                for done, pixels in enumerate(faces, start=1):
                    yield pixels
                    progress(done, len(names))

        try:
            write_map(cache, shape, told())
        except OSError as error:
            raise UserError(
                f"The decoded faces cannot be kept in {cache.parent} ({error.strerror}). They take "
                f"{prod(shape) / 2**30:.1f} GiB: free some space."
            ) from error


def _face(store: Store, name: str, size: int) -> Pixels:
    """One face uint8 [3, size, size]."""
    try:
        rgb = decode_image(store.read(name), name)
    except UserError as error:
        raise UserError(f"CelebA is incomplete: {error} Unpack or get the images again.") from error
    if rgb.shape != (HEIGHT, WIDTH, 3):
        raise UserError(
            f'"{name}" is {rgb.shape[1]} x {rgb.shape[0]} pixels, but all aligned images of CelebA '
            f"are {WIDTH} x {HEIGHT}. Get {IMAGES[1]} from {PAGE}."
        )
    seen = Preprocess((size, size, 3), crop=CROP)(rgb)
    return seen.transpose(2, 0, 1)


DATA_SETS.register(
    DataSpec(
        name="celeba",
        title="CelebA",
        load=by_parts(load_part),
        colour=True,
        class_pair=True,
        crop=CROP,
        files=f"{IMAGES[1]} (or the folder {IMAGES[0]} unpacked from it), {' and '.join(LISTS)}",
        find=celeba_folder,
        page=PAGE,
        stand_in="drawn-faces",
        stand_in_recipe="celeba-50-small",
        licence="for non-commercial research only",
        shippable=False,
    )
)
