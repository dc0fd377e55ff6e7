"""What lies in the place of a run that trains is never overwritten if it is not that run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.tiny import CPU, batches_of, recipe_of
from trainer.messages import UserError
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import RunFolder
from trainer.training.last_save import save_at_last
from trainer.training.loop import run
from trainer.training.state import start

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a folder in use cannot be moved there"
)


def trained(path: Path, seed: int, steps: int) -> RunFolder:
    """A run of its own, saved."""
    recipe = recipe_of("mog-iae", "steps=20", f"seed={seed}")
    folder = RunFolder.create(path, recipe)
    with folder.alone():
        learn(folder, steps)
    return folder


def learn(folder: RunFolder, steps: int, save: bool = True):
    state = folder.load(CPU) if folder.has_state() else start(folder.recipe(), CPU)
    batches = batches_of(state.recipe)
    for progress in run(state, batches, steps):
        folder.record(progress)
    if save:
        folder.save(state, batches)
    return state, batches


def files_of(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if file.name != "lock"}


@pytest.mark.parametrize("how", ["moved away", "removed"])
def test_another_run_in_its_place_stays_as_it_is(tmp_path: Path, how: str) -> None:
    ours = trained(tmp_path / "run", 1, 3)
    with ours.alone():
        state, batches = learn(ours, 6, save=False)
        if how == "removed":
            shutil.rmtree(tmp_path / "run")
        else:
            (tmp_path / "run").rename(tmp_path / "moved")
        theirs = trained(tmp_path / "run", 2, 4)
        before = files_of(theirs.path)
        for _ in range(2):
            with pytest.raises(UserError, match=r"run was exchanged: another run"):
                ours.save(state, batches)
        with pytest.raises(UserError, match=r"saved in .* instead"):
            save_at_last(ours, state, batches)
        assert files_of(theirs.path) == before
    (copy,) = runs_root().iterdir()
    kept = RunFolder(copy)
    assert kept.load(CPU).step == 6 and kept.recipe().optim.seed == 1
    assert len(kept.curves()) == 6


def test_a_checkpoint_of_somebody_who_did_not_see_the_lock_stays(tmp_path: Path) -> None:
    ours = trained(tmp_path / "run", 1, 3)
    with ours.alone():
        state, batches = learn(ours, 6, save=False)
        (tmp_path / "run" / "lock").unlink()
        others = RunFolder(tmp_path / "run")
        with others.alone():
            learn(others, 9)
        with pytest.raises(UserError, match="another checkpoint of this one"):
            ours.save(state, batches)
        assert others.load(CPU).step == 9


def test_a_lock_that_was_removed_is_held_again(tmp_path: Path) -> None:
    ours = trained(tmp_path / "run", 1, 3)
    with ours.alone():
        (tmp_path / "run" / "lock").unlink()
        learn(ours, 6)
        with (
            pytest.raises(UserError, match="is being trained already"),
            RunFolder(ours.path).alone(),
        ):
            pass
    assert ours.load(CPU).step == 6
