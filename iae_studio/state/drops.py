"""What is dropped, pasted or opened, on its way to the input images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from iae_studio.state.bookmarks import Bookmarks
from iae_studio.state.displayed import Displayed
from iae_studio.state.drop_news import DropNews, named
from iae_studio.state.inputs import InputImages
from iae_studio.state.messages import TRAIN_ON, Action, Messages, short
from iae_studio.state.opened import Looked, Opened, Unread, in_short

POINTS_TAKE_NO_IMAGES = (
    "This model is about points in the plane: choose one of images at the left, then open yours."
)


class Drops(QObject):
    """Files and pictures are read off this thread; what came of them is said by `news`."""

    filesWanted = Signal(object, object)  # list[Path | str], InputSpec, or None for points
    lookWanted = Signal(Opened, object)  # at its holders; InputSpec
    pictureWanted = Signal(QImage, str, object)  # its name, InputSpec

    def __init__(
        self,
        displayed: Displayed,
        inputs: InputImages,
        messages: Messages,
        bookmarks: Bookmarks,
        parent: QObject | None = None,
    ) -> None:
        """`bookmarks` are asked to take in those that are dropped among the images."""
        super().__init__(parent)
        self._displayed, self._inputs = displayed, inputs
        self._messages, self._bookmarks = messages, bookmarks
        self.news = DropNews(messages)

    def open_files(self, paths: Sequence[Path | str]) -> None:
        """Decode files and folders off this thread; they come back by `add_opened`."""
        if paths:
            points = self._displayed.recipe.two_dimensional
            self.filesWanted.emit(paths, None if points else self._inputs.spec)

    def open_picture(self, picture: QImage, name: str) -> None:
        """The same for an image of the clipboard or a browser."""
        if self._displayed.recipe.two_dimensional:
            self._messages.show_error(POINTS_TAKE_NO_IMAGES)
        else:
            self.pictureWanted.emit(picture, name, self._inputs.spec)

    def add_opened(self, opened: Opened) -> None:
        """What came of files or a picture."""
        if opened.bookmarks:
            self._bookmarks.importWanted.emit(opened.bookmarks)
        if opened.model is not None:
            self._displayed.open_model(*opened.model)
        self._inputs.add(list(opened.inputs))
        self._log(opened.unread)
        self.news.add(opened.told, opened.faulty)
        if opened.holders:
            names = " and ".join(f'"{short(path.name)}"' for path in opened.holders[:2])
            self.news.run(opened, f"Looking through {names}…")
            self.lookWanted.emit(opened, self._inputs.spec)
            return
        if opened.inputs and opened.model is None:
            self._messages.clear()  # all went well
        self.news.show()

    def add_looked(self, opened: Opened, looked: Looked) -> None:
        """What folders and .zip files hold."""
        self._inputs.add(list(looked.inputs))
        self._log(looked.unread)
        told = " ".join(filter(None, (looked.told, in_short(looked.unread))))
        self.news.forget(opened)
        self.news.add(
            told, bool(looked.faulty or looked.unread), _offer(opened, looked), first=True
        )
        self.news.show()

    def lack_looked(self, opened: Opened) -> None:
        """The looking was stopped, or failed, which is told already."""
        message = self._messages.current
        if message is not None and message.error and not message.actions:
            self.news.add(message.text, True)
        self.news.forget(opened)
        self.news.show()

    def _log(self, unread: Iterable[Unread]) -> None:
        for each in unread:
            self._messages.logged.emit(each.told)


def _offer(opened: Opened, looked: Looked) -> Action | None:
    """To train on what was dropped; named where it is not all of it."""
    if not looked.to_train_on:
        return None
    offer = replace(TRAIN_ON, about=looked.to_train_on)
    return offer if len(opened.holders) == len(looked.to_train_on) else named(offer)
