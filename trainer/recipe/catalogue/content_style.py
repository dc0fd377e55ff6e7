"""Content and style: a Gaussian code beside the noise (Figures 2 to 4)."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.parts import (
    About,
    Data,
    Model,
    Objective,
    Optim,
    Penalties,
    Reconstruction,
    Schedule,
)
from trainer.recipe.recipe import Recipe

MNIST_DATA = Data("mnist")
SVHN = Data("svhn", size=32, colour=True)
CELEBA = Data("celeba", size=48, colour=True)
NUMBERS = Data("drawn-numbers", size=32, colour=True)
FACES = Data("drawn-faces", size=32, colour=True)

# The code is blurred, so that it holds fewer bits and the noise is left something to say.
CODE_AND_NOISE = Model(
    "iae",
    "mnist",
    code=10,
    noise=100,
    discriminator_norm=False,
    code_blur=0.2,
    noise_scale=0.5,
)
SMALL_CODE_AND_NOISE = replace(CODE_AND_NOISE, networks="small", conditioning="projection")
# Hardly blurred: the first-moment penalty leaves the noise what the code does not say.
SMALL_DIGITS = replace(SMALL_CODE_AND_NOISE, code_blur=0.02, width=32)
CODE_ALONE = Model("iae", "mnist", code=150, discriminator_norm=False)
SMALL_CODE_ALONE = replace(CODE_ALONE, networks="small", conditioning="projection")

PAIRS = Reconstruction(r1=0.3, instance_noise=0.2, mismatched=0.5, mismatched_last=0.3)
DETERMINISTIC_PAIRS = replace(PAIRS, mismatched_last=0.0)
# Instance noise would hide from the discriminator that even backgrounds are speckled.
UNHIDDEN_PAIRS = replace(PAIRS, r1=0.05, instance_noise=0.0)
A_LITTLE_EUCLIDEAN = Penalties(euclidean=0.05, euclidean_until=1.0)
MUCH_EUCLIDEAN = Penalties(euclidean=30.0, euclidean_until=1.0)
MUCH_EUCLIDEAN_TO_THE_END = replace(MUCH_EUCLIDEAN, euclidean_until=2.0)
STOCHASTIC = Objective(PAIRS, penalties=A_LITTLE_EUCLIDEAN)
SMALL_STOCHASTIC = Objective(PAIRS, penalties=replace(A_LITTLE_EUCLIDEAN, first_moment=80.0))
DETERMINISTIC = Objective(DETERMINISTIC_PAIRS, penalties=A_LITTLE_EUCLIDEAN)
SMALL_DETERMINISTIC = Objective(DETERMINISTIC_PAIRS, penalties=MUCH_EUCLIDEAN)

# A warm start, then an encoder that hardly moves: the discriminator reads codes that mean something
# and stay what they are; see EXPERIMENTS.md.
WARM = Schedule(warm=0.2)
# What the encoder of a small recipe learns of the digits it learns in the warm start.
SMALL_WARM = Schedule(20_000, warm=0.65)
OPTIM = Optim(generator_rate=5e-4, ema=0.995, encoder_rate=0.01, r1_every=4)
FREE_ENCODER = replace(OPTIM, encoder_rate=1.0)
SMALL_OPTIM = replace(OPTIM, batch=64)
SMALL_STOCHASTIC_OPTIM = replace(SMALL_OPTIM, generator_rate=1e-3)
SMALL_DETERMINISTIC_OPTIM = replace(SMALL_OPTIM, encoder_rate=0.05)

MNIST = (
    Recipe(
        About(
            "mnist-det",
            "MNIST, 20, no noise",
            "Nothing is left to chance: almost perfect, sharp reconstructions.",
            "Fig. 2b",
        ),
        MNIST_DATA,
        Model("iae", "mnist", code=20),
        optim=Optim(ema=0.995),
    ),
    Recipe(
        About(
            "mnist-10",
            "MNIST, 10 + 100",
            "The code keeps the digit, the noise varies its style.",
            "Fig. 2c",
        ),
        MNIST_DATA,
        CODE_AND_NOISE,
        STOCHASTIC,
        WARM,
        OPTIM,
    ),
    Recipe(
        About(
            "mnist-5",
            "MNIST, 5 + 100",
            "A smaller code is more abstract: {3, 5, 8} and {4, 9} begin to share codes.",
            "Fig. 2d",
        ),
        MNIST_DATA,
        replace(CODE_AND_NOISE, code=5),
        STOCHASTIC,
        WARM,
        OPTIM,
    ),
    Recipe(
        About(
            "mnist-det-small",
            "MNIST, 20, no noise, small",
            "Nothing is left to chance: what the code cannot hold is lost.",
            "Fig. 2b, smaller",
        ),
        MNIST_DATA,
        replace(SMALL_CODE_ALONE, code=20),
        # The game sharpens what the warm start has learned; without the term it forgets the code.
        replace(SMALL_DETERMINISTIC, penalties=MUCH_EUCLIDEAN_TO_THE_END),
        Schedule(20_000, warm=0.8),
        replace(SMALL_DETERMINISTIC_OPTIM, generator_rate=1e-3),
    ),
    Recipe(
        About(
            "mnist-10-small",
            "MNIST, 10 + 100, small",
            "Keeps the digit, varies the style; learns on a laptop's CPU.",
            "Fig. 2c, smaller",
        ),
        MNIST_DATA,
        SMALL_DIGITS,
        SMALL_STOCHASTIC,
        SMALL_WARM,
        SMALL_STOCHASTIC_OPTIM,
    ),
    Recipe(
        About(
            "mnist-5-small",
            "MNIST, 5 + 100, small",
            "Half the code, twice the abstraction: look for 4s that return as 9s.",
            "Fig. 2d, smaller",
        ),
        MNIST_DATA,
        replace(SMALL_DIGITS, code=5),
        SMALL_STOCHASTIC,
        SMALL_WARM,
        SMALL_STOCHASTIC_OPTIM,
    ),
)
DRAWN = Recipe(
    About(
        "drawn-10",
        "Drawn digits, 10 + 32",
        "Digits drawn by our own code: always at hand, and every style is known.",
        "after Fig. 2c",
    ),
    Data("drawn-digits"),
    replace(SMALL_CODE_AND_NOISE, noise=32, code_blur=0.5, noise_scale=1.0),
    STOCHASTIC,
    Schedule(7_000, warm=0.15),
    SMALL_OPTIM,
)
