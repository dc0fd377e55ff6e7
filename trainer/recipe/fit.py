"""What a training would take of a computer: its time and memory, and whether it fits. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trainer.recipe.recipe import Recipe

MIB, GIB = 1 << 20, 1 << 30


@dataclass(frozen=True)
class Fit:
    """What was found by a dry step: figures are expectations, for networks and batches."""

    device: str  # cpu, or the kind of GPU
    steps: int  # of the whole schedule
    step_seconds: float  # of a step, on the average of the whole schedule
    size: int  # bytes at the peak of a step
    free: int  # bytes that can be taken now
    batch: int = 0  # images in the largest batch that fits, where the recipe's own does not
    refused: str = ""  # why no batch would fit

    @property
    def fits(self) -> bool:
        """Whether it can be trained here as it is."""
        return not self.batch and not self.refused

    @property
    def seconds(self) -> float:
        """The time of the whole schedule."""
        return self.steps * self.step_seconds

    @property
    def told(self) -> str:
        """In a sentence or two, for a line below the options."""
        if self.refused:
            return f"It will not fit: {self.refused}"
        where = "on the CPU" if self.device == "cpu" else "on the GPU"
        if self.batch:
            return (
                f"It will not fit: about {in_bytes(self.size)} of memory are needed {where}, and "
                f"{in_bytes(self.free)} are free. A batch of {self.batch:,} fits."
            )
        return (
            f"About {in_time(self.seconds)} {where} for {self.steps:,} steps "
            f"({in_time(self.step_seconds)} each), with about {in_bytes(self.size)} of memory."
        )


def in_smaller_batches(recipe: Recipe, batch: int) -> dict[str, Any]:
    """The options, by path, that let no batch of a recipe be larger, nor that of a warm start."""
    changes = {"optim.batch": min(batch, recipe.optim.batch)}
    if recipe.schedule.warm_batch > batch:
        changes["schedule.warm_batch"] = batch
    return changes


def in_bytes(count: int) -> str:
    """With as many digits as it deserves: "120 MiB", "3.4 GiB"."""
    if count < GIB:
        return f"{max(1, round(count / MIB)):,} MiB"
    return f"{count / GIB:,.1f} GiB" if count < 100 * GIB else f"{count / GIB:,.0f} GiB"


def in_time(seconds: float) -> str:
    """A time that is expected: "4 ms", "40 s", "25 min", "2 h 10 min", "3 days"."""
    if seconds < 1:
        return f"{1000 * seconds:.2g} ms" if seconds < 0.0095 else f"{1000 * seconds:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(5 * round(minutes / 5), 60)
        return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
    days = round(minutes / 1440)
    return f"{days:,} days" if days < 1000 else "years"
