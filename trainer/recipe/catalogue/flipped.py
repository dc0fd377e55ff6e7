"""FIAE on images (Section 4), and plain autoencoders to compare with."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.catalogue.categorical import CLUSTERS_SMALL
from trainer.recipe.catalogue.content_style import SMALL

_FIAE_SMALL = replace(
    SMALL,
    name="fiae-mnist-small",
    title="MNIST flipped, 15, small",
    story="A GAN that learns to read its own pictures, and then ours.",
    figure="Fig. 13, smaller",
    model="fiae",
    code=15,
    noise=0,
    code_blur=0.0,
    warm=0.5,
    euclidean=30.0,
    encoder_rate=1.0,
    steps=7_000,
)
_FIAE = replace(
    _FIAE_SMALL,
    name="fiae-mnist",
    title="MNIST flipped, 15",
    figure="Fig. 13",
    networks="mnist",
    conditioning="location",
    batch=100,
    steps=30_000,
)
_FIAE_CLUSTERS_SMALL = replace(
    CLUSTERS_SMALL,
    name="fiae-clusters-small",
    title="MNIST flipped, 10 clusters, small",
    story="A GAN with ten categories, and an encoder that reads them off images.",
    figure="text, smaller",
    model="fiae",
    code=10,
    encoder_noise=20,
    warm=0.35,
    generator_rate=5e-4,
    encoder_rate=0.05,
    steps=4_500,
)
FLIPPED = (
    _FIAE,
    _FIAE_SMALL,
    replace(
        _FIAE_CLUSTERS_SMALL,
        name="fiae-clusters",
        title="MNIST flipped, 10 clusters",
        figure="text",
        networks="mnist",
        batch=100,
        steps=30_000,
    ),
    _FIAE_CLUSTERS_SMALL,
)
_PLAIN = replace(SMALL.to_the_letter(), noise=0, steps=4_000, ema=0.995, reconstruction="euclidean")
BASELINES = (
    replace(
        _PLAIN,
        name="aae-small",
        title="MNIST, 10, AAE",
        story="An adversarial autoencoder: what it cannot know it blurs.",
        figure="Section 2",
    ),
    replace(
        _PLAIN,
        name="vae-small",
        title="MNIST, 10, VAE",
        story="A variational autoencoder: factorised Gaussians on both sides.",
        figure="Section 2",
        posterior="gaussian",
        regularisation="divergence",
    ),
)
