"""Asks each of the compared models what it makes of the inputs: all of them, then all again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.state.comparing import MOST, Compared
from iae_studio.state.input_list import Input, spec_of
from iae_studio.state.studio_state import StudioState
from trainer.exploring.questions.comparing import Made, WhatItMakes
from trainer.messages import Pixels, Probe

DRAWS = 4  # of each input at the least, of which as many are shown as there is room for
MOST_DRAWS = 8
POINTS = "A model of points: it makes no pictures of these."
NO_IMAGES = np.zeros((0, 1, 1, 1), np.uint8)  # for a model of points


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model made of which inputs, and how it saw them."""

    inputs: tuple[Input, ...]
    seen: Pixels
    made: Made


class CompareAsking(QObject):
    """Holds the answers. While some of a round are on their way, a newer question waits for them.

    So every model is drawn again while a slider is dragged, and not the first one alone.
    """

    changed = Signal()  # another answer, or one is gone

    def __init__(self, state: StudioState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._comparing = state, state.comparing
        self._answers: dict[Compared, Answer] = {}
        self._looks = self._again = False
        self._pending: set[str] = set()
        self._round = 0
        self._comparing.changed.connect(self._exchange)
        self._comparing.seenAnew.connect(self.ask)
        state.query.changed.connect(self.ask)
        state.inputs.exchanged.connect(self.ask)
        state.time.moved.connect(lambda _: self.ask())
        state.training.runChanged.connect(self.ask)
        state.displayed.selected.connect(self._anew)

    def look(self) -> None:
        """The pictures are to be seen."""
        self._looks = True
        self._anew()

    def look_away(self) -> None:
        """They are not, and nothing is asked."""
        self._looks = False
        self._cancel()

    def answer(self, model: Compared) -> Answer | None:
        """What it made of the inputs last."""
        return self._answers.get(model)

    def why(self, model: Compared) -> str:
        """What is said in place of its pictures."""
        if spec_of(model.recipe) is None:
            return POINTS
        answer = self._answers.get(model)
        return "Loading…" if answer is None else answer.made.why

    @property
    def moves_one_alone(self) -> bool:
        """Whether directions are followed, which are of the displayed model alone."""
        query = self._state.query
        return any(query.code_offsets) or any(query.noise_offsets)

    # ---- asking ------------------------------------------------------------------------------

    def _exchange(self) -> None:
        """Other models."""
        known = self._comparing.models
        self._answers = {model: self._answers[model] for model in known if model in self._answers}
        self._anew()
        self.changed.emit()

    def _anew(self) -> None:
        """What was on its way does not come, or is not wanted."""
        self._cancel()
        self.ask()

    def _cancel(self) -> None:
        for place in range(MOST):
            self._state.asking.cancel(kind_of(place))
        self._pending.clear()
        self._again = False
        self._round += 1

    def ask(self) -> None:
        """Ask all of them, once all have answered what they were asked before."""
        if not self._looks:
            return
        if self._pending:
            self._again = True
            return
        self._again = False
        for place, model in enumerate(self._comparing.models):
            self._ask_one(place, model)

    def _ask_one(self, place: int, model: Compared) -> None:
        spec = spec_of(model.recipe)
        seen = NO_IMAGES if spec is None else self._comparing.seen_by(spec)
        if seen is None or not (len(seen) or spec is None):
            return
        inputs = tuple(self._state.inputs.images)
        kind = kind_of(place)
        self._pending.add(kind)
        self._state.asking.ask(
            WhatItMakes(model.recipe, model.path, model.step, self._probe(model, seen)),
            then=partial(self._take, self._round, kind, model, inputs, seen),
            otherwise=partial(self._over, self._round, kind),
            kind=kind,
            follows=self._comparing.is_shown(model),
        )

    def _probe(self, model: Compared, seen: Pixels) -> Probe:
        """The question as it stands; only the displayed model moves along its directions."""
        now, query = self._state.answers.probe(), self._state.query
        draws = min(max(query.wanted_columns, DRAWS), MOST_DRAWS)
        asked = replace(now, images=np.ascontiguousarray(seen), noise_seeds=query.seeds[:draws])
        if self._comparing.is_shown(model):
            return asked
        return replace(
            asked,
            code_offsets=(),
            noise_offsets=(),
            code_axes=None,
            noise_axes=None,
            raw_code=False,
        )

    # ---- answers -----------------------------------------------------------------------------

    def _take(
        self,
        number: int,
        kind: str,
        model: Compared,
        inputs: tuple[Input, ...],
        seen: Pixels,
        made: Made,
    ) -> None:
        if number == self._round and model in self._comparing.models:
            self._answers[model] = Answer(inputs, seen, made)
            self.changed.emit()
        self._over(number, kind)

    def _over(self, number: int, kind: str) -> None:
        if number != self._round:
            return
        self._pending.discard(kind)
        if not self._pending and self._again:
            self.ask()


def kind_of(place: int) -> str:
    """The kind of question of each model."""
    return f"compare {place}"
