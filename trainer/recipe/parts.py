"""The parts of a recipe: plain, frozen values, each with its meaning, its unit and its source.

Fractions are of `Schedule.steps`; sizes are numbers of units. Fields marked as additions are not in
the paper; their default is the paper's own choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


def required(meaning: str) -> Any:
    """A field without a default."""
    return field(metadata={"meaning": meaning, "addition": False})


def option(
    default: Any, meaning: str, *, unit: str = "", source: str = "", addition: bool = False
) -> Any:
    """A field with a default; `source` is a section of the paper, or an addition's own."""
    about = {"meaning": meaning, "unit": unit, "source": source, "addition": addition}
    return field(default=default, metadata=about)


def addition(default: Any, meaning: str, *, unit: str = "", source: str = "") -> Any:
    """A field that the paper does not have; by default it changes nothing."""
    return option(default, meaning, unit=unit, source=source, addition=True)


@dataclass(frozen=True)
class About:
    """What a recipe is called, and what there is to see."""

    name: str = required("what it is found by")
    title: str = option("", "short: data, code + noise")
    story: str = option("", "one line: what there is to see")
    figure: str = option("", "where it stands in the paper")


@dataclass(frozen=True)
class Data:
    """What is trained on."""

    name: str = required("the data set")
    size: int = option(28, "side of an image", unit="px")
    colour: bool = option(False, "whether images are in colour")
    images: str = option("", "own images: a folder or .zip; of a CycleIAE the first domain")
    images_b: str = option("", "own images of the second domain")
    second: Literal["none", "edges", "class"] = option(
        "none", "what the second domain is made of: edges of the images, or the second class"
    )
    pad: bool = option(False, "own images that are not square are padded, not cropped")
    classes: Literal["auto", "outer", "inner", "one"] = option(
        "auto", "which folders of own images are classes; see docs/DATA.md"
    )
    grey_range: str = option(
        "", 'black and white of own grey images of 16 or 32 bits, "0 4095"; empty: as they have it'
    )
    hold_out: int = option(0, "training images that are tested on in the test set's place")
    labels: int = option(0, "training images that have labels", source="Section 2.2")


@dataclass(frozen=True)
class Model:
    """Which autoencoder, of which networks, with which code and noise."""

    kind: str = required("which autoencoder, or a GAN")
    networks: str = required("the family of networks")
    code: int = option(0, "size of the latent code z; 0 where it is an image (CycleIAE)")
    code_kind: Literal["gaussian", "categorical"] = option("gaussian", "the prior of the code")
    noise: int = option(0, "size of the decoder's noise vector n", source="Section 2")
    encoder_noise: int = option(0, "size of the encoder's noise vector eps", source="Section 2")
    posterior: Literal["implicit", "gaussian"] = option(
        "implicit",
        "the encoder's distribution q(z|x): any, or a factorised Gaussian",
        source="Section 2",
    )
    conditioning: Literal["location", "invariant", "projection"] = option(
        "location",
        "how the pair discriminator reads the code; projection is an addition",
        source="Appendix B.1; Miyato and Koyama 2018",
    )
    width: int = option(24, "channels of a small network's first layer; units of a toy's")
    discriminator_norm: bool = addition(
        True, "batch norm in the pair discriminator", source="Table 1"
    )
    upsampling: Literal["nearest", "bilinear"] = addition(
        "nearest", "how small-colour's decoder enlarges its maps; bilinear leaves fewer speckles"
    )
    code_blur: float = addition(
        0.0, "std of the noise on the code on its way to decoder and discriminators"
    )
    noise_scale: float = addition(1.0, "multiplies the noise on its way into the map")


@dataclass(frozen=True)
class Reconstruction:
    """The reconstruction game, or the distance in its place."""

    kind: Literal["adversarial", "marginal", "euclidean", "l1", "likelihood", "none"] = option(
        "adversarial", "what tells the source from what comes back of it", source="Section 2"
    )
    weight: float = option(1.0, "weight of the game, or of the distance")
    r1: float = addition(
        0.0, "weight of the gradient penalty on real samples", source="Mescheder et al. 2018"
    )
    instance_noise: float = addition(
        0.0, "std of the noise on what is judged; falls to 0", source="Sønderby et al. 2017"
    )
    mismatched: float = addition(
        0.0, "weight of negatives with another image's code at the start", source="Reed et al. 2016"
    )
    mismatched_last: float = addition(
        0.0, "weight of negatives with another image's code at the end", source="Reed et al. 2016"
    )
    input_noise: float = addition(0.0, "std of the noise on x^ on its way into an FIAE's encoder")


@dataclass(frozen=True)
class Regularisation:
    """The regularisation game, or the divergence in its place."""

    kind: Literal["adversarial", "divergence", "none"] = option(
        "adversarial", "what tells the aggregated posterior from the prior", source="Section 2"
    )
    weight: float = addition(1.0, "weight of the game, or of the divergence")
    r1: float = addition(
        0.0, "weight of the gradient penalty on real samples", source="Mescheder et al. 2018"
    )
    instance_noise: float = addition(
        0.0, "std of the noise on what is judged; falls to 0", source="Sønderby et al. 2017"
    )


@dataclass(frozen=True)
class Penalties:
    """What is minimised beside the games."""

    label_weight: float = option(1.0, "weight of the cross-entropy on labelled images")
    euclidean: float = addition(0.0, "weight of a Euclidean reconstruction error that falls to 0")
    euclidean_until: float = addition(
        0.5,
        "when the Euclidean error's weight reaches 0 (above 1: not in this run)",
        unit="fraction",
    )
    augment: float = addition(0.0, "strength of the affine maps that make a second view of x")
    recolour: float = addition(0.0, "strength of the second view's other colours")
    consistency: float = addition(0.0, "weight of: both views fall into the same category")
    balance: float = addition(0.0, "weight of: all categories are used alike")
    confidence: float = addition(
        0.0, "from this probability the EMA encoder's guess is a label", source="Sohn et al. 2020"
    )
    diversity_weight: float = addition(
        0.0, "weight of: two translations of an image differ by 0.07 of the pixels' range"
    )
    first_moment: float = addition(
        0.0,
        "weight of: the mean of what noise makes of a code is x; after the warm start",
        source="Ohayon et al. 2021",
    )


@dataclass(frozen=True)
class Objective:
    """The two games and the penalties."""

    reconstruction: Reconstruction = Reconstruction()
    regularisation: Regularisation = Regularisation()
    penalties: Penalties = Penalties()


@dataclass(frozen=True)
class Schedule:
    """How long a run is, and what changes on the way."""

    steps: int = option(30_000, "steps of the whole run")
    decay_from: float = option(
        0.5, "when the rates begin to fall, linearly to a twentieth", unit="fraction"
    )
    warm: float = addition(
        0.0, "how long the run warms up without the reconstruction game", unit="fraction"
    )
    warm_batch: int = addition(0, "images in a batch of the warm start; 0: as many as later")


@dataclass(frozen=True)
class Optim:
    """How each step is taken."""

    batch: int = option(100, "images in a batch")
    seed: int = option(0, "the seed of weights, batches and noise")
    precision: Literal["full", "bf16"] = option(
        "full", "precision of the networks' arithmetic; weights stay float32"
    )
    discriminator_rate: float = option(1e-3, "Adam's learning rate of the discriminators")
    generator_rate: float = option(1e-3, "Adam's learning rate of encoder and decoder")
    beta1: float = option(0.5, "Adam's decay of the first moment")
    ema: float = addition(0.0, "decay of the EMA weights, used for display, evaluation and export")
    encoder_rate: float = addition(
        1.0, "the encoder's rate after the warm start, as a multiple of generator_rate"
    )
    joint_batch: bool = addition(
        True, "real and fake pairs through a discriminator with batch norm in one batch"
    )
    r1_every: int = addition(1, "steps between gradient penalties; each counts as many times more")
