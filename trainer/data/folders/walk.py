"""All files below a folder: links are followed once, and what cannot be read is noted. No torch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from trainer.data.folders.left_out import LeftOut, Why, shunned
from trainer.data.progress import OnProgress
from trainer.messages import UserError

TURN = 256  # files listed between two looks whether somebody has given up


class Walk:
    """All files below a folder; `left_out` is whole once `files` has ended.

    A linked folder is looked into as any other, but no folder twice: what is there without a link
    goes first.
    """

    def __init__(self, root: Path, progress: OnProgress) -> None:
        self._root, self._progress = root, progress
        self.left_out: list[LeftOut] = []
        self._seen: set[tuple[int, int]] = set()
        self._folders: list[str] = [""]
        self._linked: list[str] = []

    def files(self) -> Iterator[str]:
        """Their names, in no order that means anything. Raises UserError for the folder itself."""
        while self._folders or self._linked:
            linked = not self._folders
            name = (self._linked if linked else self._folders).pop(0)
            if not self._is_new(name, linked):
                self.left_out.append(LeftOut(f"{name}/", Why.TWICE))
                continue
            yield from self._inside(name)

    def _is_new(self, name: str, linked: bool) -> bool:
        path = self._root / name
        with suppress(OSError):
            told = path.stat()
            mark = told.st_dev, told.st_ino
            if mark in self._seen:
                return False
            self._seen.add(mark)
            # A link to where the whole lies would never end.
            return not linked or not self._root.resolve().is_relative_to(path.resolve())
        return True

    def _inside(self, name: str) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(self._root / name), key=lambda entry: entry.name)
        except OSError as error:
            if not name:
                raise UserError(
                    f'"{self._root}" cannot be read ({error.strerror}): check its permissions.'
                ) from error
            self.left_out.append(LeftOut(f"{name}/", Why.UNREADABLE, str(error.strerror)))
            return
        for place, entry in enumerate(entries):
            if place % TURN == 0:
                self._progress(0, 0)
            below = f"{name}/{entry.name}" if name else entry.name
            if self._is_file(entry, below):
                yield below

    def _is_file(self, entry: os.DirEntry[str], name: str) -> bool:
        """Whether it is a file to be looked at; folders are kept for later."""
        folder, why = False, shunned(entry.name)
        try:
            folder = entry.is_dir()
            if why is None and folder:
                (self._linked if entry.is_symlink() else self._folders).append(name)
                return False
            if why is None and not entry.is_file():
                entry.stat()  # raises where a link leads nowhere
                why = Why.SPECIAL  # a pipe would never end
        except OSError:
            why = Why.BROKEN_LINK if entry.is_symlink() else Why.UNREADABLE
        if why is not None:
            self.left_out.append(LeftOut(f"{name}/" if folder else name, why))
        return why is None
