"""Which values are black and white in grey images of 16 or 32 bits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from trainer.messages import UserError


@dataclass(frozen=True)
class GreyRange:
    """What is black and what is white: one for a whole data set, or its images would not agree."""

    black: float
    white: float

    def __str__(self) -> str:
        return f"{self.black:.9g} {self.white:.9g}"

    @classmethod
    def parse(cls, text: str) -> GreyRange | None:
        """The range of "BLACK WHITE"; None of an empty text. Raises UserError for anything else."""
        if not text.strip():
            return None
        try:
            black, white = map(float, text.split())
        except ValueError:
            black = white = math.nan
        if not (math.isfinite(black) and math.isfinite(white) and black < white):
            raise UserError(
                f'grey_range is two numbers, black and white, as in "0 4095", not {text!r}.'
            )
        return cls(black, white)
