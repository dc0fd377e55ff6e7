"""Adversarial games, and the paper's autoencoder as a pair of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

Map = Callable[[Tensor], Tensor]


@dataclass
class Game:
    """A discriminator that tells real from fake, and a generator that makes the fake.

    The original GAN's loss (Section 2, Training Process), non-saturating for the generator.
    `real` and `fake` are argument tuples of the discriminator; their first entry is what is judged.
    The discriminator's logits are [N], or [N, ...] with one for each place of an image. Where a
    discriminator of pairs has the attribute `blind`, so many logits of a row, the first, judge the
    first entry alone.
    """

    name: str
    discriminator: nn.Module
    judges: str  # "data" or "code": what the first entries are
    real: tuple[Tensor, ...]
    fake: tuple[Tensor, ...]
    weight: float = 1.0
    joint_batch: bool = True  # one batch norm statistic for both sides, or one each
    norm_free: bool = (
        False  # a discriminator without batch norm: how rows are batched changes nothing
    )
    # Numbers, or tensors that a captured step reads; 0 as a number leaves the term out.
    instance_noise: float | Tensor = 0.0
    r1: float = 0.0
    mismatched: float | Tensor = 0.0
    rng: torch.Generator | None = None
    extras: dict[str, Tensor] = field(default_factory=dict)

    def discriminator_loss(self) -> Tensor:
        """How badly the discriminator tells the two apart. No gradient reaches the generator."""
        real = self._blur(tuple(t.detach() for t in self.real))
        fake = self._blur(tuple(t.detach() for t in self.fake))
        if self.r1:
            real = (real[0].requires_grad_(), *real[1:])
        sides = [real, fake]
        mismatched = _is_played(self.mismatched)
        if mismatched:
            # A true x beside another x's code: teaches the discriminator to read the code at all.
            sides.append((real[0].detach(), *(t.roll(1, 0) for t in real[1:])))
        logits = self._judge(sides)
        loss = functional.softplus(-logits[0]).mean() + functional.softplus(logits[1]).mean()
        if mismatched:
            loss = loss + self.mismatched * self._mismatch(logits[2])
        if self.r1:
            of_each = logits[0].unsqueeze(-1).flatten(1).mean(1)
            (slope,) = torch.autograd.grad(of_each.sum(), real[0], create_graph=True)
            penalty = slope.square().flatten(1).sum(1).mean()
            self.extras[f"{self.name} R1"] = penalty.detach()
            loss = loss + 0.5 * self.r1 * penalty
        return loss

    def _mismatch(self, logits: Tensor) -> Tensor:
        """Of the logits that read the code: to the others a true x is true beside any code."""
        blind = getattr(self.discriminator, "blind", 0)
        return functional.softplus(logits[..., blind:]).sum() / logits.numel()

    def generator_loss(self) -> Tensor:
        """How well the discriminator sees through the fake.

        The gradient flows through the fake only: the positive pair stays a fixed target (Appendix
        B.1).
        """
        sides = [self._blur(self.fake)]
        if self.joint_batch and not self.norm_free:
            sides.insert(0, self._blur(tuple(t.detach() for t in self.real)))
        logits = self._judge(sides)[-1]
        return self.weight * functional.softplus(-logits).mean()

    def _judge(self, sides: list[tuple[Tensor, ...]]) -> list[Tensor]:
        if self.norm_free and self.r1 and len(sides) > 1:
            # Only the real side is differentiated twice.
            return [*self._at_once(sides[:1]), *self._at_once(sides[1:])]
        if self.joint_batch or self.norm_free:
            return self._at_once(sides)
        return [logits for side in sides for logits in self._at_once([side])]

    def _at_once(self, sides: list[tuple[Tensor, ...]]) -> list[Tensor]:
        if len(sides) == 1:
            return [self.discriminator(*sides[0]).float()]
        stacked = [torch.cat(parts) for parts in zip(*sides, strict=True)]
        return list(self.discriminator(*stacked).float().split([len(side[0]) for side in sides]))

    def _blur(self, side: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Instance noise on what is judged, never on what it is judged by."""
        if not _is_played(self.instance_noise):
            return side
        judged = side[0]
        noise = torch.randn(judged.shape, generator=self.rng, device=judged.device)
        return (judged + self.instance_noise * noise, *side[1:])


def _is_played(weight: float | Tensor) -> bool:
    return isinstance(weight, Tensor) or weight != 0


def autoencoding(
    source: Tensor,
    target: Tensor,
    there: Map,
    back: Map | None,
    discriminators: nn.ModuleDict,
    ends: tuple[str, str] = ("data", "code"),
) -> tuple[list[Game], Tensor, Tensor | None]:
    """The paper in ten lines: a map there, a map back, and a game at each end.

    source -> there -> back. The pair discriminator tells (x, z^) from (x^, z^); the other one tells
    samples of the target from z^. A missing discriminator is a missing game: without `back` it is a
    GAN. `ends` names what source and target are: an FIAE starts from the code.
    Returns the games, z^ = there(source) and x^ = back(z^).
    """
    imagined = there(source)
    returned = back(imagined) if back is not None else None
    games = []
    if "reconstruction" in discriminators and returned is not None:
        pair = (source, imagined.detach()), (returned, imagined)
        games.append(Game("reconstruction", discriminators["reconstruction"], ends[0], *pair))
    if "regularisation" in discriminators:
        discriminator = discriminators["regularisation"]
        games.append(Game("regularisation", discriminator, ends[1], (target,), (imagined,)))
    return games, imagined, returned
