"""A bar for data that take long enough to load to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 1.0  # seconds without a bar


@contextmanager
def loading_bar() -> Iterator[Callable[[int, int], None]]:
    """What is to be told (images done, images in all); Ctrl-C leaves nothing half-made."""
    from tqdm import tqdm

    with tqdm(desc="reading images", unit="", delay=PATIENCE, leave=False) as bar:

        def show(done: int, total: int) -> None:
            if not total:  # nobody knows yet how many there are
                return
            if done < bar.n:  # a second part begins; `reset` would draw the bar at once
                bar.n = bar.last_print_n = 0
            bar.total = total
            bar.update(done - bar.n)

        yield show
