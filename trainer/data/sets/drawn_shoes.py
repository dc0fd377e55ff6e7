"""Shoes drawn by this program, each with its true edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request, by_parts
from trainer.recipe.specs import DATA_SETS, DataSpec

if TYPE_CHECKING:
    from trainer.data.dataset import Rows


def load_part(request: Request, part: str, progress: OnProgress = unheard) -> Rows:
    """Images uint8 [N, 3, size, size], their edges and factors of "train", "test" or "few"."""
    from trainer.data.drawing.shoes import draw_shoes
    from trainer.data.drawn import drawn_rows, rows_of

    def draw(count: int, seed: int, size: int) -> Rows:
        drawn = draw_shoes(count, seed, size, progress=progress)
        return rows_of(drawn, drawn.edges)

    return drawn_rows(request, part, draw, share=2)


DATA_SETS.register(
    DataSpec(
        name="drawn-shoes",
        title="drawn shoes",
        load=by_parts(load_part),
        few=lambda request: load_part(request, "few"),
        many=lambda request: load_part(request, "test"),
        smallest=24,
        largest=128,
        colour=True,
        class_names=("sneaker", "boot", "heel"),
        drawn=True,
    )
)
