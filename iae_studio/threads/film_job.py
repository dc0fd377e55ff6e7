"""What the film thread does: a small film to look at, how large it would be, and the file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trainer.data.progress import OnProgress
from trainer.films.formats import FORMATS, film_path, format_of
from trainer.films.plan import Shot, shots_of
from trainer.films.scene import Scene
from trainer.messages import Pixels, UserError

MOST = 48  # frames of a preview
LARGE = 160_000  # px of a frame, beyond which a preview has half as many
LONGEST = 640  # px, of a preview's longer side


@dataclass(frozen=True)
class Expected:
    """What a film will be."""

    frames: int  # in the file
    seconds: float
    width: int
    height: int
    size: int  # bytes, about


def preview_order(shots: tuple[Shot, ...], most: int = MOST) -> tuple[list[Shot], tuple[int, ...]]:
    """Which shots a preview draws, and which of those stand when, evenly in time."""
    line = [number for number, shot in enumerate(shots) for _ in range(shot.ticks)]
    count = min(len(line), most)
    picked = [line[k * len(line) // count] for k in range(count)]
    unique = sorted(set(picked))
    places = {number: place for place, number in enumerate(unique)}
    return [shots[number] for number in unique], tuple(places[number] for number in picked)


def draw(
    scene: Scene,
    ending: str,
    expect: Callable[[tuple[int, ...], float], object],
    show: Callable[[Pixels], object],
    progress: OnProgress,
) -> Expected:
    """Draw a preview, then say what the file will be. Raises UserError."""
    preview(scene, expect, show, progress)
    return expected(scene, ending, progress)


def preview(
    scene: Scene,
    expect: Callable[[tuple[int, ...], float], object],
    show: Callable[[Pixels], object],
    progress: OnProgress,
) -> None:
    """Draw a small film; each frame is shown as it is ready. Raises UserError."""
    from trainer.films.frames import frames

    shots = shots_of(scene)
    small = replace(scene, look=replace(scene.look, factor=1))
    first = next(frames(small, shots[:1], progress))
    most = MOST if first.shape[0] * first.shape[1] <= LARGE else MOST // 2
    some, order = preview_order(shots, most)
    expect(order, scene.pace.seconds)
    for frame in frames(small, some, progress):
        show(_shrunk(frame))


def _shrunk(frame: Pixels) -> Pixels:
    """No longer than a preview needs."""
    from PIL import Image

    longest = max(frame.shape[:2])
    if longest <= LONGEST:
        return frame
    flat = frame[:, :, 0] if frame.shape[2] == 1 else frame
    size = (frame.shape[1] * LONGEST // longest, frame.shape[0] * LONGEST // longest)
    small = np.asarray(Image.fromarray(flat).resize(size, Image.Resampling.BOX))
    made: Pixels = small.reshape(size[1], size[0], frame.shape[2])
    return made


def expected(scene: Scene, ending: str, progress: OnProgress) -> Expected:
    """How large the film will be. Raises UserError where it cannot be written so."""
    from trainer.films.frames import frames
    from trainer.films.writing import expected_bytes

    kind = format_of(Path(f"film{ending}"))
    if why := kind.missing():
        raise UserError(why)
    shots = shots_of(scene)
    height, width = next(frames(scene, shots[:1], progress)).shape[:2]
    size = expected_bytes(scene, kind, progress)
    ticks = sum(shot.ticks for shot in shots)
    frames_in_file = ticks if kind.steady else len(shots)
    return Expected(frames_in_file, ticks / scene.pace.rate, width, height, size)


def write(path: Path, ending: str, scene: Scene, progress: OnProgress) -> Path:
    """Write the film; returns its path, with the ending of its format.

    Raises UserError where that cannot be done; then no file is left.
    """
    from trainer.films.writing import write_film

    target = film_path(path, format_of(Path(f"film{ending}")))
    if target != path and os.path.lexists(target):  # the dialog asked about another name
        raise UserError(f"{target} is there already: choose it by its full name to replace it.")
    write_film(target, scene, progress)
    return target


def lacking() -> dict[str, str]:
    """By its ending, what a format needs that is not installed, and how to get it."""
    return {known.suffix: known.missing() for known in FORMATS if known.missing()}
