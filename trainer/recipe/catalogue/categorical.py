"""Categorical codes: clusters (Figure 6), and classes from a few labels."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.catalogue.content_style import SMALL

CLUSTERS_SMALL = replace(
    SMALL,
    name="mnist-clusters-small",
    title="MNIST, 30 clusters, small",
    story="No labels: thirty categories find the digits, the noise their handwriting.",
    figure="Fig. 6, smaller",
    code=30,
    code_kind="categorical",
    noise=10,
    conditioning="invariant",
    code_blur=0.0,
    noise_scale=1.0,
    r1_code=0.02,
    code_noise=0.2,
    mismatched=0.5,
    mismatched_last=0.3,
    # Sixty-four images cannot use thirty categories alike; the warm start finds them.
    warm=0.4,
    warm_batch=256,
    generator_rate=1e-3,
    euclidean=0.0,
    encoder_rate=0.03,
    augment=1.0,
    consistency=5.0,
    balance=10.0,
    steps=5_000,
)
_CLUSTERS = replace(
    CLUSTERS_SMALL,
    name="mnist-clusters",
    title="MNIST, 30 clusters",
    story="No labels: thirty categories find the digits, the noise their handwriting.",
    figure="Fig. 6",
    networks="mnist",
    batch=100,
    steps=30_000,
)
_SEMI_SMALL = replace(
    CLUSTERS_SMALL,
    name="mnist-semi-small",
    title="MNIST, 100 labels, small",
    story="Ten labelled images of each digit, and the categories get their names.",
    figure="text, smaller",
    code=10,
    generator_rate=5e-4,
    encoder_rate=0.05,
    steps=4_500,
    labels=100,
    label_weight=5.0,
)
_SEMI = replace(
    _CLUSTERS,
    name="mnist-semi",
    title="MNIST, 100 labels",
    story="Ten labelled images of each digit, and the categories get their names.",
    figure="text",
    code=10,
    labels=100,
    label_weight=5.0,
)
CATEGORIES = (
    _CLUSTERS,
    CLUSTERS_SMALL,
    _SEMI,
    _SEMI_SMALL,
    replace(
        _SEMI,
        name="svhn-semi",
        title="SVHN, 1000 labels",
        story="A hundred labelled street numbers of each digit name the categories.",
        data="svhn",
        networks="svhn",
        size=32,
        colour=True,
        recolour=1.0,
        labels=1000,
    ),
    replace(
        _SEMI_SMALL,
        name="svhn-semi-small",
        title="House numbers, 200 labels, small",
        story="A few labelled house numbers of each digit name the categories.",
        labels=200,
        data="drawn-numbers",
        networks="small-colour",
        width=16,
        size=32,
        colour=True,
        recolour=1.0,
        r1=0.05,
        instance_noise=0.0,
        # Mere agreement of two views finds kinds of photos sooner than digits.
        confidence=0.9,
        balance=1.0,
        warm=0.5,
        warm_batch=128,
        generator_rate=1e-3,
        steps=4_000,
    ),
)
