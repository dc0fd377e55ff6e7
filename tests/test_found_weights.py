"""What a bookmark or a picture brings back, beside what it does not tell of."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from iae_studio.state.comparing import Compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.exploration import explore_found
from iae_studio.state.found_weights import Found, found_in
from iae_studio.state.input_list import Input, KeptInputs
from iae_studio.state.turned import Settings
from tests.test_time_state import moments
from tests.tiny import CPU, batches_of, kind_of
from trainer.inference.model_files import export_model
from trainer.inference.snapshot import publish
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.snapshots import snapshot_path
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import start

DIGITS, POINTS = CATALOGUE["drawn-10"], CATALOGUE["mog-iae"]
NOTHING = KeptInputs(())
UNSELECTED = -1, 0


def test_a_moment_kept_since_the_list_was_read_is_the_one_that_is_shown(state) -> None:
    run = DisplayedModel(DIGITS, Path("run"))
    state.displayed.select(run)
    state.time.set_moments(run.path, moments(10, 40))
    found = Found(run, 20, moments(10, 20, 40))
    explore_found(state, found, NOTHING, Settings(), UNSELECTED)
    assert state.time.step == 20, "not the nearest one of an older list"


def test_what_is_not_told_of_stays(state) -> None:
    compared = Compared(DIGITS, None, None, "first")
    state.comparing.set([compared])
    image = Input("mine", np.zeros((28, 28, 1), np.uint8), state.inputs.spec, None)
    state.inputs.add([image])
    explore_found(state, Found(DisplayedModel(POINTS)), NOTHING, Settings(), UNSELECTED)
    assert state.comparing.models == (compared,)
    state.displayed.select(DisplayedModel(DIGITS))
    assert state.inputs.images == [image], "points take no images, and take none away"


def test_a_moment_of_a_run_without_a_checkpoint_is_found_in_it(tmp_path: Path) -> None:
    recipe = kind_of("iae, points")
    run = RunFolder.create(tmp_path / "run", recipe)
    snapshot = publish(start(recipe, CPU).ema, 0, CPU, batches_of(recipe).at(0))
    file = snapshot_path(run.path, 0, kept=True)
    export_model(snapshot, file, {}, exact=True)
    found = found_in(file)
    assert (found.model.path, found.step) == (run.path, 0), "it was killed before its first"
    assert [each.path for each in found.moments] == [file]
