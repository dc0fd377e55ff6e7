"""One decision about the device, made by really running something on it."""

from __future__ import annotations

import pytest
import torch

from trainer.cli import main
from trainer.devices import trial
from trainer.devices.choice import choose_device, find_devices, why_the_cpu
from trainer.devices.drivers import Facts, why_no_gpu
from trainer.devices.records import DeviceInfo, FoundDevices
from trainer.messages import UserError

CPU = torch.device("cpu")
GPU, SECOND = torch.device("cuda", 0), torch.device("cuda", 1)


def test_a_device_has_a_name() -> None:
    assert choose_device("cpu") == CPU
    for name in ("tpu", "cuda:", "cuda:x", "cpu:1", "CUDA", "", "mps:1 ", "cuda:01", "cuda:256"):
        with pytest.raises(UserError, match="auto, cpu, cuda, mps or xpu"):
            choose_device(name)


def test_auto_takes_the_first_gpu_that_works(gpus) -> None:
    gpus("its memory is full", "")
    assert choose_device("auto") == SECOND
    assert choose_device("cuda:1") == SECOND
    assert why_the_cpu() == ""
    with pytest.raises(UserError, match="its memory is full Or choose the CPU"):
        choose_device("cuda")
    with pytest.raises(UserError, match="no device cuda:2 here, but cuda:0, cuda:1"):
        choose_device("cuda:2")


def test_the_cpu_takes_over_where_no_gpu_works(gpus) -> None:
    gpus("This torch has no code for it.")
    assert choose_device("auto") == CPU
    found = find_devices()
    assert [device.name for device in found.known] == ["cuda:0", "cpu"]
    assert [device.name for device in found.usable] == ["cpu"]
    assert found.why_the_cpu == "This torch has no code for it."


def test_a_kind_of_gpu_that_is_not_here_is_refused(gpus) -> None:
    gpus("")
    with pytest.raises(UserError, match="no device mps here, but cuda:0"):
        choose_device("mps")
    gpus()
    for name in ("xpu", "mps", "cuda", "cuda:1"):
        with pytest.raises(UserError) as refused:
            choose_device(name)
        cause = str(refused.value).removeprefix(f"There is no device {name} here. ")
        assert cause.removesuffix(" Or choose the CPU (--device cpu).").endswith(".")


def test_here_every_device_that_is_usable_is_chosen_by_its_name() -> None:
    for device in find_devices().usable:
        assert str(choose_device(device.name)) == device.name


def test_the_small_step_runs_and_learns() -> None:
    before, after = trial._small_step(CPU)
    assert before.isfinite().all() and after.isfinite().all()
    assert after.square().mean() < before.square().mean()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("CUDA error: no kernel image is available\nCompile with"), "has no code for"),
        (torch.OutOfMemoryError("CUDA out of memory."), "is full: close other programs"),
        (RuntimeError("MPS backend out of memory (allocated 9 GB)"), "is full: close other"),
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "restart the computer"),
        (AssertionError(), "does not work (AssertionError)"),
    ],
)
def test_a_gpu_that_fails_its_trial_says_why(error, said, monkeypatch) -> None:
    def broken(device: torch.device) -> torch.Tensor:
        raise error

    monkeypatch.setattr(trial, "_small_step", broken)
    trial.forget()
    told = trial.why_not(GPU)
    trial.forget()
    assert said in told and "\n" not in told and told.endswith(".")


def test_a_gpu_whose_memory_was_full_is_used_once_there_is_room(monkeypatch) -> None:
    """While a training filled it, say, the look at the computer tried it."""
    full = True

    def step(device: torch.device) -> torch.Tensor:
        if full and device == GPU:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return torch.ones(3)

    monkeypatch.setattr(trial, "_small_step", step)
    trial.forget()
    assert "is full" in trial.why_not(GPU)
    full = False
    assert not trial.why_not(GPU)
    trial.forget()


def test_a_gpu_that_computes_nonsense_is_not_used(monkeypatch) -> None:
    values = {"cpu": torch.ones(3), "cuda": torch.tensor([1.0, 1.0, float("nan")])}
    monkeypatch.setattr(trial, "_small_step", lambda device: values[device.type])
    trial.forget()
    told = trial.why_not(GPU)
    trial.forget()
    assert "wrong numbers" in told


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Facts("13.0", None, None), ""),
        (Facts(None, None, None), ""),
        (Facts(None, None, 13000), "built for the CPU alone"),
        (Facts("13.0", None, 12080), "needs one for CUDA 13.0 and finds 12.8"),
        (Facts("12.6", None, 12020), "finds no GPU"),  # the same major version is new enough
        (Facts("13.0", None, 13000, "-1"), "CUDA_VISIBLE_DEVICES hides"),
        (Facts("13.0", None, 13000, ""), "CUDA_VISIBLE_DEVICES hides"),
        (Facts("13.0", None, 12080, "1"), "needs one for CUDA 13.0 and finds 12.8"),
        (Facts("13.0", None, 13000, "0", "unknown error"), "finds no GPU (unknown error)"),
        (Facts(None, "6.4", None), "AMD's GPUs"),
    ],
)
def test_why_torch_sees_no_gpu(known: Facts, said: str) -> None:
    told = why_no_gpu(known)
    assert said in told and bool(told) == bool(said)


def test_kinds_that_nobody_tried_say_so() -> None:
    known = [DeviceInfo("mps:0", "Apple GPU"), DeviceInfo("cuda:0", "T4")]
    assert [device.told for device in known] == [
        "Apple GPU (not tried on hardware by us)",
        "T4",
    ]
    assert FoundDevices(tuple(known)).usable == tuple(known)


def test_the_command_line_refuses_other_names(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["train", "mog-iae", "--device", "gpu"])
    assert "'gpu' is not a device" in capsys.readouterr().err


def test_the_command_line_says_why_it_takes_the_cpu(gpus, tmp_path, capsys) -> None:
    gpus("This torch has no code for it.")
    assert main(["train", "mog-iae", "--steps", "2", "--out", str(tmp_path / "run")]) == 0
    assert "This torch has no code for it. The CPU is used." in capsys.readouterr().err
