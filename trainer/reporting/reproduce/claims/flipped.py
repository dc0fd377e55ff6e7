"""Flipped implicit autoencoders of digits."""

from __future__ import annotations

from trainer.reporting.reproduce.claims.shared import CLUSTERS, LABEL, MSE, USED, of_catalogue
from trainer.reporting.reproduce.trials import Claim

FLIPPED = (
    Claim(
        "MNIST flipped: 10 clusters",
        "Text: a FIAE with 10 categories has about 2 % error.",
        of_catalogue("fiae-clusters", "fiae-clusters-small"),
        (CLUSTERS, USED),
    ),
    Claim(
        "MNIST flipped: reconstructions of a GAN that never saw pairs",
        "Fig. 13: test images through a code of 15 and back.",
        of_catalogue("fiae-mnist", "fiae-mnist-small"),
        (MSE, LABEL),
    ),
)
