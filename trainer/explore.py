"""A frozen snapshot of a model, and what it answers to a `Probe`.

A rendering is a pure function of (weights, probe): eval mode, own random generators, and batches
of a fixed shape, so that an image gives the same pixels alone and among others.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data import load_data
from trainer.messages import Cloud, Floats, ModelFacts, Pixels, Probe, Rendering
from trainer.models import Model, build_model
from trainer.pixels import to_pixels, to_tensor
from trainer.recipes import Recipe
from trainer.spaces import Empirical

CHUNK = 8  # codes decoded at once, always: another batch size would round differently


@dataclass(frozen=True, eq=False)
class Directions:
    """The ways in which a model's codes and noise vary.

    code_mean [K], code_std [K] of the codes seen; code_axes [K, K]: principal directions, one a
    row, scaled to one standard deviation, largest first; noise_axes [M, n]: orthonormal
    directions of strongest effect on the pixels; mean_image [C, H, W]: the mean reconstruction.
    """

    code_mean: Tensor
    code_std: Tensor
    code_axes: Tensor
    noise_axes: Tensor
    noise_spread: Tensor
    mean_image: Tensor

    def tensors(self) -> dict[str, Tensor]:
        return dict(vars(self))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Averaged weights with their batch-norm statistics, in eval mode; never changed again."""

    recipe: Recipe
    step: int
    model: Model
    directions: Directions | None
    device: torch.device
    points: Tensor | None = None  # [M, 2]: what a 2-D model is drawn beside

    def facts(self) -> ModelFacts:
        recipe, known = self.recipe, self.directions
        share: tuple[float, ...] = ()
        reach: tuple[float, ...] = ()
        if known is not None:
            spread = known.code_axes.square().sum(1)
            share = tuple((spread / spread.sum().clamp_min(1e-12)).tolist())
            reach = tuple(known.noise_spread.tolist())
        shape = None if recipe.two_dimensional else (28, 28, 1)
        categorical = recipe.code_kind == "categorical"
        return ModelFacts(
            recipe.name, self.step, shape, recipe.code, categorical, recipe.noise, share, reach
        )


def publish(
    model: Model, step: int, device: torch.device, data: Empirical, known: Directions | None = None
) -> Snapshot:
    """Copy a model's averaged weights into a snapshot. `known` directions are kept as they are."""
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    frozen.critics.clear()
    recipe = model.recipe
    if recipe.two_dimensional:
        return Snapshot(recipe, step, frozen, None, device, data.rows[:2000].cpu())
    return Snapshot(recipe, step, frozen, known or find_directions(frozen, data), device)


def fresh_snapshot(recipe: Recipe, device: torch.device, root: Path | None = None) -> Snapshot:
    """The untrained model of a recipe: what its noise looks like before the first step."""
    model = build_model(recipe).to(device)
    if recipe.two_dimensional:
        return publish(model, 0, device, load_data(recipe.data, root).source(device))
    model.critics.clear()
    return Snapshot(recipe, 0, model.eval().requires_grad_(False), None, device)


@torch.inference_mode()
def find_directions(model: Model, data: Empirical, seed: int = 0) -> Directions:
    """Principal directions of 512 codes, and the noise directions of strongest mean effect.

    The latter are the leading eigenvectors of the mean of J^T J, J the decoder's slope by its
    noise at four codes, taken by differences of one standard deviation to either side.
    """
    rng = torch.Generator(data.rows.device).manual_seed(seed)
    x = data.sample(512, rng)
    codes = model.encode(x, model.eps.sample(len(x), rng))
    noise = model.noise.sample(len(x), rng)
    mean_image = model.decode(codes, noise).mean(0)
    centred = codes - codes.mean(0)
    spread, axes = torch.linalg.eigh((centred.T @ centred / (len(x) - 1)).cpu().double())
    axes = _signed(axes.flip(1).T) * spread.flip(0).clamp_min(0).sqrt()[:, None]
    noise_axes, noise_spread = _noise_directions(model, codes[:4], noise[:4])
    return Directions(
        codes.mean(0),
        centred.std(0),
        axes.float().to(codes.device),
        noise_axes.to(codes.device),
        noise_spread,
        mean_image,
    )


def _noise_directions(model: Model, codes: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    size = noise.shape[1]
    if not size:
        return torch.zeros(0, 0), torch.zeros(0)
    gram = torch.zeros(size, size, dtype=torch.float64)
    nudge = torch.eye(size, device=noise.device)
    for z, n in zip(codes, noise, strict=True):
        z = z.expand(size, -1)
        slope = (model.decode(z, n + nudge) - model.decode(z, n - nudge)).flatten(1) / 2
        gram += (slope @ slope.T).cpu().double()
    strength, vectors = torch.linalg.eigh(gram)
    strength = strength.flip(0).clamp_min(0)
    share = strength / strength.sum().clamp_min(1e-12)
    return _signed(vectors.flip(1).T)[:16].float().contiguous(), share[:16].float()


def _signed(axes: Tensor) -> Tensor:
    """Eigenvectors have no sign; make the largest entry of each row positive."""
    largest = axes.abs().argmax(1, keepdim=True)
    return axes * axes.gather(1, largest).sign()


def column_noise(model: Model, seed: int) -> Tensor:
    """The noise vector [n] of one column: a function of its seed alone, on every device."""
    return model.noise.sample(1, torch.Generator().manual_seed(seed))[0]


@torch.inference_mode()
def render(snapshot: Snapshot, probe: Probe) -> Rendering:
    """Reconstruct each of the probe's images once with each of its noise vectors."""
    columns = _probe_noise(snapshot, probe)
    tiles, codes = [], []
    for picture in probe.images:
        code = _edited(snapshot, probe, encode_image(snapshot, picture))
        tiles.append(decode_code(snapshot, code, columns))
        codes.append(code.cpu().numpy())
    shape = probe.images.shape
    pixels = np.stack(tiles) if tiles else np.empty((0, len(columns), *shape[1:]), np.uint8)
    return Rendering(
        probe.stamp,
        snapshot.step,
        pixels,
        np.stack(codes) if codes else np.empty((0, snapshot.recipe.code), np.float32),
        _noise_share(snapshot, pixels),
    )


def encode_image(snapshot: Snapshot, picture: Pixels) -> Tensor:
    """The code [K] of one image uint8 [H, W, C], encoded alone; the encoder's noise is seed 0's."""
    x = to_tensor(picture[None]).to(snapshot.device)
    eps = snapshot.model.eps.sample(1, torch.Generator().manual_seed(0)).to(snapshot.device)
    return snapshot.model.encode(x, eps)[0]


def decode_code(snapshot: Snapshot, code: Tensor, columns: Tensor) -> Pixels:
    """One code [K] with each noise vector of `columns` [D, n]: uint8 [D, H, W, C]."""
    count = len(columns)
    padded = torch.cat([columns, columns[:1].expand(-count % CHUNK, -1)])
    z = code.expand(CHUNK, -1)
    parts = [to_pixels(snapshot.model.decode(z, n)) for n in torch.split(padded, CHUNK)]
    return np.concatenate(parts)[:count]


def _probe_noise(snapshot: Snapshot, probe: Probe) -> Tensor:
    columns = torch.stack([column_noise(snapshot.model, seed) for seed in probe.noise_seeds])
    columns = columns.to(snapshot.device) * probe.noise_scale
    known = snapshot.directions
    if known is not None and probe.noise_offsets and len(known.noise_axes):
        offsets = torch.tensor(probe.noise_offsets[: len(known.noise_axes)], device=columns.device)
        columns = columns + offsets @ known.noise_axes[: len(offsets)]
    return columns


def _edited(snapshot: Snapshot, probe: Probe, code: Tensor) -> Tensor:
    """Principal offsets move along the axes; raw ones by each dimension's deviation."""
    known = snapshot.directions
    if known is None or not any(probe.code_offsets):
        return code
    offsets = torch.tensor(probe.code_offsets[: len(code)], device=code.device)
    if probe.raw_code:
        moved = code.clone()
        moved[: len(offsets)] += offsets * known.code_std[: len(offsets)]
        return moved
    return code + offsets @ known.code_axes[: len(offsets)]


def _noise_share(snapshot: Snapshot, tiles: Pixels) -> Floats:
    """Of each row's squared distance from the mean reconstruction, the part that noise makes."""
    if not tiles.size or snapshot.directions is None or tiles.shape[1] < 2:
        return np.zeros(len(tiles), np.float32)
    values = tiles.astype(np.float32) / 255
    centre = to_pixels(snapshot.directions.mean_image[None])[0].astype(np.float32) / 255
    noise = values.var(1, ddof=1).sum((1, 2, 3))
    content = ((values.mean(1) - centre) ** 2).sum((1, 2, 3))
    share: Floats = (noise / np.maximum(noise + content, 1e-9)).astype(np.float32)
    return share


@torch.inference_mode()
def sample_cloud(snapshot: Snapshot, stamp: int, seed: int, scale: float = 1.0) -> Cloud:
    """Two thousand points of a 2-D model beside as many of the data; a function of the seed."""
    rng = torch.Generator().manual_seed(seed)
    model = snapshot.model
    z, n = model.prior.sample(2000, rng), model.noise.sample(2000, rng) * scale
    fake = model.decode(z.to(snapshot.device), n.to(snapshot.device)).cpu().numpy()
    assert snapshot.points is not None
    component = z.argmax(1).numpy()
    return Cloud(stamp, snapshot.step, snapshot.points.numpy(), fake, component)
