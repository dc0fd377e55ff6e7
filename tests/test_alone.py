"""Apple's GPU does one thing at a time: pictures are the CPU's, and others wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from iae_studio.threads import publishing
from iae_studio.threads.fit_job import try_steps
from iae_studio.threads.reports import TrainingReports
from tests.tiny import batches_of, recipe_of, trained
from trainer.devices import alone, choice, memory, trial
from trainer.devices.alone import alone_on, beside, in_use
from trainer.messages import UserError
from trainer.reporting.doctor import checks
from trainer.reporting.doctor.records import Asked

CPU, APPLE, NVIDIA = (torch.device(kind) for kind in ("cpu", "mps", "cuda"))


@contextmanager
def trains_there() -> Iterator[None]:
    """Another thread has it for as long as this lasts."""
    has_it, is_over = threading.Event(), threading.Event()

    def train() -> None:
        with alone_on(APPLE):
            has_it.set()
            is_over.wait()

    thread = threading.Thread(target=train)
    thread.start()
    has_it.wait()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_what_else_wants_it_is_told_to_wait() -> None:
    with trains_there():
        assert in_use(APPLE)
        with pytest.raises(UserError, match="one thing at a time"), alone_on(APPLE):
            pass
    assert not in_use(APPLE)


def test_a_training_that_fails_leaves_it_to_others() -> None:
    with pytest.raises(ValueError, match="broken"), alone_on(APPLE):
        raise ValueError("broken")
    with trains_there():
        pass


def test_a_training_waits_for_what_is_over_soon() -> None:
    """As for a trial of the device; what it does itself there it need not wait for."""
    trained = threading.Event()

    def train() -> None:
        with alone_on(APPLE, alone.PATIENCE), alone_on(APPLE):
            trained.set()

    thread = threading.Thread(target=train)
    with alone_on(APPLE):
        thread.start()
        assert not trained.wait(0.02)
    thread.join()
    assert trained.is_set()


def test_nothing_of_the_window_touches_it_beside_a_training(monkeypatch) -> None:
    """To try it, or to give back its memory, from another thread would end the process."""
    touched: list[str] = []

    def step(device: torch.device) -> torch.Tensor:
        touched.append(device.type)
        return torch.ones(3)

    monkeypatch.setattr(trial, "_small_step", step)
    monkeypatch.setattr(torch.accelerator, "empty_cache", lambda: touched.append("memory"))
    trial.forget()
    with trains_there():
        assert not trial.why_not(APPLE), "what is in use works"
        memory.give_back(APPLE)
    assert not touched
    trial.why_not(APPLE)
    memory.give_back(APPLE)
    trial.forget()
    assert touched == ["mps", "cpu", "memory"]


def test_the_look_at_the_computer_leaves_it_out_beside_a_training(monkeypatch) -> None:
    monkeypatch.setattr(choice, "accelerators", lambda: [torch.device("mps", 0)])
    monkeypatch.setattr(checks, "_checks", lambda where, *_: {"iae": lambda: ("done", False)})
    with trains_there():
        rows = list(checks.self_test(Asked()))
    told = [row.said for row in rows]
    assert checks.IN_USE in told, "the GPU"
    assert sum("done" in each for each in told) == 1, "the CPU"


def test_other_devices_do_many_things_at_once() -> None:
    for device in (CPU, NVIDIA):
        with alone_on(device), alone_on(device):
            assert not in_use(device) and beside(device) == device
    assert beside(APPLE) == CPU


def test_whether_it_fits_is_not_tried_beside_a_training(monkeypatch) -> None:
    monkeypatch.setattr("trainer.devices.choice.choose_device", lambda name: APPLE)
    with trains_there():
        told = try_steps(recipe_of("drawn-10"), "mps", lambda done, total: None)
    assert isinstance(told, str) and "stop the training first" in told


def test_what_trains_there_is_drawn_on_the_cpu_and_keeps_its_directions(monkeypatch) -> None:
    """Published weights lie where pictures are made; the GPU is pretended by another device."""
    recipe = recipe_of("drawn-10")
    state, _ = trained(recipe, 2)
    batches = batches_of(recipe)

    class Course:
        def at(self, step: int):
            return batches

    moved: list[torch.device] = []
    monkeypatch.setattr(alone, "beside", lambda device: torch.device("meta"))
    publisher = publishing.Publisher(
        TrainingReports(lambda snapshot: moved.append(snapshot.device))
    )
    publisher.publish(state, Course(), renew=True)
    known = publisher.directions
    publisher.publish(state, Course(), renew=False)
    assert moved == [torch.device("meta")] * 2
    assert known is not None and known.mean_image.device.type == "meta"
