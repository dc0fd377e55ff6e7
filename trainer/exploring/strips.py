"""Strips: one tile at a few offsets along each of some directions, as sliders would show it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.directions import STRIP, Strips, WhichStrips
from trainer.inference.pixels import to_pixels
from trainer.inference.render import decode_codes, edited_code, encode_image, probe_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import Pixels, Probe


@torch.inference_mode()
def draw_strips(snapshot: Snapshot, question: WhichStrips, circumstances: Circumstances) -> Strips:
    """The tile at each offset of each direction; its other offsets stay as they are.

    Pixel for pixel what a rendering of the same probe with that offset gives.
    """
    probe = question.probe
    of_code = [
        replace(probe, code_offsets=_along(probe.code_offsets, k, at))
        for k in question.code
        for at in STRIP
    ]
    of_noise = [
        replace(probe, noise_offsets=_along(probe.noise_offsets, k, at))
        for k in question.noise
        for at in STRIP
    ]
    pictures = _tiles(snapshot, [*of_code, *of_noise], probe.images[0])
    rows = pictures.reshape(-1, len(STRIP), *pictures.shape[1:])
    return Strips(rows[: len(question.code)], rows[len(question.code) :])


def _along(offsets: tuple[float, ...], direction: int, offset: float) -> tuple[float, ...]:
    """The same with another offset along one direction."""
    others = [*offsets, *[0.0] * (direction + 1 - len(offsets))]
    others[direction] = offset
    return tuple(others)


def _tiles(snapshot: Snapshot, probes: list[Probe], picture: Pixels) -> Pixels:
    """The first tile of each probe uint8 [N, H, W, C], all of the same picture."""
    if not probes:
        return np.empty((0, *picture.shape), np.uint8)
    pairs = [probe_noise(snapshot, probe) for probe in probes]
    noise, eps = (torch.cat([each[:1] for each in side]) for side in zip(*pairs, strict=True))
    codes = encode_image(snapshot, picture, eps)
    if snapshot.recipe.varies_code:
        return to_pixels(codes)
    edited = [edited_code(snapshot, probe, codes[k : k + 1]) for k, probe in enumerate(probes)]
    return decode_codes(snapshot, torch.cat(edited), noise)
