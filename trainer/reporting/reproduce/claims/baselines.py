"""What stands in for the reconstruction GAN."""

from __future__ import annotations

from trainer.reporting.reproduce.claims.shared import LABEL, MSE, of_catalogue
from trainer.reporting.reproduce.trials import Claim, Measure

BASELINES = (
    Claim(
        "Baselines: what stands in for the reconstruction GAN",
        "Section 2: with a Euclidean error the IAE is an adversarial autoencoder; with factorised "
        "Gaussians on both sides a VAE.",
        of_catalogue("aae-small", "vae-small"),
        (
            MSE,
            LABEL,
            Measure(
                "frechet",
                "Fréchet distance",
                yardstick="frechet_floor",
                against="other test images",
            ),
        ),
        seeds=1,
    ),
)
