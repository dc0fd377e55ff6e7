"""What all ways of handling style share: a line of words and controls, and pictures below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column, row, tool
from iae_studio.views.help import help_mark
from iae_studio.views.style_words import NOTHING, UNTRAINED
from iae_studio.widgets.film_strip import FilmStrip
from trainer.exploring.questions.base import Question
from trainer.messages import Pixels
from trainer.recipe.recipe import Recipe


class StylePage(QWidget):
    """One of them, in use from `begin` to `end`. It asks anew by itself when something changes."""

    closeWanted = Signal()

    def __init__(self, state: StudioState, subject: str, parent: QWidget | None = None) -> None:
        """`subject` is the one of its help mark, and of its questions."""
        super().__init__(parent)
        self.state, self._subject = state, subject
        self.in_use = False
        self._said = ""
        self.words = caption(most=2)
        self.words.setObjectName(f"{subject}Words")
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.strip = FilmStrip("")
        self.strip.setObjectName(f"{subject}Pictures")
        self.strip.hide()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._renew)
        for signal in (
            state.selection.changed,
            state.query.changed,
            state.inputs.changed,
            state.displayed.selected,
            state.answers.factsChanged,
        ):
            signal.connect(self.later)
        state.displayed.recipeChanged.connect(self._another)

    def lay_out(
        self,
        controls: Sequence[QWidget] = (),
        before: Sequence[QWidget] = (),
        behind: Sequence[QWidget] = (),
    ) -> None:
        """Words and controls in a line; below it the pictures, and what stands beside them."""
        close = tool("", "close", "Close this strip", self.closeWanted.emit)
        close.setObjectName("closeStrip")
        line = row(self.words, *controls, help_mark(self._subject), close)
        line.setStretch(0, 1)
        layout = column(self, pad=0, gap=theme.GRID)
        layout.addLayout(line)
        layout.addLayout(row(*before, self.strip, *behind))

    # ---- what its kinds do -------------------------------------------------------------------

    def obstacle(self) -> str:
        """Why nothing can be shown now, and what to do about it; "" where it can."""
        raise NotImplementedError

    def renew(self) -> None:
        """Ask, or show, what is wanted now; nothing stands in the way."""
        raise NotImplementedError

    def forget(self) -> None:
        """Another model is displayed."""
        self.strip.setPictures(np.zeros_like(self.strip.pictures()), self.strip.heads())

    # ---- in use ------------------------------------------------------------------------------

    def begin(self) -> None:
        """It is to be seen from now on."""
        self.in_use = True
        self._renew()

    def end(self) -> None:
        """Nobody looks any more."""
        self.in_use = False
        self._soon.stop()
        self.state.asking.cancel(self._subject)

    def later(self, *_: object) -> None:
        """Something changed; of many changes at once the last one counts."""
        if self.in_use and self.isVisible():
            self._soon.start(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Another view of the middle was in front."""
        super().showEvent(event)
        self.later()

    def hideEvent(self, event: QHideEvent) -> None:
        """Who cannot be seen asks for nothing."""
        super().hideEvent(event)
        self._soon.stop()
        self.state.asking.cancel(self._subject)

    def _another(self, _: Recipe) -> None:
        if self.in_use:
            self.forget()

    def _renew(self) -> None:
        why = self.obstacle() if self.state.inputs.images else NOTHING
        if why:
            self.state.asking.cancel(self._subject)
            self.strip.hide()
            self.words.setText(why)
        else:
            self.renew()

    def ask(self, question: Question[Any], follows: bool = True) -> None:
        """The answer goes to `answered`, again and again while the model trains."""
        asking = self.state.asking
        asking.ask(question, self.answered, kind=self._subject, follows=follows)

    def answered(self, answer: Any) -> None:
        """Show it."""
        raise NotImplementedError

    def say(self, words: str, step: int | None = None) -> None:
        """Say what is seen; of an untrained model, that it means nothing yet."""
        self._said = words
        facts = self.state.answers.facts
        known = step if step is not None else (facts.step if facts is not None else None)
        self.words.setText(f"{words} {UNTRAINED}" if known == 0 else words)

    def say_again(self, step: int) -> None:
        """The same of these weights."""
        self.say(self._said, step)

    def show_pictures(self, pictures: Pixels, heads: Sequence[str], role: str = "muted") -> None:
        """In the strip."""
        self.strip.setPictures(pictures, heads, role)
        self.strip.show()
