"""What of the window becomes a film: choices in, a story out, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np

from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import has_noise
from iae_studio.views.film_choices import GRID, KEYFRAMES, ROW, TILE, TRAINING, WALK, Choices
from iae_studio.views.style_words import no_walk, tile_name
from trainer.films.scene import (
    Keyframe,
    Keyframes,
    Loop,
    Story,
    Through,
    Training,
    Walk,
    run_of,
)
from trainer.messages import Pixels, Probe

NO_IMAGES = "There is nothing to film yet: open an image, or press R for test images."
_ASKED = [each for each in fields(Probe) if each.name != "stamp"]
POINTS = "Points have no such film: film their training, or choose a model of images."
SEVERAL = "These keyframes are of several models: a film is of one, or of moments of one run."


@dataclass(frozen=True, eq=False)
class Marked:
    """A keyframe as the window knows it: the whole question, and which tile of it was selected.

    model and step as of `Keyframe`; weights: the snapshot, where it is at hand; without, the model
    is read from its file. Bookmarks are made into these.
    """

    name: str
    thumbnail: Pixels  # [H, W, C]
    probe: Probe
    row: int = 0
    column: int = 0
    model: Path | None = None
    step: int | None = None
    weights: object = field(default=None, repr=False)


def part_of(probe: Probe, what: str, row: int, column: int) -> Probe:
    """Of a question about the grid that about a tile, a row, or all of it."""
    row, column = max(row, 0), max(column, 0)
    images, seeds = probe.images, probe.noise_seeds
    if what != GRID:
        images = images[row : row + 1]
    if what == TILE:
        seeds = seeds[column : column + 1]
    return replace(probe, images=images, noise_seeds=seeds)


def mark(state: StudioState, weights: object) -> Marked | None:
    """What is selected, as a keyframe; None where nothing is drawn."""
    rendering, chosen = state.answers.rendering, state.selection
    if rendering is None or not 0 <= chosen.row < len(rendering.tiles):
        return None
    tiles = rendering.tiles[chosen.row]
    column = min(chosen.column, len(tiles) - 1)
    step = getattr(weights, "step", rendering.step)  # a training may be ahead of the pictures
    name = f"{tile_name(state, chosen.row, column)}, step {step:,}"
    where = chosen.row, column, state.displayed.model.path, step, weights
    return Marked(name, tiles[column].copy(), state.answers.probe(), *where)


def throughs(state: StudioState) -> tuple[Through, ...]:
    """What a walk can go through."""
    recipe = state.displayed.recipe
    found: tuple[Through, ...] = ("noise",) if has_noise(recipe) else ()
    return found if recipe.translates else (*found, "code")


def story_of(state: StudioState, choices: Choices, marked: Sequence[Marked] = ()) -> Story | str:
    """The story that is chosen, or why there is none and what to do about it."""
    if choices.kind == KEYFRAMES:
        return _keyframes(choices, marked)
    probe = state.answers.probe()
    if state.displayed.recipe.two_dimensional:
        return _training(state, choices, probe) if choices.kind == TRAINING else POINTS
    if not state.inputs.images:
        return NO_IMAGES
    if choices.kind == WALK:
        return _walk(state, choices, probe)
    probe = part_of(probe, choices.what, state.selection.row, state.selection.column)
    if choices.kind == TRAINING:
        return _training(state, choices, probe)
    facts, query = state.answers.facts, state.query
    directions = facts is not None and bool(facts.code_spread)
    return no_walk(state.displayed.recipe, directions, query.noise_scale) or Loop(probe)


def _walk(state: StudioState, choices: Choices, probe: Probe) -> Walk | str:
    """What the walk does not go through is that of the selected tile, or all."""
    possible = throughs(state)
    if not possible:
        return "There is nothing to walk along: no noise, and a picture for a code."
    through = choices.through if choices.through in possible else possible[0]
    chosen = state.selection
    if choices.what != GRID and through == "noise":
        probe = part_of(probe, ROW, chosen.row, 0)
    elif choices.what != GRID:
        seeds = probe.noise_seeds[chosen.column : chosen.column + 1]
        probe = replace(probe, noise_seeds=seeds or probe.noise_seeds[:1])
    if through == "noise" and state.query.noise_scale == 0:
        return "The noise scale is 0, and noise of no length goes nowhere: raise the scale."
    if through == "code" and len(probe.images) < 2:
        return "A walk through the code leads from image to image: open another one."
    return Walk(probe, through, choices.closed)


def _training(state: StudioState, choices: Choices, probe: Probe) -> Training | str:
    time, facts = state.time, state.answers.facts
    if not time.moments:
        if state.displayed.model.is_run:
            return "This run keeps no moments yet: train it, and they are collected."
        return "A training is filmed of a run of yours: choose one at the left, or press Train."
    last = time.moments[-1].step
    newest = facts.step if facts is not None and time.live and facts.step > last else None
    return Training(probe, time.moments, newest, choices.even)


def _keyframes(choices: Choices, marked: Sequence[Marked]) -> Keyframes | str:
    if len(marked) < 2:
        add = "select a tile in the window, then press Add this"
        return f"Two keyframes make a film: {add}." if not marked else f"One more: {add}."
    if len({(run_of(each.model), each.probe.images.shape[1:]) for each in marked}) > 1:
        return SEVERAL
    frames = [
        Keyframe(
            part_of(each.probe, choices.what, each.row, each.column),
            each.model,
            each.step,
            each.weights,
        )
        for each in marked
    ]
    if choices.what != TILE and all(_alike(frame, frames[0]) for frame in frames):
        return f"All keyframes show the same {choices.what}: film the tile, or move a slider."
    return Keyframes(tuple(frames), choices.closed)


def _alike(one: Keyframe, other: Keyframe) -> bool:
    """Whether they are the same question to the same weights."""
    if (one.model, one.step) != (other.model, other.step):
        return False
    pairs = [(getattr(one.probe, each.name), getattr(other.probe, each.name)) for each in _ASKED]
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)


def told(state: StudioState, choices: Choices) -> str:
    """What such a film shows, in a sentence."""
    recipe = state.displayed.recipe
    if recipe.two_dimensional:
        return "Samples over the data, through all moments that a run keeps."
    if choices.kind == WALK:
        if choices.through == "code":
            return "The code goes straight from image to image; the noise stays."
        return "The noise goes over the sphere from column to column; the content stays."
    if choices.kind == KEYFRAMES:
        return "From one keyframe to the next: noise over the sphere, codes and sliders straight."
    if choices.kind == TRAINING:
        return "The same inputs and noises through all moments that this run keeps."
    if has_noise(recipe):
        return "Each tile's noise goes round a circle and comes back; the content stays."
    return "Each code goes round a closed way along its two strongest directions."
