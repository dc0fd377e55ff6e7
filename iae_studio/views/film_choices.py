"""What can be chosen of a film, and what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.films.formats import FORMATS
from trainer.films.scene import Look, Pace, Through
from trainer.recipe.recipe import Recipe

LOOP, WALK, KEYFRAMES, TRAINING = "loop", "walk", "keyframes", "training"
TILE, ROW, GRID = "tile", "row", "grid"
PACE, LOOK = Pace(15, 4.0, 0.5), Look(2, inputs=True, caption=True)  # at first
SMALL = 64  # px: pictures below this are twice as large at first

# Names, what a button says, and its tool tip.
KINDS = (
    (LOOP, "Loop", "The noise goes round a circle; the last frame meets the first"),
    (WALK, "Walk", "From draw to draw, or from image to image"),
    (KEYFRAMES, "Keyframes", "From one view that you mark to the next"),
    (TRAINING, "Training", "The same pictures through all moments of a run"),
)
WHATS = (
    (TILE, "Tile", "The selected tile alone"),
    (ROW, "Row", "The selected input with all its draws"),
    (GRID, "Grid", "All inputs, all draws"),
)
THROUGHS = (
    ("noise", "Noise", "From column to column; each content stays"),
    ("code", "Code", "From image to image; each noise stays"),
)
PACES = (
    ("moments", "By moments", "Every moment as long: the beginning is seen in detail"),
    ("steps", "By steps", "Every step as long: how fast it truly went"),
)
ENDINGS = {known.name.lower(): known.suffix for known in FORMATS}


@dataclass(frozen=True)
class Choices:
    """What is chosen in the dialog."""

    kind: str = LOOP
    what: str = GRID
    through: Through = "noise"
    closed: bool = True
    even: bool = False
    pace: Pace = PACE
    look: Look = LOOK
    ending: str = ".gif"
    several: bool = False  # whether the keyframes are of several steps

    def seen(self) -> Look:
        """The look, without what has no sense for this kind of film."""
        return Look(
            self.look.factor,
            self.look.inputs and self.kind in (LOOP, TRAINING),
            self.look.caption and (self.kind == TRAINING or self._goes_through_time),
        )

    @property
    def _goes_through_time(self) -> bool:
        return self.kind == KEYFRAMES and self.several


def first_factor(recipe: Recipe) -> int:
    """How large at first: small pictures twice as large."""
    shape = recipe.image_shape
    return 2 if shape is not None and max(shape[:2]) < SMALL else 1


def file_name(recipe: Recipe, choices: Choices) -> str:
    """What a film is called at first."""
    return f"{recipe.name}-{choices.kind}{choices.ending}"


def file_kinds(choices: Choices) -> str:
    """The chosen format, as a file dialog takes it."""
    known = next(known for known in FORMATS if known.suffix == choices.ending)
    return f"{known.name} ({' '.join(f'*{ending}' for ending in (known.suffix, *known.also))})"
