"""A training that is killed anywhere, or whose power is cut, goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tiny import CPU, ROOT, batches_of, recipe_of
from trainer.cli import main
from trainer.messages import Progress
from trainer.training.checkpoint import RunFolder
from trainer.training.interrupts import InsistedError, interrupts_noted
from trainer.training.loop import start
from trainer.training.progress_bar import train_with_bar
from trainer.training.saving import run_saved

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, and kills by signals")


def test_eight_kills_cost_nothing_but_a_moment(tmp_path: Path) -> None:
    """A share of what `python -m benchmarks.kills` does a hundred times."""
    figures = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", "--count", "8", "--json", str(figures)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(figures.read_text())
    assert found["kills"] == 8 and found["inside"] == 4 and not found["faults"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads what is open by /proc")
def test_power_cuts_lose_no_save_that_was_over(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.power_cut"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_systems_wish_to_end_saves(
    tmp_path: Path, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    run, before = RunFolder(tmp_path / "run"), signal.getsignal(number)

    def wish() -> None:
        while not run.has_state():
            time.sleep(0.005)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=wish)
    thread.start()
    small = ["--set", "steps=50000", "--set", "width=16", "--set", "batch=16", "--device", "cpu"]
    code = main(["train", "mog-iae", "--out", str(run.path), "--save-every", "0.01", *small])
    thread.join()
    assert code == 128 + number and signal.getsignal(number) is before
    step = run.load(CPU).step
    assert f"Saved at step {step:,}" in capsys.readouterr().err
    assert len(run.curves()) == step


def test_a_second_wish_ends_at_once(tmp_path: Path) -> None:
    recipe = recipe_of("mog-iae", "steps=50000")
    folder, state = RunFolder.create(tmp_path / "run", recipe), start(recipe, CPU)

    def reports() -> Iterator[Progress]:
        for progress in run_saved(state, batches_of(recipe), 50000, folder):
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            yield progress

    with interrupts_noted() as noted, pytest.raises(InsistedError) as raised:
        train_with_bar(reports(), 0, 50000, noted)
    assert raised.value.number == signal.SIGTERM and noted.code == 143


def test_a_run_that_nohup_protects_is_not_ended_by_a_hang_up() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts_noted() as noted:
            signal.raise_signal(signal.SIGHUP)
            assert noted.number == 0
    finally:
        signal.signal(signal.SIGHUP, before)
