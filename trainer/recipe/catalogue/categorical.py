"""Categorical codes: clusters (Figure 6), and classes from a few labels."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipe.catalogue.content_style import (
    MNIST_DATA,
    NUMBERS,
    PAIRS,
    SVHN,
    UNHIDDEN_PAIRS,
)
from trainer.recipe.parts import (
    About,
    Model,
    Objective,
    Optim,
    Penalties,
    Regularisation,
    Schedule,
)
from trainer.recipe.recipe import Recipe

CATEGORIES = Model(
    "iae",
    "mnist",
    code=30,
    code_kind="categorical",
    noise=10,
    conditioning="invariant",
    discriminator_norm=False,
)
TEN = replace(CATEGORIES, code=10)
ONE_HOT = Regularisation(r1=0.02, instance_noise=0.2)
TWO_VIEWS = Penalties(augment=1.0, consistency=5.0, balance=10.0)
WITH_LABELS = replace(TWO_VIEWS, label_weight=5.0)
CLUSTERING = Objective(PAIRS, ONE_HOT, TWO_VIEWS)
LABELLED = Objective(PAIRS, ONE_HOT, WITH_LABELS)
# A hundred images cannot use thirty categories alike; the warm start finds them in larger batches,
# and while the rates fall already, since it is what decides the errors.
WARM = Schedule(warm=0.5, warm_batch=512, decay_from=0.25)
OPTIM = Optim(ema=0.995, encoder_rate=0.03, r1_every=4)

_LABELS_STORY = "Ten labelled images of each digit, and the categories get their names."
_CLUSTERS_STORY = "No labels: thirty categories find the digits, the noise their handwriting."

CATEGORICAL = (
    Recipe(
        About("mnist-clusters", "MNIST, 30 clusters", _CLUSTERS_STORY, "Fig. 6"),
        MNIST_DATA,
        CATEGORIES,
        CLUSTERING,
        WARM,
        OPTIM,
    ),
    Recipe(
        About(
            "mnist-clusters-small", "MNIST, 30 clusters, small", _CLUSTERS_STORY, "Fig. 6, smaller"
        ),
        MNIST_DATA,
        replace(CATEGORIES, networks="small"),
        CLUSTERING,
        replace(WARM, steps=5_000),
        replace(OPTIM, batch=64),
    ),
    Recipe(
        About("mnist-semi", "MNIST, 100 labels", _LABELS_STORY, "text"),
        replace(MNIST_DATA, labels=100),
        TEN,
        LABELLED,
        WARM,
        OPTIM,
    ),
    Recipe(
        About("mnist-semi-small", "MNIST, 100 labels, small", _LABELS_STORY, "text, smaller"),
        replace(MNIST_DATA, labels=100),
        replace(TEN, networks="small"),
        LABELLED,
        replace(WARM, steps=5_000),
        replace(OPTIM, batch=64, generator_rate=5e-4, encoder_rate=0.05),
    ),
    Recipe(
        About(
            "svhn-semi",
            "SVHN, 1000 labels",
            "A hundred labelled street numbers of each digit name the categories.",
            "text",
        ),
        replace(SVHN, labels=1000),
        replace(TEN, networks="svhn"),
        replace(LABELLED, penalties=replace(WITH_LABELS, recolour=1.0)),
        WARM,
        OPTIM,
    ),
    Recipe(
        About(
            "svhn-semi-small",
            "House numbers, 200 labels, small",
            "A few labelled house numbers of each digit name the categories.",
            "text, smaller",
        ),
        replace(NUMBERS, labels=200),
        replace(TEN, networks="small-colour", width=16),
        Objective(
            UNHIDDEN_PAIRS,
            ONE_HOT,
            # Mere agreement of two views finds kinds of photos sooner than digits.
            replace(WITH_LABELS, recolour=1.0, balance=1.0, confidence=0.9),
        ),
        Schedule(4_000, warm=0.5, warm_batch=128),
        replace(OPTIM, batch=64, encoder_rate=0.05),
    ),
)
