"""All that there is on a map, and the finding of its points."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from iae_studio.widgets.map_frame import Cells, Extent, Frame, extent_of
from iae_studio.widgets.map_sprites import Thumbnails

Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]


def _nowhere() -> Floats:
    return np.zeros((0, 2), np.float32)


@dataclass(frozen=True, eq=False)
class Mark:
    """Where an input lies, and how its code spreads: a point for each draw of it."""

    place: tuple[float, float]
    cloud: Floats
    selected: bool
    name: str


@dataclass(eq=False)
class Scene:
    """The points, their colours, names and pictures; marks, a background, and what is decoded."""

    places: Floats = field(default_factory=_nowhere)
    hues: Whole = field(default_factory=lambda: np.zeros(0, np.int64))  # of `palette`
    palette: list[QColor] = field(default_factory=lambda: [QColor("grey")])
    names: tuple[str, ...] = ()
    thumbnails: Thumbnails | None = None
    marks: list[Mark] = field(default_factory=list)
    lattice: tuple[Cells, QImage] | None = None
    target: tuple[float, float] | None = None  # where it is decoded
    decoded: QImage | None = None
    words: str = ""  # below the decoded picture
    extent: Extent = field(default_factory=lambda: extent_of(_nowhere()))

    def put(self, places: Floats) -> None:
        """Where the points lie from now on."""
        self.places = places
        self.extent = extent_of(places)

    def near(self, frame: Frame, left: float, top: float, within: float) -> int:
        """The point nearest to a px of the view, not farther than `within` px; -1 without."""
        if not len(self.places):
            return -1
        apart = np.square(frame.screen(self.places) - (left, top)).sum(1)
        found = int(apart.argmin())
        return found if apart[found] <= within * within else -1

    def inside(self, frame: Frame, one: tuple[float, float], other: tuple[float, float]) -> Whole:
        """The points in a rectangle between two px of the view."""
        at = frame.screen(self.places)
        corners = np.array([one, other])
        among = (at >= corners.min(0)) & (at <= corners.max(0))
        return np.flatnonzero(among.all(1))
