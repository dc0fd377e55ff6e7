"""Drawing the way from keyframe to keyframe."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.exploring.moves import slerp, straight
from trainer.exploring.points import Point, drawn, points_of
from trainer.films.picture import Picture
from trainer.films.plan import Shot
from trainer.films.scene import Keyframe, Keyframes, Scene, Walk, run_of
from trainer.films.weights import SEVERAL, between, snapshot_of, weights_of
from trainer.inference.render import probe_noise, render
from trainer.inference.snapshot import Snapshot
from trainer.messages import Pixels, Probe, UserError

_HELD = 4  # keyframes whose points are held, each with some weights

Row = tuple[list[Point], Tensor]  # the points of an image, and their noise without offsets [D, n]


def keyframes_of(walk: Walk) -> Keyframes:
    """The stations of a walk."""
    probe = walk.probe
    if walk.through == "noise":
        each = [replace(probe, noise_seeds=(seed,)) for seed in probe.noise_seeds]
    else:
        each = [replace(probe, images=probe.images[k : k + 1]) for k in range(len(probe.images))]
    return Keyframes(tuple(map(Keyframe, each)), walk.closed)


class StationDrawer:
    """Draws what lies between keyframes; at each it is what the model answers to its probe."""

    def __init__(self, scene: Scene, story: Keyframes, check: Callable[[], object]) -> None:
        own, self._root, self._check = weights_of(scene), scene.root, check
        self._frames = _of_one_size(story.stations)
        self._weights = [snapshot_of(frame, own, scene.root) for frame in self._frames]
        self._run = _one_model(self._frames, self._weights)
        self._held: OrderedDict[tuple[int, int], list[Row]] = OrderedDict()

    def draw(self, shot: Shot) -> Picture:
        """The picture of a shot."""
        first = shot.number
        if not shot.part:
            snapshot = self._weights[first]
            rendering = render(snapshot, self._frames[first].probe)
            return Picture(_side_by_side(rendering.tiles), snapshot.step)
        second = (first + 1) % len(self._frames)
        ends = self._weights[first], self._weights[second]
        snapshot = between(*ends, self._run, self._root).at(shot.share)
        rows = []
        for one, other in zip(
            self._rows(snapshot, first), self._rows(snapshot, second), strict=True
        ):
            self._check()
            rows.append(_on_the_way(one, other, shot))
        return Picture(_side_by_side(np.stack(rows)), snapshot.step)

    def _rows(self, snapshot: Snapshot, number: int) -> list[Row]:
        """The points of a keyframe's images, by some weights."""
        key = (id(snapshot), number)
        if key not in self._held:
            self._held[key] = _rows_of(snapshot, self._frames[number].probe)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]


def _side_by_side(tiles: Pixels) -> Pixels:
    """A single column lies down: films are wider than high."""
    return tiles.swapaxes(0, 1) if tiles.shape[1] == 1 else tiles


@torch.inference_mode()
def _rows_of(snapshot: Snapshot, probe: Probe) -> list[Row]:
    noise, eps = probe_noise(snapshot, replace(probe, noise_offsets=()))
    base = eps if snapshot.recipe.varies_code else noise
    each = [replace(probe, images=probe.images[k : k + 1]) for k in range(len(probe.images))]
    return [(points_of(snapshot, one), base) for one in each]


@torch.inference_mode()
def _on_the_way(one: Row, other: Row, shot: Shot) -> Pixels:
    """A row's tiles [D, H, W, C] between two keyframes."""
    given, noise = [], []
    for start, end, base, last in zip(one[0], other[0], one[1], other[1], strict=True):
        given.append(_given(start, end, shot))
        way = slerp(base, last, shot.parts + 1)[shot.part]
        moved = straight(start.noise - base, end.noise - last, shot.parts + 1)[shot.part]
        noise.append(way + moved)
    return drawn(one[0][0], torch.stack(given), torch.stack(noise))


def _given(start: Point, end: Point, shot: Shot) -> Tensor:
    """A code goes straight; pictures do not blend: half way one takes the other's place."""
    if start.has_code:
        return straight(start.given, end.given, shot.parts + 1)[shot.part]
    return start.given if shot.share < 0.5 else end.given


def _of_one_size(frames: tuple[Keyframe, ...]) -> list[Keyframe]:
    """As many rows and columns of each as all have."""
    if len({frame.probe.images.shape[1:] for frame in frames}) > 1:
        raise UserError(SEVERAL)
    rows = min(len(frame.probe.images) for frame in frames)
    columns = min(len(frame.probe.noise_seeds) for frame in frames)
    return [
        replace(
            frame,
            probe=replace(
                frame.probe,
                images=frame.probe.images[:rows],
                noise_seeds=frame.probe.noise_seeds[:columns],
            ),
        )
        for frame in frames
    ]


def _one_model(frames: list[Keyframe], weights: list[Snapshot]) -> Path | None:
    """The run, or model, that all keyframes are of."""
    if len({id(snapshot) for snapshot in weights}) > 1:
        models = {run_of(frame.model) for frame in frames}
        alike = {(known.recipe.name, str(known.recipe.model)) for known in weights}
        if len(models) > 1 or len(alike) > 1:
            raise UserError(SEVERAL)
    return run_of(frames[0].model)
