"""Where the noise acts: how much each pixel of a picture varies over many draws."""

from __future__ import annotations

from dataclasses import replace

import torch

from trainer.exploring.points import points_of
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.pictures import Spread, WhereNoiseActs
from trainer.inference.pixels import to_pixels
from trainer.inference.render import CHUNK
from trainer.inference.snapshot import Snapshot
from trainer.messages import column_seeds


@torch.inference_mode()
def where_noise_acts(snapshot: Snapshot, question: WhereNoiseActs, told: Circumstances) -> Spread:
    """Draw the picture with as many noise vectors of the probe's seed, and see how it varies."""
    first = question.probe.noise_seeds[0] // 1000  # see column_seeds
    seeds = column_seeds(first, question.draws)
    points = points_of(snapshot, replace(question.probe, noise_seeds=seeds))
    drawn = []
    for start in range(0, len(points), CHUNK):
        told.progress(start, len(points))
        part = points[start : start + CHUNK]
        given = torch.stack([point.given for point in part])
        noise = torch.stack([point.noise for point in part])
        # In double precision on the CPU: Apple's GPUs have none.
        drawn.append(part[0].draw(given, noise).clamp(0, 1).cpu().double())
    pictures = torch.cat(drawn)
    spread = pictures.var(0, correction=1).mean(0).sqrt()
    mean = to_pixels(pictures.mean(0, keepdim=True).float())[0]
    return Spread(snapshot.step, spread.float().numpy(), mean, len(points))
