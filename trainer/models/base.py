"""What all models share, and what one batch is to be trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.data.batches import Batch
from trainer.data.distributions import Distribution, Gaussian, OneHot
from trainer.networks.building import build_networks
from trainer.networks.layers import Networks
from trainer.objectives.adversarial import Game
from trainer.objectives.augmentation import second_view
from trainer.objectives.penalties import (
    Penalty,
    euclidean_error,
    guess_error,
    imbalance,
    inconsistency,
    l1_error,
    label_error,
)
from trainer.recipe.recipe import Recipe


@dataclass
class Round:
    """What one batch is to be trained on: the games, and penalties of the generators.

    `autoencoded` gives the data and what comes back of it, for a Euclidean term.
    """

    games: list[Game]
    penalties: list[Penalty]
    autoencoded: Callable[[], tuple[Tensor, Tensor]] | None = None


class Model(nn.Module):
    """What all models share: `encode` maps data to a code and `decode` a code to data,

    whatever the paper calls them. Images are float32 [N, C, H, W] in [0, 1], points [N, 2],
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

    def play(self, batch: Batch, rng: torch.Generator) -> Round:
        """The games of one batch of data, and the penalties."""
        raise NotImplementedError

    def sort(self, batch: Batch, rng: torch.Generator) -> Round:
        """A warm start for categories: the encoder finds them from second views alone.

        The decoder paints what each holds, a batch of the games' size, and does not disturb it.
        """
        x, few = batch.data, slice(self.recipe.optim.batch)
        codes = self.encode(x, self.eps.sample(len(x), rng))
        penalties = self._label_penalties(batch, codes, rng)
        n = self.noise.sample(len(x[few]), rng)
        return Round([], penalties, lambda: (x[few], self.decode(codes[few].detach(), n)))

    def _distance_penalties(self, returned: Tensor, source: Tensor) -> list[Penalty]:
        """A distance in the place of the reconstruction GAN: AAE, CycleGAN."""
        weight = self.recipe.objective.reconstruction.weight
        if self.recipe.objective.reconstruction.kind == "euclidean":
            return [Penalty("Euclidean error", euclidean_error(returned, source), weight)]
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
                assert batch.guesses is not None, "the averaged encoder's, see steps.play"
                differ = guess_error(batch.guesses, seen, recipe.objective.penalties.confidence)
            else:
                differ = inconsistency(codes, seen)
            found.append(Penalty("inconsistency", differ, recipe.objective.penalties.consistency))
        if recipe.objective.penalties.balance:
            found.append(Penalty("imbalance", imbalance(codes), recipe.objective.penalties.balance))
        return found
