"""The doctor names each GPU, whether it works, and the driver."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.doctor import section
from trainer.cli import main
from trainer.reporting.doctor import devices


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


def test_what_a_container_or_a_queue_of_jobs_grants_is_told(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "memory.max").write_text(f"{3 << 29}\n")
    monkeypatch.setattr("trainer.devices.machine_memory.CONTAINER", tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {2, 5, 6}, raising=False)
    found = " ".join(section("Devices"))
    assert re.search(r"memory +1\.5 GiB, ", found) and ", 3 CPU cores" in found


def test_a_device_that_is_not_here_is_a_failure(capsys, gpus) -> None:
    gpus()
    for more in ([], ["--quick"]):
        assert main(["doctor", "--device", "cuda", *more]) == 1
        said = capsys.readouterr().out
        assert said.count("There is no device cuda here.") == 1 and "UserError" not in said
        assert "FAILED: 1 of the checks above" in said
