"""A run can be killed at any moment, and goes on as if nothing had happened."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

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
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.loop import LOSSES, TrainState, run, start, step


def saved_run(folder: Path, recipe: Recipe, steps: int) -> tuple[RunFolder, TrainState]:
    """A new run that was trained and saved."""
    run_folder = RunFolder.create(folder, recipe)
    state, reports = trained(recipe, steps)
    for report in reports:
        run_folder.record(report)
    run_folder.save(state)
    return run_folder, state


def go_on(run_folder: RunFolder, state: TrainState, until: int) -> None:
    for report in run(state, batches_of(state.recipe), until):
        run_folder.record(report)
    run_folder.save(state)


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
        with pytest.raises(UserError, match=r"No space left.*last one is kept"):
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


def test_damaged_states_are_told(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    file = run_folder.path / STATE
    content = file.read_bytes()
    for damaged in (b"", b"nonsense", content[: len(content) // 2], content[:100]):
        file.write_bytes(damaged)
        with pytest.raises(UserError, match=r"state\.safetensors is damaged"):
            run_folder.load(CPU)
        with pytest.raises(UserError, match=r"state\.safetensors is damaged"):
            run_folder.curves()


def test_states_of_another_kind_are_told(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    file = run_folder.path / STATE
    tensors = load_file(file)
    save_file(tensors, file)
    with pytest.raises(UserError, match="not a checkpoint"):
        run_folder.load(CPU)
    save_file({k: v for k, v in tensors.items() if k != "rng"}, file, {"step": "3"})
    with pytest.raises(UserError, match="does not fit its recipe"):
        run_folder.load(CPU)
    other, _ = saved_run(tmp_path / "other", recipe_of("mog-iae", "width=8"), steps=3)
    file.write_bytes((other.path / STATE).read_bytes())
    with pytest.raises(UserError, match="does not fit its recipe"):
        run_folder.load(CPU)


def test_lost_curves_are_no_reason_to_lose_the_run(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=5)
    (run_folder.path / "curves.f32").unlink()
    assert RunFolder(run_folder.path).curves().shape == (0, len(LOSSES))
    go_on(run_folder := RunFolder(run_folder.path), run_folder.load(CPU), until=8)
    assert RunFolder(run_folder.path).curves().shape == (8, len(LOSSES))


def test_a_run_begun_before_the_last_loss_came_keeps_its_columns(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=5)
    wanted = run_folder.curves()
    assert LOSSES[12] == "imbalance", "the last one of those days"
    file, recipe = run_folder.path / "curves.f32", run_folder.path / "recipe.json"
    wanted[:, :13].tofile(file)
    content = json.loads(recipe.read_text())
    del content["losses"]
    recipe.write_text(json.dumps(content))
    np.testing.assert_array_equal(RunFolder(run_folder.path).curves(), wanted)
    earlier = RunFolder(run_folder.path)
    go_on(earlier, earlier.load(CPU), until=8)
    assert file.stat().st_size == 8 * 13 * 4
    np.testing.assert_array_equal(earlier.curves()[:5], wanted)
    assert np.isfinite(earlier.curves()[5:, :4]).all() and len(earlier.curves()) == 8


@pytest.mark.parametrize("losses", [[], ["surprise"], [*LOSSES, "one of a later version"], 3])
def test_a_run_whose_losses_are_unknown_is_told_and_left_alone(
    tmp_path: Path, losses: object
) -> None:
    run_folder, state = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=5)
    recipe, curves = run_folder.path / "recipe.json", run_folder.path / "curves.f32"
    recipe.write_text(json.dumps(json.loads(recipe.read_text()) | {"losses": losses}))
    before = curves.read_bytes()
    for use in (run_folder.recipe, run_folder.curves, lambda: run_folder.save(state)):
        with pytest.raises(UserError, match=r"recipe\.json"):
            use()
    assert curves.read_bytes() == before


def test_damaged_recipes_are_told(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    file = run_folder.path / "recipe.json"
    content = json.loads(file.read_text("utf-8"))
    unknown = json.dumps(content | {"recipe": content["recipe"] | {"color": 1}})
    for text in ("", "{", "[]", "{}", unknown, "\xff"):
        file.write_bytes(text.encode("latin-1"))
        with pytest.raises(UserError, match=r"recipe\.json"):
            RunFolder(run_folder.path).load(CPU)
    with pytest.raises(UserError, match="not a run folder"):
        RunFolder(tmp_path).recipe()


def test_a_run_is_never_overwritten_by_another(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", recipe_of("mog-iae"))
    with pytest.raises(UserError, match="already holds a run"):
        RunFolder.create(tmp_path / "run", recipe_of("mog-gan"))
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="cannot be written"):
        RunFolder.create(tmp_path / "file", recipe_of("mog-gan"))


def test_a_run_is_trained_by_one_process_at_a_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=4)
    before = (run_folder.path / STATE).read_bytes()
    again = ["train", "mog-iae", "--out", str(run_folder.path), "--resume", "--steps", "6"]
    with run_folder.alone():
        assert main([*again, "--device", "cpu"]) == 2
        assert "is being trained already" in capsys.readouterr().err
        assert (run_folder.path / STATE).read_bytes() == before
    assert main([*again, "--device", "cpu"]) == 0
    assert run_folder.load(CPU).step == 6


@pytest.mark.skipif(sys.platform == "win32", reason="flock is Unix's")
def test_a_file_system_without_locks_is_no_obstacle(tmp_path: Path, monkeypatch) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    run_folder = RunFolder.create(tmp_path / "run", recipe_of("mog-iae"))
    monkeypatch.setattr(fcntl, "flock", refuse)
    with run_folder.alone():
        run_folder.save(run_folder.load(CPU))
    assert run_folder.has_state()


def test_a_run_that_is_gone_is_not_made_again_by_its_lock(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a run folder"), RunFolder(tmp_path / "gone").alone():
        pass
    assert not (tmp_path / "gone").exists()


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
