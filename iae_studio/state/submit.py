"""How a view, or a panel from elsewhere, has work done off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Submit(Protocol):
    """Runs a job on the worker thread; see `iae_studio.threads.worker.WorkThread.submit`."""

    def __call__(
        self,
        job: Callable[[], T],
        then: Callable[[T], object] | None = None,
        otherwise: Callable[[], object] | None = None,
        newest: str = "",
    ) -> None:
        """What the job returns goes to `then`, on the GUI thread; if it fails, `otherwise` runs."""
