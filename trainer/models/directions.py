"""The ways in which a model's codes and noise vary: what the sliders move along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from trainer.data.distributions import Empirical
from trainer.models.base import Model
from trainer.models.fitting import Expected

LOOKED_AT = 512  # images whose codes are looked at
PICTURES = 128  # the same where the code is a picture, which costs more
KEPT = 16  # noise directions
CLOUD = 2000  # points of the data that a 2-D model is drawn beside


@dataclass(frozen=True, eq=False)
class Directions:
    """How the codes and the noise of a model vary.

    code_mean [K], code_std [K]: of the codes seen; code_axes [K, K]: principal directions, one a
    row, scaled to one standard deviation, largest first (none where the code is a picture);
    noise_axes [M, n]: orthonormal directions of strongest effect on the pixels; noise_spread [M]:
    their shares of the effect; mean_image [C, H, W]: the mean of what the tiles show.
    """

    code_mean: Tensor
    code_std: Tensor
    code_axes: Tensor
    noise_axes: Tensor
    noise_spread: Tensor
    mean_image: Tensor

    def tensors(self) -> dict[str, Tensor]:
        """By name, to be written into a file."""
        return dict(vars(self))


def expected_directions(model: Model) -> dict[str, Expected]:
    """What `find_directions` finds of a model, as a file has it."""
    recipe = model.recipe
    code = 0 if recipe.translates else recipe.model.code
    noise = model.eps.size if recipe.varies_code else model.noise.size or model.eps.size
    image = (recipe.channels, recipe.data.size, recipe.data.size)
    kept = min(KEPT, noise)
    shapes = ((code,), (code,), (code, code), (kept, noise), (kept,), image)
    names = (f"directions.{field.name}" for field in fields(Directions))
    return {name: Expected(shape) for name, shape in zip(names, shapes, strict=True)}


def read_directions(tensors: dict[str, Tensor], device: torch.device) -> Directions | None:
    """Directions out of the `directions.*` of a file. Raises KeyError where some are missing."""
    if "directions.code_mean" not in tensors:
        return None
    names = [field.name for field in fields(Directions)]
    return Directions(*(tensors[f"directions.{name}"].to(device) for name in names))


@torch.inference_mode()
def find_directions(model: Model, data: Empirical, seed: int = 0) -> Directions:
    """Principal directions of some codes, and the noise directions of strongest mean effect."""
    rng = torch.Generator(data.rows.device).manual_seed(seed)
    translates, varies_code = model.recipe.translates, model.recipe.varies_code
    x = data.sample(PICTURES if translates else LOOKED_AT, rng)
    eps = model.eps.sample(len(x), rng)
    codes = model.encode(x, eps)
    noise = model.noise.sample(len(x), rng)
    mean_image = codes.mean(0) if varies_code else model.decode(codes, noise).mean(0)
    if varies_code:
        axes, spread = _noise_directions(model.encode, x[:4], eps[:4])
    elif model.noise.size:
        axes, spread = _noise_directions(model.decode, codes[:4], noise[:4])
    elif model.eps.size:
        only = noise[:1].expand(eps.shape[1], -1)
        axes, spread = _noise_directions(
            lambda x, e: model.decode(model.encode(x, e), only), x[:4], eps[:4]
        )
    else:
        axes, spread = torch.zeros(0, 0), torch.zeros(0)
    if translates:
        codes = codes.new_zeros(len(x), 0)
    mean, std, code_axes = _code_directions(codes)
    return Directions(mean, std, code_axes, axes.to(codes.device), spread, mean_image)


def _code_directions(codes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    centred = codes - codes.mean(0)
    if not codes.shape[1]:
        return codes.mean(0), codes.mean(0), codes.new_zeros(0, 0)
    spread, axes = torch.linalg.eigh((centred.T @ centred / (len(codes) - 1)).cpu().double())
    axes = signed(axes.flip(1).T) * spread.flip(0).clamp_min(0).sqrt()[:, None]
    return codes.mean(0), centred.std(0), axes.float().to(codes.device)


def _noise_directions(
    drawn: Callable[[Tensor, Tensor], Tensor], inputs: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor]:
    """The leading eigenvectors of the mean of J^T J, and their shares.

    J is a map's slope by its noise at some inputs, taken by differences of one standard deviation
    to either side.
    """
    size = noise.shape[1]
    gram = torch.zeros(size, size, dtype=torch.float64)
    nudge = torch.eye(size, device=noise.device)
    for given, n in zip(inputs, noise, strict=True):
        both = given.expand(size, *given.shape)
        slope = (drawn(both, n + nudge) - drawn(both, n - nudge)).flatten(1) / 2
        gram += (slope @ slope.T).cpu().double()
    strength, vectors = torch.linalg.eigh(gram)
    strength = strength.flip(0).clamp_min(0)
    share = strength / strength.sum().clamp_min(1e-12)
    return signed(vectors.flip(1).T)[:KEPT].float().contiguous(), share[:KEPT].float()


def signed(axes: Tensor) -> Tensor:
    """Directions have no sign of their own: make the largest entry of each row positive."""
    largest = axes.abs().argmax(1, keepdim=True)
    return axes * axes.gather(1, largest).sign()
