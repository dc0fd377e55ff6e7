"""A frozen snapshot of a model, and what it answers to a `Probe`.

A rendering is a pure function of (weights, probe): eval mode, own random generators, and batches
of a fixed shape, so that an image gives the same pixels alone and among others.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.data.loading import load_data
from trainer.data.sets.points import nearest_place
from trainer.inference.directions import Directions, find_directions
from trainer.inference.pixels import to_pixels, to_tensor
from trainer.messages import Cloud, Clusters, Floats, ModelFacts, Pixels, Probe, Rendering
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.recipe.recipe import Recipe

CHUNK = 8  # images and codes go through at once, always: other batches would round differently
STYLES = 6  # noise vectors that every category is drawn with
CLOUD = 2000  # points


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
        return ModelFacts(
            recipe.name,
            self.step,
            recipe.image_shape,
            recipe.model.code,
            recipe.categorical,
            recipe.model.noise,
            self.model.eps.size,
            recipe.translates,
            share,
            reach,
        )


def publish(
    model: Model,
    step: int,
    device: torch.device,
    batches: TrainingBatches,
    known: Directions | None = None,
) -> Snapshot:
    """Copy a model's averaged weights into a snapshot. `known` directions are kept as they are."""
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    frozen.discriminators.clear()
    recipe = model.recipe
    if recipe.two_dimensional:
        return Snapshot(recipe, step, frozen, None, device, batches.data.rows[:CLOUD].cpu())
    return Snapshot(recipe, step, frozen, known or find_directions(frozen, batches.data), device)


def fresh_snapshot(recipe: Recipe, device: torch.device, root: Path | None = None) -> Snapshot:
    """The untrained model of a recipe: what its noise looks like before the first step."""
    model = build_model(recipe).to(device)
    if recipe.two_dimensional:
        return publish(model, 0, device, load_data(recipe, root).batches(recipe, device))
    model.discriminators.clear()
    return Snapshot(recipe, 0, model.eval().requires_grad_(False), None, device)


def column_noise(model: Model, seed: int) -> tuple[Tensor, Tensor]:
    """The noise vectors [n] and [eps] of one column: functions of its seed, on every device."""
    rng = torch.Generator().manual_seed(seed)
    return model.noise.sample(1, rng)[0], model.eps.sample(1, rng)[0]


@torch.inference_mode()
def render(
    snapshot: Snapshot, probe: Probe, ahead: Callable[[Rendering], None] | None = None
) -> Rendering:
    """Reconstruct each of the probe's images once with each of its noise vectors.

    `ahead` is told the first image's row alone as soon as it is there.
    """
    noise, eps = _probe_noise(snapshot, probe)
    rows = []
    for picture in probe.images:
        code = _edited(snapshot, probe, encode_image(snapshot, picture, eps))
        rows.append((code, decode_codes(snapshot, code, noise)))
        if ahead is not None and len(rows) == 1:
            ahead(_gathered(snapshot, probe, rows))
    return _gathered(snapshot, probe, rows)


def _gathered(snapshot: Snapshot, probe: Probe, rows: list[tuple[Tensor, Pixels]]) -> Rendering:
    """An answer of codes and of what was decoded of them, a row for each image so far."""
    tiles, codes, codes_seen, returns = [], [], [], []
    for code, back in rows:
        if not snapshot.recipe.translates:
            tiles.append(back)
            codes.append(code[0].cpu().numpy())
        elif snapshot.recipe.varies_code:
            tiles.append(to_pixels(code))
            returns.append(back)
        else:
            tiles.append(back)
            codes_seen.append(to_pixels(code[:1])[0])
    nothing = (0, len(probe.noise_seeds), *probe.images.shape[1:])
    pixels = np.stack(tiles) if tiles else np.empty(nothing, np.uint8)
    return Rendering(
        probe.stamp,
        snapshot.step,
        pixels,
        np.stack(codes)
        if codes
        else np.empty((len(tiles), snapshot.recipe.model.code), np.float32),
        _noise_share(snapshot, pixels),
        np.stack(codes_seen) if codes_seen else None,
        np.stack(returns) if returns else None,
    )


def encode_image(snapshot: Snapshot, picture: Pixels, eps: Tensor) -> Tensor:
    """The codes of one image uint8 [H, W, C], one for each noise vector of `eps` [D, eps].

    A deterministic encoder is asked once, with a batch of one.
    """
    x = to_tensor(picture[None]).to(snapshot.device)
    if not eps.shape[1]:
        code = snapshot.model.encode(x, eps[:1])
        return code.expand(len(eps), *code.shape[1:])
    parts = [snapshot.model.encode(x.expand(CHUNK, -1, -1, -1), part) for part in _chunks(eps)]
    return torch.cat(parts)[: len(eps)]


def decode_codes(snapshot: Snapshot, codes: Tensor, noise: Tensor) -> Pixels:
    """Codes [D, ...] with as many noise vectors [D, n]: uint8 [D, H, W, C]."""
    pairs = zip(_chunks(codes), _chunks(noise), strict=True)
    parts = [to_pixels(snapshot.model.decode(z, n)) for z, n in pairs]
    return np.concatenate(parts)[: len(codes)]


def _chunks(rows: Tensor) -> list[Tensor]:
    """Batches of exactly CHUNK rows; the first row fills up the last one."""
    padding = rows[:1].expand(-len(rows) % CHUNK, *[-1] * (rows.dim() - 1))
    return list(torch.cat([rows, padding]).split(CHUNK))


def _probe_noise(snapshot: Snapshot, probe: Probe) -> tuple[Tensor, Tensor]:
    """The decoder's noise [D, n] and the encoder's [D, eps] of the probe's columns."""
    model, known = snapshot.model, snapshot.directions
    columns = [column_noise(model, seed) for seed in probe.noise_seeds]
    noise, eps = (
        probe.noise_scale * torch.stack(vectors).to(snapshot.device)
        for vectors in zip(*columns, strict=True)
    )
    if model.noise.size and not snapshot.recipe.varies_code:
        return _moved(noise, probe, known), eps
    return noise, _moved(eps, probe, known)


def _moved(noise: Tensor, probe: Probe, known: Directions | None) -> Tensor:
    if known is None or not probe.noise_offsets or not len(known.noise_axes):
        return noise
    offsets = torch.tensor(probe.noise_offsets[: len(known.noise_axes)], device=noise.device)
    return noise + offsets @ known.noise_axes[: len(offsets)]


def _edited(snapshot: Snapshot, probe: Probe, codes: Tensor) -> Tensor:
    """Principal offsets move along the axes; raw ones by each dimension's deviation."""
    known = snapshot.directions
    if known is None or not any(probe.code_offsets) or not len(known.code_axes):
        return codes
    offsets = torch.tensor(probe.code_offsets[: codes.shape[1]], device=codes.device)
    if probe.raw_code:
        moved = codes.clone()
        moved[:, : len(offsets)] += offsets * known.code_std[: len(offsets)]
        return moved
    return codes + offsets @ known.code_axes[: len(offsets)]


def _noise_share(snapshot: Snapshot, tiles: Pixels) -> Floats:
    """Of each row's squared distance from the mean picture, the part that noise makes."""
    if not tiles.size or snapshot.directions is None or tiles.shape[1] < 2:
        return np.zeros(len(tiles), np.float32)
    values = tiles.astype(np.float32) / 255
    centre = to_pixels(snapshot.directions.mean_image[None])[0].astype(np.float32) / 255
    noise = values.var(1, ddof=1).sum((1, 2, 3))
    content = ((values.mean(1) - centre) ** 2).sum((1, 2, 3))
    share: Floats = (noise / np.maximum(noise + content, 1e-9)).astype(np.float32)
    return share


@torch.inference_mode()
def render_clusters(snapshot: Snapshot, probe: Probe) -> Clusters:
    """Every category with the probe's first noise vectors, one a row (Figure 6)."""
    noise, _ = _probe_noise(snapshot, probe)
    count = snapshot.recipe.model.code
    codes = torch.eye(count, device=snapshot.device)
    rows = [decode_codes(snapshot, codes, vector.expand(count, -1)) for vector in noise[:STYLES]]
    return Clusters(probe.stamp, snapshot.step, np.stack(rows))


@torch.inference_mode()
def sample_cloud(snapshot: Snapshot, stamp: int, seed: int, scale: float = 1.0) -> Cloud:
    """Two thousand points of a 2-D model beside as many of the data; a function of the seed."""
    rng = torch.Generator().manual_seed(seed)
    model, device = snapshot.model, snapshot.device
    z, n = model.prior.sample(CLOUD, rng), model.noise.sample(CLOUD, rng) * scale
    fake = model.decode(z.to(device), n.to(device)).cpu()
    assert snapshot.points is not None
    real = snapshot.points
    if snapshot.recipe.model.kind != "fiae":
        return Cloud(stamp, snapshot.step, real.numpy(), fake.numpy(), z.argmax(1).numpy())
    eps = model.eps.sample(len(real), rng) * scale
    codes = model.encode(real.to(device), eps.to(device)).cpu()
    return Cloud(
        stamp,
        snapshot.step,
        real.numpy(),
        fake.numpy(),
        nearest_place(fake).numpy(),
        codes.numpy(),
        z.numpy(),
        nearest_place(real).numpy(),
    )
