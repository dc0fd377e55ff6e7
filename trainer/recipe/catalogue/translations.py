"""Two domains of images: CycleIAE (Figures 8 and 9), and what fails in its place."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.recipe import Recipe

_SHOES_SMALL = Recipe(
    name="shoes-small",
    title="Edges and shoes, small",
    story="One outline, many shoes: the outline is the code, colour and pattern are noise.",
    figure="Fig. 8, smaller",
    model="cycleiae",
    data="drawn-shoes",
    networks="small-resnet",
    second="edges",
    size=32,
    colour=True,
    noise=32,
    batch=16,
    steps=6_000,
    discriminator_rate=1e-3,
    generator_rate=5e-4,
    ema=0.998,
    width=16,
    discriminator_norm=False,
    # Quick and hardly held back, or the discriminator does not see that the fills are mottled.
    r1=0.02,
    r1_code=0.02,
    r1_every=4,
    code_noise=0.15,
)


def _at_full_size(recipe: Recipe) -> Recipe:
    """With CycleGAN's generator, which learns more slowly."""
    return replace(
        recipe,
        networks="resnet",
        size=64,
        steps=40_000,
        discriminator_rate=2e-4,
        generator_rate=2e-4,
    )


_SHOES = replace(
    _at_full_size(_SHOES_SMALL),
    name="shoes",
    title="Edges and shoes",
    figure="Fig. 8",
    noise=100,
)
_FACES_SMALL = replace(
    _SHOES_SMALL,
    name="faces-small",
    title="From face to face, small",
    story="Many counterparts for one face, and every one leads back to it.",
    figure="Fig. 9, smaller",
    data="drawn-faces",
    second="class",
    noise=0,
    encoder_noise=32,
    # Nothing in the games asks for more than one counterpart, nor for the very same face back.
    diversity_weight=40.0,
    euclidean=70.0,
    euclidean_until=2.0,
    steps=9_000,
)
_FACES = replace(
    _at_full_size(_FACES_SMALL),
    name="faces",
    title="CelebA, female to male",
    story="Many male faces for a female one, and every one leads back to her.",
    figure="Fig. 9",
    data="celeba",
    encoder_noise=100,
)


def _with_l1(recipe: Recipe, name: str) -> Recipe:
    return replace(
        recipe,
        name=name,
        title=f"{recipe.title}, L1",
        story="CycleGAN's L1 in the pair discriminator's place: the noise is all but ignored.",
        figure="text at Fig. 8",
        reconstruction="l1",
        distance_weight=10.0,
    )


def _with_marginal(recipe: Recipe, name: str) -> Recipe:
    return replace(
        recipe,
        name=name,
        title=f"{recipe.title}, marginal",
        story="Judged by the output alone: nothing asks for the same face on the way back.",
        figure="text at Fig. 9",
        reconstruction="marginal",
        # To be held against the paper's objective alone: what its pair discriminator does.
        diversity_weight=0.0,
        euclidean=0.0,
        euclidean_until=0.5,
    )


TRANSLATIONS = (
    _SHOES,
    _with_l1(_SHOES, "shoes-l1"),
    _SHOES_SMALL,
    _with_l1(_SHOES_SMALL, "shoes-l1-small"),
    _FACES,
    _with_marginal(_FACES, "faces-marginal"),
    _FACES_SMALL,
    _with_marginal(_FACES_SMALL, "faces-marginal-small"),
)
