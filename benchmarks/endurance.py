"""Whether a window that works for long holds more and more: memory, widgets, threads, open files.

    python -m benchmarks.endurance [--losses 100000] [--redraws 4000] [--probes 1000] [--models 40]

Losses go through the state of the training into the plot, questions through the render thread,
models through the display of another. The first fifth, a thousand at the most, warms up. Promised
are a million losses, 200,000 redraws, 50,000 probes and 500 models: --losses 1000000 and so on.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from benchmarks.opened import studio, wait
from iae_studio.app import Studio
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.studio_state import FIRST
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.loss_plot import LossPlot
from trainer.messages import LOSSES, Progress
from trainer.recipe.catalogue import CATALOGUE

MIB = 1 << 20
WARM, WARM_ENOUGH = 5, 1000  # the first of so many parts, or so many
SLICES = 20  # of the work; what is held is told after each, so that a run may be cut short
ROWS = 250  # losses a report
INPUTS = 2  # images of a question
BAR = 0.05  # how much more memory there may be
OBJECTS = 0.01  # and how many more of Python's objects


@dataclass(frozen=True)
class Held:
    """What the process holds: MiB in memory and of them in the plot, and how many things."""

    memory: float
    losses: float
    objects: int
    widgets: int
    threads: int
    handles: int

    @classmethod
    def now(cls, opened: Studio) -> Held:
        QApplication.processEvents()
        gc.collect()
        return cls(
            _resident() / MIB,
            _in_plot(opened) / MIB,
            len(gc.get_objects()) + gc.get_freeze_count(),
            len(QApplication.allWidgets()),
            _count("/proc/self/task", threading.active_count),
            _count("/proc/self/fd", lambda: 0),
        )


@dataclass(frozen=True)
class Part:
    """What was done so often, and what was held after the warm-up and at the end."""

    what: str
    count: int
    before: Held
    after: Held

    @property
    def growth(self) -> float:
        """Of the memory, without the losses themselves, which are to be kept."""
        more = self.after.memory - self.before.memory
        return (more - (self.after.losses - self.before.losses)) / self.before.memory

    @property
    def more(self) -> list[str]:
        """Of what there is too much more; none of the things that a window makes may stay."""
        found = ["memory"] if self.growth >= BAR else []
        found += ["objects"] if self.after.objects >= (1 + OBJECTS) * self.before.objects else []
        things = ("widgets", "threads", "handles")
        return found + [n for n in things if getattr(self.after, n) > getattr(self.before, n)]

    def row(self) -> str:
        one, other = astuple(self.before), astuple(self.after)
        pairs = (f"{a:.0f} -> {b:.0f}" for a, b in zip(one, other, strict=True))
        return f"| {self.count:,} {self.what} | {self.growth:+.1%} | " + " | ".join(pairs) + " |"


HEAD = (
    "| what | growth | MiB | of losses | objects | widgets | threads | handles |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def _resident() -> int:
    """Bytes in memory now; where the system does not tell, the most there ever were."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def _count(folder: str, otherwise: Callable[[], int]) -> int:
    return len(list(Path(folder).iterdir())) if sys.platform == "linux" else otherwise()


def _in_plot(opened: Studio) -> int:
    """Bytes of the losses that the plot keeps."""
    history = opened.window.findChild(LossPlot, "lossPlot")._history
    levels = (rows for level in history._levels for rows in (level.mean, level.count))
    return sum(rows._buffer.nbytes for rows in (history._rows, *levels))


class Work:
    """What is done again and again in one window."""

    def __init__(self, opened: Studio, models: tuple[str, ...]) -> None:
        self.opened, self.state = opened, opened.state
        self.plot = opened.window.findChild(LossPlot, "lossPlot")
        self.grid = opened.window.findChild(ImageGrid, "imageGrid").viewport()
        self.random = np.random.default_rng(0)
        self.step = 0
        self.names: Iterator[str] = cycle(models)
        self.state.training.curvesLoaded.emit(np.empty((0, len(LOSSES)), np.float32))

    def losses(self, count: int) -> None:
        """Reports of a training; the plot draws as often as it likes."""
        while count > 0:
            rows = self.random.gamma(2.0, 0.5, (min(ROWS, count), len(LOSSES)))
            self.step += len(rows)
            count -= len(rows)
            report = Progress(self.step, 10**7, LOSSES, rows.astype(np.float32), 1e3, 1e3)
            self.state.training.progressed.emit(report)
            QApplication.processEvents()

    def redraws(self, count: int) -> None:
        """By turns the grid and the plot."""
        for number in range(count):
            if number % 2:
                self.grid.repaint()
            else:
                self.plot._dirty = True
                self.plot._redraw()
                self.plot._canvas.viewport().repaint()
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def probes(self, count: int) -> None:
        """Other noise, by the render thread."""
        for _ in range(count):
            self.state.query.resample()
            self._answered()

    def models(self, count: int) -> None:
        """Another model, with its test images and its answer."""
        for _ in range(count):
            recipe = CATALOGUE[next(self.names)]
            self.state.displayed.select(self.state.library.weights_of(recipe))
            wait(lambda: len(self.state.inputs.images) > 0 and not self.state.inputs.awaits_tests)
            self._answered()

    def _answered(self) -> None:
        asked = self.state.answers.probe().stamp

        def there() -> bool:
            found = self.state.answers.rendering
            return found is not None and found.stamp >= asked

        wait(there)


def endure(
    opened: Studio,
    counts: dict[str, int],
    models: tuple[str, ...],
    tell: Callable[[str], object],
    slices: int = 1,
) -> list[Part]:
    """Do all of it; `counts` says how often each of `Work`'s parts; told after each slice."""
    work, parts = Work(opened, models), []
    opened.state.inputs.add(opened.state.inputs.images[:1] * INPUTS)
    while len(opened.state.inputs.images) > INPUTS:
        opened.state.inputs.remove(INPUTS)
    tell(HEAD)
    for what, count in counts.items():
        warm = max(min(count // WARM, WARM_ENOUGH), min(count, 2 * len(models)))
        do = getattr(work, what)
        do(warm)
        before = Held.now(opened)
        done = warm
        while done < count:
            more = min(-(-count // slices), count - done)
            do(more)
            done += more
            part = Part(what, done, before, Held.now(opened))
            tell(part.row())
        parts.append(part)
    return parts


def verdict(parts: list[Part]) -> str:
    """What there is too much more of after each; "" where there is nothing."""
    return " ".join(f"{part.what}: more {', '.join(part.more)}." for part in parts if part.more)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--losses", type=int, default=100_000)
    parser.add_argument("--redraws", type=int, default=4_000)
    parser.add_argument("--probes", type=int, default=1_000)
    parser.add_argument("--models", type=int, default=40)
    counts = {name: count for name, count in vars(parser.parse_args()).items() if count}
    shown = [name for name in SHIPPED if not CATALOGUE[name].two_dimensional]
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = str(Path(folder) / variable)
        app = QApplication.instance() or QApplication([])
        with studio(Path(folder), FIRST) as opened:
            parts = endure(opened, counts, tuple(shown), partial(print, flush=True), SLICES)
        assert app is not None
    print(verdict(parts) or "Nothing stays behind: memory within 5 %, objects within 1 %.")
    return 1 if verdict(parts) else 0


if __name__ == "__main__":
    sys.exit(main())
