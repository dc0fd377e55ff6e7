"""A training that is killed anywhere, or whose power is cut, goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import killed, kills
from tests.tiny import CPU, ROOT, batches_of, kept_losses, recipe_of
from trainer.cli import main
from trainer.messages import LOSSES, Progress
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
    assert found["torn"] and len(found["lost"]) == 4


def test_a_training_that_breaks_off_is_no_kill_that_was_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[Progress]:
        raise ValueError("a fault of the training's own")

    monkeypatch.setattr(killed, "run_saved", broken)
    figures = kills.Figures()
    kills.kill_some(tmp_path / "run", kills.small(*kills.TOY), 3, random.Random(0), figures)
    assert figures.kills == 0 and "broke off by itself" in figures.faults[0]


def test_what_a_kill_costs_is_counted_up_to_the_kill(tmp_path: Path) -> None:
    """Also what no report told of any more, and all of it where there was none yet."""
    recipe = recipe_of("mog-iae", "steps=6")
    folder = RunFolder.create(tmp_path / "run", recipe)
    figures = kills.Figures()
    begun = killed.Ending(killed.OUTSIDE, signal.SIGKILL, 3.5, steps={0: 3.0})
    kills.looked_at(folder.path, begun, 0, figures)
    list(run_saved(start(recipe, CPU), batches_of(recipe), 6, folder))
    later = replace(begun, killed=5.0, steps={0: 3.0, 6: 4.25, 9: 4.75})
    kills.looked_at(folder.path, later, 0, figures)
    assert figures.lost == [0.5, 0.75] and not figures.faults
    (folder.path / "curves.f32").write_bytes(b"")
    kills.looked_at(folder.path, replace(later, saved=9), 0, figures)
    assert "losses of 0 of 6 steps" in figures.faults[0]
    assert "back from step 9 to 6" in figures.faults[1]


@pytest.mark.parametrize("name", ["curves", "state"])
def test_half_of_each_file_is_written_by_some_kill(name: str, tmp_path: Path) -> None:
    path, recipe = tmp_path / "run", kills.small(*kills.TOY)
    place = {"curves": 0.0, "state": 0.9}[name]  # of what is written, the first and the last
    fixed = SimpleNamespace(random=lambda: place)
    ending = killed.killed_once(path, recipe, fixed, killed.TORN)  # type: ignore[arg-type]
    assert ending.by_kill and ending.torn == name
    half = path / "curves.f32" if name == "curves" else next(path.glob(".state*"))
    whole = len(RunFolder(path).curves()) * 4 * len(LOSSES)
    assert half.stat().st_size > whole if name == "curves" else half.stat().st_size > 0


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
    assert kept_losses(run.path) == step


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
