"""The frames of a film, one after the other: pure functions of weights, question and time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import torch

from trainer.data.progress import OnProgress, unheard
from trainer.exploring.paths import around
from trainer.exploring.points import drawn, points_of
from trainer.films.page import page
from trainer.films.picture import Picture
from trainer.films.plan import Shot, shots_of
from trainer.films.scene import Keyframes, Loop, Scene, Through, Training, Walk
from trainer.films.stations import StationDrawer, keyframes_of
from trainer.films.weights import at_moment, weights_of
from trainer.inference.pixels import to_pixels
from trainer.inference.render import render
from trainer.inference.snapshot import Snapshot
from trainer.messages import Pixels, Probe, UserError
from trainer.recipe.recipe import Recipe
from trainer.reporting.figures import points_page

POINTS = "Of points there is a film of the training alone."
NO_WAY = "There is nothing to go along: no noise, and a code without directions."
NO_IMAGES = "There is nothing to film yet: open an image first."


def frames(
    scene: Scene, shots: Sequence[Shot] | None = None, progress: OnProgress = unheard
) -> Iterator[Pixels]:
    """Each shot's picture, uint8 [H, W, C], all of one size; of all shots, or of these.

    `progress(done, in all)` is called often; what it raises ends the film. Raises UserError.
    """
    wanted = shots_of(scene) if shots is None else shots
    done = 0

    def check() -> None:
        progress(done, len(wanted))

    drawer = _drawer(scene, check)
    for shot in wanted:
        check()
        yield page(drawer.draw(shot), scene.look)
        done += 1


class _Drawer(Protocol):
    def draw(self, shot: Shot) -> Picture: ...


def _drawer(scene: Scene, check: Callable[[], object]) -> _Drawer:
    story = scene.story
    if weights_of(scene).recipe.two_dimensional:
        if isinstance(story, Training):
            return _TrainingDrawer(scene, story)
        raise UserError(POINTS)
    if isinstance(story, Keyframes):
        return StationDrawer(scene, story, check)
    if not len(story.probe.images):
        raise UserError(NO_IMAGES)
    if isinstance(story, Walk):
        if why := _no_walk(weights_of(scene), story.through):
            raise UserError(why)
        return StationDrawer(scene, keyframes_of(story), check)
    if isinstance(story, Loop):
        return _LoopDrawer(scene, story, check)
    return _TrainingDrawer(scene, story)


class _LoopDrawer:
    """Every tile on its own closed way; the first frame is what the model answers."""

    def __init__(self, scene: Scene, story: Loop, check: Callable[[], object]) -> None:
        self._snapshot, self._check = weights_of(scene), check
        probe, frames = story.probe, scene.pace.ticks
        self._probe = probe
        self._points = []
        for row in range(len(probe.images)):
            check()
            self._points.append(points_of(self._snapshot, _row(probe, row)))
        if not len(self._points[0][0].noise) and not self._moves():
            raise UserError(NO_WAY)
        # Columns share their noise over all rows, and without noise all codes move alike.
        self._ways = [
            around(self._snapshot, point, seed, frames)
            for point, seed in zip(self._points[0], probe.noise_seeds, strict=True)
        ]

    def _moves(self) -> bool:
        """Whether there is a way through the code."""
        known = self._snapshot.directions
        return self._points[0][0].has_code and known is not None and len(known.code_axes) > 0

    @torch.inference_mode()
    def draw(self, shot: Shot) -> Picture:
        noise = torch.stack([way[shot.part] for way, _ in self._ways])
        rows, codes = [], []
        for points in self._points:
            self._check()
            moved = [p.given + m[shot.part] for p, (_, m) in zip(points, self._ways, strict=True)]
            rows.append(drawn(points[0], torch.stack(moved), noise))
            if not points[0].has_code and not self._snapshot.recipe.varies_code:
                codes.append(to_pixels(points[0].given[None])[0])
        step, seen = self._snapshot.step, self._probe.images
        return Picture(np.stack(rows), step, seen, np.stack(codes) if codes else None)


class _TrainingDrawer:
    """The same question to moment after moment."""

    def __init__(self, scene: Scene, story: Training) -> None:
        self._own, self._story, self._root = weights_of(scene), story, scene.root

    def draw(self, shot: Shot) -> Picture:
        own, moments, probe = self._own, self._story.moments, self._story.probe
        newest = shot.number >= len(moments)
        snapshot = own if newest else at_moment(moments[shot.number], own.device, self._root)
        if snapshot.recipe.two_dimensional:
            seed = probe.noise_seeds[0] if probe.noise_seeds else 0
            cloud = points_page(snapshot, seed, probe.noise_scale)
            return Picture(cloud[None, None], snapshot.step)
        made = render(snapshot, probe)
        return Picture(made.tiles, snapshot.step, probe.images, made.code_pictures)


def _no_walk(snapshot: Snapshot, through: Through) -> str:
    """Why a way leads nowhere, and what to do; empty where it leads somewhere."""
    recipe = snapshot.recipe
    if through == "noise" and not has_noise(recipe):
        return "This model has no noise to walk through: walk through its code."
    if through == "code" and recipe.translates:
        return "The code is a picture, and pictures do not blend: walk through the noise."
    return ""


def has_noise(recipe: Recipe) -> bool:
    """Whether one image has many answers."""
    model = recipe.model
    return bool(model.noise or model.encoder_noise or model.posterior == "gaussian")


def _row(probe: Probe, row: int) -> Probe:
    return replace(probe, images=probe.images[row : row + 1])
