"""How soon another moment of a run is seen; and what moments cost a training.

python -m benchmarks.window_time
"""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.opened import Row, hand_times, move_row, own_folders, pause, studio, wait
from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.widgets.time_slider import TimeSlider
from trainer.storage.paths import new_run_folder
from trainer.storage.snapshots import snapshot_path

MODEL = "shoes-small"  # 32 px
MOMENTS = 30
SECONDS = 20.0  # of a training whose moments are paid for


def made_run() -> Path:
    """A run with thirty moments, each with weights of its own."""
    import torch

    from trainer.inference.model_files import export_model, load_snapshot
    from trainer.training.checkpoint import RunFolder
    from trainer.training.state import start

    cpu = torch.device("cpu")
    snapshot = load_snapshot(SHIPPED[MODEL], cpu)
    run = RunFolder.create(new_run_folder(MODEL), model_recipe(SHIPPED[MODEL]))
    run.save(start(run.recipe(), cpu))
    for number in range(MOMENTS):
        model = copy.deepcopy(snapshot.model)
        rng = torch.Generator().manual_seed(number)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.002 * torch.randn(weight.shape, generator=rng)
        step = 1 + 100 * number
        export_model(replace(snapshot, step=step, model=model), snapshot_path(run.path, step), {})
    return run.path


def scrub(opened: Studio, places: np.ndarray) -> tuple[list[float], list[float]]:
    """From a hand's move of the slider to the first row painted, and to all of them, in ms."""
    slider = opened.window.findChild(TimeSlider, "timeSlider")
    return hand_times(opened, [partial(slider.setValue, int(place)) for place in places])


def look(opened: Studio, run: Path) -> None:
    """At the first moment of a run."""
    state = opened.state
    state.displayed.select(DisplayedModel(model_recipe(SHIPPED[MODEL]), run))
    wait(lambda: len(state.time.moments) == MOMENTS and state.answers.rendering is not None)
    state.time.look_at(1)
    pause(2.0)


def rows(opened: Studio) -> list[Row]:
    """Of an opened window, for the table of `benchmarks.window`."""
    from trainer.inference.snapshot_cache import LATELY, MOST_BYTES

    there = np.arange(1, MOMENTS)
    about = np.random.default_rng(0).permutation(there)
    found: list[Row] = []
    for what, places in (("step by step", there), ("jumping about", about), ("back", there - 1)):
        if what != "back":
            look(opened, made_run())
        first, every = scrub(opened, places)
        tiles = len(opened.state.inputs.images) * opened.state.query.columns
        title = f"scrubbing over {MOMENTS} moments of {MODEL}, {what}"
        found.append(move_row(f"{title}: first row", first, 50))
        found.append(move_row(f"{title}: all {tiles} tiles", every, 150))
    held = f"{LATELY.size / 1e6:.1f} MB"
    found.append((f"held of {MOMENTS} moments of {MODEL}", held, f"<= {MOST_BYTES / 1e6:.0f} MB"))
    return found


def cost_row() -> Row:
    """What the moments of a new run take of its time, without a window."""
    import trainer
    from trainer.api import training as api
    from trainer.inference import history

    spent: list[float] = []

    class Counted(history.History):
        def keep(self, *what: object) -> bool:
            done = super().keep(*what)  # type: ignore[arg-type]
            spent.append(self.spent)
            return done

    known = api.History
    api.History = Counted
    try:
        began = time.perf_counter()
        with trainer.train("drawn-10", minutes=SECONDS / 60) as training:
            for _ in training:
                pass
        share = spent[-1] / (time.perf_counter() - began)
    finally:
        api.History = known
    return (
        f"moments of a training of {SECONDS:.0f} s, drawn-10",
        f"{share:.2%} of its time ({len(spent)} moments)",
        "<= 1 %",
    )


def main() -> None:
    app = QApplication.instance() or QApplication([])
    with own_folders() as folder:
        with studio(folder, MODEL) as opened:
            for row in rows(opened):
                print("| " + " | ".join(row) + " |")
        print("| " + " | ".join(cost_row()) + " |")
    del app


if __name__ == "__main__":
    main()
