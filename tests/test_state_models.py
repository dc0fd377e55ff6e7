"""Training, the library, devices, downloads: what each command does, and in which state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.library import Contents
from iae_studio.state.messages import Message
from iae_studio.state.model_files import SHIPPED, Run
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import Loading, State
from tests.widgets import fresh_state, heard_of
from trainer.recipe.catalogue import CATALOGUE

NO_CURVES = np.empty((0, 14), np.float32)
AAE = CATALOGUE["aae-small"]


@pytest.fixture(autouse=True)
def no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment that did not come with weights."""
    monkeypatch.delitem(SHIPPED, "aae-small")


def said(state: StudioState) -> str:
    return "" if state.messages.current is None else state.messages.current.text


# ---- the training --------------------------------------------------------------------------------


def test_until_the_engine_is_there_nothing_trains(qapp) -> None:
    state = fresh_state()
    wanted, states = heard_of(state.training.wanted), heard_of(state.training.stateChanged)
    state.training.start()
    state.training.toggle_pause()
    state.training.command("step")
    assert not wanted and not states
    state.training.engine_ready()
    state.training.engine_ready()
    state.training.start()
    assert len(wanted) == 1 and [now for (now,) in states] == [State.IDLE, State.LOADING]
    state.training.engine_ready()
    assert state.training.state is State.LOADING, "it was there already"
    state.training.engine_broken()
    assert state.training.state is State.FAILED


def test_what_is_kept_in_memory_goes_on_and_a_loading_can_be_stopped(state) -> None:
    training, commands = state.training, heard_of(state.training.commandWanted)
    training.set_state(State.UNSAVED)
    training.start()
    training.toggle_pause()
    training.set_state(State.IDLE)
    training.toggle_pause()
    training.set_loading(Loading(1, 9))
    training.command("stop")
    assert commands == [("go",), ("go",), ("stop",)]
    training.set_state(State.LOADING)
    training.toggle_pause()
    assert len(commands) == 3 and not training.started and training.busy


def test_how_far_it_is_loaded_is_told_until_it_trains(state) -> None:
    moved = heard_of(state.training.loadingMoved)
    state.training.set_state(State.LOADING)
    for _ in range(2):
        state.training.set_loading(Loading(1, 9))
    state.training.set_state(State.LOADING)
    state.training.set_state(State.TRAINING)
    assert moved == [(Loading(1, 9),), (None,)] and state.training.loading is None


def test_what_begins_is_shown_live_unless_another_is_looked_at(state) -> None:
    recipe = AAE.but(width=8)  # as if its data had told that
    curves, runs = heard_of(state.training.curvesLoaded), heard_of(state.library.refreshWanted)
    for shown in (AAE, CATALOGUE["mog-iae"]):
        state.training.set_state(State.IDLE)
        state.displayed.select(DisplayedModel(AAE))
        state.training.start()
        state.displayed.select(DisplayedModel(shown))
        state.training.began(Path("runs/it"), recipe, NO_CURVES)
        assert state.training.recipe == recipe and state.training.run_path == Path("runs/it")
        live = DisplayedModel(recipe, Path("runs/it"), live=True)
        assert state.displayed.model == (live if shown is AAE else DisplayedModel(shown))
    assert len(curves) == len(runs) == 2
    state.displayed.select(live)
    state.displayed.has_drawn()
    state.training.ended()
    run = replace(live, live=False)
    assert state.displayed.model == run and len(runs) == 3
    state.displayed.select(DisplayedModel(AAE, Path("bad.safetensors")))
    assert state.displayed.go_back() and state.displayed.model == run, "it is live no more"


def test_how_a_training_ended_is_forgotten_with_its_recipe(state) -> None:
    for end in (State.FAILED, State.FINISHED, State.PAUSED):
        state.displayed.select(DisplayedModel(AAE))
        state.training.set_state(end)
        state.displayed.select(DisplayedModel(AAE, Path("runs/other")))
        assert state.training.state is end, "the same recipe"
        state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
        assert state.training.state is (end if end is State.PAUSED else State.IDLE)


def test_a_checkpoint_is_logged_and_told_where_it_was_missed(state) -> None:
    logged = heard_of(state.messages.logged)
    state.training.set_state(State.TRAINING)
    state.training.saved(Path("runs/it"), 1000)
    assert not said(state) and logged == [(f"Saved step 1,000 in {Path('runs/it')}.",)]
    state.training.set_state(State.UNSAVED)
    state.training.could_not_save("The disk is full.")
    assert said(state).startswith("The training waits: press Save to try again")
    state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    assert said(state).endswith("The disk is full."), "whatever is displayed"
    state.training.set_state(State.TRAINING)
    assert not said(state), "it goes on"


# ---- the library ---------------------------------------------------------------------------------


def a_run(folder: str, step: int = 5, recipe=AAE) -> Run:
    return Run(Path(folder), recipe, "2026-11-27", step)


def test_a_run_without_a_checkpoint_is_listed_while_it_trains(state) -> None:
    begun, other = a_run("runs/it", step=0), a_run("runs/other", step=0)
    changed = heard_of(state.library.changed)
    state.library.set_contents(Contents((begun, other)))
    assert len(changed) == 1 and not state.library.entry(AAE).runs
    state.displayed.select(DisplayedModel(AAE))
    state.training.start()
    state.training.began(begun.path, AAE, NO_CURVES)
    assert state.library.entry(AAE).runs == (begun,)
    assert state.library.weights_of(AAE) == DisplayedModel(AAE), "it has no weights to show"
    state.training.set_state(State.IDLE)
    assert not state.library.entry(AAE).runs


def test_a_run_on_own_images_stands_for_itself(state) -> None:
    own = a_run("runs/own", recipe=AAE.with_images("/photos"))
    state.library.set_contents(Contents((own, a_run("runs/old"))))
    assert state.library.weights_of(AAE).path == Path("runs/old")
    assert state.library.entry(AAE).runs[0] == own


def test_what_is_damaged_at_the_start_is_told_over_what_is_no_error(state) -> None:
    for problem, wait in (("The disk is gone.", False), ("Another is gone.", True)):
        if not wait:
            state.library.start("drawn-10")
        state.messages.show_message(Message("Showing a model."))
        state.library.set_contents(Contents(problems=(problem,)))
        assert said(state) == ("Showing a model." if wait else problem)


# ---- devices and downloads -----------------------------------------------------------------------


def test_a_device_is_told_when_it_is_another(state) -> None:
    changed = heard_of(state.devices.changed)
    for device in ("auto", "cpu", "cpu", "auto"):
        state.devices.choose(device)
    assert [device for (device,) in changed] == ["cpu", "auto"]


def test_a_download_begins_at_nothing_and_is_over_at_its_end(state) -> None:
    moved, changed = heard_of(state.downloads.moved), heard_of(state.downloads.changed)
    state.downloads.set_share(0.5)
    state.downloads.begin("mnist")
    state.downloads.set_share(0.25)
    state.downloads.end()
    state.downloads.set_share(0.75)
    assert moved == [(0.0,), (0.25,)] and len(changed) == 2 and state.downloads.name == ""


def test_when_the_views_are_gone_nothing_is_told(state) -> None:
    told = heard_of(state.messages.changed)
    state.silence()
    state.messages.show_error("Nobody reads this.")
    assert not told
