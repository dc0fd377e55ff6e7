"""A plain GAN, for comparison (Figure 5b)."""

from __future__ import annotations

import torch
from torch import nn

from trainer.data.batches import Batch
from trainer.models.base import Model, Round
from trainer.networks.layers import Networks
from trainer.objectives.adversarial import autoencoding


class GAN(Model):
    """Source: the prior; target: the data; no way back (Figure 5b)."""

    def make_discriminators(self, networks: Networks) -> dict[str, nn.Module]:
        return {"regularisation": networks.data_discriminator()}

    def generators(self) -> dict[str, nn.Module]:
        return {"decoder": self.decoder}

    def play(self, batch: Batch, rng: torch.Generator) -> Round:
        z, n = self.prior.sample(len(batch), rng), self.noise.sample(len(batch), rng)
        games, _, _ = autoencoding(
            z,
            batch.data,
            lambda z: self.decode(z, n),
            None,
            self.discriminators,
            ends=("code", "data"),
        )
        return Round(games, [])
