"""A GPU that is lost in mid-training: the last checkpoint is named, and is taken up on the CPU."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import trainer
from tests.lost_gpu import (
    DIES,
    ENDS,
    LAUNCH,
    SAVED,
    DyingGpu,
    accelerator_error,
    dies_in_step,
    dies_unheard,
    saved_and_loaded,
)
from tests.tiny import CPU, ROOT, batches_of, kept_losses, leftovers, recipe_of, same, weights
from trainer.cli import main
from trainer.cli.train import _again
from trainer.devices import trial
from trainer.devices.anew import works_anew
from trainer.devices.faults import device_is_lost, lost, lost_in_words, never_free
from trainer.messages import DeviceLostError, Progress, UserError
from trainer.reporting.reproduce.records import read_records
from trainer.reporting.reproduce.trials import Claim, Measure, Trial
from trainer.storage.faults import memory_is_full
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.last_save import rescue_places
from trainer.training.loop import TrainState
from trainer.training.saving import run_saved

# What is said by those who met it, in the trackers of PyTorch and of Intel's and Apple's parts.
LOST = {
    "launch": torch.AcceleratorError(LAUNCH),
    "unknown": torch.AcceleratorError("CUDA error: unknown error\nCUDA kernel errors might be"),
    "older": RuntimeError("CUDA error: unspecified launch failure"),
    "address": RuntimeError("CUDA error: an illegal memory access was encountered"),
    "assert": torch.AcceleratorError("CUDA error: device-side assert triggered"),
    "memory": torch.AcceleratorError("CUDA error: uncorrectable ECC error encountered"),
    "bus": RuntimeError("CUDA driver error: device not ready"),
    "cublas": RuntimeError(
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb)`"
    ),
    "cudnn": RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    "internal": RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"),
    "amd": torch.AcceleratorError("HIP error: unspecified launch failure"),
    "amd's": RuntimeError("MIOpen Error: miopenStatusUnknownError"),
    "intel": RuntimeError("level_zero backend failed with error: 20 (UR_RESULT_ERROR_DEVICE_LOST)"),
    "apple": RuntimeError("command buffer exited with error status.\n\tThe Metal Performance"),
    "apple's": RuntimeError(
        "MPS backend: Ignored (for causing prior/excessive GPU errors) "
        "(00000004:kIOGPUCommandBufferCallbackErrorSubmissionsIgnored)"
    ),
}
NOT_LOST = {
    "full": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    "full, too": torch.AcceleratorError("CUDA error: out of memory"),
    "cublas is full": RuntimeError(
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
    ),
    "intel is full": RuntimeError(
        "level_zero backend failed with error: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)"
    ),
    "apple is full": RuntimeError("MPS backend out of memory (MPS allocated: 6.79 GB)"),
    "capture": torch.AcceleratorError(
        "CUDA error: operation not permitted when stream is capturing"
    ),
    "one operator": RuntimeError("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED"),
    "shapes": RuntimeError("mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)"),
    "cpu": RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    "elsewhere": RuntimeError("Expected all tensors to be on the same device, cuda:0 and cpu!"),
    "ours": ValueError("CUDA error: this is no torch's"),
}


@pytest.fixture(autouse=True)
def no_mode_is_left() -> Iterator[None]:
    """A GPU that died stays so; the next test has another one."""
    yield
    from torch.utils._python_dispatch import _get_current_dispatch_mode, _pop_mode

    while isinstance(_get_current_dispatch_mode(), DyingGpu):
        _pop_mode()


def go_on(state: TrainState, folder: RunFolder, **options: object) -> list[Progress]:
    return list(run_saved(state, batches_of(state.recipe), ENDS, folder, **options))


# ---- what is a loss ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOST)
def test_a_lost_device_is_told_from_its_error(name: str) -> None:
    assert device_is_lost(LOST[name]) and not memory_is_full(LOST[name])
    said = lost(LOST[name], step=1234)
    assert said.startswith("The GPU was lost at step 1,234, as it may after the computer slept (")
    assert "\n" not in said and "CUDA_LAUNCH_BLOCKING" not in said
    try:
        try:
            raise LOST[name]
        except RuntimeError as error:
            raise UserError("The file is damaged.") from error
    except UserError as error:
        assert device_is_lost(error), "its cause tells"


@pytest.mark.parametrize("name", NOT_LOST)
def test_what_passes_is_no_loss(name: str) -> None:
    assert not device_is_lost(NOT_LOST[name])
    assert memory_is_full(NOT_LOST[name]) == (name == "cpu" or "full" in name)


def test_a_loss_names_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "title_of", lambda _: "NVIDIA T4")
    with (
        pytest.raises(
            DeviceLostError, match=r"The GPU \(NVIDIA T4\) was lost, .*Use the CPU"
        ) as had,
        lost_in_words(torch.device("cuda:1"), "Use the CPU."),
    ):
        raise accelerator_error()
    assert had.value.device == "cuda:1"
    with pytest.raises(RuntimeError, match="shapes"), lost_in_words(CPU):
        raise NOT_LOST["shapes"]


def test_a_file_that_is_read_onto_a_lost_gpu_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _, _ = saved_and_loaded(tmp_path / "run")
    monkeypatch.setattr(torch.nn.Module, "load_state_dict", lambda *_, **__: _raise())
    with pytest.raises(torch.AcceleratorError):
        folder.load(CPU)


def _raise() -> None:
    raise accelerator_error()


def test_what_lay_there_is_never_freed() -> None:
    class Held:
        """As a captured graph, whose destructor calls the driver."""

    held, passing = Held(), Held()
    kept, gone = weakref.ref(held), weakref.ref(passing)
    never_free(held)
    del held, passing
    assert kept() is not None and gone() is None


# ---- a training ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        *("iae", "iae, categories", "iae, points", "gan", "fiae, points"),
        "cycleiae, encoder noise",
    ],
)
def test_the_last_checkpoint_is_named_and_taken_up_on_the_cpu(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, state, before = saved_and_loaded(tmp_path / "run", kind)
    content = (folder.path / STATE).read_bytes()
    with monkeypatch.context() as patch:
        gpu = dies_in_step(patch, DIES)
        with pytest.raises(DeviceLostError, match=f"lost at step {DIES}") as had:
            go_on(state, folder)
    assert had.value.kept == f"The last checkpoint is of step {SAVED}, in {folder.path}."
    assert had.value.saved == SAVED and not getattr(had.value.__cause__, "__notes__", None)
    assert gpu.touched == [], "nothing was tried there again"
    assert (folder.path / STATE).read_bytes() == content
    assert not any(place.exists() for place in (runs_root(), *rescue_places()))
    gpu.__exit__(None, None, None)
    with pytest.raises(UserError, match="last checkpoint"):  # should it ever answer again
        folder.save(state)
    again = RunFolder(folder.path)
    assert kept_losses(folder.path) == SAVED, "what came after the checkpoint is no more"
    taken_up = again.load(CPU)
    assert taken_up.step == SAVED and same(weights(taken_up), before)
    go_on(taken_up, again)
    curves = again.curves()
    assert len(curves) == ENDS and not np.isnan(curves).all(1).any()
    assert again.load(CPU).step == ENDS


def test_a_loss_that_is_heard_of_later_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, state, before = saved_and_loaded(tmp_path / "run")
    dies_unheard(monkeypatch, DIES)
    with pytest.raises(DeviceLostError, match=f"checkpoint is of step {SAVED}"):
        go_on(state, folder)
    assert same(weights(folder.load(CPU)), before)


@pytest.mark.parametrize("when", ["on the way", "at the end", "closed"])
def test_a_save_that_meets_the_loss_leaves_the_checkpoint(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, state, before = saved_and_loaded(tmp_path / "run")
    gpu = DyingGpu()
    options: dict[str, object] = {"saving": lambda: gpu.die(state)}
    if when == "on the way":
        monkeypatch.setattr("trainer.training.loop.REPORT_SECONDS", 0.0)
        options["save_every"] = 0.0
    training = run_saved(state, batches_of(state.recipe), ENDS, folder, **options)
    with pytest.raises(DeviceLostError, match=f"checkpoint is of step {SAVED}"):
        if when == "closed":
            next(training)
            training.close()
        else:
            list(training)
    assert same(weights(folder.load(CPU)), before)
    assert not any(place.exists() for place in (runs_root(), *rescue_places()))


def test_a_run_that_never_saved_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder.create(tmp_path / "run", recipe_of("mog-iae", "steps=20"))
    dies_in_step(monkeypatch, DIES)
    with pytest.raises(DeviceLostError, match="Nothing was saved yet: it begins again in"):
        go_on(folder.load(CPU), folder)
    assert not folder.has_state()


# ---- in a script, on a command line --------------------------------------------------------------


OPTIONS = ("--set", "width=16", "--set", "batch=16", "--save-every", "0.001")
UNTIL = 40


def test_a_script_hears_of_it_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "run"
    few = {"width": 16, "batch": 16, "steps": UNTIL}
    with monkeypatch.context() as patch:
        dies_in_step(patch, DIES)
        with (
            pytest.raises(DeviceLostError) as had,
            trainer.train("mog-iae", out=run, device="cpu", settings=few) as training,
        ):
            list(training)
    words = f"trainer.train('mog-iae', out={str(run)!r}, resume=True, device=\"cpu\")"
    assert str(had.value).endswith(f"Go on on the CPU: {words}")
    with trainer.train("mog-iae", out=run, resume=True, device="cpu") as again:
        assert list(again)[-1].step == UNTIL


def test_a_gpu_that_dies_before_the_first_step_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.api.training.check_can_start", lambda *_: _raise())
    with pytest.raises(DeviceLostError, match=r"Use the CPU: device \(--device\) cpu"):
        trainer.train("mog-iae", out=tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()


def test_the_command_names_the_one_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "a run"
    monkeypatch.setattr("trainer.training.loop.REPORT_SECONDS", 0.0)
    command = ["train", "mog-iae", "--out", str(run), "--steps", str(UNTIL), *OPTIONS]
    with monkeypatch.context() as patch:
        dies_in_step(patch, 30)
        patch.setattr(trial, "title_of", lambda _: "NVIDIA T4")
        assert main([*command, "--device", "cpu"]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("trainer: The GPU (NVIDIA T4) was lost at step 30, as it may")
    saved = kept_losses(run)
    assert f"The last checkpoint is of step {saved}, in {run}." in told and 0 < saved <= 30
    words = shlex.split(told.partition("Go on on the CPU: ")[2])
    assert words[:4] == ["python", "-m", "trainer", "train"] and words[-2:] == ["--device", "cpu"]
    assert main(words[3:]) == 0
    assert kept_losses(run) == UNTIL


def test_the_way_on_keeps_the_device() -> None:
    args = argparse.Namespace(recipe="mog-iae", steps=None, data=None)
    words = "python -m trainer train mog-iae --out /run --resume"
    assert _again(args, Path("/run"), "cuda:1") == f"{words} --device cuda:1"
    assert _again(args, Path("/run"), "auto") == words


def test_any_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("trainer.api.loaded.render", lambda *_, **__: _raise())
    picture = tmp_path / "p.png"
    from PIL import Image

    Image.new("L", (28, 28), 200).save(picture)
    monkeypatch.chdir(tmp_path)
    command = ["reconstruct", "drawn-10", str(picture), "--out", str(tmp_path / "out.png")]
    assert main([*command, "--device", "cpu"]) == 1
    told = capsys.readouterr().err
    assert "was lost" in told and "Use the CPU" in told and "Traceback" not in told


# ---- whether it works again ----------------------------------------------------------------------


def test_a_gpu_may_work_in_a_new_process() -> None:
    assert works_anew("cpu")


@pytest.mark.parametrize("says", ["refused", "nothing", "never"])
def test_a_gpu_that_no_process_can_use_is_lost(says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(words: list[str], **options: float) -> subprocess.CompletedProcess[bytes]:
        if says == "never":
            raise subprocess.TimeoutExpired(words, options["timeout"])
        if says == "nothing":
            raise FileNotFoundError(2, "No such file")
        return subprocess.CompletedProcess(words, 1)

    monkeypatch.setattr(subprocess, "run", started)
    assert not works_anew("cuda:0")


# ---- reproducing ---------------------------------------------------------------------------------


def test_reproducing_ends_with_a_sentence_and_keeps_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ("steps=12", "batch=16", "width=16")
    trials = (Trial("first", "mog-iae", few), Trial("second", "mog-iae", ("steps=20", *few[1:])))
    claim = Claim("Toys", "", trials, (Measure("modes", "modes"),), seeds=1)
    for module in ("work", "page"):
        monkeypatch.setattr(f"trainer.reporting.reproduce.{module}.CLAIMS", (claim,))
    docs, runs = tmp_path / "docs", tmp_path / "runs"
    command = ["reproduce", "--out", str(docs), "--runs", str(runs), "--device", "cpu"]
    with monkeypatch.context() as patch:
        dies_in_step(patch, 15)  # of the second
        assert main(command) == 1
    told = capsys.readouterr().err
    assert "was lost at step 15" in told and "What was measured is kept" in told
    assert len(read_records(docs / "results", "first")) == 1
    assert not read_records(docs / "results", "second")
    assert main(command) == 0
    assert "first, seed" not in capsys.readouterr().err, "it was done already"


# ---- as a program of its own ---------------------------------------------------------------------

PROGRAM = """
import sys
from tests.lost_gpu import dies_in_step
from trainer.cli import main

class Patch:
    setattr = staticmethod(setattr)

dies_in_step(Patch, 30)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_program_ends_in_order(tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = ["train", "mog-iae", "--out", str(run), "--steps", "40", "--device", "cpu", *OPTIONS]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "Go on on the CPU: python -m" in done.stderr
    with RunFolder(run).alone():  # nobody holds it
        assert not leftovers(run)
