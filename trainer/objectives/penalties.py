"""What a model may minimise beside its games: baselines, labels, and additions to the paper."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

DIVERSITY_MARGIN = 0.07  # of the pixels' range; faces before two colours are 0.044 apart on average

RECONSTRUCTION_ERROR = (
    "Euclidean or cross-entropy error"  # the first of points, the other of images
)


@dataclass(frozen=True)
class Penalty:
    """`value`, a scalar, is what the curves show; `weight` times as much is minimised."""

    name: str  # one of messages.LOSSES
    value: Tensor
    weight: float | Tensor = 1.0


def reconstruction_error(returned: Tensor, source: Tensor) -> Tensor:
    """Ten times the binary cross-entropy of pixels in nats; of vectors the squared distance.

    `reconstruction=euclidean` asks for it, as the paper does; on images a Bernoulli likelihood is
    what an autoencoder of grey values is trained on. Ten, so that its weight is about a game's.
    """
    if source.dim() == 2:
        return (returned - source).square().sum(1).mean()
    # binary_cross_entropy raises over NaN, and on CUDA ends the process: NaN goes round it.
    nan = 0 * returned.detach().sum()
    with torch.autocast(returned.device.type, enabled=False):  # its logarithms want all bits
        error = functional.binary_cross_entropy(returned.float().nan_to_num(), source)
    return 10 * error + nan


def l1_error(returned: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference: cycle consistency (CycleGAN, Zhu et al. 2017)."""
    return (returned - source).abs().mean()


def likelihood_error(z: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """-log q(z|x) of a factorised Gaussian, in nats: InfoGAN's bound (Chen et al. 2016)."""
    density = 0.5 * ((z - mean) / log_std.exp()).square() + log_std + 0.5 * math.log(2 * math.pi)
    return density.sum(1).mean()


def divergence(mean: Tensor, log_std: Tensor) -> Tensor:
    """KL(q(z|x) || N(0, 1)) of a factorised Gaussian, in nats: the VAE's (Kingma, Welling 2014)."""
    return 0.5 * (mean.square() + (2 * log_std).exp() - 1 - 2 * log_std).sum(1).mean()


def label_error(probabilities: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of the encoder's softmax [N, K] with classes int64 [N], in nats."""
    return functional.nll_loss(probabilities.clamp_min(1e-6).log(), labels)


def r1_penalty(logits: Tensor, real: Tensor) -> Tensor:
    """R1: the mean squared slope of the discriminator at real data (Mescheder et al. 2018).

    `real` requires its gradient. Of logits [N, ...], one for each place, the mean is an image's.
    """
    of_each = logits.unsqueeze(-1).flatten(1).mean(1)
    (slope,) = torch.autograd.grad(of_each.sum(), real, create_graph=True)
    return slope.square().flatten(1).sum(1).mean()


def instance_noise(judged: Tensor, std: float | Tensor, rng: torch.Generator | None) -> Tensor:
    """Instance noise: what a discriminator judges, real or fake, blurred (Sønderby et al. 2017)."""
    noise = torch.randn(judged.shape, generator=rng, device=judged.device)
    return judged + std * noise


def mismatched_loss(logits: Tensor, blind: int) -> Tensor:
    """Matching-aware negatives: true x beside the code of another x is fake (Reed et al. 2016).

    Of the logits that read the code: to the `blind` first of each row true x is true beside any
    code. The mean is over all of them.
    """
    return functional.softplus(logits[..., blind:]).sum() / logits.numel()


def diversity_penalty(pictures: Tensor, others: Tensor) -> Tensor:
    """How much the mean absolute difference of two draws for an image [N, C, H, W] lacks.

    Our own. 0 from `DIVERSITY_MARGIN` on. No game of the paper's asks for a difference: its
    regularisation discriminator never sees two draws for one image.
    """
    apart = (pictures.float() - others.float()).abs().flatten(1).mean(1)
    return (DIVERSITY_MARGIN - apart).clamp_min(0).mean()


def first_moment_penalty(returned: Tensor, others: Tensor, source: Tensor) -> Tensor:
    """How far the mean of what is decoded lies from x: ten times its squared distance a pixel.

    Of two draws of the noise for each code, images [N, C, H, W] or vectors [N, D] (there the whole
    squared distance). As the draws are independent, the product of their errors is on average the
    squared error of their mean, so that how much they vary costs nothing; a batch's may be below 0.
    The mean of p(x|z), which the reconstruction game asks for, is where it is least: the penalty of
    Ohayon et al. (2021), whose mean of some draws still pays for a part of what they vary.
    """
    errors = (returned.float() - source) * (others.float() - source)
    return errors.sum(1).mean() if source.dim() == 2 else 10 * errors.mean()


def inconsistency(codes: Tensor, views: Tensor) -> Tensor:
    """-log of the probability that an image's two views [N, K] fall into the same category."""
    return -(codes * views).sum(1).clamp_min(1e-6).log().mean()


def guess_error(guesses: Tensor, views: Tensor, confidence: float) -> Tensor:
    """FixMatch: cross-entropy of second views with pseudo-labels, in nats (Sohn et al. 2020).

    A pseudo-label is the likeliest category of a guess [N, K], where that has a probability of at
    least `confidence`; the mean is over all N, so 0 may also mean that none is sure. No gradient
    reaches the guesses.
    """
    sure, guess = guesses.detach().max(1)
    error = functional.nll_loss(views.clamp_min(1e-6).log(), guess, reduction="none")
    return (error * (sure >= confidence)).mean()


def imbalance(codes: Tensor) -> Tensor:
    """log K - H(mean code), in nats: 0 where a batch uses all K categories alike."""
    share = codes.mean(0).clamp_min(1e-6)
    entropy = -(share * share.log()).sum()
    return math.log(codes.shape[1]) - entropy
