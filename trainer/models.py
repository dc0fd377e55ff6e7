"""Recipe -> model: the maps, the critics, and which end of the autoencoder is which."""

from __future__ import annotations

import threading

import torch
from torch import Tensor, nn

from trainer.games import Game, autoencoding
from trainer.networks import build_networks
from trainer.recipes import Recipe
from trainer.spaces import Gaussian, OneHot, Space

_INITIALISING = threading.Lock()  # two threads of a window must not share the global generator


class Model(nn.Module):
    """An implicit autoencoder or one of its relatives.

    `encode` maps data to a code and `decode` a code to data, whatever the paper calls them.
    Images are float32 [N, C, H, W] in [0, 1], points [N, 2], codes [N, recipe.code].
    """

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe
        self.noise = Gaussian(recipe.noise)
        self.eps = Gaussian(recipe.encoder_noise)
        categorical = recipe.code_kind == "categorical"
        # A blurred code holds fewer bits, so that the noise is left something to say.
        self.blurs = recipe.code_blur > 0 and not categorical
        self.prior: Space = OneHot(recipe.code) if categorical else Gaussian(recipe.code)
        networks = build_networks(recipe)
        self.encoder = networks.encoder
        self.decoder = networks.decoder
        self.critics = nn.ModuleDict()
        if recipe.model == "gan":
            assert networks.data_critic is not None, "these networks have no GAN"
            self.critics["regularisation"] = networks.data_critic
            return
        if recipe.reconstruction == "adversarial":
            self.critics["reconstruction"] = networks.pair_critic
        if recipe.regularise:
            self.critics["regularisation"] = networks.code_critic

    def encode(self, x: Tensor, eps: Tensor) -> Tensor:
        """q(z|x): codes [N, code] of data and the encoder's noise [N, encoder_noise]."""
        code: Tensor = self.encoder(x, eps)
        return code

    def decode(self, z: Tensor, noise: Tensor) -> Tensor:
        """p(x|z): data of codes and the decoder's noise [N, noise]."""
        data: Tensor = self.decoder(z, noise)
        return data

    def players(self) -> dict[str, nn.Module]:
        """The networks that make the fakes, by name; a GAN has no encoder to train."""
        if self.recipe.model == "gan":
            return {"decoder": self.decoder}
        return {"encoder": self.encoder, "decoder": self.decoder}

    def play(self, x: Tensor, rng: torch.Generator) -> tuple[list[Game], Tensor, Tensor | None]:
        """The games of one batch of data; also what came of the map there, and of the map back."""
        count = len(x)
        z = self.prior.sample(count, rng)
        eps = self.eps.sample(count, rng)
        n = self.noise.sample(count, rng)
        if self.recipe.model == "gan":  # source: the prior; target: the data; no way back
            return autoencoding(z, x, lambda z: self.decode(z, n), None, self.critics)
        blur = self.recipe.code_blur * self.prior.sample(count, rng) if self.blurs else 0.0
        return autoencoding(
            x, z, lambda x: self.encode(x, eps) + blur, lambda z: self.decode(z, n), self.critics
        )


def build_model(recipe: Recipe) -> Model:
    """The recipe's model, initialised from its seed without touching torch's global generator."""
    with _INITIALISING, torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return Model(recipe)
