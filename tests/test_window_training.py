"""Training in the real window, on the real thread, into real run folders."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QTreeWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import list_runs
from iae_studio.state.training import State
from iae_studio.views.recipe_list import RecipeList
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.loss_plot import LossPlot
from tests.studio import LONG, find, newest, press, running, steps, wait_for_tiles, wait_state
from trainer.recipe.catalogue import CATALOGUE
from trainer.training import checkpoint


@pytest.fixture
def studio(qtbot, own_folders):
    with running(own_folders, qtbot, "mog-iae") as started:
        yield started


def test_train_pause_step_go_on_stop(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 20, timeout=LONG)
    assert "Training" in studio.window.findChild(QLabel, "statusText").text()

    press(studio, qtbot, "pauseButton")
    wait_state(studio, qtbot, State.PAUSED)
    qtbot.wait(300)
    rested = steps(studio)
    qtbot.wait(300)
    assert steps(studio) == rested, "it went on while paused"

    press(studio, qtbot, "stepButton")
    qtbot.waitUntil(lambda: steps(studio) == rested + 1, timeout=LONG)
    qtbot.wait(200)
    assert steps(studio) == rested + 1

    press(studio, qtbot, "pauseButton")
    qtbot.waitUntil(lambda: steps(studio) > rested + 10, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    (run,) = list_runs()
    assert run.recipe.name == "mog-iae"
    assert run.step == steps(studio)


def test_a_stopped_run_goes_on_where_it_stopped(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 20, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    before = list_runs()[0].step
    start = studio.window.findChild(QPushButton, "startButton")
    qtbot.waitUntil(
        lambda: start.text() == "Go on" and not studio.state.displayed.model.live, timeout=LONG
    )
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.TRAINING)
    assert steps(studio) >= before
    qtbot.waitUntil(lambda: steps(studio) > before + 10, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    (run,) = list_runs()
    assert run.step > before


def test_a_run_that_a_command_trains_is_left_alone(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 20, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    (run,) = list_runs()
    with checkpoint.RunFolder(run.path).alone():
        press(studio, qtbot, "startButton")
        wait_state(studio, qtbot, State.FAILED)
    assert studio.state.messages.current is not None
    assert "is being trained already" in studio.state.messages.current.text
    assert list_runs()[0].step == run.step


def test_what_a_window_leaves_can_be_collected(qtbot, own_folders) -> None:
    """Plots that outlive Qt crash the program at its end."""
    before = gc.get_freeze_count()
    with running(own_folders, qtbot, "mog-iae") as studio:
        assert gc.get_freeze_count() > before  # the engine's objects
        studio.window.close()
        assert gc.get_freeze_count() <= before
        assert gc.isenabled()


def test_closing_while_it_trains_saves_first(qtbot, own_folders) -> None:
    with running(own_folders, qtbot, "mog-iae") as studio:
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) >= 30, timeout=LONG)
        studio.window.close()
        assert not studio.training.isRunning()
        (run,) = list_runs()
        assert run.step >= 30


def test_a_run_of_another_day_goes_on_with_its_curves(qtbot, own_folders) -> None:
    with running(own_folders, qtbot, "mog-iae") as first:
        press(first, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(first) >= 30, timeout=LONG)
    (run,) = list_runs()
    with running(own_folders, qtbot, "mog-iae") as second:
        second.state.displayed.select(DisplayedModel(run.recipe, run.path))
        press(second, qtbot, "startButton")
        wait_state(second, qtbot, State.TRAINING)
        qtbot.waitUntil(lambda: steps(second) > run.step, timeout=LONG)
        plot = second.window.findChild(LossPlot, "lossPlot")
        assert plot.curve("reconstruction generator")[0].min() <= 10, (
            "its first steps are there too"
        )
    (again,) = list_runs()
    assert again.step > run.step


@pytest.mark.parametrize("then", ["Retry", "Discard"])
def test_a_full_disk_at_closing_is_asked_about(qtbot, own_folders, monkeypatch, then) -> None:
    """The save fails once: the user makes room and tries again, or lets it go."""
    asked = []
    write = checkpoint.write_bytes

    def answer(parent, title, text, *_):
        asked.append(text)
        return getattr(QMessageBox.StandardButton, then)

    with running(own_folders, qtbot, "mog-iae") as studio:
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) >= 30, timeout=LONG)
        runs = list_runs()

        def full(path, data):
            if not asked:
                raise OSError(28, "No space left on device")
            write(path, data)

        monkeypatch.setattr(checkpoint, "write_bytes", full)
        monkeypatch.setattr(QMessageBox, "critical", answer)
        studio.window.close()
        assert not studio.training.isRunning()
    assert len(asked) == 1
    assert "No space left" in asked[0]
    assert runs[0].path.joinpath("state.safetensors").exists() == (then == "Retry")


def test_the_points_follow_the_training(studio, qtbot) -> None:
    clouds = []
    studio.state.answers.clouded.connect(clouds.append)
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: len({cloud.step for cloud in clouds}) >= 3, timeout=LONG)
    assert not np.array_equal(clouds[0].fake, clouds[-1].fake)
    assert clouds[-1].real.shape == clouds[-1].fake.shape == (2000, 2)


def test_exploring_goes_on_while_another_recipe_trains(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.TRAINING)
    studio.state.displayed.select(studio.state.library.weights_of(CATALOGUE["drawn-10"]))
    first = wait_for_tiles(studio, qtbot, studio.state.answers.probe().stamp)
    studio.state.query.resample()
    second = newest(studio, qtbot)
    assert not np.array_equal(first.tiles, second.tiles)
    assert studio.state.training.state is State.TRAINING
    assert studio.state.displayed.recipe.name == "drawn-10"


def test_the_list_offers_recipes_and_their_runs(studio, qtbot) -> None:
    tree = studio.window.findChild(QTreeWidget, "recipeList")
    found = {
        item.data(0, Qt.ItemDataRole.UserRole).recipe.name
        for item in find(studio, RecipeList, "recipeList").recipe_items()
    }
    assert found == set(CATALOGUE)
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 5, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    flags = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive
    qtbot.waitUntil(lambda: len(tree.findItems("run of", flags)) == 1, timeout=LONG)


def test_data_that_is_missing_is_told_in_one_sentence(studio, qtbot) -> None:
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mnist-10"]))
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.FAILED)
    text = studio.window.findChild(QLabel, "messageText").text()
    assert "MNIST" in text
    assert "drawn-10" in text
    studio.state.displayed.select(studio.state.library.weights_of(CATALOGUE["mog-iae"]))
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 5, timeout=LONG)


def test_ten_thousand_questions_are_not_all_answered(qtbot, own_folders) -> None:
    """A newer probe replaces an unanswered one: no queue grows behind a slider."""
    with running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        answers = []
        studio.render.rendered.connect(answers.append)
        for k in range(2000):
            studio.state.query.set_code_offsets((k / 1000,))
        last = newest(studio, qtbot)
        assert last.stamp == studio.state.answers.probe().stamp
        assert len(answers) < 1000


@pytest.mark.slow
def test_five_thousand_redraws_while_it_trains(qtbot, own_folders) -> None:
    with running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        studio.state.training.start()
        wait_state(studio, qtbot, State.TRAINING)
        grid = studio.window.findChild(ImageGrid, "imageGrid")
        plot = studio.window.findChild(LossPlot, "lossPlot")
        for k in range(5000):
            if k % 10 == 0:
                studio.state.query.set_code_offsets((3 * np.sin(k / 50),))
            grid.viewport().repaint()
            plot.repaint()
            if k % 5 == 0:
                qtbot.wait(1)
        assert studio.state.training.state is State.TRAINING
        assert steps(studio) > 0
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
