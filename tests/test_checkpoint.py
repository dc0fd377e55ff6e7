"""A run can be killed at any moment, and goes on as if nothing had happened."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.steps import (
    go_on,
    saved_run,
)
from tests.tiny import (
    CPU,
    KINDS,
    batches_of,
    kind_of,
    leftovers,
    recipe_of,
    same,
    snapshot_of,
    trained,
    trainer_process,
    weights,
)
from trainer.cli import main
from trainer.messages import UserError
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.loop import LOSSES, run, start, step


@pytest.mark.parametrize("kind", KINDS)
def test_loaded_state_takes_the_very_same_next_steps(kind: str, tmp_path: Path) -> None:
    recipe = kind_of(kind)
    run_folder, state = saved_run(tmp_path / "run", recipe, steps=6)
    loaded = RunFolder(run_folder.path).load(CPU)
    assert loaded.step == 6 and loaded.recipe == recipe
    assert torch.equal(loaded.rng.get_state(), state.rng.get_state())
    batches = batches_of(recipe)
    for _ in range(4):  # over the end of a warm start
        ours = step(state, batches.batch(recipe.optim.batch, 0, state.rng))
        theirs = step(loaded, batches.batch(recipe.optim.batch, 0, loaded.rng))
        assert torch.equal(ours.nan_to_num(-1), theirs.nan_to_num(-1))
    assert same(weights(state), weights(loaded))
    assert torch.equal(loaded.rng.get_state(), state.rng.get_state())
    assert same(state.ema.encoder.state_dict(), loaded.ema.encoder.state_dict())
    assert same(state.ema.decoder.state_dict(), loaded.ema.decoder.state_dict())


def test_curves_hold_one_row_for_each_step(tmp_path: Path) -> None:
    recipe = recipe_of("mog-iae")
    run_folder, state = saved_run(tmp_path / "run", recipe, steps=10)
    go_on(run_folder, state, until=25)
    whole = np.concatenate([report.losses for report in trained(recipe, 25)[1]])
    np.testing.assert_array_equal(RunFolder(run_folder.path).curves(), whole)


def test_a_killed_and_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    until, options = 400, ["--set", "width=16", "--set", "batch=16", "--device", "cpu"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = trainer_process(
        *["train", "mog-iae", "--steps", str(until), "--out", str(killed)],
        *["--save-every", "0.01", *options],
    )
    run_folder = RunFolder(killed)
    while process.poll() is None and not run_folder.has_state():
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert 0 < run_folder.load(CPU).step < until
    again = ["train", "mog-iae", "--steps", str(until), "--device", "cpu"]
    assert main([*again, "--out", str(killed), "--resume"]) == 0
    assert main([*again, "--out", str(whole), *options]) == 0
    assert same(load_file(killed / STATE), load_file(whole / STATE))
    assert (killed / "curves.f32").read_bytes() == (whole / "curves.f32").read_bytes()
    assert (whole / "curves.f32").stat().st_size == until * len(LOSSES) * 4
    assert not leftovers(killed) and not leftovers(whole)


def test_what_a_kill_left_half_written_goes_with_the_next_save(tmp_path: Path) -> None:
    run_folder, state = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    (run_folder.path / f".{STATE}.x1y2z3").write_bytes(b"half")
    go_on(run_folder, state, until=5)
    assert not leftovers(run_folder.path)


@pytest.mark.parametrize("rows", [3, 2.5])
def test_a_kill_between_the_curves_and_the_state_is_harmless(tmp_path: Path, rows: float) -> None:
    recipe = recipe_of("mog-iae")
    run_folder, _ = saved_run(tmp_path / "run", recipe, steps=10)
    before = run_folder.curves()
    with (run_folder.path / "curves.f32").open("ab") as curves:
        curves.write(b"\x77" * int(rows * len(LOSSES) * 4))
    fresh = RunFolder(run_folder.path)
    np.testing.assert_array_equal(fresh.curves(), before)
    go_on(fresh, fresh.load(CPU), until=20)
    whole, _ = saved_run(tmp_path / "whole", recipe, steps=20)
    np.testing.assert_array_equal(fresh.curves(), whole.curves())
    assert (fresh.path / "curves.f32").read_bytes() == (whole.path / "curves.f32").read_bytes()


@pytest.mark.parametrize("failing_sync", [1, 2])  # of the curves, of the state
def test_a_full_disk_keeps_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing_sync: int
) -> None:
    recipe = recipe_of("mog-iae")
    run_folder, state = saved_run(tmp_path / "run", recipe, steps=10)
    before, curves = load_file(run_folder.path / STATE), run_folder.curves()
    for report in run(state, batches_of(recipe), 16):
        run_folder.record(report)
    calls, sync = [], os.fsync

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) >= failing_sync:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(UserError, match=r"last one is kept: .*No space left"):
            run_folder.save(state)
    assert same(load_file(run_folder.path / STATE), before)
    np.testing.assert_array_equal(RunFolder(run_folder.path).curves(), curves)
    assert RunFolder(run_folder.path).load(CPU).step == 10
    assert not leftovers(run_folder.path)
    # Space again: nothing of what was recorded meanwhile is lost.
    go_on(run_folder, state, until=20)
    whole = np.concatenate([report.losses for report in trained(recipe, 20)[1]])
    np.testing.assert_array_equal(RunFolder(run_folder.path).curves(), whole)


def test_saving_leaves_no_temporary_files(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("drawn-10"), steps=3)
    names = {path.name for path in run_folder.path.iterdir()}
    assert names == {"recipe.json", STATE, "curves.f32"}


def test_a_run_of_another_kind_of_device_can_be_opened(tmp_path: Path) -> None:
    run_folder, state = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    file = run_folder.path / STATE
    tensors = load_file(file)
    tensors["rng"] = torch.zeros(16, dtype=torch.uint8)  # the size of a CUDA generator's state
    save_file(tensors, file, {"step": "3"})
    loaded = run_folder.load(CPU)
    assert same(weights(loaded), weights(state))
    go_on(run_folder, loaded, until=5)


def test_a_run_without_a_checkpoint_starts_at_its_seed(tmp_path: Path) -> None:
    recipe = recipe_of("mog-iae")
    run_folder = RunFolder.create(tmp_path / "run", recipe)
    assert not run_folder.has_state() and len(run_folder.curves()) == 0
    assert same(weights(run_folder.load(CPU)), weights(start(recipe, CPU)))
    assert snapshot_of(recipe).step == 5
