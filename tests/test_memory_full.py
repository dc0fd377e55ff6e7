"""Memory that runs out in a step is told with the way on, and costs the run nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from PySide6.QtWidgets import QPushButton

from iae_studio.memory_controller import MemoryController
from iae_studio.state.messages import Message
from iae_studio.state.model_files import list_runs
from iae_studio.state.smaller_batch import CHOOSE_BATCH, out_of_memory
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.threads.explore import Explorers
from iae_studio.threads.failures import describe
from iae_studio.threads.render import RenderThread
from iae_studio.threads.train import TrainingThread
from tests.studio import LONG, little_data, press, running, steps, wait_state
from trainer.cli import main
from trainer.recipe.catalogue import CATALOGUE
from trainer.training import loop

MOG = CATALOGUE["mog-iae"]
HALF = MOG.optim.batch // 2


@pytest.fixture
def room_for(monkeypatch):
    """Makes the device run out of memory in a step, from one on, by a batch of more than that."""

    def room(most: int, first: int) -> None:
        real = loop.step

        def running_out(state, batch):
            if state.step >= first and len(batch) > most:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
            return real(state, batch)

        monkeypatch.setattr(loop, "step", running_out)

    return room


def button(studio, number: int = 0) -> QPushButton:
    return studio.window.findChild(QPushButton, f"messageButton{number}")


def said(studio) -> Message:
    message = studio.state.messages.current
    assert message is not None
    return message


def test_a_run_that_finds_no_memory_goes_on_in_half_the_batch(
    qtbot, own_folders, monkeypatch, room_for
) -> None:
    room_for(HALF, first=3)
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as studio:
        press(studio, qtbot, "startButton")
        wait_state(studio, qtbot, State.FAILED)
        assert said(studio).error and said(studio).text.startswith("The GPU's memory is full.")
        (run,) = list_runs()
        assert run.step == 3 == steps(studio), "what came before is kept"
        qtbot.waitUntil(lambda: button(studio) is not None, timeout=LONG)
        assert button(studio).text() == f"Go on with a batch of {HALF:,}"
        button(studio).click()
        qtbot.waitUntil(lambda: steps(studio) > 10, timeout=LONG)
        assert studio.state.training.recipe.optim.batch == HALF
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
        assert sorted(known.step > 3 for known in list_runs()) == [False, True]


@pytest.fixture
def studio_state(qtbot, state) -> Iterator[StudioState]:
    """With what answers the buttons, and threads that are not started."""
    render, explorers = RenderThread(), Explorers()
    training = TrainingThread(render.offer)
    controller = MemoryController(state, render, explorers, training)
    state.training.engine_ready()
    yield state
    assert not controller.threads()


def test_one_that_never_began_begins_again_in_half_the_batch(studio_state) -> None:
    state, wanted, options = studio_state, [], []
    state.training.wanted.connect(lambda *found: wanted.append(found))
    state.requests.optionsWanted.connect(lambda recipe, then: options.append(recipe))
    state.training.begin(MOG, None)
    state.training.failed(describe(torch.OutOfMemoryError("CUDA out of memory.")))
    state.training.set_state(State.FAILED)
    again, choose = state.messages.current.actions
    assert again.label == f"Train again with a batch of {HALF:,}"
    state.messages.act(choose)
    assert options == [MOG] and state.messages.current.actions == (again, choose), "it stands"
    state.messages.act(again)
    recipe, run = wanted[-1]
    assert (recipe.optim.batch, run) == (HALF, None) and state.displayed.recipe == recipe
    state.messages.act(again)  # something trains by now
    assert [item.recipe for item in state.queue.coming] == [recipe]


def test_a_warm_start_in_large_batches_is_made_smaller_too() -> None:
    recipe = CATALOGUE["mnist-clusters-small"].but(batch=32, warm_batch=256)
    first, _ = out_of_memory("", recipe, None).actions
    smaller = first.about.recipe
    assert (smaller.optim.batch, smaller.schedule.warm_batch) == (32, 128)
    (only,) = out_of_memory("", MOG.but(batch=2), None).actions
    assert only.asks_for(CHOOSE_BATCH), "a batch norm needs two images"


def test_the_command_says_what_to_do_and_keeps_the_run(tmp_path, capsys, room_for) -> None:
    room_for(HALF, first=3)
    run = tmp_path / "run"
    words = ["train", "mog-iae", "--steps", "9", "--device", "cpu", "--out", str(run)]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert (
        f"A batch of {2 * HALF} found no room on the device cpu. Half of it, batch={HALF}" in told
    )
    assert f"Saved at step 3 in {run}." in told and "The memory is full." in told
    assert main([*words[:-1], str(tmp_path / "small"), "--set", f"batch={HALF}"]) == 0
