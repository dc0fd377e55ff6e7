"""Content and style in colour: house numbers and faces (Figures 3 and 4)."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.catalogue.content_style import (
    CELEBA,
    CODE_ALONE,
    CODE_AND_NOISE,
    DETERMINISTIC,
    FACES,
    FREE_ENCODER,
    MUCH_EUCLIDEAN_TO_THE_END,
    NUMBERS,
    OPTIM,
    SMALL_CODE_ALONE,
    SMALL_CODE_AND_NOISE,
    SMALL_DETERMINISTIC_OPTIM,
    SMALL_OPTIM,
    STOCHASTIC,
    SVHN,
    UNHIDDEN_PAIRS,
    WARM,
)
from trainer.recipe.parts import About, Objective, Penalties, Schedule
from trainer.recipe.recipe import Recipe

SMALL_COLOUR = replace(
    SMALL_CODE_AND_NOISE, networks="small-colour", width=16, code=16, code_blur=0.05
)
# The draws' mean is held to x: by the game alone digits turn into others.
SMALL_COLOUR_STOCHASTIC = Objective(UNHIDDEN_PAIRS, penalties=Penalties(first_moment=60.0))
SMALL_FACES = replace(SMALL_COLOUR, upsampling="bilinear")
SMALL_COLOUR_OPTIM = replace(SMALL_OPTIM, generator_rate=1e-3)
SMALL_COLOUR_ALONE = replace(SMALL_CODE_ALONE, networks="small-colour", width=16, code=50)
SMALL_COLOUR_ALONE_OPTIM = replace(SMALL_DETERMINISTIC_OPTIM, generator_rate=1e-3)
SMALL_COLOUR_DETERMINISTIC = Objective(
    replace(UNHIDDEN_PAIRS, mismatched_last=0.0), penalties=MUCH_EUCLIDEAN_TO_THE_END
)

COLOUR = (
    Recipe(
        About(
            "svhn-det",
            "SVHN, 150, no noise",
            "Near perfect reconstructions of street numbers.",
            "Fig. 3b",
        ),
        SVHN,
        replace(CODE_ALONE, networks="svhn"),
        DETERMINISTIC,
        WARM,
        FREE_ENCODER,
    ),
    Recipe(
        About(
            "svhn-75",
            "SVHN, 75 + 1000",
            "Keeps the middle digit and invents its neighbours in the same style.",
            "Fig. 3c",
        ),
        SVHN,
        replace(CODE_AND_NOISE, networks="svhn", code=75, noise=1000),
        STOCHASTIC,
        WARM,
        OPTIM,
    ),
    Recipe(
        About(
            "svhn-det-small",
            "House numbers, 50, no noise, small",
            "Drawn house numbers through a code alone.",
            "Fig. 3b, smaller",
        ),
        NUMBERS,
        SMALL_COLOUR_ALONE,
        SMALL_COLOUR_DETERMINISTIC,
        Schedule(8_000, warm=0.8),
        SMALL_COLOUR_ALONE_OPTIM,
    ),
    Recipe(
        About(
            "svhn-75-small",
            "House numbers, 16 + 100, small",
            "Drawn house numbers: does the code keep the middle digit, the noise its neighbours?",
            "Fig. 3c, smaller",
        ),
        NUMBERS,
        SMALL_COLOUR,
        SMALL_COLOUR_STOCHASTIC,
        Schedule(8_000, warm=0.6),
        SMALL_COLOUR_OPTIM,
    ),
    Recipe(
        About(
            "celeba-det",
            "CelebA, 150, no noise",
            "Near perfect reconstructions of faces.",
            "Fig. 4b",
        ),
        CELEBA,
        replace(CODE_ALONE, networks="celeba"),
        DETERMINISTIC,
        WARM,
        FREE_ENCODER,
    ),
    Recipe(
        About(
            "celeba-50",
            "CelebA, 50 + 1000",
            "Keeps the shape of a face; glasses, beard and smile come from the noise.",
            "Fig. 4c",
        ),
        CELEBA,
        replace(CODE_AND_NOISE, networks="celeba", code=50, noise=1000),
        STOCHASTIC,
        WARM,
        OPTIM,
    ),
    Recipe(
        About(
            "celeba-det-small",
            "Drawn faces, 50, no noise, small",
            "Drawn faces through a code alone.",
            "Fig. 4b, smaller",
        ),
        FACES,
        SMALL_COLOUR_ALONE,
        SMALL_COLOUR_DETERMINISTIC,
        Schedule(8_000, warm=0.8),
        SMALL_COLOUR_ALONE_OPTIM,
    ),
    Recipe(
        About(
            "celeba-50-small",
            "Drawn faces, 16 + 100, small",
            "Drawn faces: the code keeps skin, hair and shirt; eyes and smile come from the noise.",
            "Fig. 4c, smaller",
        ),
        FACES,
        SMALL_FACES,
        SMALL_COLOUR_STOCHASTIC,
        Schedule(8_000, warm=0.6),
        SMALL_COLOUR_OPTIM,
    ),
    Recipe(
        About(
            "celeba-64",
            "Drawn faces, 16 + 100, 64 px",
            "Drawn faces: the code keeps skin and hair; the head's turn and its looks are noise.",
            "Fig. 4c, smaller",
        ),
        replace(FACES, size=64),
        SMALL_FACES,
        Objective(replace(UNHIDDEN_PAIRS, r1=0.2), penalties=Penalties(first_moment=30.0)),
        # Most steps are the game's: flat fills and crisp lines are learned in it alone.
        Schedule(12_000, warm=0.25),
        replace(SMALL_COLOUR_OPTIM, batch=32, ema=0.999),
    ),
)
