"""Which weights a keyframe, or a moment of a training, is drawn with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from trainer.films.scene import Keyframe, Scene
from trainer.inference.model_files import load_snapshot
from trainer.inference.snapshot import Snapshot
from trainer.inference.snapshot_cache import LATELY
from trainer.messages import UserError
from trainer.storage.files import is_missing
from trainer.storage.snapshots import Moment, moments_in, nearest, one_a_step

SEVERAL = "The keyframes are of several models: a film is of one, or of moments of one run."


def weights_of(scene: Scene) -> Snapshot:
    """The film's own."""
    assert isinstance(scene.weights, Snapshot)
    return scene.weights


def snapshot_of(frame: Keyframe, own: Snapshot, root: Path | None) -> Snapshot:
    """The weights of a keyframe. Raises UserError where they cannot be read."""
    if isinstance(frame.weights, Snapshot):
        return frame.weights
    if frame.model is None:
        return own
    if frame.step is None or not frame.model.is_dir():
        return LATELY.snapshot(frame.model, own.device, root)
    wanted = frame.step
    moment = nearest(moments_in(frame.model), wanted)
    if moment is not None and moment.step == wanted:
        return at_moment(moment, own.device, root)
    newest = load_snapshot(frame.model, own.device, root)
    if moment is None or abs(newest.step - wanted) <= abs(moment.step - wanted):
        return newest
    return at_moment(moment, own.device, root)


def at_moment(moment: Moment, device: torch.device, root: Path | None) -> Snapshot:
    """The weights of a moment; where that was thinned out by now, of the nearest that is kept."""
    try:
        return LATELY.snapshot(moment.path, device, root)
    except UserError:
        left = nearest(moments_in(moment.path.parent.parent), moment.step)
        if not is_missing(moment.path) or left is None:
            raise
    return LATELY.snapshot(left.path, device, root)


@dataclass(frozen=True)
class Between:
    """The weights on the way from one keyframe's to another's, of the same run."""

    start: Snapshot
    end: Snapshot
    moments: Sequence[Moment]  # between the two, in the order of the way
    root: Path | None

    def at(self, share: float) -> Snapshot:
        """Those nearest to so much of the way, on the logarithmic scale that moments have."""
        if self.start is self.end or self.start.step == self.end.step:
            return self.start if share < 1 else self.end
        steps = [self.start.step, *(moment.step for moment in self.moments), self.end.step]
        first, last = math.log1p(steps[0]), math.log1p(steps[-1])
        wanted = first + share * (last - first)
        place = min(range(len(steps)), key=lambda k: abs(math.log1p(steps[k]) - wanted))
        if place == 0:
            return self.start
        if place == len(steps) - 1:
            return self.end
        return at_moment(self.moments[place - 1], self.start.device, self.root)


def between(start: Snapshot, end: Snapshot, run: Path | None, root: Path | None) -> Between:
    """The way from some weights of a run to others."""
    low, high = sorted((start.step, end.step))
    known = one_a_step(moments_in(run)) if run is not None and low < high else ()
    inside = [moment for moment in known if low < moment.step < high]
    return Between(start, end, inside if start.step < end.step else inside[::-1], root)
