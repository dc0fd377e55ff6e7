"""A training that is over holds nothing: no tensor waits for the search for garbage."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
import torch
from PySide6.QtCore import Qt

from iae_studio.state.folders import Folders
from iae_studio.state.training import State
from iae_studio.threads import run_job
from iae_studio.threads.train import TrainingThread
from tests.studio import LONG, little_data
from tests.tiny import CPU, KINDS, ROOT, batches_of, kind_of
from trainer.data.batches import TrainingBatches
from trainer.devices import memory
from trainer.inference.snapshot import publish
from trainer.recipe.catalogue import CATALOGUE
from trainer.training import dry_step, loop
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run, start
from trainer.training.state import TrainState

FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture(autouse=True)
def no_collection() -> Iterator[None]:
    """As in the window, where the search for garbage runs on the GUI thread alone, and freezes."""
    gc.disable()
    yield
    gc.enable()


def watched(state: TrainState, batches: TrainingBatches) -> dict[str, weakref.ref]:
    """All that a training is made of, looked at without being held."""
    return {
        "state": weakref.ref(state),
        "model": weakref.ref(state.model),
        "EMA weights": weakref.ref(state.ema),
        "a weight": weakref.ref(next(state.model.parameters())),
        **{name: weakref.ref(optimiser) for name, optimiser in state.optimisers.items()},
        "batches": weakref.ref(batches),
        "data": weakref.ref(batches.data),
    }


def alive(seen: dict[str, weakref.ref]) -> list[str]:
    return [name for name, ref in seen.items() if ref() is not None]


def full_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The device runs out of memory in the middle of that step, and of each later one."""
    real = loop.step

    def running_out(state: TrainState, batch: object) -> torch.Tensor:
        if state.step >= step:
            raise torch.OutOfMemoryError(str(FULL))
        return real(state, batch)

    monkeypatch.setattr(loop, "step", running_out)


# ---- the engine ----------------------------------------------------------------------------------


def to_the_end(state: TrainState, batches: TrainingBatches) -> None:
    """With a snapshot that moves to another device as a whole."""
    list(run(state, batches, 3))
    made = publish(state.ema, state.step, CPU, batches)
    moved = made.on(torch.device("meta"))
    known = {} if moved.directions is None else moved.directions.tensors()
    tensors = [*moved.model.state_dict().values(), *known.values()]
    assert tensors and {tensor.device.type for tensor in tensors} == {"meta"}
    assert not any(weight.is_meta for weight in made.model.parameters())


def left_early(state: TrainState, batches: TrainingBatches) -> None:
    for _ in run(state, batches, 9999):
        return


def out_of_memory(state: TrainState, batches: TrainingBatches) -> None:
    with pytest.MonkeyPatch.context() as patch:
        full_at(3, patch)
        with pytest.raises(torch.OutOfMemoryError):
            list(run(state, batches, 9))


OTHERS = ("iae, categories", "cycleiae, both noises", "fiae, points")


@pytest.mark.parametrize(
    ("kind", "end"),
    [(kind, to_the_end) for kind in KINDS]
    + [(kind, end) for kind in OTHERS for end in (left_early, out_of_memory)],
)
def test_nothing_of_a_training_is_left(kind: str, end: Callable) -> None:
    state, batches = start(kind_of(kind), CPU), batches_of(kind_of(kind))
    seen = watched(state, batches)
    end(state, batches)
    del state, batches
    assert alive(seen) == []


APART = """
import gc, resource, weakref
import trainer
from tests.tiny import CPU, kind_of
from trainer.storage.faults import memory_is_full
from trainer.training.loop import start

gc.disable()
state = start(kind_of("iae"), CPU)
seen = weakref.ref(state.model)
del state
assert seen() is None, "what torch imports with its first optimiser holds nothing"

taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + (300 << 20), resource.RLIM_INFINITY))
huge = trainer.train("mog-iae", out="huge", steps=9, settings={"batch": 400_000}, device="cpu")
try:
    list(huge)
except RuntimeError as error:
    assert memory_is_full(error), error
else:
    raise AssertionError("it fitted")
(last,) = list(trainer.train("mog-iae", out="small", steps=3, device="cpu"))[-1:]
assert last.finished
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_whose_memory_ran_out_trains_on(tmp_path) -> None:
    place = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", APART], cwd=tmp_path, env=place, check=True)


# ---- a GPU ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reserved", "allocated", "gives"),
    [(5 << 30, 1 << 30, True), (5 << 30, 4 << 30, False), (1 << 27, 0, False)],
)
def test_much_that_lies_idle_on_a_gpu_is_given_back(
    reserved: int, allocated: int, gives: bool, monkeypatch
) -> None:
    given: list[str] = []

    def empty() -> None:
        given.append("all")
        raise RuntimeError("captures_underway.empty() INTERNAL ASSERT FAILED")  # another thread's

    monkeypatch.setattr(memory, "_in_use", lambda: [torch.device("cuda", 1)])
    monkeypatch.setattr(torch.accelerator, "memory_reserved", lambda device: reserved)
    monkeypatch.setattr(torch.accelerator, "memory_allocated", lambda device: allocated)
    monkeypatch.setattr(torch.accelerator, "get_memory_info", lambda device: (0, 24 << 30))
    monkeypatch.setattr(torch.accelerator, "empty_cache", empty)
    memory.give_back_where_much()
    assert bool(given) is gives
    memory.give_back_everywhere()
    assert given


def test_a_gpu_that_nobody_uses_is_not_begun_with() -> None:
    memory.give_back_everywhere()
    assert memory._in_use() == [] or torch.cuda.is_initialized()


@pytest.mark.parametrize(("kind", "own"), [("cuda", True), ("xpu", True), ("mps", False)])
def test_a_trial_leaves_shared_memory_to_others(kind: str, own: bool, monkeypatch) -> None:
    monkeypatch.setattr(dry_step, "free_on", lambda device: 40 << 30)
    room = dry_step._room(torch.device(kind, 0))
    assert room == (dry_step.TAKEN * (40 << 30) if own else dry_step.MOST_TAKEN)


# ---- the thread ----------------------------------------------------------------------------------


def stop(thread: TrainingThread) -> None:
    thread.command("stop")


def leave_it(thread: TrainingThread) -> None:
    """It ends by itself."""


def abandon(thread: TrainingThread) -> None:
    thread.abandon()


@pytest.fixture
def thread(qtbot, own_folders, monkeypatch) -> Iterator[TrainingThread]:
    monkeypatch.setattr(run_job, "FIRST_SAVE", 0.0)
    with little_data(monkeypatch):
        made = TrainingThread(lambda snapshot: None)
        made.start()
        yield made
        made.ask_to_end()
        assert made.wait(LONG)


@pytest.mark.parametrize("ending", [leave_it, stop, abandon, FULL], ids=lambda e: str(e)[:14])
def test_the_training_thread_holds_nothing_of_a_run_that_is_over(
    ending, thread, qtbot, monkeypatch
) -> None:
    seen: list[dict[str, weakref.ref]] = []
    real, began, over, outcomes = RunFolder.load, threading.Event(), threading.Event(), []

    def load(folder: RunFolder, device: torch.device) -> TrainState:
        state = real(folder, device)
        seen.append(
            {
                "state": weakref.ref(state),
                "model": weakref.ref(state.model),
                "EMA weights": weakref.ref(state.ema),
                **{key: weakref.ref(value) for key, value in state.optimisers.items()},
            }
        )
        return state

    monkeypatch.setattr(RunFolder, "load", load)
    given, give = [], memory.give_back_everywhere
    monkeypatch.setattr(
        memory, "give_back_everywhere", lambda: given.append(alive(seen[0])) or give()
    )
    directly = Qt.ConnectionType.DirectConnection
    thread.progressed.connect(began.set, directly)
    thread.ended.connect(over.set, directly)
    thread.stateChanged.connect(outcomes.append, directly)
    if ending is FULL:
        full_at(2, monkeypatch)
    short = CATALOGUE["mog-iae"].but(steps=3 if ending is leave_it else 9999, batch=8)
    thread.begin(short, None, "cpu", Folders())
    assert began.wait(LONG / 1000)
    if ending is not FULL:
        ending(thread)
    assert over.wait(LONG / 1000)
    wanted = {leave_it: State.FINISHED, stop: State.IDLE, FULL: State.FAILED}.get(ending)
    assert wanted in (None, outcomes[-1])
    assert given == [[]], "it is given back once nothing holds it"
