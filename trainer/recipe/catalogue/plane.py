"""Points in the plane (Figures 5, 11 and 12)."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.parts import (
    About,
    Data,
    Model,
    Objective,
    Optim,
    Reconstruction,
    Regularisation,
    Schedule,
)
from trainer.recipe.recipe import Recipe

SEVEN = Model("iae", "toy", code=7, code_kind="categorical", noise=10, width=128)
FOUR = Model("fiae", "toy", code=2, noise=2, encoder_noise=10, width=128)
POINTS = Regularisation(r1=0.1, instance_noise=0.5)  # a game that judges points of the data
OPTIM = Optim(batch=256, generator_rate=5e-4, ema=0.995)
FOUR_OPTIM = replace(OPTIM, batch=512, ema=0.998)

PLANE = (
    Recipe(
        About(
            "mog-iae",
            "Seven Gaussians",
            "Each of seven codes finds one component; the noise fills it.",
            "Fig. 5c",
        ),
        Data("mog"),
        SEVEN,
        Objective(
            Reconstruction(r1=0.1, instance_noise=0.5),
            # At a weight of 1 a deterministic encoder stays where its first clusters formed;
            # without the noise one seed in twenty still does.
            Regularisation(weight=10.0, r1=0.1, instance_noise=0.3),
        ),
        Schedule(3_000),
        OPTIM,
    ),
    Recipe(
        About(
            "mog-gan",
            "Seven Gaussians, GAN",
            "A GAN ignores its one-hot input and draws bridges between the modes.",
            "Fig. 5b",
        ),
        Data("mog"),
        replace(SEVEN, kind="gan"),
        Objective(Reconstruction("none"), replace(POINTS, weight=10.0)),
        Schedule(3_000),
        OPTIM,
    ),
    Recipe(
        About(
            "fiae-toy",
            "Four points",
            "The codes of each point follow its true posterior; together they fill the prior.",
            "Fig. 12",
        ),
        Data("four-points"),
        FOUR,
        Objective(Reconstruction(r1=0.1, instance_noise=0.3), POINTS),
        Schedule(4_000),
        FOUR_OPTIM,
    ),
    Recipe(
        About(
            "fiae-toy-plain",
            "Four points, no generator noise",
            "Every code gives one point: the posteriors do not overlap, and tile the prior.",
            "Fig. 12",
        ),
        Data("four-points"),
        replace(FOUR, noise=0),
        Objective(Reconstruction(r1=0.1, instance_noise=0.3), POINTS),
        Schedule(4_000),
        FOUR_OPTIM,
    ),
    Recipe(
        About(
            "infogan-toy",
            "Four points, InfoGAN",
            "A factorised Gaussian misses the true posteriors and leaves gaps in the prior.",
            "Fig. 11",
        ),
        Data("four-points"),
        replace(FOUR, encoder_noise=0, posterior="gaussian"),
        # Without the noise it hides the code in the points' small spread, an unfair straw man.
        Objective(Reconstruction("likelihood", weight=0.1, input_noise=0.3), POINTS),
        Schedule(4_000),
        FOUR_OPTIM,
    ),
)
