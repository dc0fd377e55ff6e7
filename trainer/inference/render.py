"""What a snapshot of a model answers to a `Probe`.

A rendering is a pure function of (weights, probe): eval mode, own random generators, and batches
of a fixed shape, so that an image gives the same pixels alone and among others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from trainer.data.drawing.points import nearest_place
from trainer.inference.noise_share import noise_share
from trainer.inference.pixels import to_pixels, to_tensor
from trainer.inference.snapshot import Snapshot
from trainer.messages import Cloud, Clusters, Floats, Pixels, Probe, Rendering
from trainer.models.base import Model
from trainer.models.directions import CLOUD, Directions
from trainer.recipe.specs import MODELS

CHUNK = 8  # images and codes go through at once, always: other batches would round differently
STYLES = 6  # noise vectors that every category is drawn with


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
    noise, eps = probe_noise(snapshot, probe)
    rows = []
    for picture in probe.images:
        code = edited_code(snapshot, probe, encode_image(snapshot, picture, eps))
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
            codes.append(code[0])
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
        torch.stack(codes).cpu().numpy()
        if codes
        else np.empty((len(tiles), snapshot.recipe.model.code), np.float32),
        _noise_shares(snapshot, pixels),
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
    parts = [snapshot.model.encode(x.expand(CHUNK, -1, -1, -1), part) for part in chunks(eps)]
    return torch.cat(parts)[: len(eps)]


def decode_codes(snapshot: Snapshot, codes: Tensor, noise: Tensor) -> Pixels:
    """Codes [D, ...] with as many noise vectors [D, n]: uint8 [D, H, W, C]."""
    pairs = zip(chunks(codes), chunks(noise), strict=True)
    parts = [to_pixels(snapshot.model.decode(z, n)) for z, n in pairs]
    return np.concatenate(parts)[: len(codes)]


def chunks(rows: Tensor) -> list[Tensor]:
    """Batches of exactly CHUNK rows; the first row fills up the last one."""
    padding = rows[:1].expand(-len(rows) % CHUNK, *[-1] * (rows.dim() - 1))
    return list(torch.cat([rows, padding]).split(CHUNK))


def probe_noise(snapshot: Snapshot, probe: Probe) -> tuple[Tensor, Tensor]:
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
    axes = _axes(probe.noise_axes, None if known is None else known.noise_axes, noise)
    if axes is None or not probe.noise_offsets:
        return noise
    offsets = torch.tensor(probe.noise_offsets[: len(axes)], device=noise.device)
    return noise + offsets @ axes[: len(offsets)]


def _axes(given: Floats | None, known: Tensor | None, moved: Tensor) -> Tensor | None:
    """The directions to move along: the probe's own, else those known; None where none fit."""
    axes = known if given is None else torch.from_numpy(given).to(moved.device)
    return axes if axes is not None and len(axes) and axes.shape[1:] == moved.shape[1:] else None


def edited_code(snapshot: Snapshot, probe: Probe, codes: Tensor) -> Tensor:
    """Principal offsets move along the axes; raw ones by each dimension's deviation."""
    known = snapshot.directions
    axes = _axes(probe.code_axes, None if known is None else known.code_axes, codes)
    if axes is None or not any(probe.code_offsets):
        return codes
    if probe.raw_code and known is not None and probe.code_axes is None:
        axes = torch.diag(known.code_std)
    offsets = torch.tensor(probe.code_offsets[: len(axes)], device=codes.device)
    return codes + offsets @ axes[: len(offsets)]


def _noise_shares(snapshot: Snapshot, tiles: Pixels) -> Floats:
    """Of each row's squared distance from the mean image, the part that noise makes."""
    if not tiles.size or snapshot.directions is None or tiles.shape[1] < 2:
        return np.zeros(len(tiles), np.float32)
    values = tiles.astype(np.float32) / 255
    centre = to_pixels(snapshot.directions.mean_image[None])[0].astype(np.float32) / 255
    within = values.var(1, ddof=1).sum((1, 2, 3))
    of_means = ((values.mean(1) - centre) ** 2).sum((1, 2, 3))
    return noise_share(within, of_means, tiles.shape[1]).astype(np.float32)


@torch.inference_mode()
def render_clusters(snapshot: Snapshot, probe: Probe) -> Clusters:
    """Every category with the probe's first noise vectors, one a row (Figure 6)."""
    noise, _ = probe_noise(snapshot, probe)
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
    spec = MODELS[snapshot.recipe.model.kind]
    if spec.source != "code" or not spec.inverse:
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
