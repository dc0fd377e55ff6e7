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
        recipe, pairs = self.recipe, name == "reconstruction"
        return Game(
            name,
            discriminator,
            judges,
            real,
            fake,
            weight=recipe.objective.reconstruction.weight
            if pairs
            else recipe.objective.regularisation.weight,
            joint_batch=recipe.optim.joint_batch,
            instance_noise=self._instance_noise(judges),
            r1=self._r1(judges),
            mismatched=self._mismatched() if pairs else 0.0,
            rng=self.rng,
        )

    def _instance_noise(self, judges: str) -> float | Tensor:
        recipe = self.recipe
        noise = recipe.instance_noise if judges == "data" else recipe.code_noise
        return noise * self.now.fade if noise and self.now.fading else 0.0

    def _r1(self, judges: str) -> float:
        recipe = self.recipe
        if not self.now.penalised:
            return 0.0
        return recipe.optim.r1_every * (recipe.r1 if judges == "data" else recipe.r1_code)

    def _mismatched(self) -> float | Tensor:
        recipe = self.recipe
        weight: float | Tensor = recipe.objective.reconstruction.mismatched_last
        if (
            self.now.fading
            and recipe.objective.reconstruction.mismatched
            != recipe.objective.reconstruction.mismatched_last
        ):
            weight += self.now.fade * (
                recipe.objective.reconstruction.mismatched
                - recipe.objective.reconstruction.mismatched_last
            )
        return weight
