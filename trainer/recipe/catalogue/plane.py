"""Points in the plane (Figures 5, 11 and 12)."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.recipe import Recipe

MOG = Recipe(
    name="mog-iae",
    title="Seven Gaussians",
    story="Each of seven codes finds one component; the noise fills it.",
    figure="Fig. 5c",
    model="iae",
    data="mog",
    networks="toy",
    code=7,
    code_kind="categorical",
    noise=10,
    batch=256,
    steps=3000,
    generator_rate=5e-4,
    ema=0.995,
    width=128,
    discriminator_norm=False,
    r1=0.1,
    r1_code=0.1,
    instance_noise=0.5,
    # At a weight of 1 a deterministic encoder stays where its first clusters formed; without the
    # noise one seed in twenty still does.
    regularisation_weight=10.0,
    code_noise=0.3,
)
FIAE_TOY = replace(
    MOG,
    name="fiae-toy",
    title="Four points",
    story="The codes of each point follow its true posterior; together they fill the prior.",
    figure="Fig. 12",
    model="fiae",
    data="four-points",
    code=2,
    code_kind="gaussian",
    noise=2,
    encoder_noise=10,
    batch=512,
    steps=4000,
    ema=0.998,
    regularisation_weight=1.0,
)
TOYS = (
    MOG,
    replace(
        MOG,
        name="mog-gan",
        title="Seven Gaussians, GAN",
        story="A GAN ignores its one-hot input and draws bridges between the modes.",
        figure="Fig. 5b",
        model="gan",
        reconstruction="none",
    ),
    FIAE_TOY,
    replace(
        FIAE_TOY,
        name="infogan-toy",
        title="Four points, InfoGAN",
        story="A factorised Gaussian misses the true posteriors and leaves gaps in the prior.",
        figure="Fig. 11",
        encoder_noise=0,
        reconstruction="likelihood",
        posterior="gaussian",
        code_noise=0.0,
        distance_weight=0.1,
        # Else it hides the code in the points' small spread, an unfair straw man.
        input_noise=0.3,
    ),
)
