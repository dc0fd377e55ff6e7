"""What all models share, and what one batch is to be trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from trainer.data.batches import Batch
from trainer.data.distributions import Distribution, Gaussian, OneHot
from trainer.networks.building import build_networks
from trainer.networks.layers import Networks
from trainer.objectives.adversarial import Game, GameMaker
from trainer.objectives.augmentation import second_view
from trainer.objectives.penalties import (
    RECONSTRUCTION_ERROR,
    Penalty,
    guess_error,
    imbalance,
    inconsistency,
    l1_error,
    label_error,
    reconstruction_error,
)
from trainer.objectives.schedule import Schedule
from trainer.objectives.settings import StepGames
from trainer.recipe.recipe import Recipe


@dataclass(frozen=True)
class StepLosses:
    """What one batch is to be trained on: the games, and penalties of the generators.

    `autoencoded` gives the data and what comes back of it, for a reconstruction error.
    """

    games: list[Game]
    penalties: list[Penalty]
    autoencoded: Callable[[], tuple[Tensor, Tensor]] | None = None


class Model(nn.Module):
    """An autoencoder: `encode` maps data to a code and `decode` a code to data.

    Whatever the paper calls them. Images are float32 [N, C, H, W] in [0, 1], points [N, 2],
    codes [N, recipe.model.code], or images for CycleIAE.
    """

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe
        self.gaussian = recipe.model.posterior == "gaussian"
        self.noise = Gaussian(recipe.model.noise)
        self.eps = Gaussian(recipe.model.code if self.gaussian else recipe.model.encoder_noise)
        # CycleIAE's prior is a data set and comes with the batch.
        self.prior: Distribution = (
            OneHot(recipe.model.code) if recipe.categorical else Gaussian(recipe.model.code)
        )
        networks = build_networks(recipe)
        self.encoder = networks.encoder()
        self.decoder = networks.decoder()
        self.discriminators = nn.ModuleDict(self.make_discriminators(networks))
        if networks.channels_last:
            self.to(memory_format=torch.channels_last)

    def make_discriminators(self, networks: Networks) -> dict[str, nn.Module]:
        """A discriminator for each game; a missing discriminator is a missing game."""
        raise NotImplementedError

    def encode(self, x: Tensor, eps: Tensor) -> Tensor:
        """q(z|x): codes of data and the encoder's noise [N, encoder_noise]."""
        if self.gaussian:
            mean, log_std = self.posterior(x)
            return mean + log_std.exp() * eps
        code: Tensor = self.encoder(x, eps)
        return code

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log std [N, code] of a factorised Gaussian q(z|x)."""
        mean, log_std = self.encoder(x, x.new_empty(len(x), 0)).chunk(2, 1)
        return mean, log_std.clamp(-7, 3)

    def decode(self, z: Tensor, noise: Tensor) -> Tensor:
        """p(x|z): data of codes and the decoder's noise [N, noise]."""
        data: Tensor = self.decoder(z, noise)
        return data

    def generators(self) -> dict[str, nn.Module]:
        """The networks that make the fakes, by name."""
        return {"encoder": self.encoder, "decoder": self.decoder}

    def losses(self, batch: Batch, now: Schedule, rng: torch.Generator) -> StepLosses:
        """The terms of one step on a batch of data, with the settings of that step."""
        if now.warm and self.recipe.objective.penalties.consistency > 0:
            found = self.clustering_warm_up(batch, rng)
        else:
            found = self.step_losses(batch, now, rng)
        if not now.pulled or found.autoencoded is None:
            return found
        source, returned = found.autoencoded()
        error = reconstruction_error(returned, source)
        pull = Penalty(RECONSTRUCTION_ERROR, error, now.euclidean)
        return replace(found, penalties=[*found.penalties, pull])

    def step_losses(self, batch: Batch, now: Schedule, rng: torch.Generator) -> StepLosses:
        """The model's own games and penalties."""
        raise NotImplementedError

    def discriminators_at(self, now: Schedule) -> dict[str, nn.Module]:
        """The discriminators of this step's games: a warm start has no reconstruction game."""
        skipped = ("reconstruction",) if now.warm else ()
        return {key: d for key, d in self.discriminators.items() if key not in skipped}

    def game_maker(self, now: Schedule, rng: torch.Generator) -> GameMaker:
        """Makes games with the settings of this step."""
        return StepGames(self.recipe, now, rng)

    def clustering_warm_up(self, batch: Batch, rng: torch.Generator) -> StepLosses:
        """A warm start for categories: the encoder finds them from second views alone.

        The decoder paints what each holds, a batch of the games' size, and does not disturb it.
        """
        x, few = batch.data, slice(self.recipe.optim.batch)
        codes = self.encode(x, self.eps.sample(len(x), rng))
        penalties = self._label_penalties(batch, codes, rng)
        n = self.noise.sample(len(x[few]), rng)
        return StepLosses([], penalties, lambda: (x[few], self.decode(codes[few].detach(), n)))

    def _distance_penalties(self, returned: Tensor, source: Tensor) -> list[Penalty]:
        """A distance in the place of the reconstruction GAN: AAE, CycleGAN."""
        weight = self.recipe.objective.reconstruction.weight
        if self.recipe.objective.reconstruction.kind == "euclidean":
            return [
                Penalty(
                    RECONSTRUCTION_ERROR,
                    reconstruction_error(returned, source),
                    weight,
                )
            ]
        if self.recipe.objective.reconstruction.kind == "l1":
            return [Penalty("L1 error", l1_error(returned, source), weight)]
        return []

    def _label_penalties(self, batch: Batch, codes: Tensor, rng: torch.Generator) -> list[Penalty]:
        """Cross-entropy on labelled images; and, additions, what a second view should say."""
        recipe, found = self.recipe, []
        if batch.labelled is not None and batch.labels is not None:
            x = second_view(
                batch.labelled,
                recipe.objective.penalties.augment,
                recipe.objective.penalties.recolour,
                rng,
            )
            guess = self.encode(x, self.eps.sample(len(x), rng))
            error = label_error(guess, batch.labels)
            found.append(Penalty("label error", error, recipe.objective.penalties.label_weight))
        if recipe.objective.penalties.consistency:
            views = second_view(
                batch.data,
                recipe.objective.penalties.augment,
                recipe.objective.penalties.recolour,
                rng,
            )
            seen = self.encode(views, self.eps.sample(len(views), rng))
            if recipe.objective.penalties.confidence:
                assert batch.guesses is not None, "see trainer.training.step"
                differ = guess_error(batch.guesses, seen, recipe.objective.penalties.confidence)
            else:
                differ = inconsistency(codes, seen)
            found.append(Penalty("inconsistency", differ, recipe.objective.penalties.consistency))
        if recipe.objective.penalties.balance:
            found.append(Penalty("imbalance", imbalance(codes), recipe.objective.penalties.balance))
        return found
