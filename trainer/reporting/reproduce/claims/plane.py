"""Points in the plane, where the true distribution is known."""

from __future__ import annotations

from trainer.reporting.reproduce.claims.shared import of_catalogue
from trainer.reporting.reproduce.trials import Claim, Measure

PLANE = (
    Claim(
        "Seven Gaussians: every component is one code",
        "Fig. 5: a GAN ignores its one-hot input and interpolates between the modes; in an IAE "
        "every component of the mixture is one code.",
        of_catalogue("mog-iae", "mog-gan"),
        (
            Measure("high_quality", "samples within 4 sigma", True),
            Measure("modes", "modes"),
            Measure("cluster_accuracy", "codes of points that name the component", True),
            Measure("code_used", "one-hot inputs that do (chance: 14 %)", True),
        ),
        seeds=20,
    ),
    Claim(
        "Four points: posteriors of any form that tile the prior",
        "Figs. 11 and 12: InfoGAN's factorised posteriors overlap and leave gaps; the FIAE's have "
        "free forms and fill the prior.",
        of_catalogue("fiae-toy", "fiae-toy-plain", "infogan-toy"),
        (
            Measure("posterior_accuracy", "told from the true posterior (0.5: never)"),
            Measure(
                "prior_distance",
                "q(z) to the prior",
                yardstick="prior_floor",
                against="two samples of the prior",
            ),
            Measure("high_quality", "samples within 4 sigma", True),
        ),
        seeds=20,
    ),
)
