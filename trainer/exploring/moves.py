"""Ways through codes and noise: straight, on the sphere, in a circle; and sums of codes."""

from __future__ import annotations

import torch
from torch import Tensor

_ALIKE = 1e-6  # rad: vectors nearer to each other than this, or to being opposite, span no plane


def straight(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """[K] to [K] in a straight line: [steps, K], the first and the last are the ends themselves."""
    share = _shares(steps)
    return _between((1 - share) * _exact(start) + share * _exact(end), start, end)


def slerp(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """[n] to [n] over the sphere, in equal angles: [steps, n], with both ends themselves.

    The radius goes straight from one's to the other's, so that where they have the same it is kept:
    noise between two draws is as long as draws are. Opposite vectors are joined by a half circle; a
    vector of no length, or a line in one dimension, by a straight line.
    """
    one, other = _exact(start), _exact(end)
    radius, last = one.norm(), other.norm()
    if len(one) < 2 or not radius or not last:
        return straight(start, end, steps)
    u, v = one / radius, other / last
    angle = 2 * torch.atan2((u - v).norm(), (u + v).norm())  # exact near 0 and near pi
    if angle < _ALIKE:
        return straight(start, end, steps)
    across = perpendicular(v, u) if torch.pi - angle > _ALIKE else perpendicular(_least(u), u)
    share = _shares(steps)
    directions = torch.cos(share * angle) * u + torch.sin(share * angle) * across
    return _between((radius + share * (last - radius)) * directions, start, end)


def circle(start: Tensor, towards: Tensor, steps: int) -> Tensor:
    """A closed loop through `start` [n] about the origin: [steps, n], the first is `start` itself.

    n(t) = r (cos t e1 + sin t e2), with r e1 = `start` and e2 the part of `towards` perpendicular
    to it. In one dimension, which has no circle, it goes through the origin and back.
    """
    one, turn = _exact(start), _turn(steps)
    across = perpendicular(_exact(towards), one)
    if len(one) > 1 and not across.any():
        across = perpendicular(_least(one), one)
    return _between(torch.cos(turn) * one + torch.sin(turn) * one.norm() * across, start)


def loop(start: Tensor, first: Tensor, second: Tensor, steps: int) -> Tensor:
    """A closed loop through `start` [K], an ellipse with the half axes `first` and `second`.

    Its middle lies at `start` + `first`.
    """
    turn = _turn(steps)
    way = (1 - torch.cos(turn)) * _exact(first) + torch.sin(turn) * _exact(second)
    return _between(_exact(start) + way, start)


def composed(a: Tensor, b: Tensor | None = None, c: Tensor | None = None) -> Tensor:
    """A, A - B and A - B + C [up to 3, K], as far as they are given."""
    sums = [a]
    if b is not None:
        sums.append(a - b)
        if c is not None:
            sums.append(a - b + c)
    return torch.stack(sums)


def perpendicular(vector: Tensor, to: Tensor) -> Tensor:
    """The direction of a vector's part that is perpendicular to another; 0 where there is none."""
    length = to.norm()
    unit = to / length if length else to
    rest = vector - (vector @ unit) * unit
    rest = rest - (rest @ unit) * unit  # again: of nearly parallel ones little is left to round
    size = rest.norm()
    return rest / size if size > 1e-12 * vector.norm() else torch.zeros_like(rest)


def _least(vector: Tensor) -> Tensor:
    """The axis that a direction has the least of."""
    axis = torch.zeros_like(vector)
    axis[vector.abs().argmin()] = 1
    return axis


def _exact(vector: Tensor) -> Tensor:
    """In the precision that the ways are computed in, where every computer has it."""
    return vector.cpu().double()


def _shares(steps: int) -> Tensor:
    """From 0 to 1 [steps, 1]."""
    return torch.linspace(0, 1, steps, dtype=torch.float64)[:, None]


def _turn(steps: int) -> Tensor:
    """Angles from 0 to just before a whole turn [steps, 1]."""
    return torch.arange(steps, dtype=torch.float64)[:, None] * (2 * torch.pi / steps)


def _between(way: Tensor, start: Tensor, end: Tensor | None = None) -> Tensor:
    """Of the kind of what it joins, whose ends it keeps to the last bit."""
    way = way.to(start)
    way[0] = start
    if end is not None:
        way[-1] = end
    return way
