"""One picture of a film, before it is enlarged and laid out."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.messages import Pixels


@dataclass(frozen=True, eq=False)
class Picture:
    """Tiles, with what the network saw of each row, its code if that is a picture, and the step."""

    tiles: Pixels  # [N, columns, H, W, C]
    step: int
    seen: Pixels | None = None  # [N, H, W, C]
    codes: Pixels | None = None  # [N, H, W, C]
