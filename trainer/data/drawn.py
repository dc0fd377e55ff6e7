"""Rows that our own code draws: how many of them, by which seeds, kept where they take seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from trainer.data.cached import kept
from trainer.data.dataset import Rows
from trainer.data.request import Request

# "few" and "many" are the beginning of "test", drawn at once.
SEEDS = {"train": 1, "test": 2, "few": 2, "many": 2}
COUNTS = {"train": 20_000, "test": 4_000, "few": 400, "many": 2_000}


class Drawn(Protocol):
    """What a drawing module makes: images uint8 [N, H, W, C], and what is known of them."""

    @property
    def images(self) -> Tensor: ...
    @property
    def labels(self) -> Tensor: ...
    @property
    def factors(self) -> dict[str, Tensor]: ...


def rows_of(drawn: Drawn, edges: Tensor | None = None) -> Rows:
    """Drawn images, and their edges uint8 [N, H, W, C], as rows."""
    lines = None if edges is None else _channels_first(edges)
    return Rows(_channels_first(drawn.images), drawn.labels, drawn.factors, lines)


def drawn_rows(
    request: Request,
    part: str,
    draw: Callable[[int, int, int], Rows],
    share: int = 1,
) -> Rows:
    """A part of a drawn set, by `draw(count, seed, size)`, from the cache where it is in there.

    A `share` of 2 is half as many images as usual.
    """
    what = COUNTS[part] // share, SEEDS[part], request.size
    return kept(request.data, lambda: draw(*what), *what)


def _channels_first(images: Tensor) -> Tensor:
    return images.permute(0, 3, 1, 2).contiguous()
