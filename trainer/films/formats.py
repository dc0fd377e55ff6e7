"""The kinds of files that films are written as. No torch, and none of the encoders."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from trainer.messages import UserError

EXTRA = 'pip install "iae-studio[films]"'


@dataclass(frozen=True)
class FilmFormat:
    """A kind of file.

    suffix: how its names end; others that it is known by are in `also`. side: the longest that a
    picture may be, in px. about: what it is good for. steady: whether all its frames stand equally
    long, so that a picture that rests is there many times. module: what must be installed for it.
    """

    name: str
    suffix: str
    side: int
    about: str
    lossless: bool = True
    steady: bool = False
    module: str = ""
    also: tuple[str, ...] = ()

    def missing(self) -> str:
        """How to get what it needs; empty where that is there. Looks on the disk."""
        if not self.module or find_spec(self.module) is not None:
            return ""
        return f"{self.name} needs {self.module}, which is not installed: {EXTRA}"


GIF = FilmFormat("GIF", ".gif", 65_535, "Plays everywhere; 256 colours, greys exactly", False)
APNG = FilmFormat("APNG", ".png", 65_535, "Every pixel exact; plays in browsers", also=(".apng",))
WEBP = FilmFormat("WebP", ".webp", 16_383, "Every pixel exact, small; plays in browsers")
MP4 = FilmFormat("MP4", ".mp4", 8192, "Smallest, for talks; slightly blurred", False, True, "av")
FORMATS = (GIF, APNG, WEBP, MP4)


def format_of(path: Path) -> FilmFormat:
    """What a file is written as, by how its name ends. Raises UserError for other endings."""
    ending = path.suffix.lower()
    for known in FORMATS:
        if ending in (known.suffix, *known.also):
            return known
    every = ", ".join(known.suffix for known in FORMATS)
    what = f"a film is no {ending}" if ending else "its ending says what a film is written as"
    raise UserError(f"{path}: {what}. Choose {every}.")


def film_path(path: Path, wanted: FilmFormat) -> Path:
    """The name with the ending of the format."""
    if path.suffix.lower() in (wanted.suffix, *wanted.also):
        return path
    return path.with_name(path.name + wanted.suffix)
