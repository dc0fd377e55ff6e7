"""Digits drawn by this program, like MNIST's, with a known style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request, by_parts
from trainer.recipe.specs import DATA_SETS, DataSpec

if TYPE_CHECKING:
    from trainer.data.dataset import Rows


def load_part(request: Request, part: str, progress: OnProgress = unheard) -> Rows:
    """Images uint8 [N, 1, 28, 28], labels and factors of "train", "test", "few" or "many"."""
    from trainer.data.drawing.digits import draw_digits
    from trainer.data.drawn import COUNTS, SEEDS, rows_of

    return rows_of(draw_digits(COUNTS[part], SEEDS[part]))  # sooner drawn than read


DATA_SETS.register(
    DataSpec(
        name="drawn-digits",
        title="drawn digits",
        load=by_parts(load_part),
        few=lambda request: load_part(request, "few"),
        many=lambda request: load_part(request, "many"),
        size=28,
        colour=False,
        class_names=tuple("0123456789"),
        ink=True,
        drawn=True,
        readable=0.98,
    )
)
