"""A process whose GPU was lost lives on: what needs the CPU alone goes on there."""

from __future__ import annotations

import gc
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

import trainer
from tests.lost_gpu import DIES, ENDS, SAVED, accelerator_error, dies_in_step, saved_and_loaded
from tests.tiny import CPU, batches_of, data_of, kind_of
from trainer.data import streaming
from trainer.devices import trial
from trainer.evaluation import reference_classifier
from trainer.evaluation.formulas import fitting
from trainer.messages import DeviceLostError
from trainer.training.saving import run_saved


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """As torch finds it: the GPU is still there, and each question to it is an error."""

    def dead(*_: object, **__: object) -> None:
        raise accelerator_error()

    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda **_: torch.device("cuda"))
    monkeypatch.setattr(torch.accelerator, "current_stream", dead)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", dead)


def test_a_training_goes_on_on_the_cpu(tmp_path: Path, lost: None) -> None:
    folder, state, _ = saved_and_loaded(tmp_path / "run")
    with pytest.MonkeyPatch.context() as patch:
        gpu = dies_in_step(patch, DIES)
        with pytest.raises(DeviceLostError):
            list(run_saved(state, batches_of(state.recipe), ENDS, folder))
    gpu.__exit__(None, None, None)
    again = folder.load(CPU)
    assert again.step == SAVED
    list(run_saved(again, batches_of(again.recipe), ENDS, folder))
    assert folder.load(CPU).step == ENDS


def test_a_new_training_begins_on_the_cpu(tmp_path: Path, lost: None) -> None:
    few = {"width": 16, "batch": 16, "steps": 3}
    with trainer.train("mog-iae", out=tmp_path, device="cpu", settings=few) as training:
        assert list(training)[-1].step == 3


def test_what_measures_learns_on_the_cpu(monkeypatch: pytest.MonkeyPatch, lost: None) -> None:
    monkeypatch.setattr(reference_classifier, "STEPS", 2)
    data = data_of(kind_of("iae"))
    assert reference_classifier.ReferenceClassifier.of("tiny", data, CPU, 0.0).accuracy >= 0
    net = nn.Linear(2, 1)
    before = net.weight.clone()
    fitting.train(net, lambda: net(torch.ones(4, 2)).square().mean(), 2, 1e-2)
    assert not torch.equal(net.weight, before)


def test_the_cpu_can_be_tried(lost: None) -> None:
    """It is what a GPU that may be back is held against."""
    assert trial._small_step(CPU).isfinite().all()


# ---- what streamed -------------------------------------------------------------------------------


class Pinned:
    """A buffer that a GPU copies from: once that is lost, freeing it ends the process."""

    freed = 0

    def __init__(self, pixels: torch.Tensor, fails: Exception | None) -> None:
        self._pixels, self._fails = pixels, fails

    def numpy(self) -> object:
        return self._pixels.numpy()

    def to(self, *_: object, **__: object) -> torch.Tensor:
        if self._fails is not None:
            raise self._fails
        return self._pixels

    def __del__(self) -> None:
        Pinned.freed += 1


def ended_by(stream: streaming.Stream) -> str:
    """The error that its batches end with; nothing of its trace is kept."""
    try:
        for step in range(9):
            stream.batch(4, step)
    except Exception as error:
        return type(error).__name__
    return ""


@pytest.mark.parametrize(
    ("where", "error", "told", "freed"),
    [
        ("copy", accelerator_error(), "AcceleratorError", 0),
        ("event", accelerator_error(), "AcceleratorError", 0),
        ("copy", OSError("a fault that passes"), "UserError", streaming.AHEAD),
    ],
)
def test_buffers_of_a_lost_gpu_are_never_freed(
    where: str, error: Exception, told: str, freed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the loss is met: as a batch is copied, or as the thread waits for a copy's end."""

    def synchronize() -> None:
        raise error

    usual, buffer = torch.empty, streaming._Buffer
    event = SimpleNamespace(record=lambda _: None, synchronize=synchronize)
    copy_fails = error if where == "copy" else None
    monkeypatch.setattr(torch, "empty", lambda *a, pin_memory, **k: usual(*a, **k))
    monkeypatch.setattr(torch.cuda, "Event", lambda: event)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda _: None)
    monkeypatch.setattr(streaming, "_Buffer", lambda pixels: buffer(Pinned(pixels, copy_fails)))
    monkeypatch.setattr(Pinned, "freed", 0)
    rows = torch.zeros(40, 1, 4, 4, dtype=torch.uint8)
    stream = streaming.Stream(streaming.Source(rows, 0, 0), torch.device("cuda"))
    before = set(streaming._running)
    assert ended_by(stream) == told
    ours = set(streaming._running) - before
    del stream
    error.__traceback__ = None
    gc.collect()
    if freed:  # the thread has one in hand until it ends
        for thread in ours:
            thread.join(10)
    assert Pinned.freed == freed
