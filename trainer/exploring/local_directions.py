"""The directions that change one picture the most: singular vectors of its map's Jacobian there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.func import vjp

from trainer.exploring.points import points_of
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.directions import (
    HERE,
    MOST,
    RAW,
    Basis,
    Found,
    FoundDirections,
    WhichDirections,
)
from trainer.inference.pixels import to_tensor
from trainer.inference.render import probe_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe
from trainer.models.directions import signed

SPARE = 4  # more directions in the block than are wanted: it settles sooner
TURNS, SETTLED = 12, 2e-2
NOTHING = 1 / 2550  # of strength: no pixel becomes another within ten deviations

Pictures = Callable[[Tensor], Tensor]  # steps [N, d] -> pictures [N, ...], each of its own step


@dataclass(frozen=True, eq=False)
class Maps:
    """A picture as a function of a step of its code, and of its noise; None where neither moves it.

    Steps of the code are in deviations of the codes seen along `metric` [M, K], those of the noise
    in the prior's deviations.
    """

    code: Pictures | None
    metric: Tensor
    noise: Pictures | None
    noise_size: int


def find(
    snapshot: Snapshot, question: WhichDirections, circumstances: Circumstances
) -> FoundDirections:
    """The directions of the question's bases; none where a model has none."""
    maps = maps_of(snapshot, question.probe)
    code, noise = _code(snapshot, maps, question.code), _noise(snapshot, maps, question.noise)
    return FoundDirections(code, noise)


def _code(snapshot: Snapshot, maps: Maps, basis: Basis) -> Found:
    known = snapshot.directions
    if maps.code is None:
        return _found(maps.metric[:0], maps.metric.new_zeros(0))
    if basis == HERE:
        steps, strength = strongest(maps.code, len(maps.metric), maps.metric.device)
        return _found(signed(steps @ maps.metric) if len(steps) else steps, strength)
    if known is None:
        return _found(maps.metric[:0], maps.metric.new_zeros(0))
    spread = known.code_axes.square().sum(1)
    if basis == RAW:
        return _found(torch.diag(known.code_std), known.code_std)
    return _found(known.code_axes[:MOST], (spread / spread.sum().clamp_min(1e-12))[:MOST])


def _noise(snapshot: Snapshot, maps: Maps, basis: Basis) -> Found:
    known = snapshot.directions
    if maps.noise is None or (basis != HERE and known is None):
        return _found(maps.metric.new_zeros(0, maps.noise_size), maps.metric.new_zeros(0))
    if basis == HERE or known is None:
        guess = None if known is None else known.noise_axes
        steps, strength = strongest(maps.noise, maps.noise_size, maps.metric.device, guess)
        return _found(signed(steps) if len(steps) else steps, strength)
    return _found(known.noise_axes[:MOST], known.noise_spread[:MOST])


def _found(axes: Tensor, strength: Tensor) -> Found:
    return Found(*(each.cpu().numpy().astype(np.float32) for each in (axes, strength)))


def maps_of(snapshot: Snapshot, probe: Probe) -> Maps:
    """The maps that draw a probe's tile, at its own code and noise, whatever its offsets are."""
    recipe, model = snapshot.recipe, snapshot.model
    plain = replace(probe, code_offsets=(), noise_offsets=())
    point = points_of(snapshot, plain)[0]
    # Clones: what was made in inference mode cannot be differentiated.
    given, noise = point.given.clone(), point.noise.clone()
    moves = point.has_code and not recipe.categorical
    metric = _metric(snapshot, len(given)) if moves else noise.new_zeros(0, recipe.model.code)

    def of_code(step: Tensor) -> Tensor:
        return point.draw(given + step @ metric, noise.expand(len(step), -1))

    def of_noise(step: Tensor) -> Tensor:
        return point.draw(given.expand(len(step), *given.shape), noise + step)

    code = of_code if moves else None
    if len(noise):
        return Maps(code, metric, of_noise, len(noise))
    if model.eps.size:
        x = to_tensor(probe.images[:1]).to(snapshot.device)
        eps = probe_noise(snapshot, plain)[1][0].clone()

        def of_eps(step: Tensor) -> Tensor:
            codes = model.encode(x.expand(len(step), -1, -1, -1), eps + step)
            return model.decode(codes, noise.expand(len(step), -1))

        return Maps(code, metric, of_eps, len(eps))
    return Maps(code, metric, None, 0)


def _metric(snapshot: Snapshot, size: int) -> Tensor:
    known = snapshot.directions
    if known is not None and known.code_axes.shape[1:] == (size,):
        return known.code_axes
    return torch.eye(size, device=snapshot.device)


def strongest(
    pictures: Pictures, size: int, device: torch.device, guess: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The leading right singular vectors [M, size] of the map's slope at 0, and their strengths.

    By subspace iteration: a block of directions is pushed through the slope (jvp) and pulled back
    (vjp) until it settles; the slope itself is never written down. The block starts from `guess`
    [G, size], where there is one, and a seed: the same guess gives the same directions. What moves
    no pixel is left out.
    """
    block = min(size, MOST + SPARE)
    rng = torch.Generator().manual_seed(0)
    start = torch.randn(size, block, generator=rng, dtype=torch.float64)
    if guess is not None and guess.shape[1:] == (size,):
        known = _wide(guess[: max(block - SPARE, 0)]).T
        start = torch.cat([known, start[:, known.shape[1] :]], 1)
    basis, here = _orthonormal(start), torch.zeros(block, size, device=device)
    seen, back = _pulled(pictures, here)
    # The jvp, as the transpose of the vjp: the linear parts are kept, and a push costs half of what
    # `torch.func.jvp` does.
    _, forth = _pulled(back, torch.zeros_like(seen))
    before = torch.zeros(block, dtype=torch.float64)
    for _turn in range(TURNS):
        moved = forth(basis.to(device, torch.float32))
        left, strength, _ = torch.linalg.svd(_wide(moved.flatten(1)), full_matrices=False)
        settled = (strength - before).abs()[:MOST].max() <= SETTLED * strength[0]
        if block == size or settled or not strength.isfinite().all():
            break
        before = strength
        basis = _orthonormal(_wide(back(moved)).T)
    kept = int((strength[:MOST] > NOTHING).sum())
    return (left.T @ basis)[:kept].float().to(device), strength[:kept].float().to(device)


def _pulled(function: Pictures, at: Tensor) -> tuple[Tensor, Pictures]:
    """A function's value, and what pulls a change of the value back to one of its argument."""
    value, pull = vjp(function, at)[:2]
    return value, lambda change: pull(change)[0]


def _wide(values: Tensor) -> Tensor:
    """In double precision on the CPU, where small decompositions are quick and reproducible."""
    return values.detach().cpu().double().nan_to_num()


def _orthonormal(columns: Tensor) -> Tensor:
    """An orthonormal basis of the columns, one a row."""
    basis: Tensor = torch.linalg.qr(columns)[0]
    return basis.T.contiguous()
