"""Writing a film: whole, or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from trainer.data.progress import OnProgress, unheard
from trainer.films.colours import Colours
from trainer.films.containers import write_apng, write_gif, write_webp
from trainer.films.formats import APNG, GIF, WEBP, FilmFormat, format_of
from trainer.films.frames import frames
from trainer.films.mp4 import write_mp4
from trainer.films.plan import Shot, shots_of
from trainer.films.scene import Scene
from trainer.messages import Pixels, UserError
from trainer.storage.faults import in_words
from trainer.storage.files import replacing

SAMPLES = 6  # frames that a GIF's colours are chosen by
MOST_PIXELS = 1 << 26  # of a frame


def write_film(path: Path, scene: Scene, progress: OnProgress = unheard) -> None:
    """Write a film as what the ending of its name says.

    `progress(frames done, frames in all)` may raise: then, and where anything fails, no file is
    left, and one that was there stays as it was. Raises UserError.
    """
    kind = format_of(path)
    if why := kind.missing():
        raise UserError(why)
    shots = shots_of(scene)
    with in_words(path, "cannot be written"), replacing(path) as file:
        _write(file, kind, scene, shots, progress)


def expected_bytes(
    scene: Scene, kind: FilmFormat, progress: OnProgress = unheard, frames_tried: int = 5
) -> int:
    """About how large the file would be: some frames of its middle are written for it."""
    shots = shots_of(scene)
    first = max((len(shots) - frames_tried) // 2, 0)
    some = shots[first : first + frames_tried]
    file = io.BytesIO()
    _write(file, kind, scene, some, progress)
    return round(len(file.getvalue()) * len(shots) / len(some))


def _write(
    file: IO[bytes],
    kind: FilmFormat,
    scene: Scene,
    shots: Sequence[Shot],
    progress: OnProgress,
) -> None:
    pictures = _fitting(frames(scene, shots, progress), kind)
    ticks = [shot.ticks for shot in shots]
    if kind == GIF:
        colours = Colours(_samples(scene, shots, lambda *_: progress(0, len(shots))))
        write_gif(file, pictures, ticks, scene.pace.rate, colours)
    else:
        write = {APNG: write_apng, WEBP: write_webp}.get(kind, write_mp4)
        write(file, pictures, ticks, scene.pace.rate)
    progress(len(shots), len(shots))


def _samples(scene: Scene, shots: Sequence[Shot], progress: OnProgress) -> list[Pixels]:
    """Some pictures, evenly spaced, at their own size: of grey ones one is enough."""
    small = replace(scene, look=replace(scene.look, factor=1))
    places = sorted({k * (len(shots) - 1) // (SAMPLES - 1) for k in range(SAMPLES)})
    found: list[Pixels] = []
    for picture in frames(small, [shots[place] for place in places], progress):
        found.append(picture)
        if picture.shape[2] == 1:
            break
    return found


def _fitting(pictures: Iterator[Pixels], kind: FilmFormat) -> Iterator[Pixels]:
    """The same, as long as the format has room for them."""
    for picture in pictures:
        high, wide = picture.shape[:2]
        if max(high, wide) > kind.side or high * wide > MOST_PIXELS:
            raise UserError(
                f"A film of {wide:,} × {high:,} px is too large for {kind.name}: "
                "choose a smaller size."
            )
        yield picture
