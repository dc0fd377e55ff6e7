"""Two domains of images: CycleIAE (Figures 8 and 9), and what fails in its place."""

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
    Regularisation,
    Schedule,
)
from trainer.recipe.recipe import Recipe

SHOES = Data("drawn-shoes", size=64, colour=True, second="edges")
SMALL_SHOES = replace(SHOES, size=32)
FACES = Data("celeba", size=64, colour=True, second="class")
SMALL_FACES = Data("drawn-faces", size=32, colour=True, second="class")

SHOE_MAPS = Model("cycleiae", "resnet", noise=100)
SMALL_SHOE_MAPS = Model("cycleiae", "small-resnet", noise=32, width=16)
FACE_MAPS = Model("cycleiae", "resnet", encoder_noise=100)
SMALL_FACE_MAPS = Model("cycleiae", "small-resnet", encoder_noise=32, width=16)
WIDE = 24  # of the small networks, for 64 px

# Hardly held back, or the discriminators do not see that fills are mottled.
PAIRS = Reconstruction(r1=0.02)
DOMAIN = Regularisation(r1=0.02, instance_noise=0.15)
TRANSLATION = Objective(PAIRS, DOMAIN)
WITH_L1 = Objective(Reconstruction("l1", weight=10.0), DOMAIN)
# Nothing in the games asks for more than one counterpart, nor for the very same face back.
DIVERSE = Objective(
    PAIRS, DOMAIN, Penalties(euclidean=70.0, euclidean_until=2.0, diversity_weight=40.0)
)
# To be held against the paper's objective alone: what its pair discriminator does.
MARGINAL = Objective(replace(PAIRS, kind="marginal"), DOMAIN)

LONG = Schedule(40_000)  # CycleGAN's generator learns more slowly
OPTIM = Optim(batch=16, discriminator_rate=2e-4, generator_rate=2e-4, ema=0.998, r1_every=4)
SMALL_OPTIM = Optim(batch=16, generator_rate=5e-4, ema=0.998, r1_every=4)

_OUTLINE = "One outline, many shoes: the outline is the code, colour and pattern are noise."
_L1 = "CycleGAN's L1 in the pair discriminator's place: the noise is all but ignored."
_COUNTERPARTS = "Many counterparts for one face, and every one leads back to it."
_MARGINAL = "Judged by the output alone: nothing asks for the same face on the way back."
_L1_FIGURE, _MARGINAL_FIGURE = "text at Fig. 8", "text at Fig. 9"

TRANSLATIONS = (
    Recipe(
        About("shoes", "Edges and shoes", _OUTLINE, "Fig. 8"),
        SHOES,
        SHOE_MAPS,
        TRANSLATION,
        LONG,
        OPTIM,
    ),
    Recipe(
        About("shoes-l1", "Edges and shoes, L1", _L1, _L1_FIGURE),
        SHOES,
        SHOE_MAPS,
        WITH_L1,
        LONG,
        OPTIM,
    ),
    Recipe(
        About("shoes-small", "Edges and shoes, small", _OUTLINE, "Fig. 8, smaller"),
        SMALL_SHOES,
        SMALL_SHOE_MAPS,
        TRANSLATION,
        Schedule(6_000),
        SMALL_OPTIM,
    ),
    Recipe(
        About("shoes-64", "Edges and shoes, 64 px", _OUTLINE, "Fig. 8, smaller"),
        SHOES,
        replace(SMALL_SHOE_MAPS, width=WIDE),
        TRANSLATION,
        Schedule(12_000),
        SMALL_OPTIM,
    ),
    Recipe(
        About("shoes-l1-small", "Edges and shoes, small, L1", _L1, _L1_FIGURE),
        SMALL_SHOES,
        SMALL_SHOE_MAPS,
        WITH_L1,
        Schedule(6_000),
        SMALL_OPTIM,
    ),
    Recipe(
        About(
            "faces",
            "CelebA, female to male",
            "Many male faces for a female one, and every one leads back to her.",
            "Fig. 9",
        ),
        FACES,
        FACE_MAPS,
        DIVERSE,
        LONG,
        OPTIM,
    ),
    Recipe(
        About("faces-marginal", "CelebA, female to male, marginal", _MARGINAL, _MARGINAL_FIGURE),
        FACES,
        FACE_MAPS,
        MARGINAL,
        LONG,
        OPTIM,
    ),
    Recipe(
        About("faces-small", "From face to face, small", _COUNTERPARTS, "Fig. 9, smaller"),
        SMALL_FACES,
        SMALL_FACE_MAPS,
        DIVERSE,
        Schedule(9_000),
        SMALL_OPTIM,
    ),
    Recipe(
        About("faces-64", "From face to face, 64 px", _COUNTERPARTS, "Fig. 9, smaller"),
        replace(SMALL_FACES, size=64),
        replace(SMALL_FACE_MAPS, width=WIDE),
        DIVERSE,
        Schedule(15_000),
        SMALL_OPTIM,
    ),
    Recipe(
        About(
            "faces-marginal-small",
            "From face to face, small, marginal",
            _MARGINAL,
            _MARGINAL_FIGURE,
        ),
        SMALL_FACES,
        SMALL_FACE_MAPS,
        MARGINAL,
        Schedule(6_000),
        SMALL_OPTIM,
    ),
)
