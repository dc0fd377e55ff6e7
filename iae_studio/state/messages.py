"""The line above the grid, and the log."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from trainer.messages import Failed

LONG_NAME, LONG_PATH = 40, 100  # letters
_QUOTED = re.compile(r'"[^"]{41,}"|\S{61,}')


def short(name: str, most: int = LONG_NAME) -> str:
    """A name in a sentence: of a long one the beginning and the end."""
    half = (most - 1) // 2
    return name if len(name) <= most else f"{name[: most - 1 - half]}…{name[-half:]}"


def brief(text: str) -> str:
    """A sentence whose long names and paths are shortened: there is room for four lines."""

    def cut(found: re.Match[str]) -> str:
        return short("/".join(short(part) for part in found[0].split("/")), LONG_PATH)

    return _QUOTED.sub(cut, text)


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
OPEN_RUN = Action("open run", "Open it")  # about its folder
GO_ON_CPU = Action("go on on the CPU", "Go on on the CPU")  # about a recipe and its run
SHOW_LOG = Action("log", "Show the log")  # with a trace that it is about, if there is one
REPORT = Action("report", "Report…")


# These are about no model: they stand until they are answered, whatever is displayed.
_LASTING = (STOP_LOOKING, TRAIN_ON, SAVE_ELSEWHERE, SHOW_LOG, REPORT, OPEN_RUN, GO_ON_CPU)

# What a message is about: another about the same takes its place.
DROPPING, OFFER, MOVED, UNSAVED = "dropping", "offer", "moved", "unsaved"
FAULT, CRASH, PICTURE, LOST = "fault", "crash", "picture", "lost"
KEPT = "What was saved is kept."  # the end of what is said of a crash


@dataclass(frozen=True)
class Message:
    """A line above the grid, and the buttons that help; with these it is a question."""

    text: str
    error: bool = False
    actions: tuple[Action, ...] = ()
    topic: str = ""

    @property
    def lasting(self) -> bool:
        """Whether it stands when another model is displayed."""
        return any(one.asks_for(other) for one in self.actions for other in _LASTING)


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
        return Message(text, True, self._actions(), MOVED)

    def _actions(self) -> tuple[Action, ...]:
        """First for what it was, then for what it may have become."""
        if self.run is None:
            return (CHOOSE_IMAGES,)
        folder, archive = replace(FIND_FOLDER, about=self), replace(FIND_ZIP, about=self)
        if self.gone.lower().endswith(".zip"):
            return archive, replace(folder, label="It is a folder now…")
        return folder, replace(archive, label="It is a .zip now…")


class Messages(QObject):
    """What the user is told: one line at a time, and everything in the log.

    A question that something else is said over comes back when that is dismissed.
    """

    changed = Signal(object)  # Message | None
    logged = Signal(str)
    actionWanted = Signal(Action)  # its button was pressed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._said: list[Message] = []  # the last is shown, over questions that wait
        self._acted_on: Message | None = None

    @property
    def current(self) -> Message | None:
        """The line above the grid."""
        return self._said[-1] if self._said else None

    def about(self, topic: str) -> Message | None:
        """What was said of a topic, where it is shown or comes back."""
        return next((known for known in self._said if known.topic == topic), None)

    def holds(self, message: Message) -> bool:
        """Whether it is shown, or comes back."""
        return message in self._said

    def show_message(self, message: Message | None) -> None:
        """Show a line above the grid, or take it away."""
        if message is None:
            self._hold(self._said[:-1])
            return
        self.logged.emit(message.text)
        self._put(message)

    def _put(self, message: Message) -> None:
        topic = message.topic
        waiting = [known for known in self._said if known.actions and known != message]
        self._hold([known for known in waiting if not topic or known.topic != topic] + [message])

    def _hold(self, said: list[Message]) -> None:
        self._said = said
        self.changed.emit(self.current)

    def amend(self, message: Message) -> None:
        """Say what was said of the same topic in other words, if it still stands."""
        said = [message if known.topic == message.topic else known for known in self._said]
        if said != self._said:
            self._hold(said)

    def withdraw(self, topic: str) -> None:
        """Take away what was said of a topic."""
        self._hold([known for known in self._said if known.topic != topic])

    def clear(self) -> None:
        """Take away what is no question."""
        self._hold([known for known in self._said if known.actions])

    def turn_away(self) -> None:
        """Another model is displayed: take away all that was said about the one before."""
        self._hold([known for known in self._said if known.lasting])

    def keep(self, message: Message | None) -> None:
        """Let what was said stand, unless something else was said since."""
        if message is not None and (self.current is None or self.current.lasting):
            self._put(message)

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

    def show_failure(self, failed: Failed, topic: str = "") -> None:
        """Say what went wrong and what to do; the trace goes to the log."""
        actions = (CHOOSE_FOLDER,) if failed.data_missing else ()
        self.show_message(Message(str(failed), True, actions, topic))
        if failed.trace:
            self.logged.emit(failed.trace)

    def show_picture_failure(self, failed: Failed) -> None:
        """The same of what is displayed; until it is drawn again."""
        self.show_failure(failed, PICTURE)

    def show_answer_failure(self, failed: Failed) -> None:
        """The same of a question to the model, but for lacking data: views tell that themselves.

        Nobody asked for them by hand, and a message here would take a question's place.
        """
        if failed.data_missing or failed.gone:
            self.logged.emit(str(failed))
        else:
            self.show_failure(failed)

    def withdraw_picture_failure(self) -> None:
        """It is drawn again."""
        self.withdraw(PICTURE)

    def act(self, action: Action) -> None:
        """Do what a button of the message says."""
        self._acted_on = self.current
        self.show_message(None)
        self.actionWanted.emit(action)

    def ask_again(self) -> None:
        """The user chose nothing: the message stands whose button was pressed."""
        self.show_message(self._acted_on)
