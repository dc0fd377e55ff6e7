"""Folders and archives of images, and how they are brought to the real window."""

from __future__ import annotations

import zipfile
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from iae_studio.state.own_images import on_own_images
from tests.studio import (
    LONG,
    photos,
    show,
)
from trainer.recipe.catalogue import CATALOGUE

DIGITS = CATALOGUE["mnist-10-small"].but(width=4, batch=8)
NO_IMAGE = b"\x89PNG not really"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99)


def packed(path: Path, folder: Path, inside: str = "") -> Path:
    """A .zip of a folder."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, f"{inside}{file.relative_to(folder)}")
    return path


def pets(folder: Path, count: int = 10) -> Path:
    """Two class folders."""
    photos(folder / "cats", count)
    photos(folder / "dogs", count, (20, 20, 200))
    return folder


def dropped(target, *paths: Path) -> None:
    """Let files fall onto a widget."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(5, 5), copy, mime, left, Qt.KeyboardModifier.NoModifier)
    target.dropEvent(event)


def drop(studio, qtbot, *paths: Path) -> str:
    """Drop on a window that shows digits; what the bar says once all was looked at."""
    if studio.state.displayed.recipe.two_dimensional:
        show(studio, qtbot, DIGITS)
        studio.state.inputs.clear()
    messages = studio.state.messages
    messages.show_message(None)
    dropped(studio.window, *paths)
    qtbot.waitUntil(lambda: said(studio) not in ("", *looking(studio)), timeout=LONG)
    return said(studio)


def looking(studio) -> list[str]:
    return [said(studio)] if said(studio).startswith(("Opening", "Looking")) else []


def said(studio) -> str:
    message = studio.state.messages.current
    return "" if message is None else message.text


def brought(studio) -> list[str]:
    return [known.name for known in studio.state.inputs.images if not known.test]


def own(folder: Path, **more: object):
    return on_own_images(DIGITS, str(folder), "", "none", 28, False, **more)


def in_dialog(qtbot, act) -> None:
    """Do something to the dialog that the next click opens, once it has looked."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog.images.inventory is None:
            QTimer.singleShot(20, look)
            return
        act(dialog)

    QTimer.singleShot(0, look)
