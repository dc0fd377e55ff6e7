"""Points in the plane whose true components are known (Figures 5, 11 and 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer.data.progress import OnProgress
from trainer.data.request import Request, by_parts
from trainer.recipe.specs import DATA_SETS, DataSpec

if TYPE_CHECKING:
    from trainer.data.dataset import Rows

COUNTS, SEEDS = {"train": 50_000, "test": 10_000}, {"train": 1, "test": 2}


def load_mixture(request: Request, part: str, progress: OnProgress) -> Rows:
    """Points float32 [N, 2] of seven Gaussians on a circle, and the Gaussian of each."""
    from trainer.data.dataset import Rows
    from trainer.data.drawing.points import mixture_of_gaussians

    return Rows(*mixture_of_gaussians(COUNTS[part], SEEDS[part]))


def load_places(request: Request, part: str, progress: OnProgress) -> Rows:
    """Points float32 [N, 2] at four places, blurred a little, and the place of each."""
    from trainer.data.dataset import Rows
    from trainer.data.drawing.points import four_points

    return Rows(*four_points(COUNTS[part], SEEDS[part]))


DATA_SETS.register(
    DataSpec(
        name="mog",
        title="drawn points",
        load=by_parts(load_mixture),
        points=True,
        reach=2.8,
        drawn=True,
    )
)
DATA_SETS.register(
    DataSpec(
        name="four-points",
        title="drawn points",
        load=by_parts(load_places),
        points=True,
        reach=2.4,
        drawn=True,
    )
)
