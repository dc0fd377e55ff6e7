"""What is known of the data that are browsed, and how it is asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from iae_studio.state.studio_state import StudioState
from trainer.data.aside import Change, Name
from trainer.exploring.choosing import Choice, chosen, set_aside
from trainer.exploring.questions.data import (
    AskAside,
    Judged,
    JudgeImages,
    ListImages,
    Listing,
    Numbers,
    Where,
)
from trainer.messages import ModelFacts
from trainer.recipe.recipe import Recipe

Mask = npt.NDArray[np.bool_]
JUDGING = "data: judging"
LISTING = "data: listing"
ASIDE = "data: aside"


class Browsing(QObject):
    """Asks only while it is looked at; all is asked anew for another model."""

    changed = Signal()  # other rows, or other words
    exchanged = Signal()  # the images themselves are others

    def __init__(self, state: StudioState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.where, self.choice = Where(), Choice()
        self.listing: Listing | None = None
        self.judged: Judged | None = None
        self.progress = (0, 0)  # images loaded, or judged; in all
        self.rows: Numbers = np.empty(0, np.int64)  # those to show, in their order
        self.aside: Mask = np.empty(0, np.bool_)  # of each row of the listing
        self.classes: tuple[int, ...] = ()  # that there are
        self._names: frozenset[Name] = frozenset()
        self._awake = self._judging = False
        self.gave_up = False  # nothing could be judged
        self._place: dict[int, int] = {}  # of each judged row its place in `judged`
        state.displayed.recipeChanged.connect(self._other_recipe)
        state.displayed.selected.connect(self.begin)
        state.asides.changed.connect(self._ask_aside)
        state.asking.moved.connect(self._moved)
        state.answers.factsChanged.connect(self._facts)
        state.answers.rendered.connect(lambda _: self._judge_if_due())

    # ---- what it is about --------------------------------------------------------------------

    @property
    def recipe(self) -> Recipe:
        return self._state.displayed.recipe

    @property
    def untrained(self) -> bool:
        """Whether the model's judgement means nothing yet."""
        facts = self._state.answers.facts
        return facts is None or facts.step == 0

    @property
    def stale(self) -> bool:
        """Whether the weights have moved since it was judged."""
        facts = self._state.answers.facts
        return self.judged is not None and facts is not None and facts.step != self.judged.step

    @property
    def mark(self) -> int | None:
        """Which images they are; None: nothing is listed."""
        return None if self.listing is None else self.listing.mark

    def judgement(self, row: int) -> tuple[float, int | None] | None:
        """A row's error, and its cluster where there is one; None where it was not judged."""
        place = self._place.get(row)
        if self.judged is None or place is None:
            return None
        cluster = int(self.judged.clusters[place]) if len(self.judged.clusters) else None
        return float(self.judged.errors[place]), cluster

    # ---- asking ------------------------------------------------------------------------------

    def wake(self, awake: bool) -> None:
        """Somebody looks, or nobody does."""
        self._awake = awake
        if awake and self.listing is None:
            self.begin()

    def look(self, where: Where) -> None:
        """At other images."""
        if where != self.where:
            self.where = where
            self.begin()

    def choose(self, choice: Choice) -> None:
        """Others of them, or in another order."""
        if choice != self.choice:
            self.choice, self.gave_up = choice, False
            self._judge_if_due()
            self._update()

    def begin(self) -> None:
        """Ask for all of it anew."""
        self.listing, self.judged, self._place = None, None, {}
        for kind in (LISTING, JUDGING, ASIDE):
            self._state.asking.cancel(kind)
        self._judging = self.gave_up = False
        self.progress = (0, 0)
        if self._awake and not self.recipe.two_dimensional:
            self._state.asking.ask(
                ListImages(self.where), self._listed, self._unlisted, kind=LISTING
            )
            self._ask_aside()
        self.exchanged.emit()
        self._update()

    def judge(self) -> None:
        """Ask how the newest weights see them."""
        self._judging, self.progress = True, (0, 0)
        question = JudgeImages(self.where, mark=self.mark)
        self._state.asking.ask(question, self._have_judged, self._unjudged, kind=JUDGING)
        self._update()

    @property
    def judging(self) -> bool:
        """Whether the answer is on its way."""
        return self._judging

    def toggle(self, row: int) -> None:
        """Set a training image aside, or take it back."""
        if self.listing is not None and self.where.training:
            key = int(self.listing.keys[row])
            self._state.asides.decide(Change(self.where.domain, (key,), not self.aside[row]))

    def _other_recipe(self, recipe: Recipe) -> None:
        self.choice = replace(self.choice, label=None, cluster=None)
        if not recipe.translates:
            self.where = replace(self.where, domain=0)
        if not recipe.categorical and self.choice.look == "odd":
            self.choice = Choice()

    def _facts(self, facts: ModelFacts) -> None:
        self._judge_if_due()
        self._update()

    def _judge_if_due(self) -> None:
        """Nothing is judged before somebody wants it, nor by a model that has learned nothing."""
        there = self.listing is not None and len(self.listing) > 0
        wanted = self._awake and self.choice.judges and self.judged is None
        if there and wanted and not (self._judging or self.gave_up or self.untrained):
            self.judge()

    def _ask_aside(self) -> None:
        if self._awake:
            self._state.asking.ask(AskAside(), self._know_aside, kind=ASIDE)

    # ---- answers -----------------------------------------------------------------------------

    def _listed(self, listing: Listing) -> None:
        self.listing = listing
        self.classes = tuple(np.unique(listing.labels).tolist())
        self._judge_if_due()
        self.exchanged.emit()
        self._update()

    def _unlisted(self) -> None:
        nothing = np.empty(0, np.int64)
        self._listed(Listing(nothing, nothing, lacking="The images cannot be read."))

    def _have_judged(self, judged: Judged | None) -> None:
        self._judging = False
        if judged is None:  # the images are others than those that were listed
            self.begin()
            return
        if judged.step:
            self.judged = judged
            self._place = {row: place for place, row in enumerate(judged.rows.tolist())}
        self._update()

    def _unjudged(self) -> None:
        self._judging, self.gave_up = False, True
        self._update()

    def _know_aside(self, names: frozenset[Name]) -> None:
        if names != self._names:
            self._names = names
            self._update()

    def _update(self) -> None:
        """Other rows are to be shown, or others are set aside."""
        listing = self.listing
        if listing is None:
            self.rows, self.aside = np.empty(0, np.int64), np.empty(0, np.bool_)
        else:
            domain = self.where.domain if self.where.training else None
            self.aside = set_aside(listing, frozenset(k for d, k in self._names if d == domain))
            self.rows = chosen(listing, self.judged, self.aside, self.choice)
        self.changed.emit()

    def _moved(self, kind: str, done: int, total: int) -> None:
        if kind in (LISTING, JUDGING):
            self.progress = done, total
            self.changed.emit()
