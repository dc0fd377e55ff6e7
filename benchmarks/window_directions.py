"""How soon after a selection the directions of the picture are there, and their strips.

`rows` is called by `benchmarks.window`; alone: python -m benchmarks.window_directions
"""

from __future__ import annotations

import time

from PySide6.QtWidgets import QApplication

from benchmarks.opened import Row, move_row, own_folders, pause, studio, wait
from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.studio_state import FIRST

MODELS = ("shoes-small", "mnist-10-small")  # 32 px in colour, and 28 px in grey
SELECTIONS = 20
QUIET = 0.6  # s: a hand looks at what it selected


def rows(opened: Studio) -> list[Row]:
    """Of each model: selection to directions, and from there to its strips."""
    found: list[Row] = []
    before = opened.state.displayed.model
    for name in MODELS:
        opened.state.displayed.select(DisplayedModel(model_recipe(SHIPPED[name]), SHIPPED[name]))
        found += _rows_of(opened, name)
    opened.state.displayed.select(before)
    return found


def _rows_of(opened: Studio, name: str) -> list[Row]:
    state, controls = opened.state, opened.window.view("code and noise")
    directions = controls.directions
    told: dict[str, float] = {}

    def note(what: str) -> None:
        told.setdefault(what, time.perf_counter())

    links = (
        directions.taken.connect(lambda: note("directions")),
        directions.drawn.connect(lambda strips: note("strips") if strips is not None else None),
    )
    wait(lambda: len(state.inputs.images) > 1 and bool(directions.rows("noise")))
    pause(2.0)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(1, SELECTIONS + 1):  # not that which is selected
        pause(QUIET)
        told.clear()
        began = time.perf_counter()
        columns = state.query.columns
        state.selection.select(number % len(state.inputs.images), number % columns)
        wait(lambda: "strips" in told)
        times[0].append(1e3 * (told["directions"] - began))
        times[1].append(1e3 * (told["strips"] - told["directions"]))
    directions.taken.disconnect(links[0])
    directions.drawn.disconnect(links[1])
    return [
        move_row(f"{name}: selection to its directions", times[0], 150),
        move_row(f"{name}: from there to the strips", times[1], 100),
    ]


def main() -> None:
    app = QApplication.instance() or QApplication([])
    with own_folders() as folder, studio(folder, FIRST) as opened:
        for row in rows(opened):
            print(" | ".join(row))
    del app


if __name__ == "__main__":
    main()
