"""The line above the grid, and the log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from trainer.messages import Failed


@dataclass(frozen=True)
class Action:
    """A button of a message: what it asks for by `Messages.actionWanted`, and its words."""

    name: str
    label: str


CHOOSE_FOLDER = Action("folder", "Choose a folder…")
SAVE_ELSEWHERE = Action("save elsewhere", "Save elsewhere…")
DISCARD = Action("discard", "Discard")


@dataclass(frozen=True)
class Message:
    """A line above the grid, and the buttons that help."""

    text: str
    error: bool = False
    actions: tuple[Action, ...] = ()


class Messages(QObject):
    """What the user is told: one line at a time, and everything in the log."""

    changed = Signal(object)  # Message | None
    logged = Signal(str)
    actionWanted = Signal(str)  # the name of an action whose button was pressed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: Message | None = None

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
        self.show_message(None)
        self.actionWanted.emit(action.name)
