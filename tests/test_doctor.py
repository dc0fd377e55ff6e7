"""The doctor names what there is, what is broken and by how much; it never raises."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tests.gpus import see_gpus
from tests.tiny import ROOT, kind_of, write_mnist
from trainer.cli import main
from trainer.recipe.saved import read_meta
from trainer.reporting.doctor import checks, devices, places, self_test, speeds
from trainer.reporting.doctor.names import shown
from trainer.reporting.doctor.records import Asked
from trainer.reporting.doctor.self_test import FULL, SHORT, Outcome, compared
from trainer.reporting.doctor.text import SECTIONS, doctor, lines
from trainer.storage.paths import logs_root, runs_root, shipped_models
from trainer.training.checkpoint import RunFolder

GPU = torch.device("cuda", 0)
SOON = Asked(speeds=False)


def section(title: str, asked: Asked = SOON) -> list[str]:
    """Its lines, and whether each failed, as text."""
    found = list(checks_of(title, asked))
    return [row for row, _ in found]


def checks_of(title: str, asked: Asked = SOON) -> list[tuple[str, bool]]:
    return [(str(row).strip(), row.failed) for row in SECTIONS[title](asked)]


@pytest.fixture
def gpus(monkeypatch) -> Callable[..., None]:
    """Makes torch see GPUs: of each, what its trial says."""
    return partial(see_gpus, monkeypatch)


@pytest.fixture
def little(monkeypatch) -> None:
    """One kind of model, and one experiment for a moment."""
    monkeypatch.setattr(self_test, "KINDS", {"points": self_test.KINDS["points"]})
    monkeypatch.setattr(self_test, "CAPTURED", ())
    monkeypatch.setattr(speeds, "EXPERIMENTS", ("mog-iae",))
    for name in ("WARM", "STEPPED", "DRAWN"):
        monkeypatch.setattr(speeds, name, 0.01)


# ---- what there is -------------------------------------------------------------------------------


def test_a_quick_look_has_every_section_in_lines_for_a_mail(
    capsys, own_folders: Path, monkeypatch
) -> None:
    monkeypatch.setenv("HOME", str(own_folders))
    monkeypatch.setenv("USERPROFILE", str(own_folders))
    assert main(["doctor", "--quick"]) == 0
    said = capsys.readouterr()
    assert not said.err
    titles = [line for line in said.out.splitlines() if re.fullmatch(r"[A-Z][\w -]+", line)]
    assert titles == [title for title in SECTIONS if title != "Window"]
    assert said.out.isascii() and max(map(len, said.out.splitlines())) < 100
    for word in ("Python ", "torch ", "PySide6", "CPU cores", "GiB free", "of it free"):
        assert word in said.out
    assert str(own_folders) not in said.out and "~/xdg_data_home/iae-studio/runs" in said.out
    assert "left out" in said.out and "No self-test was made." in said.out


def test_a_line_hides_who_the_user_is_and_wraps_below_its_own_column(monkeypatch) -> None:
    monkeypatch.setenv("HOME", "/home/erna")
    monkeypatch.setenv("USERPROFILE", "/home/erna")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "erna")
    assert shown("  data  /home/erna/my data") == "  data  ~/my data"
    assert shown("  data  /media/erna/Stick") == "  data  /media/user/Stick"
    assert shown("  data  /home/ernabella/x") == "  data  /home/ernabella/x"
    first, second = shown(f"  data            {'words ' * 20}").splitlines()
    assert first.startswith("  data            words") and second.startswith(" " * 18 + "words")


def test_places_say_whether_they_can_be_written(own_folders: Path, monkeypatch) -> None:
    runs_root().parent.mkdir(parents=True)
    runs_root().write_text("a file in the way")
    monkeypatch.setenv("IAE_STUDIO_DATA", "file://elsewhere/data")
    found = section("Places")
    after = {line.split()[-1]: found[place + 1] for place, line in enumerate(found[:-1])}
    assert after[str(runs_root())].startswith("not writable")
    assert re.fullmatch(r"writable, [\d,.]+ GiB free, not made yet", after[str(logs_root())])
    assert any("another computer" in line for line in found)
    assert str(logs_root()) not in (str(p) for p in own_folders.rglob("*"))  # nothing was made


def test_runs_are_counted(own_folders: Path) -> None:
    assert "no runs" in section("Places")
    RunFolder.create(runs_root() / "a", kind_of("iae, points"))
    assert "1 run" in section("Places")
    RunFolder.create(runs_root() / "b", kind_of("iae, points"))
    (runs_root() / "b" / "recipe.json").write_text("{")
    (runs_root() / "no run").mkdir()
    assert "2 runs, of which 1 cannot be read" in section("Places")


def test_data_sets_are_found_where_they_lie(tmp_path: Path) -> None:
    write_mnist(tmp_path / "elsewhere")
    found = section("Data sets", replace(SOON, root_of=lambda name: tmp_path / "elsewhere"))
    told = {line.split()[0]: " ".join(line.split()[1:]) for line in found}
    assert told["mnist"].startswith(str(tmp_path / "elsewhere"))
    assert told["svhn"] == "not here; python -m trainer download svhn (235 MB)"
    assert "https://" in told["celeba"] and "drawn digits" in told["made"]


def test_a_shipped_model_that_is_damaged_is_named(capsys, tmp_path: Path, monkeypatch) -> None:
    whole = shipped_models()
    summed = [path for path in whole.values() if read_meta(path).checksum]
    (told,) = section("Models")
    assert (
        f"{len(whole)} of {len(whole)} can be read, {len(summed)} have checksums, which match"
        in told
    )
    bad, cut = tmp_path / "bad.safetensors", tmp_path / "cut.safetensors"
    shutil.copy(summed[0], bad)
    data = bytearray(bad.read_bytes())
    data[-2] ^= 255
    bad.write_bytes(data)
    cut.write_bytes(data[:-5])
    known = {"bad": bad, "cut": cut, "fiae-toy": whole["fiae-toy"]}
    monkeypatch.setattr(places, "shipped_models", lambda: known)
    found = section("Models")
    assert "1 of 3 can be read, " in found[0]
    assert "bad: it holds other weights" in found[1] and "cut: it is damaged" in found[2]
    assert main(["doctor", "--quick"]) == 1
    assert "FAILED: 2 of the checks above" in capsys.readouterr().out


def test_each_gpu_is_named_and_whether_it_works(gpus) -> None:
    gpus("", "This torch has no code for card 1.")
    found = " ".join(section("Devices"))
    assert re.search(r"cuda:0 +card 0 works: a small step ran on it", found)
    assert re.search(r"cuda:1 +card 1 This torch has no code for card 1\.", found)
    assert re.search(r"auto +takes cuda:0", found)
    gpus("It is broken.")
    found = " ".join(section("Devices"))
    assert re.search(r"auto +takes cpu It is broken\.", found)
    gpus()
    assert re.search(r"GPU +none that torch can use", " ".join(section("Devices")))


@pytest.mark.parametrize(("version", "said"), [(None, "none"), (12080, "knows CUDA 12.8")])
def test_the_driver_is_named(version, said, monkeypatch) -> None:
    monkeypatch.setattr("trainer.devices.drivers.driver_version", lambda: version)
    assert devices._driver() == said


def test_linux_names_the_drivers_own_version(tmp_path: Path, monkeypatch) -> None:
    told = tmp_path / "version"
    told.write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Mon Jan 1\n")
    monkeypatch.setattr(devices, "NVIDIA", told)
    monkeypatch.setattr("trainer.devices.drivers.driver_version", lambda: 12080)
    assert devices._driver() == "570.86.15, knows CUDA 12.8"


# ---- the self-test -------------------------------------------------------------------------------


def test_every_kind_of_model_is_tried_on_the_cpu() -> None:
    found = checks_of("Self-test", replace(SOON, device="cpu"))
    assert not any(failed for _, failed in found)
    assert [line.split()[:2] for line, _ in found[1:]] == [["ok", k] for k in self_test.KINDS]
    assert "FULL" not in found[0][0] and "losses 0.1 %, pixels 1 of 255" in found[0][0]


def test_pictures_of_the_self_test_have_something_to_see() -> None:
    for kind in ("IAE", "CycleIAE", "FIAE"):
        assert self_test.outcome(kind, self_test.CPU).picture.std() > 5


def off(kind: str, losses: float, picture: float) -> Outcome:
    """What a device makes that is so far off the CPU."""
    right = self_test.outcome(kind, self_test.CPU)
    return replace(right, losses=right.losses * (1 + losses), picture=right.picture + picture)


def test_a_gpu_that_computes_something_else_is_named_with_how_much(
    gpus, little, capsys, monkeypatch
) -> None:
    gpus("")
    right = self_test.outcome("points", self_test.CPU)
    made = {"cuda": off("points", 0.03, 0.5), "cpu": right}
    monkeypatch.setattr(self_test, "outcome", lambda kind, where: made[where.type])
    monkeypatch.setattr(checks, "speeds", lambda asked: iter(()))
    monkeypatch.setitem(SECTIONS, "Speeds", checks.speeds)
    assert main(["doctor"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "FAILED points the loss of the" in said
    assert "is 3 % off (0.1 % may be) and points are up to 0.5 off (0.001 may be)" in said
    assert "ok points losses and points are the same" in said  # the CPU
    assert "FAILED: 1 of the checks above" in said


def test_a_gpu_that_breaks_on_the_way_is_a_line(gpus, monkeypatch) -> None:
    gpus("")
    monkeypatch.setattr(self_test, "KINDS", {"points": self_test.KINDS["points"]})
    right = self_test.outcome("points", self_test.CPU)

    def broken(kind: str, where: torch.device) -> Outcome:
        if where.type == "cpu":
            return right
        raise torch.AcceleratorError("CUDA error: unspecified launch failure\nCompile with")

    monkeypatch.setattr(self_test, "outcome", broken)
    monkeypatch.setattr(self_test, "captured", broken)
    found = checks_of("Self-test", replace(SOON, device="cuda"))
    assert [failed for _, failed in found] == [False, True, True, True]
    assert "CUDA error: unspecified launch failure" in found[1][0]
    assert "Compile" not in found[1][0] and "IAE, replayed" in found[2][0]


def test_full_memory_says_so() -> None:
    def full() -> tuple[str, bool]:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")

    assert checks.carried_out(full) == ("its memory is full: close other programs", True)


def test_precision_is_left_alone_beside_others_and_put_back_elsewhere(gpus, monkeypatch) -> None:
    gpus("")
    seen = []
    monkeypatch.setattr(self_test, "KINDS", {"points": ()})
    monkeypatch.setattr(self_test, "CAPTURED", ())
    right = Outcome(np.zeros(1, np.float32), np.zeros(1, np.float32))

    def made(kind: str, where: torch.device) -> Outcome:
        seen.append(torch.get_float32_matmul_precision())
        return right

    monkeypatch.setattr(self_test, "outcome", made)
    before = torch.get_float32_matmul_precision()
    try:
        alone = section("Self-test", replace(SOON, device="cuda"))
        assert seen == ["highest"] * 2 and torch.get_float32_matmul_precision() == "high"
        beside = section("Self-test", replace(SOON, device="cuda", alone=False))
        assert seen[2:] == ["high"] * 2
        assert "0.1 %" in alone[0] and "2 %, pixels 3 of 255 (TF32)" in beside[0]
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.mark.parametrize(
    ("losses", "picture", "limits", "said"),
    [
        (0.0, 0.0, FULL, ""),
        (9e-4, 1.0, FULL, ""),
        (2e-3, 0.0, FULL, "regularisation generator is 0.2 % off (0.1 % may be)"),
        (1e-2, 3.0, SHORT, ""),
        (0.0, 2.0, FULL, "pixels are up to 2 of 255 off (1 may be)"),
        (np.nan, 0.0, FULL, "regularisation generator is no number"),
        (np.inf, 0.0, FULL, "regularisation generator is no number"),
        (0.0, np.nan, FULL, "pixels are up to nan"),
    ],
)
def test_outcomes_are_compared(losses, picture, limits, said) -> None:
    values = np.full(len(self_test.NAMES), 2.0, np.float32)
    values[5] = np.nan  # a loss that this kind does not have
    right = Outcome(values, np.full((2, 2), 100, np.float32))
    other = values.copy()
    other[3] *= 1 + losses
    found = Outcome(other, right.picture + np.float32(picture))
    told, failed = compared(found, right, limits)
    assert failed == bool(said) and said in told


class Other(TorchDispatchMode):
    """Another device: what some operators take is changed before."""

    def __init__(self, operators: tuple[str, ...], change: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self._operators, self._change = operators, change

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if str(func).split(".")[1] in self._operators:
            args = tuple(self._change(a) if isinstance(a, Tensor) else a for a in args)
        return func(*args, **(kwargs or {}))


def tf32(value: Tensor) -> Tensor:
    """As a tensor core reads it: ten bits of mantissa."""
    bits = value.contiguous().view(torch.int32)
    return ((bits + 0x1000) & ~0x1FFF).view(torch.float32)


PRODUCTS = ("mm", "addmm", "bmm", "linear", "convolution", "convolution_backward", "conv2d",
            "conv_transpose2d")  # fmt: skip


@pytest.mark.parametrize("kind", ["IAE", "CycleIAE", "points"])
def test_short_mantissas_stay_within_their_limits_and_a_fault_does_not(kind: str) -> None:
    right = self_test.outcome(kind, self_test.CPU)
    with Other(PRODUCTS, tf32):
        short = self_test.outcome(kind, self_test.CPU)
    told, failed = compared(short, right, SHORT)
    assert not failed and "same" not in told
    with Other(("linear", "addmm", "convolution", "conv2d"), lambda value: 1.03 * value):
        wrong = self_test.outcome(kind, self_test.CPU)
    assert compared(wrong, right, SHORT)[1]


def test_an_outcome_that_is_no_number_on_either_device_is_a_failure() -> None:
    values = np.full(len(self_test.NAMES), np.nan, np.float32)
    same = Outcome(values, np.zeros(3, np.float32))
    assert compared(same, same, FULL) == ("the loss of the whole step is no number", True)


def test_replayed_steps_are_compared() -> None:
    rows = torch.ones(4, 2, 3)
    rows[:, :, 2] = float("nan")
    assert self_test._replayed_apart(rows) == ("replayed as CUDA graphs, losses 0 % off", False)
    rows[3, 1, 0] = 1.05
    assert "are 5 % off (0.1 % may be)" in self_test._replayed_apart(rows)[0]
    rows[3, 1, 0] = float("nan")
    assert "are no numbers" in self_test._replayed_apart(rows)[0]


def test_a_device_that_is_not_here_is_a_failure(capsys, gpus) -> None:
    gpus()
    for more in ([], ["--quick"]):
        assert main(["doctor", "--device", "cuda", *more]) == 1
        said = capsys.readouterr().out
        assert said.count("There is no device cuda here.") == 1 and "UserError" not in said
        assert "FAILED: 1 of the checks above" in said


# ---- speeds, and how it is told ------------------------------------------------------------------


def test_speeds_are_told_line_by_line_and_progress_apart(capsys, little) -> None:
    assert main(["doctor", "--device", "cpu"]) == 0
    said = capsys.readouterr()
    assert re.search(
        r"  cpu +mog-iae +[\d,.]+ steps/s in batches of 256, [\d,]+ points/s\n", said.out
    )
    assert "Speed of cpu: mog-iae..." in said.err and "Self-test of cpu: points..." in said.err
    assert "..." not in said.out and said.out.endswith("ok: all that was tested works.\n")


def test_a_rate_counts_what_was_done(monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr(speeds.time, "perf_counter", lambda: now[0])

    def work() -> int:
        now[0] += 0.5
        return 3

    assert speeds.rate(work, 2.0, lambda: False) == 6.0
    began = now[0]
    speeds.rate(work, 100.0, lambda: True)
    assert now[0] == began + 0.5  # nobody waits


def test_while_something_trains_speeds_are_left_out() -> None:
    (told,) = section("Speeds", Asked(trains=lambda: True, device="cpu"))
    assert "a training runs" in told


def test_it_ends_at_once_where_nobody_waits(monkeypatch) -> None:
    tried = []
    monkeypatch.setattr(self_test, "outcome", lambda kind, where: tried.append(kind))
    stop = []
    found = []
    for line in lines(Asked(cancelled=lambda: bool(stop))):
        found.append(line.text)
        if line.text == "Self-test":
            stop.append(True)
    assert not tried and "Speeds" not in found and "works" not in found[-1]


def test_without_torch_all_else_is_told(capsys, own_folders: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["doctor", "--quick"]) == 0
    said = capsys.readouterr().out
    assert "torch cannot be loaded" in said and "processor" in said
    assert str(runs_root()) in said and f"of {len(shipped_models())} can be read" in said
    assert main(["doctor"]) == 1
    assert "FAILED: " in capsys.readouterr().out


def test_a_section_that_breaks_is_a_line(monkeypatch) -> None:
    def broken(asked: Asked):
        yield from ()
        raise RuntimeError("what now\nand then")

    monkeypatch.setitem(SECTIONS, "Places", broken)
    said = doctor()
    assert "cannot be told: RuntimeError: what now\n" in said and "Data sets" in said


def test_draws_are_the_same_on_every_device() -> None:
    with self_test.SameDraws():
        first, second = (
            torch.randn(5, generator=torch.Generator().manual_seed(3)) for _ in range(2)
        )
    assert torch.equal(first, second)
    assert torch.equal(first, torch.randn(5, generator=torch.Generator().manual_seed(3)))


def test_it_is_installed_with_the_program() -> None:
    assert '"trainer.reporting.doctor"' in (ROOT / "pyproject.toml").read_text("utf-8")
