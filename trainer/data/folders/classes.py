"""What the folders of images mean: classes, or parts for training and testing. No torch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from trainer.data.natural_order import natural

# The parts that people split their images into, CycleGAN's trainA, testB among them.
_PART = re.compile(
    r"(?:seg[-_])?(train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?|dev|eval)"
    r"(?:[-_ ]?(?:set|data|images|imgs|split|\d{1,4}))?[-_ ]?([ab]?)",
    re.IGNORECASE,
)
# What cameras and phones number their folders by, as DCF has it: 100APPLE, 101CANON, 202411__.
_CAMERA = re.compile(r"[1-9]\d\d[A-Z0-9_]{5}")


@dataclass(frozen=True)
class Classes:
    """The images that count, sorted by class, and what is known of each."""

    names: tuple[str, ...]
    labels: tuple[int, ...]
    class_names: tuple[str, ...]
    marked: tuple[bool, ...]  # whether its folder says that it is for testing; () without such
    beside: tuple[str, ...] = ()  # what lies beside the class folders


@dataclass(frozen=True)
class _Image:
    name: str  # in the store
    folders: tuple[str, ...]  # that it lies in, as far as they say something
    test: bool = False


def find_classes(names: Iterable[str], title: str, how: str) -> Classes:
    """The classes of images by the folders they lie in; `title` is what a single one is called.

    auto: what wraps all is passed over, so are a camera's numbered folders and those named train,
    val, test and the like (what is in val and test is then for testing), and each folder below is a
    class. Where more images lie beside the folders than in them, or in one folder only, all are
    one class.
    outer: each of the first folders is a class, whatever it is called.
    inner: each folder that an image lies in is a class, wherever it is.
    one: all are one class.
    """
    images = [_Image(name, tuple(name.split("/")[:-1])) for name in names]
    images, title = _unwrapped(images, title)
    beside: list[str] = []
    if how != "outer":
        images = _parts_first(images)
    split = how != "outer" and _is_split(images)
    if split:
        beside = [image.name for image in images if not image.folders]
        images = [_in_part(image) for image in images if image.folders]
        images, title = _unwrapped(images, title)
    if how == "inner":
        images = [_Image(i.name, i.folders[-1:], i.test) for i in images]
    elif how == "one" or (how == "auto" and (_are_one(images) or _are_a_cameras(images))):
        images = [_Image(i.name, (), i.test) for i in images]
    if any(image.folders for image in images):
        beside += [image.name for image in images if not image.folders]
        images = [image for image in images if image.folders]
    return _sorted(images, title, split, beside)


def _sorted(images: list[_Image], title: str, split: bool, beside: list[str]) -> Classes:
    kinds = {image.folders[:1] for image in images} or {()}
    ordered = sorted(sorted(kinds), key=lambda kind: natural(kind[0]) if kind else [])
    place = {kind: index for index, kind in enumerate(ordered)}
    images = sorted(images, key=lambda image: place[image.folders[:1]])  # else their order stays
    return Classes(
        tuple(image.name for image in images),
        tuple(place[image.folders[:1]] for image in images),
        tuple(kind[0] if kind else title for kind in ordered),
        tuple(image.test for image in images) if split else (),
        tuple(beside),
    )


def _unwrapped(images: list[_Image], title: str) -> tuple[list[_Image], str]:
    """Without a folder that only wraps the others, as most archives have: it says nothing."""
    while images and images[0].folders:
        first = images[0].folders[0]
        if any(image.folders[:1] != (first,) for image in images):
            break
        title = first
        images = [_Image(image.name, image.folders[1:], image.test) for image in images]
    return images, title


def _is_split(images: list[_Image]) -> bool:
    """Whether the first folders are parts for training and for testing, and nothing else."""
    return _are_parts(image.folders[0] for image in images if image.folders)


def _are_parts(folders: Iterable[str]) -> bool:
    found = {_kind(name) for name in folders}
    return len(found) > 1 and None not in found


def _kind(folder: str) -> str | None:
    """What a part is for; None where a folder is none."""
    part = _PART.fullmatch(folder)
    return part[1].lower() + part[2].lower() if part else None


def _parts_first(images: list[_Image]) -> list[_Image]:
    """With the part before the class, where each class folder has parts of its own."""
    inside = [image for image in images if len(image.folders) > 1]
    if len(inside) < len(images) or not _are_parts(image.folders[1] for image in inside):
        return images
    return [
        _Image(image.name, (image.folders[1], image.folders[0], *image.folders[2:]), image.test)
        for image in images
    ]


def _in_part(image: _Image) -> _Image:
    """Without the folder of its part, which some archives have twice."""
    part = _PART.fullmatch(image.folders[0])
    assert part is not None  # `_is_split`
    rest = image.folders[1:]
    if rest and _kind(rest[0]) == _kind(image.folders[0]):
        rest = rest[1:]
    domain = (part[2].upper(),) if part[2] else ()
    return _Image(image.name, domain + rest, not part[1].lower().startswith("train"))


def _are_one(images: list[_Image]) -> bool:
    beside = sum(not image.folders for image in images)
    kinds = {image.folders[0] for image in images if image.folders}
    return beside > len(images) - beside or (beside > 0 and len(kinds) == 1)


def _are_a_cameras(images: list[_Image]) -> bool:
    return all(image.folders and _CAMERA.fullmatch(image.folders[0]) for image in images)
