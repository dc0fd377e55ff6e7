"""What a drop or the clipboard holds: files, image data, or an address."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage

# How the name of a file begins, with its whole path, as terminals and other programs copy it.
_PATH = re.compile(r"[\"'\u201c\u2018]?(/|~|file:/|[A-Za-z]:[\\/]|\\\\)")
_ADDRESS = re.compile(r"[\"'<]?([a-z][a-z0-9+.-]+://|data:|www\.)\S+$", re.IGNORECASE)
NOTHING = "no image and no file."
ADDRESS = "only an address. Save the picture first, or copy the image itself."


def begins_as_path(text: str) -> bool:
    """Whether it may be a path from the root, quoted or not."""
    return _PATH.match(text) is not None


@dataclass(frozen=True)
class Found:
    """Local files and folders, or one image, or why there is neither."""

    paths: Sequence[Path | str] = ()  # text may name several
    image: QImage | None = None
    name: str = "pasted image"
    problem: str = ""


def read(mime: QMimeData | None) -> Found:
    """Browsers offer an address and often the picture itself: the picture wins over the address.

    Text that names files will do too; whoever opens them takes quotes and the like away.
    """
    if mime is None:  # some desktops have none before the first copy
        return Found(problem=NOTHING)
    urls = mime.urls() if mime.hasUrls() else []
    paths = [_path(url) for url in urls if url.isLocalFile()]
    if paths:
        return Found(paths)
    if mime.hasImage():
        image = mime.imageData()
        if not isinstance(image, QImage) or image.isNull():
            return Found(problem="the picture cannot be read. Save it, then open the file.")
        name = urls[0].fileName() if urls else ""
        return Found(image=image, name=name or "pasted image")
    if urls:
        return Found(problem=ADDRESS)
    lines = [line.strip() for line in mime.text().splitlines() if line.strip()]
    if lines and all(map(begins_as_path, lines)):
        return Found(lines)
    if lines and all(map(_ADDRESS.match, lines)):
        return Found(problem=ADDRESS)
    return Found(problem=NOTHING)


def _path(url: QUrl) -> Path | str:
    """Of a file on another computer its address: whoever opens it says so."""
    if url.host() and os.name != "nt":
        return url.toString()
    return Path(url.toLocalFile())


def to_png(image: QImage) -> bytes:
    """The image as PNG: slow for large ones, so not on the GUI thread."""
    packed = QByteArray()
    buffer = QBuffer(packed)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(packed.data())
