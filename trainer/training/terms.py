"""By what each step of a training goes: the recipe, and what was amended in it."""

from __future__ import annotations

from trainer.data.amendments import END, Amendments
from trainer.objectives.schedule import Schedule
from trainer.recipe.recipe import Recipe


class Terms:
    """The recipe and the schedule of every step; functions of the step alone."""

    def __init__(self, recipe: Recipe, amendments: Amendments | None = None) -> None:
        """`recipe` is the one that the run began with, and allows the amendments."""
        self.recipe, self.amendments = recipe, amendments or Amendments()
        ends = (each for each in self.amendments.all if each.option == END)
        self._ends = Amendments(tuple(ends))  # alone decide how much is over
        self._now = recipe
        self._from, self._until = 0, 0  # the steps that `_now` is of; none yet

    @property
    def end(self) -> int:
        """The step at which the run ends."""
        return self.amendments.recipe_at(self.recipe).schedule.steps

    def at(self, step: int) -> Recipe:
        """The recipe that a step goes by, the same object while nothing is amended."""
        if not self._from <= step < self._until:
            self._now = self.amendments.recipe_at(self.recipe, step)
            later = self.amendments.next_step(step)
            self._from, self._until = step, 1 << 62 if later is None else later
        return self._now

    def schedule(self, step: int) -> Schedule:
        """What holds at a step."""
        return Schedule.at(self.at(step), step, self.done(step))

    def done(self, step: int) -> float:
        """How much of the run is over at a step, 0 to 1."""
        return self._ends.done(self.recipe.schedule.steps, step)


__all__ = ["Terms"]
