"""The line above the grid, and the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from trainer.messages import Failed


@dataclass(frozen=True)
class Action:
    """A button of a message: what it asks for by `Messages.actionWanted`, and its words.

    Two of one `name` ask for the same, be it about something else.
    """

    name: str
    label: str
    about: Any = None

    def asks_for(self, other: Action) -> bool:
        """Whether it asks for the same."""
        return self.name == other.name


CHOOSE_FOLDER = Action("folder", "Choose a folder…")
SAVE_ELSEWHERE = Action("save elsewhere", "Save elsewhere…")
DISCARD = Action("discard", "Discard")
TRAIN_ON = Action("train on", "Train on them…")  # about one folder or .zip, or two
CHOOSE_IMAGES = Action("own images", "Choose images…")
STOP_LOOKING = Action("stop looking", "Stop")
FIND_FOLDER = Action("find folder", "Where is it now?")  # both about a `MovedImages`
FIND_ZIP = Action("find zip", "Where is it now?")


@dataclass(frozen=True)
class Message:
    """A line above the grid, and the buttons that help."""

    text: str
    error: bool = False
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class MovedImages:
    """A folder or .zip that is gone, of a run or of a recipe without; what is said of it.

    Once found, the run may `go_on`.
    """

    gone: str
    run: Path | None = None
    go_on: bool = False

    @property
    def name(self) -> str:
        """What the folder or .zip was called."""
        return Path(self.gone).name

    def message(self, why: str = "") -> Message:
        """It is gone, or `why` it is not what was shown; with the buttons that help."""
        text = why or f'"{self.gone}" is not there: was it moved, renamed or deleted?'
        return Message(text, True, self._actions())

    def _actions(self) -> tuple[Action, ...]:
        """First for what it was, then for what it may have become."""
        if self.run is None:
            return (CHOOSE_IMAGES,)
        folder, archive = replace(FIND_FOLDER, about=self), replace(FIND_ZIP, about=self)
        if self.gone.lower().endswith(".zip"):
            return archive, replace(folder, label="It is a folder now…")
        return folder, replace(archive, label="It is a .zip now…")


class Messages(QObject):
    """What the user is told: one line at a time, and everything in the log."""

    changed = Signal(object)  # Message | None
    logged = Signal(str)
    actionWanted = Signal(Action)  # its button was pressed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: Message | None = None
        self._acted_on: Message | None = None

    def show_message(self, message: Message | None) -> None:
        """Show a line above the grid, or take it away."""
        self.current = message
        if message is not None:
            self.logged.emit(message.text)
        self.changed.emit(message)

    def keep(self, message: Message | None) -> None:
        """Let what was said stand, unless something else was said since."""
        if self.current is None and message is not None:
            self.current = message
            self.changed.emit(message)

    def show_error(self, text: str) -> None:
        """Tell of bad input; nothing else changes."""
        self.show_message(Message(text, error=True))

    def show_aside(self, text: str) -> None:
        """Tell of what is wrong elsewhere: in the log, and above the grid if no error stands."""
        if self.current is not None and (self.current.error or self.current.actions):
            self.logged.emit(text)
        else:
            self.show_error(text)

    def show_saved(self, path: Path) -> None:
        """A file that was asked for is written."""
        self.show_message(Message(f"Saved {path}."))

    def show_failure(self, failed: Failed) -> None:
        """Say what went wrong and what to do; the trace goes to the log."""
        actions = (CHOOSE_FOLDER,) if failed.data_missing else ()
        self.show_message(Message(str(failed), True, actions))
        if failed.trace:
            self.logged.emit(failed.trace)

    def act(self, action: Action) -> None:
        """Do what a button of the message says."""
        self._acted_on = self.current
        self.show_message(None)
        self.actionWanted.emit(action)

    def ask_again(self) -> None:
        """The user chose nothing: the message stands whose button was pressed."""
        self.show_message(self._acted_on)
