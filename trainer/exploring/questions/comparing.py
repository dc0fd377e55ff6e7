"""Questions about models that are compared: what each makes of the inputs, and what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Cloud, Floats, Pixels, Probe
from trainer.recipe.recipe import Recipe

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Made:
    """What one of the compared models makes of the inputs.

    tiles [N, columns, H, W, C]. code [N, H, W, C]: where its code is a picture. cloud: of a model
    of points, which sees no inputs. why: in place of them, why there are none.
    """

    step: int
    tiles: Pixels | None = None
    code: Pixels | None = None
    cloud: Cloud | None = None
    why: str = ""


@dataclass(frozen=True, eq=False)
class WhatItMakes(Question[Made]):
    """Of the images in `probe`, as this model sees images; the displayed one need not be it.

    path: a model file or run folder; None for fresh weights. step: the moment of a run, of which
    the nearest that is kept answers; None for its newest weights.
    """

    answered_by: ClassVar[str] = "trainer.exploring.comparing:what_it_makes"

    recipe: Recipe
    path: Path | None
    step: int | None
    probe: Probe


@dataclass(frozen=True, eq=False)
class Curves:
    """The losses of a run, as means over blocks of its steps.

    steps [P]: the middle step of each block. values [P, len(LOSSES)]: NaN where a loss was not
    computed. last: the step they end at.
    """

    steps: Doubles
    values: Floats
    last: int


@dataclass(frozen=True, eq=False)
class Known:
    """What lies on the disk about a model: its losses, and its measures by their names.

    step: of its newest weights, or of the moment. curves: None where there are none, and `lacking`
    says why. better: of some measures whether "less" or "more" is better. names: of some, in words.
    meanings: how they are read.
    """

    step: int = 0
    curves: Curves | None = None
    lacking: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)
    better: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class WhatIsKnown(Question[tuple[Known, ...]]):
    """About each of these: a model file or run folder, and the moment of it that is of interest."""

    answered_by: ClassVar[str] = "trainer.exploring.comparing:what_is_known"
    lane: ClassVar[Lane] = Lane.SLOW

    models: tuple[tuple[Path | None, int | None], ...]


def images_seen(recipe: Recipe, steps: Doubles) -> Doubles:
    """How many training images a run has seen after so many steps."""
    schedule, batch = recipe.schedule, recipe.optim.batch
    warm = np.ceil(schedule.warm * schedule.steps)
    early = schedule.warm_batch or batch
    seen: Doubles = np.minimum(steps, warm) * early + np.maximum(steps - warm, 0) * batch
    return seen
