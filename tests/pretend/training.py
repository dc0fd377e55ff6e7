"""Trainings on the pretended GPU."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch

from tests.pretend.common import GPU, LATER, look_at, on_cpu, small, stepped
from tests.pretend.seen import watched
from tests.tiny import CPU, batches_of, data_of, same, weights
from trainer.devices import memory
from trainer.inference.model_files import load_snapshot
from trainer.training.checkpoint import RunFolder
from trainer.training.dry_step import dry_run
from trainer.training.loop import run, start
from trainer.training.step import next_batch


def steps_as_on_the_cpu(kind: str) -> None:
    """Without a look at a value, and without a copy to the CPU."""
    state, known = start(small(kind), GPU), start(small(kind), CPU)
    for number in (0, LATER) if state.recipe.schedule.warm else (LATER,):
        with watched() as seen:
            losses = stepped(state, number)
        look_at(seen)
        assert not seen.fetched, seen.fetched
        torch.testing.assert_close(
            losses.cpu(), stepped(known, number), equal_nan=True, rtol=1e-2, atol=2e-3
        )


def steps_in_16_bits(kind: str) -> None:
    state = start(small(kind).but(precision="bf16"), GPU)
    with watched() as seen:
        losses = stepped(state, LATER)
    look_at(seen)
    assert not seen.fetched, seen.fetched
    assert losses.cpu()[-1].isfinite()


def a_report_is_one_copy() -> None:
    """Of all steps since the last one; and whether all is finite is one more at the end."""
    recipe = small("fiae, points")
    state, batches = start(recipe, GPU), batches_of(recipe, GPU)
    with watched() as seen:
        reports = list(run(state, batches, 8))
    assert not seen.looks, seen.looks
    assert len(seen.fetched) <= 2 * len(reports), seen.fetched


def breaks_off_and_goes_on(kind: str) -> None:
    """A device that is full in mid-step: random numbers and statistics are as before."""
    recipe = small(kind)
    state, batches = start(recipe, GPU), batches_of(recipe, GPU)
    list(run(state, batches, 1))
    before, numbers_before = weights(state), state.rng.get_state()
    losses = state.model.losses

    def full(*given: object) -> object:
        losses(*given)  # type: ignore[arg-type]
        raise torch.OutOfMemoryError("the device is full")

    state.model.losses = full  # type: ignore[method-assign,assignment]
    try:
        list(run(state, batches, 2))
    except torch.OutOfMemoryError:
        del state.model.losses
    assert same(on_cpu(before), on_cpu(weights(state)))
    assert torch.equal(numbers_before, state.rng.get_state())
    list(run(state, batches, 3))
    assert state.step == 3


def goes_on_elsewhere(saved: torch.device, loaded: torch.device) -> None:
    """A run that was saved on one device goes on on another; on the same to the last bit."""
    recipe = small("iae")
    state, batches = start(recipe, saved), batches_of(recipe, saved)
    list(run(state, batches, 2))
    with tempfile.TemporaryDirectory() as folder:
        run_folder = RunFolder.create(Path(folder) / "run", recipe)
        run_folder.save(state, batches)
        back = run_folder.load(loaded)
        shown = load_snapshot(run_folder.path, loaded)
    assert same(on_cpu(weights(state)), on_cpu(weights(back)))
    assert {value.device.type for value in weights(back).values()} == {loaded.type}
    assert shown.directions is not None
    assert shown.directions.code_axes.device.type == loaded.type
    losses = stepped(back, 2).cpu()
    assert losses[-1].isfinite()
    if saved == loaded:
        torch.testing.assert_close(losses, stepped(state, 2).cpu(), equal_nan=True, rtol=0, atol=0)


def streams(kind: str) -> None:
    """Rows that do not fit on the device come there in batches."""
    recipe = small(kind)
    memory._of_gpu = lambda device: (0, 1 << 34)
    batches = data_of(recipe).batches(recipe, GPU)
    memory._of_gpu = lambda device: (1 << 33, 1 << 34)
    assert not batches.resident and batches.device.type == GPU.type
    state = start(recipe, GPU)
    assert next_batch(state, batches).data.device.type == GPU.type
    list(run(state, batches, 2))


def is_tried_beforehand() -> None:
    assert "on the GPU" in dry_run(small("iae"), GPU).told
