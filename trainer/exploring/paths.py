"""Pictures along ways through codes and noise: see `questions.style`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from trainer.exploring.moves import circle, composed, loop, slerp, straight
from trainer.exploring.points import Point, drawn, points_of
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.style import (
    STEPS,
    Arithmetic,
    Composed,
    Frames,
    Interpolation,
    Walk,
    Way,
)
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, UserError

REACH = 1.0  # of a loop in the code: half its width, in deviations of the codes seen


@torch.inference_mode()
def interpolation(snapshot: Snapshot, question: Interpolation, told: Circumstances) -> Way:
    """From one tile to another; its ends are tiles, pixel for pixel."""
    one, other = _point(snapshot, question.start), _point(snapshot, question.end)
    given, noise = _still(one.given, STEPS), _still(one.noise, STEPS)
    if question.moves != "noise":
        if not one.has_code:
            raise UserError("What goes in is a picture: two of them do not blend into a third.")
        given = straight(one.given, other.given, STEPS)
    if question.moves != "code":
        noise = slerp(one.noise, other.noise, STEPS)
    return Way(snapshot.step, drawn(one, given, noise))


@torch.inference_mode()
def arithmetic(snapshot: Snapshot, question: Arithmetic, told: Circumstances) -> Composed:
    """Sums of codes, each drawn with the same noise."""
    points = [_point(snapshot, term) for term in question.terms]
    if not all(point.has_code for point in points):
        raise UserError("The code is a picture: pictures of edges have no sum that is one.")
    codes = composed(*(point.given for point in points))
    noise = _still(_point(snapshot, question.noise).noise, len(codes))
    return Composed(snapshot.step, codes.cpu().numpy(), drawn(points[0], codes, noise))


@torch.inference_mode()
def walk(snapshot: Snapshot, question: Walk, told: Circumstances) -> Frames:
    """A part of a loop, for each of the images."""
    probe, images = question.probe, question.probe.images
    points = [
        _point(snapshot, replace(probe, images=images[row : row + 1])) for row in range(len(images))
    ]
    part = slice(question.start, question.start + question.count)
    noise, moved = around(snapshot, points[0], probe.noise_seeds[0], question.frames)
    rows = []
    for done, point in enumerate(points):
        told.progress(done, len(points))
        rows.append(drawn(point, point.given + moved[part], noise[part]))
    return Frames(snapshot.step, question.start, np.stack(rows))


def around(snapshot: Snapshot, point: Point, seed: int, frames: int) -> tuple[Tensor, Tensor]:
    """The noise of each frame [frames, n], and how far the codes move.

    A circle towards the second draw by the same seed: every point of it is as likely as any draw
    is, and it comes by no other column. Without noise an ellipse along the two strongest directions
    of the code, by the codes' mean. Where there are no directions either it stands still.
    """
    if len(point.noise):
        rng = torch.Generator().manual_seed(seed)  # the next one is the next column's
        _, towards = (torch.randn(len(point.noise), generator=rng) for _ in range(2))
        still = torch.zeros(frames, *(1 for _ in point.given.shape))
        return circle(point.noise, towards, frames), still.to(point.given)
    known = snapshot.directions
    if not point.has_code or known is None or not len(known.code_axes):
        return _still(point.noise, frames), torch.zeros_like(_still(point.given, frames))
    first, second = REACH * known.code_axes[0], REACH * known.code_axes[:2][-1]
    if (point.given - known.code_mean) @ first > 0:
        first = -first
    rest = torch.zeros_like(point.given)
    return _still(point.noise, frames), loop(rest, first, second, frames)


def _point(snapshot: Snapshot, probe: Probe) -> Point:
    return points_of(snapshot, probe)[0]


def _still(vector: Tensor, steps: int) -> Tensor:
    """The same at every step."""
    return vector.expand(steps, *vector.shape)
