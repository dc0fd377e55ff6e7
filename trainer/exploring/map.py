"""Answers about the map of codes: where images lie, and what lies between them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from trainer.exploring.codes import codes_of, noise_of
from trainer.exploring.map_images import FEWEST, map_images
from trainer.exploring.plane import principal_plane
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.map import (
    DRAWS,
    CodeMap,
    DecodePlane,
    MapCodes,
    NoiseShares,
    Place,
)
from trainer.inference.noise_share import noise_share
from trainer.inference.pixels import to_pixels, to_tensor
from trainer.inference.render import CHUNK, chunks, column_noise, probe_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import Floats, Pixels, column_seeds

VARIED = 4  # draws that tell how much of a picture is noise
SHARED = 32  # pictures whose shares are told at once


def map_codes(snapshot: Snapshot, question: MapCodes, told: Circumstances) -> CodeMap:
    """The codes of test images, and the plane through them.

    Raises UserError where no images are at hand, and what `told.progress` raises.
    """
    recipe = snapshot.recipe
    images = map_images(recipe, question.count, told)
    eps = noise_of(snapshot, len(images.pictures))
    codes = codes_of(snapshot, images.pictures, eps, told.progress)
    clusters = codes.argmax(1) if recipe.categorical else None
    enough = codes.shape[1] >= 2 and len(codes) >= FEWEST
    plane = principal_plane(codes) if enough else None
    return CodeMap(snapshot.step, images, codes, clusters, not recipe.translates, plane)


def place(snapshot: Snapshot, question: Place, told: Circumstances) -> Floats:
    """The codes of images, several draws of each where the encoder is stochastic."""
    model, count = snapshot.model, len(question.pictures)
    draws = DRAWS if model.eps.size else 1
    eps = model.eps.sample(draws, torch.Generator().manual_seed(1)).repeat(count, 1)
    pictures = np.repeat(question.pictures, draws, 0)
    codes = codes_of(snapshot, pictures, eps, told.progress)
    return codes.reshape(count, draws, codes.shape[1])


@torch.inference_mode()
def decode_plane(snapshot: Snapshot, question: DecodePlane, told: Circumstances) -> Pixels:
    """What lies at places of a plane [N, H, W, C], all with the noise of the probe's column.

    In batches of a fixed shape: a place looks the same alone and among others.
    """
    codes = torch.from_numpy(question.plane.codes(question.points)).to(snapshot.device)
    noise, _ = probe_noise(snapshot, question.probe)
    shared = noise[:1].expand(CHUNK, -1)
    parts = []
    for done, part in enumerate(chunks(codes)):
        told.progress(min(done * CHUNK, len(codes)), len(codes))
        parts.append(to_pixels(snapshot.model.decode(part, shared)))
    return np.concatenate(parts)[: len(codes)]


@torch.inference_mode()
def noise_shares(snapshot: Snapshot, question: NoiseShares, told: Circumstances) -> Floats:
    """For each image the share of the noise in what is drawn of it, by a few draws."""
    pictures = question.images.pictures
    centre = _mean_image(snapshot, pictures)
    shares = []
    for first in range(0, len(pictures), SHARED):
        told.progress(first, len(pictures))
        drawn = _draws(snapshot, to_tensor(pictures[first : first + SHARED]).to(snapshot.device))
        within = drawn.var(1).sum((1, 2, 3))
        of_means = (drawn.mean(1) - centre).square().sum((1, 2, 3))
        shares.append(noise_share(within.cpu().numpy(), of_means.cpu().numpy(), VARIED))
    return np.concatenate(shares).astype(np.float32)


def _mean_image(snapshot: Snapshot, pictures: Pixels) -> Tensor:
    known = snapshot.directions
    mean = to_tensor(pictures).mean(0) if known is None else known.mean_image
    return mean.to(snapshot.device)


def _draws(snapshot: Snapshot, x: Tensor) -> Tensor:
    """Some draws of each image: [N, VARIED, C, H, W], with the same few noise vectors."""
    model = snapshot.model
    columns = [column_noise(model, seed) for seed in column_seeds(0, VARIED)]
    pairs = zip(*columns, strict=True)
    noise, eps = (torch.stack(vectors).to(x.device).repeat(len(x), 1) for vectors in pairs)
    each = x.repeat_interleave(VARIED, 0)
    codes = model.encode(each, eps)
    drawn = codes if snapshot.recipe.varies_code else model.decode(codes, noise)
    return drawn.reshape(len(x), VARIED, *drawn.shape[1:])
