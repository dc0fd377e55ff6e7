"""Recipe -> model: the maps, the critics, and which end of the autoencoder is which.

Another model is another class here: it says what a step's games and penalties are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.data.batches import Batch
from trainer.data.distributions import Gaussian, OneHot, Space
from trainer.networks import Networks, build_networks
from trainer.networks.discriminators import Flipped, Marginal
from trainer.objectives.adversarial import Game, autoencoding
from trainer.objectives.augmentation import second_view
from trainer.objectives.penalties import (
    Penalty,
    divergence,
    euclidean_error,
    guess_error,
    imbalance,
    inconsistency,
    l1_error,
    label_error,
    likelihood_error,
    sameness,
)
from trainer.recipe.recipe import Recipe

_INITIALISING = threading.Lock()  # two threads of a window must not share the global generator


@dataclass
class Round:
    """What one batch is to be trained on: the games, and penalties of the players.

    `autoencoded` gives the data and what comes back of it, for a Euclidean term.
    """

    games: list[Game]
    penalties: list[Penalty]
    autoencoded: Callable[[], tuple[Tensor, Tensor]] | None = None


class Model(nn.Module):
    """What all models share: `encode` maps data to a code and `decode` a code to data,

    whatever the paper calls them. Images are float32 [N, C, H, W] in [0, 1], points [N, 2],
    codes [N, recipe.code], or images for CycleIAE.
    """

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe
        self.gaussian = recipe.posterior == "gaussian"
        self.noise = Gaussian(recipe.noise)
        self.eps = Gaussian(recipe.code if self.gaussian else recipe.encoder_noise)
        # CycleIAE's prior is a data set and comes with the batch.
        self.prior: Space = OneHot(recipe.code) if recipe.categorical else Gaussian(recipe.code)
        networks = build_networks(recipe)
        self.encoder = networks.encoder()
        self.decoder = networks.decoder()
        self.critics = nn.ModuleDict(self.make_critics(networks))
        if networks.channels_last:
            self.to(memory_format=torch.channels_last)

    def make_critics(self, networks: Networks) -> dict[str, nn.Module]:
        """A critic for each game; a missing critic is a missing game."""
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

    def players(self) -> dict[str, nn.Module]:
        """The networks that make the fakes, by name."""
        return {"encoder": self.encoder, "decoder": self.decoder}

    def play(self, batch: Batch, rng: torch.Generator) -> Round:
        """The games of one batch of data, and the penalties."""
        raise NotImplementedError

    def sort(self, batch: Batch, rng: torch.Generator) -> Round:
        """A warm start for categories: the encoder finds them from second views alone.

        The decoder paints what each holds, a batch of the games' size, and does not disturb it.
        """
        x, few = batch.data, slice(self.recipe.batch)
        codes = self.encode(x, self.eps.sample(len(x), rng))
        penalties = self._label_penalties(batch, codes, rng)
        n = self.noise.sample(len(x[few]), rng)
        return Round([], penalties, lambda: (x[few], self.decode(codes[few].detach(), n)))

    def _distance_penalties(self, returned: Tensor, source: Tensor) -> list[Penalty]:
        """A distance in the place of the reconstruction GAN: AAE, CycleGAN."""
        weight = self.recipe.distance_weight
        if self.recipe.reconstruction == "euclidean":
            return [Penalty("Euclidean error", euclidean_error(returned, source), weight)]
        if self.recipe.reconstruction == "l1":
            return [Penalty("L1 error", l1_error(returned, source), weight)]
        return []

    def _label_penalties(self, batch: Batch, codes: Tensor, rng: torch.Generator) -> list[Penalty]:
        """Cross-entropy on labelled images; and, additions, what a second view should say."""
        recipe, found = self.recipe, []
        if batch.labelled is not None and batch.labels is not None:
            x = second_view(batch.labelled, recipe.augment, recipe.recolour, rng)
            guess = self.encode(x, self.eps.sample(len(x), rng))
            error = label_error(guess, batch.labels)
            found.append(Penalty("label error", error, recipe.label_weight))
        if recipe.consistency:
            views = second_view(batch.data, recipe.augment, recipe.recolour, rng)
            seen = self.encode(views, self.eps.sample(len(views), rng))
            if recipe.confidence:
                assert batch.guesses is not None, "the averaged encoder's, see steps.play"
                differ = guess_error(batch.guesses, seen, recipe.confidence)
            else:
                differ = inconsistency(codes, seen)
            found.append(Penalty("inconsistency", differ, recipe.consistency))
        if recipe.balance:
            found.append(Penalty("imbalance", imbalance(codes), recipe.balance))
        return found


class IAE(Model):
    """Source: the data; target: the prior (Section 2). With other switches AAE and VAE."""

    def make_critics(self, networks: Networks) -> dict[str, nn.Module]:
        critics: dict[str, nn.Module] = {}
        if self.recipe.reconstruction == "adversarial":
            critics["reconstruction"] = networks.pair_critic()
        elif self.recipe.reconstruction == "marginal":
            critics["reconstruction"] = Marginal(networks.data_critic())
        if self.recipe.regularisation == "adversarial":
            critics["regularisation"] = networks.code_critic()
        return critics

    def play(self, batch: Batch, rng: torch.Generator) -> Round:
        x, recipe = batch.data, self.recipe
        target = self.target(batch, rng)
        eps, n = self.eps.sample(len(x), rng), self.noise.sample(len(x), rng)
        penalties: list[Penalty] = []

        def there(x: Tensor) -> Tensor:
            if recipe.regularisation == "divergence":
                mean, log_std = self.posterior(x)
                # Pixels count ten times their nats' mean: weigh the divergence alike.
                weight = 10 * recipe.regularisation_weight / x[0].numel()
                penalties.append(Penalty("divergence", divergence(mean, log_std), weight))
                return mean + log_std.exp() * eps
            code = self.encode(x, eps)
            # A blurred code holds fewer bits, so that the noise is left something to say.
            blurs = recipe.code_blur and recipe.code and not recipe.categorical
            return code + recipe.code_blur * self.prior.sample(len(x), rng) if blurs else code

        def back(z: Tensor) -> Tensor:
            return self.decode(z, n)

        games, codes, returned = autoencoding(x, target, there, back, self.critics)
        assert returned is not None
        penalties += self._distance_penalties(returned, x)
        penalties += self._label_penalties(batch, codes, rng)
        if recipe.variety:
            others = self.encode(x, self.eps.sample(len(x), rng))
            penalties.append(Penalty("sameness", sameness(codes, others), recipe.variety))
        return Round(games, penalties, lambda: (x, returned))

    def target(self, batch: Batch, rng: torch.Generator) -> Tensor:
        """What the codes are to be told from."""
        return self.prior.sample(len(batch), rng)


class CycleIAE(IAE):
    """Source: one domain of images; target: another one, unpaired (Section 3)."""

    def target(self, batch: Batch, rng: torch.Generator) -> Tensor:
        assert batch.other is not None, "a CycleIAE needs a second domain"
        return batch.other


class FIAE(Model):
    """Source: the prior; target: the data (Section 4). With a likelihood it is InfoGAN."""

    def make_critics(self, networks: Networks) -> dict[str, nn.Module]:
        critics: dict[str, nn.Module] = {}
        if self.recipe.reconstruction == "adversarial":
            critics["reconstruction"] = Flipped(networks.pair_critic())
        elif self.recipe.reconstruction == "marginal":
            critics["reconstruction"] = Marginal(networks.code_critic())
        if self.recipe.regularisation == "adversarial":
            critics["regularisation"] = networks.data_critic()
        return critics

    def play(self, batch: Batch, rng: torch.Generator) -> Round:
        x, recipe = batch.data, self.recipe
        z = self.prior.sample(len(x), rng)
        eps, n = self.eps.sample(len(x), rng), self.noise.sample(len(x), rng)
        likelihood = recipe.reconstruction == "likelihood"

        def back(x: Tensor) -> Tensor:
            return self.encode(self._noised(x, rng), eps)

        games, imagined, returned = autoencoding(
            z,
            x,
            lambda z: self.decode(z, n),
            None if likelihood else back,  # InfoGAN asks for a density in place of a code
            self.critics,
            ends=("code", "data"),
        )
        penalties: list[Penalty] = []
        if likelihood:
            error = likelihood_error(z, *self.posterior(self._noised(imagined, rng)))
            penalties.append(Penalty("likelihood error", error, recipe.distance_weight))
        elif returned is not None:
            penalties += self._distance_penalties(returned, z)
        if recipe.consistency or recipe.balance or recipe.labels:
            penalties += self._label_penalties(batch, self.encode(x, eps), rng)
        return Round(games, penalties, lambda: (x, self.decode(self.encode(x, eps), n)))

    def _noised(self, x: Tensor, rng: torch.Generator) -> Tensor:
        if not self.recipe.input_noise:
            return x
        noise = torch.randn(x.shape, generator=rng, device=x.device)
        return x + self.recipe.input_noise * noise


class GAN(Model):
    """Source: the prior; target: the data; no way back (Figure 5b)."""

    def make_critics(self, networks: Networks) -> dict[str, nn.Module]:
        return {"regularisation": networks.data_critic()}

    def players(self) -> dict[str, nn.Module]:
        return {"decoder": self.decoder}

    def play(self, batch: Batch, rng: torch.Generator) -> Round:
        z, n = self.prior.sample(len(batch), rng), self.noise.sample(len(batch), rng)
        games, _, _ = autoencoding(
            z, batch.data, lambda z: self.decode(z, n), None, self.critics, ends=("code", "data")
        )
        return Round(games, [])


MODELS: dict[str, type[Model]] = {"iae": IAE, "cycleiae": CycleIAE, "fiae": FIAE, "gan": GAN}


def build_model(recipe: Recipe) -> Model:
    """The recipe's model, initialised from its seed without touching torch's global generator."""
    with _INITIALISING, torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return MODELS[recipe.model](recipe)
