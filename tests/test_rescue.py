"""What was learned is never thrown away: steps that fail, disks that are full, folders gone."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.steps import saved_run
from tests.tiny import CPU, batches_of, kept_losses, kind_of, leftovers, recipe_of, same, weights
from trainer.cli import main
from trainer.cli import patience as waiting
from trainer.cli.patience import Patience
from trainer.messages import DivergedError, UserError
from trainer.objectives.adversarial import Game
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root
from trainer.training import checkpoint
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.interrupts import InsistedError, Interrupts
from trainer.training.last_save import save_at_last
from trainer.training.loop import run, start
from trainer.training.room import room_missing
from trainer.training.saving import run_saved
from trainer.training.state import TrainState

BREAKS = 7  # steps, after which one fails


def trained_saved(state: TrainState, folder: RunFolder, until: int, **options: object) -> None:
    for _ in run_saved(state, batches_of(state.recipe), until, folder, **options):
        pass


def undisturbed(path: Path, recipe: Recipe, until: int) -> RunFolder:
    folder = RunFolder.create(path, recipe)
    trained_saved(start(recipe, CPU), folder, until)
    return folder


def same_ends(one: RunFolder, other: RunFolder) -> bool:
    curves = [(folder.path / "curves.f32").read_bytes() for folder in (one, other)]
    return curves[0] == curves[1] and same(
        load_file(one.path / STATE), load_file(other.path / STATE)
    )


# ---- a step that fails ---------------------------------------------------------------------------


def in_the_data(state: TrainState, error: Exception, patch: pytest.MonkeyPatch) -> None:
    """While a batch is read: the random numbers were drawn."""
    from trainer.data.batches import TrainingBatches

    batch = TrainingBatches.batch

    def gone(self: TrainingBatches, *arguments: object) -> object:
        found = batch(self, *arguments)
        if state.step == BREAKS:
            raise error
        return found

    patch.setattr(TrainingBatches, "batch", gone)


def in_the_forward_pass(state: TrainState, error: Exception, patch: pytest.MonkeyPatch) -> None:
    """In the decoder: the encoder's statistics have moved."""

    def full(*_: object) -> None:
        if state.step == BREAKS and not state.torn:
            raise error

    patch.setattr(type(state.model.decoder), "__call__", _before(full, torch.nn.Module.__call__))


def in_the_first_backward_pass(
    state: TrainState, error: Exception, patch: pytest.MonkeyPatch
) -> None:
    """All statistics have moved, no weight has."""
    backward = torch.Tensor.backward

    def full(*_: object) -> None:
        if state.step == BREAKS and not state.torn:
            raise error

    patch.setattr(torch.Tensor, "backward", _before(full, backward))


def in_the_generators_game(state: TrainState, error: Exception, patch: pytest.MonkeyPatch) -> None:
    """The discriminators have moved, the generators have not."""

    def full(*_: object) -> None:
        if state.step == BREAKS:
            raise error

    patch.setattr(Game, "generator_loss", _before(full, Game.generator_loss))


def _before(first: Callable[..., None], then: Callable[..., object]) -> Callable[..., object]:
    def both(*arguments: object, **options: object) -> object:
        first(*arguments)
        return then(*arguments, **options)

    return both


ERRORS = {
    "memory": RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    "gone": FileNotFoundError(2, "No such file", "images"),
    "fault": ZeroDivisionError("of our own"),
}


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("iae", in_the_data),
        ("iae", in_the_forward_pass),
        ("iae", in_the_first_backward_pass),
        ("iae, points", in_the_data),
        ("fiae, categories", in_the_first_backward_pass),
    ],
)
def test_the_steps_before_one_that_fails_are_saved_and_go_on_to_the_last_bit(
    kind: str, where: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = kind_of(kind)
    folder, state = RunFolder.create(tmp_path / "run", recipe), start(recipe, CPU)
    error = ERRORS["memory"]
    with monkeypatch.context() as patch:
        where(state, error, patch)
        with pytest.raises(type(error)) as raised:
            trained_saved(state, folder, 14)
    assert f"Saved at step {BREAKS} in {folder.path}." in raised.value.__notes__
    loaded = RunFolder(folder.path).load(CPU)
    assert loaded.step == BREAKS == kept_losses(folder.path)
    trained_saved(loaded, again := RunFolder(folder.path), 14)
    assert same_ends(again, undisturbed(tmp_path / "whole", recipe, 14))


@pytest.mark.parametrize("error", [ERRORS["gone"], ERRORS["fault"], KeyboardInterrupt()])
def test_whatever_it_fails_by(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of("mog-iae", "steps=20")
    folder, state = RunFolder.create(tmp_path / "run", recipe), start(recipe, CPU)
    in_the_first_backward_pass(state, error, monkeypatch)
    with pytest.raises(type(error)):
        trained_saved(state, folder, 14)
    assert folder.load(CPU).step == BREAKS
    with pytest.raises(InsistedError):  # a second Ctrl-C waits for nothing
        in_the_first_backward_pass(state, InsistedError(2), monkeypatch)
        trained_saved(state, folder, 14)


@pytest.mark.parametrize("kind", ["iae, points", "cycleiae, l1", "gan"])
def test_half_a_step_never_takes_the_place_of_a_checkpoint(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = kind_of(kind).but(warm=0.0)
    folder, state = RunFolder.create(tmp_path / "run", recipe), start(recipe, CPU)
    trained_saved(state, folder, 4)
    before = weights(folder.load(CPU))
    with monkeypatch.context() as patch:
        in_the_generators_game(state, ERRORS["memory"], patch)
        with pytest.raises(RuntimeError, match="memory"):
            trained_saved(state, folder, 14)
    with pytest.raises(UserError, match=r"broke off in its middle.*last checkpoint"):
        folder.save(state)
    kept = folder.load(CPU)
    assert kept.step == 4 and same(weights(kept), before)


def test_the_command_says_what_became_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = TrainState.__new__(TrainState)
    state.step, state.torn = BREAKS, False  # fails at once
    in_the_first_backward_pass(state, FileNotFoundError(2, "No such file", "images"), monkeypatch)
    run, options = tmp_path / "run", ["--device", "cpu", "--set", "width=16", "--steps", "9"]
    assert main(["train", "mog-iae", "--out", str(run), *options]) == 2
    told = capsys.readouterr().err
    assert "images cannot be used (No such file)" in told and "Traceback" not in told


# ---- numbers that are not finite -----------------------------------------------------------------


@pytest.mark.parametrize(
    "settings", [("mog-iae", "r1=1e30"), ("drawn-10", "r1=1e30", "warm=0"), ("mog-gan", "r1=1e25")]
)
def test_moments_beyond_all_numbers_are_no_end(settings: tuple[str, ...], tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", recipe := recipe_of(*settings, "steps=20"))
    with pytest.raises(DivergedError, match="another r1"):
        trained_saved(start(recipe, CPU), folder, 20)
    assert not folder.has_state()


def a_moment(state: TrainState) -> torch.Tensor:
    memory = state.optimisers["discriminators"].state
    return next(iter(memory.values()))["exp_avg_sq"]


PARTS: dict[str, Callable[[TrainState], torch.Tensor]] = {
    "moment": a_moment,
    "average": lambda state: next(state.ema.decoder.parameters()),
    "weight": lambda state: next(state.model.encoder.parameters()),
    "statistic": lambda state: next(state.model.encoder.buffers()),
}


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
@pytest.mark.parametrize("part", PARTS)
def test_what_is_not_finite_takes_no_checkpoints_place(
    part: str, value: float, tmp_path: Path
) -> None:
    folder, state = saved_run(tmp_path / "run", recipe_of("drawn-10", "warm=0"), steps=3)
    before = (folder.path / STATE).read_bytes()
    with torch.no_grad():
        PARTS[part](state).view(-1)[-1] = value
    with pytest.raises(DivergedError):
        folder.save(state, batches_of(state.recipe))
    assert (folder.path / STATE).read_bytes() == before
    with pytest.raises(DivergedError):
        list(run(state, batches_of(state.recipe), 4))


def test_what_is_large_is_finite(tmp_path: Path) -> None:
    """A sum of such numbers overflows."""
    folder, state = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=3)
    with torch.no_grad():
        a_moment(state).fill_(3e38)
    folder.save(state)
    kept = load_file(folder.path / STATE).values()
    assert max(float(value.max()) for value in kept) == pytest.approx(3e38)


# ---- losses that are lost ------------------------------------------------------------------------


@pytest.mark.parametrize("left", [0, 2, 2.5, None])
def test_losses_that_are_lost_are_no_zeros(left: float | None, tmp_path: Path) -> None:
    folder, state = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=5)
    file, before = folder.path / "curves.f32", folder.curves()
    if left is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: int(left * before[0].nbytes)])
    trained_saved(state, folder, 8)
    after = folder.curves()
    assert after.shape == (8, before.shape[1]) and np.isfinite(after[5:, :4]).all()
    np.testing.assert_array_equal(after[: int(left or 0)], before[: int(left or 0)])
    assert np.isnan(after[int(left or 0) : 5]).all()


# ---- folders that are gone, disks that are full --------------------------------------------------


def test_a_run_whose_folder_is_removed_is_put_back(tmp_path: Path) -> None:
    recipe = recipe_of("mog-iae", "steps=20")
    folder = undisturbed(tmp_path / "runs" / "run", recipe, 4)
    with folder.alone():
        state = folder.load(CPU)
        shutil.rmtree(folder.path)
        trained_saved(state, folder, 9)
        assert RunFolder(folder.path).load(CPU).step == 9
        assert RunFolder(folder.path).recipe() == recipe
        with pytest.raises(UserError, match="trained already"), RunFolder(folder.path).alone():
            pass
        shutil.rmtree(folder.path.parent)  # as a disk that was taken away
        with pytest.raises(UserError, match="still there"):
            folder.save(state)
        assert not folder.path.parent.exists()


class FullDisk:
    """Full for checkpoints in one folder, until there is room."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, write = True, checkpoint.write_bytes

        def save(path: Path, data: bytes) -> None:
            if self.full and place in path.parents:
                raise OSError(28, "No space left on device")
            write(path, data)

        monkeypatch.setattr(checkpoint, "write_bytes", save)


def test_what_finds_no_room_is_kept_elsewhere_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder.create(tmp_path / "full" / "run", recipe_of("mog-iae", "steps=20"))
    FullDisk(tmp_path / "full", monkeypatch)
    with pytest.raises(UserError, match=r"it needs [\d.]+ MB.*No space left.*saved in .* instead"):
        trained_saved(start(folder.recipe(), CPU), folder, 6)
    (copy,) = runs_root().iterdir()
    assert RunFolder(copy).load(CPU).step == 6 == kept_losses(copy)
    trained_saved(RunFolder(copy).load(CPU), RunFolder(copy), 9)


def test_it_is_tried_again_where_it_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder.create(tmp_path / "full" / "run", recipe_of("mog-iae", "steps=20"))
    disk, told = FullDisk(tmp_path / "full", monkeypatch), []

    def again(why: str) -> bool:
        told.append(why)
        disk.full = len(told) < 3
        return True

    trained_saved(start(folder.recipe(), CPU), folder, 6, again=again)
    assert len(told) == 3 and str(runs_root()) in told[0]
    assert folder.load(CPU).step == 6 and not list(runs_root().iterdir())
    assert not leftovers(folder.path)


def test_where_there_is_no_room_at_all_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, state = saved_run(tmp_path / "run", recipe_of("mog-iae", "steps=20"), 3)
    list(run(state, batches_of(state.recipe), 5))
    FullDisk(Path("/"), monkeypatch)
    with pytest.raises(UserError, match="learned up to step 5 is lost"):
        save_at_last(folder, state, batches_of(state.recipe))
    assert folder.load(CPU).step == 3


def test_the_command_waits_for_room_where_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "EVERY", 0.01)
    monkeypatch.setattr(waiting, "FOR", 0.05)
    wished = Interrupts()
    again = Patience(wished)
    tries = 1
    while again("no room"):
        tries += 1
    assert 2 < tries < 10
    assert capsys.readouterr().err.count("no room") == 1
    wished.note(15, None)
    assert not Patience(wished)("no room")
    with pytest.raises(InsistedError):
        wished.note(15, None)


def test_what_a_full_disk_lacks_is_said_in_figures(tmp_path: Path) -> None:
    full, quota = OSError(errno.ENOSPC, "full"), OSError(errno.EDQUOT, "quota")
    assert re.fullmatch(
        r"it needs 9,000,000,000,000 MB, [\d,.]+ MB are free\. ",
        room_missing(full, tmp_path, 9 * 10**18),
    )
    assert room_missing(quota, tmp_path, 12_300_000) == "it needs 12 MB. "
    assert room_missing(OSError(errno.EACCES, "no"), tmp_path, 10**18) == ""
    assert room_missing(full, tmp_path / "gone", 250_000) == "it needs 0.2 MB. "


def test_what_stands_in_the_place_of_the_losses_is_told_and_costs_no_weights(
    tmp_path: Path,
) -> None:
    folder, state = saved_run(tmp_path / "run", recipe_of("mog-iae", "steps=20"), 3)
    (folder.path / "curves.f32").unlink()
    (folder.path / "curves.f32").mkdir()
    with pytest.raises(UserError, match=r"curves\.f32 is a folder, not a file: move it away"):
        trained_saved(state, folder, 6)
    (copy,) = runs_root().iterdir()
    assert RunFolder(copy).load(CPU).step == 6
    assert np.isnan(RunFolder(copy).curves()[:3]).all() and kept_losses(copy) == 3
