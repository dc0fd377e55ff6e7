"""Apple's GPU does one thing at a time: pictures are the CPU's, and others wait."""

from __future__ import annotations

import pytest
import torch

from iae_studio.threads import publishing
from iae_studio.threads.fit_job import try_steps
from iae_studio.threads.reports import TrainingReports
from tests.tiny import batches_of, recipe_of, trained
from trainer.devices import alone
from trainer.devices.alone import alone_on, beside, in_use
from trainer.messages import UserError

CPU, APPLE, NVIDIA = (torch.device(kind) for kind in ("cpu", "mps", "cuda"))


def test_what_else_wants_it_is_told_to_wait() -> None:
    with alone_on(APPLE):
        assert in_use(APPLE)
        with pytest.raises(UserError, match="one thing at a time"), alone_on(APPLE):
            pass
    assert not in_use(APPLE)
    with pytest.raises(ValueError, match="broken"), alone_on(APPLE):
        raise ValueError("broken")
    assert not in_use(APPLE), "a training that fails leaves it to others"


def test_other_devices_do_many_things_at_once() -> None:
    for device in (CPU, NVIDIA):
        with alone_on(device), alone_on(device):
            assert not in_use(device) and beside(device) == device
    assert beside(APPLE) == CPU


def test_whether_it_fits_is_not_tried_beside_a_training(monkeypatch) -> None:
    monkeypatch.setattr("trainer.devices.choice.choose_device", lambda name: APPLE)
    with alone_on(APPLE):
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
