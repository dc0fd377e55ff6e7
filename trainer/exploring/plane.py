"""A plane through codes: where a code lies on it, and which code lies at a place. No torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trainer.messages import Floats


@dataclass(frozen=True, eq=False)
class Plane:
    """origin [K] and axes [2, K], orthonormal; share: of the codes' variance along each axis."""

    origin: Floats
    axes: Floats
    share: tuple[float, float]

    def coordinates(self, codes: Floats) -> Floats:
        """Where codes [..., K] lie, seen from straight above: [..., 2]."""
        return np.asarray((codes - self.origin) @ self.axes.T, np.float32)

    def codes(self, points: npt.ArrayLike) -> Floats:
        """The codes [..., K] at places [..., 2] of the plane."""
        return np.asarray(np.asarray(points, np.float32) @ self.axes + self.origin, np.float32)


def principal_plane(codes: Floats) -> Plane:
    """The plane of the two strongest principal directions of codes [N, K], strongest first.

    Of each direction, which has no sign, the largest entry is positive.
    """
    values = codes.astype(np.float64)
    origin = values.mean(0)
    centred = values - origin
    spread, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, :-3:-1].T
    largest = np.abs(axes).argmax(1)
    axes = axes * np.sign(axes[np.arange(2), largest])[:, None]
    shares = spread[:-3:-1].clip(0) / max(float(spread.clip(0).sum()), 1e-12)
    first, second = shares.tolist()
    return Plane(origin.astype(np.float32), axes.astype(np.float32), (first, second))


def aligned(plane: Plane, last: Plane | None) -> Plane:
    """The same plane with its axes named and turned as those of the last one, as far as can be.

    So a map that follows a training does not turn over when two directions change their order.
    """
    if last is None or last.axes.shape != plane.axes.shape:
        return plane
    axes, share = plane.axes, plane.share
    alike = axes @ last.axes.T
    if np.abs(alike[[0, 1], [1, 0]]).sum() > np.abs(alike[[0, 1], [0, 1]]).sum():
        axes, share, alike = axes[::-1], share[::-1], alike[::-1]
    signs = np.where(alike[[0, 1], [0, 1]] < 0, -1, 1).astype(np.float32)
    return Plane(plane.origin, axes * signs[:, None], (share[0], share[1]))


def nearest(codes: Floats, asked: Floats) -> npt.NDArray[np.int64]:
    """Of each code [M, K] that is asked for, which of the codes [N, K] is nearest."""
    found = [int(np.square(codes - code).sum(1).argmin()) for code in asked]
    return np.array(found, np.int64)
