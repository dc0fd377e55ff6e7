"""What is content and what is style: digits through codes of several sizes."""

from __future__ import annotations

from trainer.reporting.reproduce.claims.shared import DIVERSITY, LABEL, MSE, SHARE, of_catalogue
from trainer.reporting.reproduce.trials import Claim, Measure, Trial

KIN = Measure("kin_confusions", "of the confusions, within {3, 5, 8} or {4, 9}", True)
CONTENT_STYLE = (
    Claim(
        "MNIST: the smaller the code, the more abstract",
        "Fig. 2: with a code of 20 and no noise reconstructions are almost perfect; with 10 and a "
        "noise of 100 they keep the digit and vary its style; with 5 the digits {3, 5, 8} and "
        "{4, 9} begin to share codes.",
        (
            *of_catalogue("mnist-det", "mnist-10", "mnist-5"),
            *of_catalogue("mnist-det-small"),
            Trial(
                "mnist-det-small-quick",
                "mnist-det-small",
                ("steps=9000", "euclidean_until=1"),
                note="9,000 steps, the Euclidean term falling to 0",
                weights=False,
            ),
            *of_catalogue("mnist-10-small"),
            Trial(
                "mnist-10-small-long",
                "mnist-10-small",
                ("steps=40000",),
                note="40,000 steps",
                weights=False,
            ),
            *of_catalogue("mnist-5-small"),
        ),
        (MSE, LABEL, DIVERSITY, SHARE, KIN),
    ),
    Claim(
        "Drawn digits: the same where every style is known",
        "Not in the paper.",
        (
            *of_catalogue("drawn-10"),
            Trial(
                "drawn-10-long",
                "drawn-10",
                (
                    "steps=24000",
                    "warm=0.45",
                    "width=32",
                    "code_blur=0.5",
                    "first_moment=50",
                    "generator_rate=1e-3",
                ),
                note="24,000 steps, wider, with a first-moment penalty",
                weights=False,
            ),
        ),
        (MSE, LABEL, DIVERSITY, SHARE),
        seeds=1,
    ),
)
