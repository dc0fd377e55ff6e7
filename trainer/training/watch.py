"""Whether a training's losses still mean something: they may be finite, and nonsense."""

from __future__ import annotations

from collections import deque

import numpy as np

from trainer.messages import LOSSES, Floats
from trainer.objectives.penalties import RECONSTRUCTION_ERROR

LIMIT = 1e4
PIXELS_LIMIT = 50.0
LOOKED_AT = 50  # steps
NEWEST = 10


class Watch:
    """Notes of each step whether a loss is far beyond what any training that works reaches.

    In all recipes of the catalogue no game and no penalty comes to more than some tens; with
    learning rates thirty times theirs, to a hundred; where thousands are kept up, pictures are
    black or white whatever the input. Penalties in nats (`likelihood error`, `divergence`) may
    be thousands for a large code. The limit of 10,000 leaves room for that. The cross-entropy of
    pixels cannot grow so far; a blank grey picture has 7, and black ones of digits a hundred.
    R1 is not looked at: a slope has no scale, and what it weighs is in its discriminator's loss.

    A training may recover from a few such steps, so that none of this is for a single one. The
    L1 error of pixels is at most 1, and tells nothing here.
    """

    def __init__(self) -> None:
        self._astray: deque[bool] = deque(maxlen=LOOKED_AT)

    def look(self, losses: Floats, points: bool) -> None:
        """Take in the losses [steps, len(LOSSES)] of the newest steps, of points or of images."""
        limits = np.full(len(LOSSES), LIMIT)
        if not points:
            limits[LOSSES.index(RECONSTRUCTION_ERROR)] = PIXELS_LIMIT
        limits[[name.endswith(" R1") for name in LOSSES]] = np.inf
        # NaN, what a step does not compute, is never greater.
        self._astray.extend([bool((np.abs(row) > limits).any()) for row in losses])

    def lost(self, at_the_end: bool) -> bool:
        """Whether most of the last 50 steps went astray; at the end, of the last ten."""
        if at_the_end:
            newest = list(self._astray)[-NEWEST:]
            return 2 * sum(newest) > len(newest)
        return 2 * sum(self._astray) > LOOKED_AT

    @property
    def sound(self) -> bool:
        """Whether none of the last ten did: a checkpoint is worth keeping."""
        return not any(list(self._astray)[-NEWEST:])
