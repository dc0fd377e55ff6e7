"""Adversarial games, and the paper's autoencoder as a pair of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainer.objectives.penalties import instance_noise, mismatched_loss, r1_penalty

Map = Callable[[Tensor], Tensor]
Side = tuple[Tensor, ...]


@dataclass(frozen=True, eq=False)
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
    real: Side
    fake: Side
    weight: float = 1.0
    joint_batch: bool = True  # one batch norm statistic for both sides, or one each
    # Numbers, or tensors that a captured step reads; 0 as a number leaves the term out.
    instance_noise: float | Tensor = 0.0
    r1: float = 0.0
    mismatched: float | Tensor = 0.0
    rng: torch.Generator | None = None
    extras: dict[str, Tensor] = field(default_factory=dict)  # other losses, for the curves

    @cached_property
    def norm_free(self) -> bool:
        """Whether the discriminator has no batch norm: how rows are batched changes nothing."""
        norms = (nn.BatchNorm1d, nn.BatchNorm2d)
        return not any(isinstance(part, norms) for part in self.discriminator.modules())

    def discriminator_loss(self) -> Tensor:
        """How badly the discriminator tells the two apart. No gradient reaches the generator."""
        real = self._blurred(tuple(t.detach() for t in self.real))
        fake = self._blurred(tuple(t.detach() for t in self.fake))
        if self.r1:
            real = (real[0].requires_grad_(), *real[1:])
        sides = [real, fake]
        mismatched = _counts(self.mismatched)
        if mismatched:
            # A true x beside another x's code: teaches the discriminator to read the code at all.
            sides.append((real[0].detach(), *(t.roll(1, 0) for t in real[1:])))
        logits = self._judge(sides)
        loss = functional.softplus(-logits[0]).mean() + functional.softplus(logits[1]).mean()
        if mismatched:
            blind = getattr(self.discriminator, "blind", 0)
            loss = loss + self.mismatched * mismatched_loss(logits[2], blind)
        if self.r1:
            penalty = r1_penalty(logits[0], real[0])
            self.extras[f"{self.name} R1"] = penalty.detach()
            loss = loss + 0.5 * self.r1 * penalty
        return loss

    def generator_loss(self) -> Tensor:
        """How well the discriminator sees through the fake.

        The gradient flows through the fake only: the positive pair stays a fixed target (Appendix
        B.1).
        """
        sides = [self._blurred(self.fake)]
        if self.joint_batch and not self.norm_free:
            sides.insert(0, self._blurred(tuple(t.detach() for t in self.real)))
        logits = self._judge(sides)[-1]
        return self.weight * functional.softplus(-logits).mean()

    def _judge(self, sides: list[Side]) -> list[Tensor]:
        if self.norm_free and self.r1 and len(sides) > 1:
            # Only the real side is differentiated twice.
            return [*self._at_once(sides[:1]), *self._at_once(sides[1:])]
        if self.joint_batch or self.norm_free:
            return self._at_once(sides)
        return [logits for side in sides for logits in self._at_once([side])]

    def _at_once(self, sides: list[Side]) -> list[Tensor]:
        if len(sides) == 1:
            return [self.discriminator(*sides[0]).float()]
        stacked = [torch.cat(parts) for parts in zip(*sides, strict=True)]
        return list(self.discriminator(*stacked).float().split([len(side[0]) for side in sides]))

    def _blurred(self, side: Side) -> Side:
        """Instance noise on what is judged, never on what it is judged by."""
        if not _counts(self.instance_noise):
            return side
        return (instance_noise(side[0], self.instance_noise, self.rng), *side[1:])


def _counts(weight: float | Tensor) -> bool:
    return isinstance(weight, Tensor) or weight != 0


class GameMaker(Protocol):
    """Makes a game of its sides, with the settings that it knows."""

    def __call__(
        self, name: str, discriminator: nn.Module, judges: str, real: Side, fake: Side
    ) -> Game: ...


def autoencoding(
    source: Tensor,
    target: Tensor,
    forward: Map,
    inverse: Map | None,
    discriminators: Mapping[str, nn.Module],
    make_game: GameMaker = Game,
    ends: tuple[str, str] = ("data", "code"),
) -> tuple[list[Game], Tensor, Tensor | None]:
    """The paper in ten lines: a forward map, an inverse map, and a game at each end.

    source -> forward -> inverse. The pair discriminator tells (x, z^) from (x^, z^); the other one
    tells samples of the target from z^. A missing discriminator is a missing game: without
    `inverse` it is a GAN. `ends` names what source and target are: an FIAE starts from the code.
    Returns the games, z^ = forward(source) and x^ = inverse(z^).
    """
    mapped = forward(source)
    returned = inverse(mapped) if inverse is not None else None
    games = []
    if "reconstruction" in discriminators and returned is not None:
        pair = (source, mapped.detach()), (returned, mapped)
        games.append(make_game("reconstruction", discriminators["reconstruction"], ends[0], *pair))
    if "regularisation" in discriminators:
        sides = (target,), (mapped,)
        games.append(make_game("regularisation", discriminators["regularisation"], ends[1], *sides))
    return games, mapped, returned
