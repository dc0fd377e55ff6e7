"""What is left out of a folder of images, and why: every file is used, or stands here. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath


class Why(Enum):
    """Why a file or a whole folder is left out, and what one of these, or several, are called."""

    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    LARGE = "too large"
    HEIC = "HEIC (pip install pillow-heif reads them)"
    RAW = "camera raw (export them as JPEG)"
    DRAWING = "SVG or PDF (export them as PNG)"
    VIDEO = "video|videos"
    ARCHIVE = "packed (unpack them)"
    COPY = "smaller copy of another|smaller copies of others"
    BESIDE = "beside the class folders (classes=one takes them too)"
    TWICE = "linked to what is there already"
    BROKEN_LINK = "linked to nothing"
    SPECIAL = "pipe or device|pipes or devices"
    OTHER = "of another kind|of other kinds"
    SYSTEM = "of the system or its thumbnails"
    HIDDEN = "hidden"


# Those that count as the user's images.
IMAGES = (Why.DAMAGED, Why.UNREADABLE, Why.LARGE, Why.HEIC, Why.RAW, Why.COPY, Why.BESIDE)
_NAMELESS = (Why.HEIC, Why.RAW, Why.DRAWING, Why.ARCHIVE, Why.BESIDE)  # a way out is enough


@dataclass(frozen=True)
class LeftOut:
    """A file or folder that is not used; folders end in "/", and stand for all that is in them."""

    name: str
    why: Why
    told: str = ""  # what reading it said


def kind_of(name: str) -> Why:
    """Why a file is no image that can be opened, by its ending."""
    ending = PurePosixPath(name).suffix.lower()
    return next((why for why, endings in _ENDINGS.items() if ending in endings), Why.OTHER)


_ENDINGS = {
    Why.HEIC: {".heic", ".heif", ".hif", ".heics", ".heifs"},
    Why.RAW: {
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".kdc", ".mrw", ".nef",
        ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
    },
    Why.DRAWING: {".svg", ".svgz", ".pdf", ".eps", ".ai"},
    Why.VIDEO: {
        ".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".3gp", ".mts", ".wmv",
    },
    Why.ARCHIVE: {".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz"},
}  # fmt: skip

# What systems, cameras' programs and network storages put beside the user's files, in lower case.
_SYSTEM = {
    "@eadir", "@tmp", "#recycle", "@recycle", "#snapshot", "@recently-snapshot", "@sharebin",
    "$recycle.bin", "recycler", "~snapshot", "lost.dir", "system volume information", "found.000",
    "lost+found",
    "__macosx", "network trash folder", "temporary items", "thumbs.db", "ehthumbs.db",
    "desktop.ini", "picasa.ini", "icon\r",
}  # fmt: skip


def shunned(part: str) -> Why | None:
    """Why a file or folder of this name is not even looked at; None where it is."""
    if part.casefold() in _SYSTEM:
        return Why.SYSTEM
    return Why.HIDDEN if part.startswith(".") else None


def counted(left_out: Iterable[LeftOut]) -> list[str]:
    """A few words for each reason: "8 damaged (first: a.jpg)", what is a loss first."""
    groups: dict[Why, list[LeftOut]] = {}
    for each in left_out:
        groups.setdefault(each.why, []).append(each)
    return [_words(why, groups[why]) for why in Why if why in groups]


def _words(why: Why, these: list[LeftOut]) -> str:
    one, _, several = why.value.partition("|")
    words = f"{len(these):,} {one if len(these) == 1 or not several else several}"
    return words if why in _NAMELESS else f"{words} (first: {these[0].name})"
