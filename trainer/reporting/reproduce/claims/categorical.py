"""Codes that are categories: clusters without labels, and classes with a few."""

from __future__ import annotations

from trainer.reporting.reproduce.claims.shared import CLASSES, CLUSTERS, USED, of_catalogue
from trainer.reporting.reproduce.trials import Claim, Trial

LETTER = ("paper=true",)
# R1, noise for the discriminators, averaged weights and no batch norm in the discriminators remain.
OBJECTIVE = (
    *("warm=0", "augment=0", "consistency=0", "balance=0", "mismatched=0", "mismatched_last=0"),
    *("encoder_rate=1", "generator_rate=5e-4"),
)
TO_THE_LETTER = "to the letter: without our additions"

CATEGORICAL = (
    Claim(
        "MNIST: 30 clusters without labels",
        "Fig. 6: about 5 % error, each cluster matched to a digit.",
        (
            *of_catalogue("mnist-clusters", "mnist-clusters-small"),
            Trial(
                "mnist-clusters-small-letter",
                "mnist-clusters-small",
                (*LETTER, "steps=4500"),
                note=f"{TO_THE_LETTER}, 4,500 steps",
            ),
            Trial(
                "mnist-clusters-small-objective",
                "mnist-clusters-small",
                OBJECTIVE,
                note="the paper's objective alone, with our training",
            ),
        ),
        (CLUSTERS, USED),
    ),
    Claim(
        "MNIST: 100 labels",
        "Text: 1.40 % error (AAE 1.90 %, Improved-GAN 0.93 %).",
        (
            *of_catalogue("mnist-semi", "mnist-semi-small"),
            Trial(
                "mnist-semi-small-letter",
                "mnist-semi-small",
                (*LETTER, "label_weight=1", "steps=3500"),
                note=f"{TO_THE_LETTER}, 3,500 steps",
            ),
        ),
        (CLASSES,),
    ),
)
