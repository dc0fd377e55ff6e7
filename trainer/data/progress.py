"""How long work tells how far it is, and is ended. No torch."""

from __future__ import annotations

from collections.abc import Callable

# (done, in all), of images or bytes; "in all" is 0 as long as nobody knows. What it raises ends
# the work, and leaves nothing half-made.
OnProgress = Callable[[int, int], object]


def unheard(done: int, total: int) -> None:
    """Progress that nobody asks for."""
