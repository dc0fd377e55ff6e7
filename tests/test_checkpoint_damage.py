"""What is damaged, of another kind or in use is told, and left alone."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from tests.steps import (
    go_on,
    saved_run,
)
from tests.tiny import (
    CPU,
    recipe_of,
)
from trainer.cli import main
from trainer.messages import UserError
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.loop import LOSSES


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
    with pytest.raises(UserError, match="does not fit the recipe"):
        run_folder.load(CPU)
    other, _ = saved_run(tmp_path / "other", recipe_of("mog-iae", "width=8"), steps=3)
    file.write_bytes((other.path / STATE).read_bytes())
    with pytest.raises(UserError, match="does not fit the recipe"):
        run_folder.load(CPU)


def test_lost_curves_are_no_reason_to_lose_the_run(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=5)
    (run_folder.path / "curves.f32").unlink()
    assert np.isnan(RunFolder(run_folder.path).curves()).all()
    go_on(run_folder := RunFolder(run_folder.path), run_folder.load(CPU), until=8)
    curves = RunFolder(run_folder.path).curves()
    assert curves.shape == (8, len(LOSSES))
    assert np.isnan(curves[:5]).all() and np.isfinite(curves[5:, :4]).all()


@pytest.mark.parametrize("kept", [0, 1, 60, 61, 1000])
def test_losses_that_a_file_lacks_are_none_and_the_others_stay_in_their_place(
    kept: int, tmp_path: Path
) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=5)
    file, wanted = run_folder.path / "curves.f32", run_folder.curves()
    row = 4 * len(LOSSES)
    file.write_bytes((file.read_bytes() + b"\x01" * 1000)[:kept])
    whole = min(5, kept // row)
    found = run_folder.curves()
    assert found.shape == wanted.shape and np.isnan(found[whole:]).all()
    np.testing.assert_array_equal(found[:whole], wanted[:whole])
    # What a crash or an older version put in the place of lost ones is no loss either.
    file.write_bytes(bytes(2 * row) + wanted[2:].tobytes())
    found = run_folder.curves()
    assert np.isnan(found[:2]).all()
    np.testing.assert_array_equal(found[2:], wanted[2:])


def test_curves_that_are_no_file_or_infinite_are_told_or_none(tmp_path: Path) -> None:
    run_folder, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=5)
    file = run_folder.path / "curves.f32"
    file.write_bytes(np.full((5, len(LOSSES)), np.inf, "<f4").tobytes())
    assert np.isnan(run_folder.curves()).all()
    file.unlink()
    file.mkdir()
    with pytest.raises(UserError, match=r"curves\.f32 is a folder.*move it away"):
        run_folder.curves()


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
