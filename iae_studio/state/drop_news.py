"""What is said of drops, pasted files and the like: while they are opened, and afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from iae_studio.state.messages import (
    DROPPING,
    OFFER,
    STOP_LOOKING,
    Action,
    Message,
    Messages,
    short,
)

LABEL = 20  # letters of a name on a button


def named(offer: Action) -> Action:
    """An offer that says what it is to train on."""
    names = " and ".join(short(Path(place).name, LABEL) for place in offer.about)
    return replace(offer, label=f"Train on {names}…")


@dataclass
class _Said:
    words: list[str] = field(default_factory=list)
    faulty: bool = False
    offers: list[Action] = field(default_factory=list)


class DropNews:
    """One line with a Stop for all that is under way; what else came of drops joins it."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._running: dict[object, str] = {}
        self._said = _Said()  # since the first of those that run began

    def run(self, key: object, words: str) -> None:
        """Say what is done about a drop, or how far it is."""
        known, self._running[key] = key in self._running, words
        if known:
            self._messages.amend(self._line())
        else:
            self._messages.show_message(self._line())

    def runs(self, key: object) -> bool:
        """Whether it is said to be under way."""
        return key in self._running

    def forget(self, key: object) -> None:
        """It is done with; what came of it is about to be said."""
        self._running.pop(key, None)

    def add(
        self, told: str, faulty: bool, offer: Action | None = None, first: bool = False
    ) -> None:
        """What came of a drop."""
        if told:
            self._said.words.insert(0 if first else len(self._said.words), told)
        self._said.faulty |= faulty
        self._said.offers += [offer] if offer else []

    def show(self) -> None:
        """All that there is to say."""
        if self._running:
            self._messages.show_message(self._line())
            return
        self._messages.withdraw(DROPPING)
        if self._said.words:
            self._messages.show_message(self._line())
        self._said = _Said()

    def _line(self) -> Message:
        said = self._said
        stop = (STOP_LOOKING,) if self._running else ()
        words = " ".join(dict.fromkeys([*self._running.values(), *said.words]))
        offers = list(dict.fromkeys(reversed(said.offers)))
        actions = (*stop, *(map(named, offers) if len(offers) > 1 else offers))
        topic = DROPPING if self._running else OFFER if actions else ""
        return Message(words, said.faulty, actions, topic)
