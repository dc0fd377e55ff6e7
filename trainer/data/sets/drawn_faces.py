"""Faces drawn by this program, in two domains that share identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request, by_parts
from trainer.recipe.specs import DATA_SETS, DataSpec

if TYPE_CHECKING:
    from trainer.data.dataset import Rows


def load_part(request: Request, part: str, progress: OnProgress = unheard) -> Rows:
    """Images uint8 [N, 3, size, size], labels and factors of "train", "test" or "few"."""
    from trainer.data.drawing.faces import draw_faces
    from trainer.data.drawn import drawn_rows, rows_of

    def draw(count: int, seed: int, size: int) -> Rows:
        return rows_of(draw_faces(count, seed, size, progress=progress))

    return drawn_rows(request, part, draw, share=2)


DATA_SETS.register(
    DataSpec(
        name="drawn-faces",
        title="drawn faces",
        load=by_parts(load_part),
        few=lambda request: load_part(request, "few"),
        many=lambda request: load_part(request, "test"),
        smallest=24,
        largest=128,
        colour=True,
        class_pair=True,  # long hair, short hair
        drawn=True,
    )
)
