"""Questions to the displayed model, and who waits for the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from trainer.exploring.questions.base import Question
from trainer.recipe.recipe import Recipe

A = TypeVar("A")


@dataclass(frozen=True, eq=False)
class Asked:
    """A question on its way. A newer one of the same `kind` takes its place."""

    kind: str
    question: Question[Any]
    recipe: Recipe  # of the model it is about
    follows: bool  # answered anew by newer weights of the same model
    then: Callable[[Any], object]
    otherwise: Callable[[], object] | None
    lasting: bool = False  # a file is to be written of the answer


class Asking(QObject):
    """Asks what takes the weights; of each kind one question at a time."""

    wanted = Signal(object)  # Asked
    cancelled = Signal(str)  # a kind
    moved = Signal(str, int, int)  # a kind; done, in all

    def __init__(self, displayed: Displayed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._displayed = displayed
        self._stand: dict[str, Asked] = {}
        displayed.recipeChanged.connect(lambda _: self.forget())

    def ask(
        self,
        question: Question[A],
        then: Callable[[A], object],
        otherwise: Callable[[], object] | None = None,
        *,
        kind: str = "",
        follows: bool = False,
        lasting: bool = False,
    ) -> None:
        """The answer goes to `then`; where there is none, `otherwise` runs. Both on this thread.

        A newer question of the same kind, by default of the same type, takes an older one's place.
        With `follows` newer weights of the same model answer again, until another question of the
        kind is asked, it is cancelled, or another model is displayed. Then neither is called. A
        window that closes waits a moment for a `lasting` one.
        """
        kind = kind or type(question).__name__
        asked = Asked(kind, question, self._displayed.recipe, follows, then, otherwise, lasting)
        self._stand[kind] = asked
        self.wanted.emit(asked)

    @property
    def owes(self) -> bool:
        """Whether a file is still to be written of an answer."""
        return any(asked.lasting for asked in self._stand.values())

    def cancel(self, kind: str) -> None:
        """Nobody waits for it any more."""
        if self._stand.pop(kind, None) is not None:
            self.cancelled.emit(kind)

    def answer(self, asked: Asked, answer: object) -> None:
        """The displayed model's answer, unless something else was asked since."""
        if self._stand.get(asked.kind) is asked:
            if not asked.follows:
                del self._stand[asked.kind]
            asked.then(answer)

    def lack(self, asked: Asked) -> None:
        """There is no answer, which was told."""
        if self._stand.get(asked.kind) is asked:
            if not asked.follows:
                del self._stand[asked.kind]
            if asked.otherwise is not None:
                asked.otherwise()

    def move(self, asked: Asked, done: int, total: int) -> None:
        """How far a slow answer is."""
        if self._stand.get(asked.kind) is asked:
            self.moved.emit(asked.kind, done, total)

    def forget(self) -> None:
        """Nobody waits for anything any more."""
        for kind in list(self._stand):
            self.cancel(kind)
