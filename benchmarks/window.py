"""How smooth the window is, and what it costs the training. Real threads, real models.

python -m benchmarks.window [--seconds 20] [--rounds 3] [--json FILE]

Offscreen, or in a real window where DISPLAY is set.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import PySide6
from PySide6.QtWidgets import QAbstractButton, QApplication

from benchmarks import window_directions, window_grid, window_map, window_pad, window_time
from benchmarks.opened import (
    Row,
    Ticks,
    hand_times,
    move_row,
    own_folders,
    pause,
    studio,
    tick_row,
    wait,
)
from benchmarks.window_cost import without_window
from benchmarks.window_start import start_rows
from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.training import State
from iae_studio.widgets.film_strip import FilmStrip
from iae_studio.widgets.loss_plot import LossPlot
from trainer.messages import LOSSES, Progress
from trainer.recipe.catalogue import CATALOGUE

# 28x28, its data drawn by the program. In its warm start, left out, steps cost half as much.
RECIPE = CATALOGUE["drawn-10"].but(warm=0.0)
WARM_UP = 3.0  # s of a training before anything is measured
IMAGES = 10  # in rows of 8 columns: 80 tiles
POINTS = 1_000_000


def fill(opened: Studio) -> None:
    """Ten inputs, so that the grid has 80 tiles."""
    state = opened.state
    known = state.inputs.images
    while len(state.inputs.images) < IMAGES:
        state.inputs.add([known[len(state.inputs.images) % len(known)]])
    pause(1.0)


def slider_times(opened: Studio, moves: int) -> tuple[list[float], list[float]]:
    """From a slider's move to the first tiles painted, and to all of them, in ms."""
    turn = opened.state.query.set_code_offsets
    places = [(float(np.sin(number)), float(np.cos(number))) for number in range(moves)]
    return hand_times(opened, [partial(turn, place) for place in places])


def begin(opened: Studio) -> None:
    opened.state.displayed.select(DisplayedModel(RECIPE))
    opened.state.training.start(anew=True)
    wait(lambda: opened.state.training.state is State.TRAINING)
    pause(WARM_UP)


def end(opened: Studio) -> None:
    opened.state.training.command("stop")
    wait(lambda: opened.state.training.state is State.IDLE)


def smoothness(opened: Studio, seconds: float, moves: int) -> list[Row]:
    rows, ticks = [], Ticks()
    for what in ("idle", "training"):
        if what == "training":
            begin(opened)
        with ticks.counted():
            pause(seconds)
        rows.append(tick_row(f"ticks of 16 ms, {what}", ticks.gaps, "p99 <= 20, worst <= 50"))
        first, every = slider_times(opened, moves)
        rows.append(move_row(f"slider to the first row painted, {what}", first, 33))
        rows.append(move_row(f"slider to all {8 * IMAGES} tiles painted, {what}", every, 80))
    end(opened)
    return rows


def walk_row(opened: Studio, seconds: float) -> Row:
    """Ticks while it trains, and a walk plays below the grid."""
    begin(opened)
    walk = opened.window.findChild(QAbstractButton, "walkButton")
    walk.click()
    strip = opened.window.findChild(FilmStrip, "walkPictures")
    wait(lambda: len(strip.pictures()) > 0)
    ticks = Ticks()
    with ticks.counted():
        pause(seconds)
    walk.click()
    end(opened)
    return tick_row("ticks of 16 ms, training, a walk plays", ticks.gaps, "p99 <= 20, worst <= 50")


def explored_rows() -> list[Row]:
    """How soon what is explored answers, each part in a window of its own."""
    found: list[Row] = []
    for part in (window_grid, window_pad, window_directions, window_map, window_time):
        with own_folders() as folder, studio(folder, RECIPE.name) as opened:
            found += part.rows(opened)
    return found


def redraw_row() -> Row:
    """A plot of a million steps, drawn again as when one more report comes."""
    plot = LossPlot()
    plot.resize(900, 220)
    plot.setCurves(LOSSES)
    steps = np.random.default_rng(0).gamma(2.0, 0.5, (POINTS, len(LOSSES))).astype(np.float32)
    plot.load(steps)
    plot.show()
    pause(0.5)
    times = []
    for _ in range(20):
        plot.append(steps[:100])
        began = time.perf_counter()
        plot._redraw()
        plot.grab()
        times.append(1e3 * (time.perf_counter() - began))
    plot.close()
    plot.deleteLater()
    return (f"redraw of 1,000,000 steps of {len(LOSSES)} losses", f"{median(times):.1f} ms", "")


def cost_row(opened: Studio, seconds: float, rounds: int) -> Row:
    """Steps per second in the window, and in a process without one, in turns."""
    losses = []
    for number in range(rounds):
        ways = [lambda: in_window(opened, seconds), lambda: without_window(RECIPE, seconds)]
        rates = [way() for way in (reversed(ways) if number % 2 else ways)]
        shown, alone = reversed(rates) if number % 2 else rates
        losses.append(1 - shown / alone)
    each = ", ".join(f"{loss:.1%}" for loss in losses)
    return ("what the open window costs the training", f"{median(losses):.1%} ({each})", "<= 5 %")


def in_window(opened: Studio, seconds: float) -> float:
    """Steps per second of a new run."""
    state, counts = opened.state, []

    def count(progress: Progress) -> None:
        counts.append(len(progress.losses))

    begin(opened)
    state.training.progressed.connect(count)
    began = time.perf_counter()
    pause(seconds)
    rate = sum(counts) / (time.perf_counter() - began)
    state.training.progressed.disconnect(count)
    end(opened)
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows: list[Row] = start_rows(args.rounds + 2)
    app = QApplication.instance() or QApplication([])
    with own_folders() as folder:
        with studio(folder, RECIPE.name) as opened:
            fill(opened)
            rows += smoothness(opened, args.seconds, args.moves)
            rows.append(walk_row(opened, args.seconds))
            rows.append(cost_row(opened, args.seconds, args.rounds))
        rows.append(redraw_row())
    rows += explored_rows()
    from benchmarks.machine import describe  # it imports torch, which the window does on its own
    from trainer.devices.choice import choose_device

    where = f"{describe(choose_device('auto'))}, PySide6 {PySide6.__version__}"
    print(f"{where}, {app.platformName()}\n")
    print("| what | measured | goal |\n| --- | --- | --- |")
    print("\n".join("| " + " | ".join(row) + " |" for row in rows))
    if args.json:
        args.json.write_text(json.dumps({"where": where, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
