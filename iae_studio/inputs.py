"""An input image: what was dropped, pasted or drawn, and what the network sees of it."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.messages import Pixels


@dataclass(frozen=True, eq=False)
class Input:
    """`seen` is uint8 [H, W, C] of the model's shape."""

    name: str
    seen: Pixels
    test: bool = False  # taken from a test set, not brought by the user
