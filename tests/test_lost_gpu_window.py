"""A GPU that is lost under the window: training goes on on the CPU, pictures by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from iae_studio.app import Studio
from iae_studio.lost_gpu_controller import ANEW, BEGINS, NEVER, WORKS
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import GO_ON_CPU, LOST
from iae_studio.state.model_files import list_runs
from iae_studio.state.queue_items import Stage
from iae_studio.state.training import State
from tests.lost_gpu import accelerator_error
from tests.studio import LONG, cycle, find, little_data, newest, press, running, steps, wait_state
from trainer.data.batches import TrainingBatches
from trainer.data.dataset import DataSet
from trainer.devices import choice, trial
from trainer.devices.records import DeviceInfo, FoundDevices
from trainer.inference.snapshot import Snapshot
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import resolve as resolved
from trainer.training import checkpoint, loop

CPU, GPU = torch.device("cpu"), torch.device("cpu:0")  # two names of one device, for torch
CARD = "NVIDIA T4"


class OneGpu:
    """A computer with a GPU, which computes as the CPU does until it dies."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dead = self.answers_again = self.works_anew = False
        self.dies = False  # in the next step
        self.died_at = -1
        self.lost: Any = None  # the state that trained there
        self.trained_on: list[str] = []
        self._patch(monkeypatch)

    def _patch(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(choice, "choose_device", lambda name: CPU if name == "cpu" else GPU)
        patch.setattr(choice, "find_devices", self._found)
        patch.setattr(trial, "title_of", lambda device: CARD if device == GPU else "CPU")
        patch.setattr("iae_studio.lost_gpu_controller.works_anew", lambda _: self.works_anew)
        batches, step, state_bytes = DataSet.batches, loop.step, checkpoint.state_bytes

        def on_device(data: DataSet, recipe: Recipe, device: torch.device) -> TrainingBatches:
            made = batches(data, recipe, device)
            object.__setattr__(made, "_where", device)
            self.trained_on.append(str(device))
            return made

        def stepped(state: Any, batch: Any) -> torch.Tensor:
            if self.dies:
                self.dies, self.dead, self.lost, self.died_at = False, True, state, state.step
            self._touch(state)
            return step(state, batch)

        def read(state: Any, *more: Any) -> bytes:
            self._touch(state)
            return state_bytes(state, *more)

        patch.setattr(DataSet, "batches", on_device)
        where = property(lambda rows: getattr(rows, "_where", rows.data.rows.device))
        patch.setattr(TrainingBatches, "device", where)
        patch.setattr(loop, "step", stepped)
        patch.setattr(checkpoint, "state_bytes", read)
        for module, name in (
            *(("render", "render"), ("render", "sample_cloud"), ("render", "render_clusters")),
            *(("model_files", "load_snapshot"), ("snapshot", "fresh_snapshot")),
        ):
            self._guard(patch, f"trainer.inference.{module}.{name}")

    def _touch(self, state: Any) -> None:
        """What the dead GPU held can be neither trained nor read any more."""
        if state is self.lost:
            raise accelerator_error()

    def _guard(self, patch: pytest.MonkeyPatch, place: str) -> None:
        from pkgutil import resolve_name

        module, _, name = place.rpartition(".")
        real = resolve_name(module + ":" + name)

        def guarded(*arguments: Any, **options: Any) -> Any:
            there = [each.device for each in arguments if isinstance(each, Snapshot)]
            if self.dead and GPU in (*there, *arguments):
                raise accelerator_error()
            return real(*arguments, **options)

        patch.setattr(place, guarded)

    def _found(self) -> FoundDevices:
        why = "" if not self.dead or self.answers_again else f"{CARD} does not work."
        self.dead = self.dead and not self.answers_again
        return FoundDevices((DeviceInfo("cpu:0", CARD, why), DeviceInfo("cpu", "CPU")), why)


@pytest.fixture
def gpu(monkeypatch) -> Iterator[OneGpu]:
    for name in ("FIRST_SAVE", "SAVE_SECONDS"):  # saved on request alone
        monkeypatch.setattr(f"iae_studio.threads.run_job.{name}", 600.0)
    with little_data(monkeypatch):
        yield OneGpu(monkeypatch)


def devices(studio: Studio) -> list[str]:
    box = find(studio, QComboBox, "deviceBox")
    return [box.itemText(place) for place in range(box.count())]


def text(studio: Studio) -> str:
    return find(studio, QLabel, "messageText").text()


def begin(studio: Studio, qtbot, recipe: Recipe, count: int = 3) -> None:
    studio.state.displayed.select(DisplayedModel(recipe))
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= count, timeout=LONG)


def save(studio: Studio, qtbot) -> int:
    """Write a checkpoint; its step."""
    with qtbot.waitSignal(studio.training.saved, timeout=LONG) as saved:
        press(studio, qtbot, "saveButton")
    return saved.args[1]


def lose_it(studio: Studio, qtbot, gpu: OneGpu) -> None:
    """In the next step."""
    gpu.dies = True
    wait_state(studio, qtbot, State.FAILED)
    qtbot.waitUntil(lambda: not studio.state.displayed.model.live, timeout=LONG)


POINTS = CATALOGUE["mog-iae"].but(steps=10**6)
TEN = CATALOGUE["mnist-10-small"]
TINY = CATALOGUE["drawn-10"].but(width=4, batch=4)


def test_a_training_goes_on_on_the_cpu_by_one_button_and_the_queue_with_it(
    qtbot, own_folders, gpu
) -> None:
    with running(own_folders, qtbot) as studio:
        queue, shown = studio.state.queue, studio.state.displayed
        assert devices(studio) == ["GPU", "CPU"] and studio.state.devices.chosen == "cpu:0"
        begin(studio, qtbot, POINTS)
        studio.state.queue.add(TINY)
        saved = save(studio, qtbot)
        lose_it(studio, qtbot, gpu)
        (run,) = list_runs()
        assert f"The GPU ({CARD}) was lost at step {gpu.died_at:,}, as" in text(studio)
        said = studio.state.messages.current
        assert f"The last checkpoint is of step {saved:,}, in {run.path.name}." in said.text
        assert [item.stage for item in queue.items] == [Stage.INTERRUPTED, Stage.WAITING]
        assert queue.held and queue.items[0].run == run.path and queue.items[0].step == saved
        assert "was lost" in queue.items[0].why, "and nothing else has begun"
        assert devices(studio) == ["CPU"]
        qtbot.waitUntil(lambda: NEVER in text(studio), timeout=LONG)
        assert find(studio, QPushButton, "messageButton0").text() == "Go on on the CPU"
        press(studio, qtbot, "messageButton0")
        wait_state(studio, qtbot, State.TRAINING)
        assert studio.training.isRunning() and gpu.trained_on[-1] == "cpu"
        qtbot.waitUntil(lambda: steps(studio) > saved + 2, timeout=LONG)
        assert shown.model.path == run.path and shown.model.live
        assert [each.path for each in list_runs()] == [run.path], "it is the same run"
        assert studio.state.messages.about(LOST) is None
        assert not queue.held and [item.recipe for item in queue.coming] == [TINY]
        queue.hold()
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
        curves = studio.window.findChild(QWidget, "lossPlot")
        (run,) = list_runs()
        assert run.step == curves.steps() > saved, "no loss of a step that is lost is left"


def test_a_key_goes_on_as_well_and_a_held_queue_stays_so(qtbot, own_folders, gpu) -> None:
    with running(own_folders, qtbot) as studio:
        begin(studio, qtbot, POINTS)
        studio.state.queue.add(TINY)
        studio.state.queue.hold()
        save(studio, qtbot)
        lose_it(studio, qtbot, gpu)
        QTest.keyClick(studio.window, Qt.Key.Key_T)
        wait_state(studio, qtbot, State.TRAINING)
        assert gpu.trained_on[-1] == "cpu" and len(list_runs()) == 1
        assert studio.state.queue.held and len(studio.state.queue.coming) == 1
        assert studio.state.messages.about(LOST) is None


def test_the_question_stands_while_others_train_and_is_answered_after_them(
    qtbot, own_folders, gpu
) -> None:
    with running(own_folders, qtbot) as studio:
        begin(studio, qtbot, POINTS)
        lose_it(studio, qtbot, gpu)
        assert BEGINS in studio.state.messages.about(LOST).text
        begin(studio, qtbot, POINTS.but(seed=7))
        said = studio.state.messages.about(LOST)
        assert said is not None and said.actions[0].asks_for(GO_ON_CPU)
        studio.state.messages.act(said.actions[0])
        assert "when this training ends" in text(studio)
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
        assert [each.stage for each in studio.state.queue.coming] == [Stage.INTERRUPTED]


@pytest.mark.parametrize("where", ["picture", "loading"])
def test_pictures_move_to_the_cpu_with_one_quiet_sentence(qtbot, own_folders, gpu, where) -> None:
    gpu.works_anew = True
    with running(own_folders, qtbot, "mnist-10-small") as studio:
        before = newest(studio, qtbot)
        gpu.dead = True
        if where == "picture":
            studio.state.query.resample()
        else:
            studio.state.displayed.select(DisplayedModel(cycle("faces-small")))
        qtbot.waitUntil(lambda: studio.state.devices.chosen == "cpu", timeout=LONG)
        if where == "picture":
            assert studio.state.answers.rendering is not None, "what was shown stays on screen"
        after = newest(studio, qtbot)
        assert after.stamp > before.stamp and devices(studio) == ["CPU"]
        qtbot.waitUntil(lambda: ANEW in text(studio), timeout=LONG)
        said = studio.state.messages.current
        assert said.text.startswith(
            f"The GPU ({CARD}) was lost, as it may after the computer slept (CUDA"
        )
        assert "Pictures are drawn on the CPU now." in said.text
        assert not said.error and not said.actions
        studio.state.query.resample()
        assert newest(studio, qtbot).stamp > after.stamp
        assert studio.state.messages.current is said


def test_pictures_of_what_trains_are_drawn_from_the_disk(qtbot, own_folders, gpu) -> None:
    """The live weights lie on the GPU that is lost; a training that rests hears of it last."""
    with running(own_folders, qtbot) as studio:
        begin(studio, qtbot, CATALOGUE["drawn-10"].but(width=4, batch=4), 2)
        saved = save(studio, qtbot)
        press(studio, qtbot, "pauseButton")
        wait_state(studio, qtbot, State.PAUSED)
        newest(studio, qtbot)
        gpu.dead = True
        studio.state.query.resample()
        assert newest(studio, qtbot).step >= saved
        assert "Pictures are drawn on the CPU now." in text(studio)
        gpu.dead = False
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)


def test_questions_wait_for_weights_on_the_cpu(qtbot, own_folders, gpu, monkeypatch) -> None:
    from trainer.exploring.questions.directions import ALL, WhichDirections

    with running(own_folders, qtbot, "mnist-10-small") as studio:
        newest(studio, qtbot)
        gpu.dead = True
        heard, lacking, where = [], [], []

        def resolve(name: str) -> Any:
            def answer(snapshot: Snapshot, *more: object) -> object:
                where.append(str(snapshot.device))
                if snapshot.device == GPU:
                    raise accelerator_error()
                return resolved(name)(snapshot, *more)

            return answer

        monkeypatch.setattr("iae_studio.threads.explore.resolve", resolve)
        question = WhichDirections(studio.state.answers.probe(), ALL, ALL)
        studio.state.asking.ask(question, heard.append, lambda: lacking.append(1), kind="mine")
        qtbot.waitUntil(lambda: bool(heard), timeout=LONG)
        assert heard[0].code.axes.shape[1] == TEN.model.code and not lacking
        assert {"cpu:0", "cpu"} == set(where)
        assert "was lost" in text(studio)


def test_a_gpu_that_answers_again_is_offered_again(qtbot, own_folders, gpu) -> None:
    gpu.answers_again = True
    with running(own_folders, qtbot, "mnist-10-small") as studio:
        newest(studio, qtbot)
        gpu.dead = True
        studio.state.query.resample()
        qtbot.waitUntil(lambda: WORKS in text(studio), timeout=LONG)
        assert devices(studio) == ["GPU", "CPU"] and studio.state.devices.chosen == "cpu"
        find(studio, QComboBox, "deviceBox").setCurrentIndex(0)
        assert studio.state.devices.chosen == "cpu:0"
        assert newest(studio, qtbot) is not None


def test_a_window_whose_gpu_is_lost_closes(qtbot, own_folders, gpu, monkeypatch) -> None:
    with running(own_folders, qtbot) as studio:
        begin(studio, qtbot, POINTS)
        saved = save(studio, qtbot)
        press(studio, qtbot, "pauseButton")
        wait_state(studio, qtbot, State.PAUSED)

        def gone(*_: object) -> bytes:
            raise accelerator_error()

        monkeypatch.setattr(checkpoint, "state_bytes", gone)
        monkeypatch.setattr(
            "iae_studio.closing.Closing._again", lambda *_: pytest.fail("it asks what cannot help")
        )
        studio.window.close()
        assert studio.training.isFinished()
    (run,) = list_runs()
    assert run.step == saved
