"""A step's settings of the games: what the recipe says, at this place of the schedule."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.objectives.adversarial import Game, Side
from trainer.objectives.schedule import Schedule
from trainer.recipe.recipe import Recipe


@dataclass(frozen=True, eq=False)
class StepGames:
    """Makes the games of one step, whole: a `GameMaker`."""

    recipe: Recipe
    now: Schedule
    rng: torch.Generator

    def __call__(
        self, name: str, discriminator: nn.Module, judges: str, real: Side, fake: Side
    ) -> Game:
        """A game with the recipe's settings at this step."""
        objective, now = self.recipe.objective, self.now
        pairs = name == "reconstruction"
        settings = objective.reconstruction if pairs else objective.regularisation
        noise = settings.instance_noise
        return Game(
            name,
            discriminator,
            judges,
            real,
            fake,
            weight=settings.weight,
            joint_batch=self.recipe.optim.joint_batch,
            instance_noise=noise * now.fade if noise and now.fading else 0.0,
            r1=self.recipe.optim.r1_every * settings.r1 if now.penalised else 0.0,
            mismatched=self._mismatched() if pairs else 0.0,
            rng=self.rng,
        )

    def _mismatched(self) -> float | Tensor:
        """Falls or rises evenly from its first value to its last."""
        pairs = self.recipe.objective.reconstruction
        weight: float | Tensor = pairs.mismatched_last
        if self.now.fading and pairs.mismatched != pairs.mismatched_last:
            weight += self.now.fade * (pairs.mismatched - pairs.mismatched_last)
        return weight
