"""A run that branches off another: it goes on as the other would, or with other options."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import trainer
from iae_studio.state.model_files import find_runs
from tests.studio import photos
from tests.tiny import CPU, batches_of, data_of, kept_losses, kind_of, leftovers, recipe_of
from trainer.cli import main
from trainer.data.amendments import END, Amendment, Amendments, read_amendments
from trainer.data.aside import Change, read_decisions
from trainer.inference.history import History
from trainer.inference.model_files import check_model, load_snapshot
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import Parent, read_begun
from trainer.storage.snapshots import moments_in
from trainer.training import branching
from trainer.training.amendments import amend
from trainer.training.aside import Course
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.loop import run
from trainer.training.moments import ENTRIES
from trainer.training.state import TrainState
from trainer.training.state_file import pack

TOY = recipe_of("mog-iae", "steps=20")
IMAGES = recipe_of("drawn-10", "steps=20")


def go(folder: RunFolder, state: TrainState, until: int) -> None:
    for report in run(state, batches_of(state.recipe), until):
        folder.record(report)


def finish(path: Path, until: int | None = None) -> RunFolder:
    """Go on from the last checkpoint to the end."""
    folder = RunFolder(path)
    with folder.alone():
        state = folder.load(CPU)
        go(folder, state, until or state.terms.end)
        folder.save(state, batches_of(state.recipe))
    return folder


def parent(
    path: Path, recipe: Recipe = TOY, steps: int = 8, keep: tuple[int, ...] = ()
) -> RunFolder:
    """A run of some steps, amended at step 5, with kept weights of those named."""
    folder = RunFolder.create(path, recipe)
    with folder.alone():
        state, batches = folder.load(CPU), batches_of(recipe)
        history = History(folder, state)
        for step in sorted({*keep, 5, steps}):
            go(folder, state, step)
            if step == 5:
                amend(folder, state, {"generator_rate": 4e-4})
            if step in keep:
                assert history.keep(state, batches)
        folder.save(state, batches)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def same_files(a: Path, b: Path, *names: str) -> bool:
    return all((a / name).read_bytes() == (b / name).read_bytes() for name in names)


@pytest.mark.parametrize("recipe", [TOY, IMAGES], ids=["points", "images"])
def test_a_branch_of_a_checkpoint_goes_on_bit_for_bit(tmp_path: Path, recipe: Recipe) -> None:
    run_folder = parent(tmp_path / "run", recipe, keep=(2, 8))
    with run_folder.alone():  # it may train meanwhile
        child = trainer.branch(run_folder.path, tmp_path / "child")
    assert same_files(child, run_folder.path, STATE, "curves.f32")
    begun = read_begun(child)
    assert begun.parent == Parent("run", read_begun(run_folder.path).when, 8, True)
    assert begun.recipe == recipe and not leftovers(tmp_path)
    assert names(tmp_path) == ["child", "run"]
    check_model(child)
    finish(child), finish(run_folder.path)
    assert same_files(child, run_folder.path, STATE, "curves.f32", "amendments.json")


def killed(work: Callable[[], object]) -> None:
    """Do it in a real process, until a real SIGKILL."""
    number = os.fork()
    if not number:
        try:
            work()
        finally:
            os._exit(3)
    _, status = os.waitpid(number, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def course(place: Path, dies: bool) -> None:
    """Branched at step 6, amended at 9, killed at 11 or not."""
    torch.set_num_threads(1)
    child = trainer.branch(place / "run", place / "child")
    folder = RunFolder(child)
    with folder.alone():
        state = folder.load(CPU)
        go(folder, state, 9)
        folder.save(state)
        go(folder, state, 10)
        amend(folder, state, {"discriminator_rate": 3e-4, "steps": 16})
        go(folder, state, 11)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        go(folder, state, state.terms.end)
        folder.save(state)


@pytest.mark.skipif(sys.platform == "win32", reason="forks, and kills by signals")
@pytest.mark.parametrize("recipe", [TOY, IMAGES], ids=["points", "images"])
def test_branched_amended_and_killed_it_ends_as_without_the_kill(
    tmp_path: Path, recipe: Recipe
) -> None:
    for place in ("killed", "whole"):
        parent(tmp_path / place / "run", recipe, steps=6)
    course(tmp_path / "whole", dies=False)
    killed(lambda: course(tmp_path / "killed", dies=True))
    child = RunFolder(tmp_path / "killed" / "child")
    with child.alone():
        state = child.load(CPU)
        assert state.step == 9
        go(child, state, state.terms.end)
        child.save(state)
    assert state.step == 16
    whole = tmp_path / "whole" / "child"
    assert same_files(child.path, whole, STATE, "curves.f32", "amendments.json")
    assert len(child.curves()) == 16 and np.isfinite(child.curves()[:, 2]).all()


def test_a_branch_has_what_the_parent_had_until_its_step(tmp_path: Path) -> None:
    recipe = IMAGES
    folder = RunFolder.create(tmp_path / "run", recipe)
    data, batches = data_of(recipe), batches_of(recipe)
    with folder.alone():
        state = folder.load(CPU)
        history, aside = History(folder, state), Course(folder, data, batches)
        for step in (2, 4, 6, 8):
            go(folder, state, step)
            history.keep(state, batches)
            aside.change(step, Change(0, (step,), True))
            amend(folder, state, {"generator_rate": 1e-4 * step})
        folder.save(state, batches)
    child = trainer.branch(folder.path, tmp_path / "child", step=4)
    assert [moment.step for moment in moments_in(child)] == [2, 4]
    for mine, theirs in zip(moments_in(child), moments_in(folder.path), strict=False):
        assert mine.path.samefile(theirs.path), "a link, not a copy"
    assert [each.step for each in read_amendments(child).all] == [2, 4]
    decisions = read_decisions(child)
    assert decisions is not None and [each.step for each in decisions.all] == [2, 4]
    curves = RunFolder(child).curves()
    assert np.array_equal(curves, folder.curves()[:4], equal_nan=True)
    assert read_begun(child).parent == Parent("run", read_begun(folder.path).when, 4, False)


def test_a_moments_averages_are_its_weights_and_all_else_begins_anew(tmp_path: Path) -> None:
    folder = parent(tmp_path / "run", IMAGES, keep=(2, 6))
    moment = moments_in(folder.path)[-1]
    child = RunFolder(trainer.branch(folder.path, tmp_path / "child", step=6))
    state = child.load(CPU)
    kept = load_snapshot(moment.path, CPU)
    for part in ("encoder", "decoder"):
        wanted = getattr(kept.model, part).state_dict()
        for model in (state.model, state.ema):
            found = getattr(model, part).state_dict()
            assert all(torch.equal(found[key], value) for key, value in wanted.items())
    assert state.step == 6 and not any(each.state for each in state.optimisers.values())
    shown = child.load_shown(CPU)
    assert shown.step == 6 and shown.seen.keys() and kept.directions is not None
    assert torch.equal(shown.seen["directions.mean_image"], kept.directions.mean_image)
    again = RunFolder(trainer.branch(folder.path, tmp_path / "again", step=6))
    assert same_files(again.path, child.path, STATE), "seeded by the recipe's seed and the step"

    before = pack(state, None)
    finish(child.path), finish(again.path)
    assert same_files(again.path, child.path, STATE, "curves.f32")
    after = pack(child.load(CPU), None)
    assert not any(torch.equal(before[key], after[key]) for key in before if key.endswith("weight"))
    taken = {float(after[key]) for key in after if key.endswith(f".{ENTRIES[-1]}")}
    assert max(taken) == 14, "the optimisers counted from the branch on"


def test_a_branch_of_a_branch_of_a_moment_goes_on(tmp_path: Path) -> None:
    """Its optimisers took fewer steps than the run, which a checkpoint of other runs may not."""
    folder = parent(tmp_path / "run", TOY, keep=(6,))
    child = trainer.branch(folder.path, tmp_path / "child", step=6)
    finish(child, until=9)
    grandchild = trainer.branch(child, tmp_path / "grandchild")
    begun = read_begun(grandchild)
    assert begun.fresh_from == 6 and begun.parent is not None and begun.parent.whole
    finish(grandchild), finish(child)
    assert same_files(grandchild, child, STATE, "curves.f32")
    recipe_file = grandchild / "recipe.json"
    told = json.loads(recipe_file.read_text())
    recipe_file.write_text(json.dumps({**told, "fresh_from": 0}))
    with pytest.raises(UserError, match="took 14 steps, and the run 20"):
        RunFolder(grandchild).load(CPU)
    recipe_file.write_text(json.dumps({**told, "fresh_from": "6"}))
    with pytest.raises(UserError, match="damaged"):
        RunFolder(grandchild).load(CPU)


def test_other_options_hold_from_the_branch_on(tmp_path: Path) -> None:
    folder = parent(tmp_path / "run", TOY)
    child = trainer.branch(
        folder.path,
        tmp_path / "child",
        settings={"steps": 40, "batch": 32},
    )
    recipe = read_begun(child).recipe
    assert (recipe.schedule.steps, recipe.optim.batch) == (40, 32)
    assert recipe.optim.generator_rate == TOY.optim.generator_rate, "as the run began"
    state = RunFolder(child).load(CPU)
    assert state.terms.at(8).optim.generator_rate == 4e-4, "and as it was amended"
    assert state.terms.schedule(8).fade == pytest.approx(1 - 8 / 40), "a run of that length"
    # What the branch itself names holds, whatever was amended.
    other = trainer.branch(folder.path, tmp_path / "other", settings=["generator_rate=7e-4"])
    assert RunFolder(other).load(CPU).terms.at(8).optim.generator_rate == 7e-4
    assert not read_amendments(other).all
    asis = [f"generator_rate={TOY.optim.generator_rate}"]
    back = trainer.branch(folder.path, tmp_path / "back", settings=asis)
    assert RunFolder(back).load(CPU).terms.at(8) == TOY, "which the amendment changed"


def test_an_amended_end_is_still_no_jump_in_the_branch(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", TOY)
    with folder.alone():
        state = folder.load(CPU)
        go(folder, state, 8)
        amend(folder, state, {"steps": 60})
        folder.save(state, batches_of(TOY))
    child = RunFolder(trainer.branch(folder.path, tmp_path / "child", settings=["batch=20"]))
    found = child.load(CPU)
    assert found.terms.end == 60 and found.terms.at(8).optim.batch == 20
    assert found.terms.schedule(8).rate == state.terms.schedule(8).rate
    assert read_amendments(child.path) == Amendments((Amendment(8, END, 60),))


def test_a_moment_may_go_on_with_other_games_and_a_checkpoint_may_not(tmp_path: Path) -> None:
    folder = parent(tmp_path / "run", IMAGES, keep=(6,))
    other = ["objective.reconstruction.kind=euclidean"]
    with pytest.raises(UserError, match="branch from a kept moment"):
        trainer.branch(folder.path, tmp_path / "child", settings=other)
    child = trainer.branch(folder.path, tmp_path / "child", step=6, settings=other)
    assert finish(child).load(CPU).step == 20


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["width=8"], "keeps its networks: another width"),
        (["noise=3", "code=5"], "keeps its networks: another code and noise"),
        (["size=32"], "keeps the shape of its images: size"),
        (["steps=8"], "steps=8 lies before the branch at step 8"),
        (["warp=1"], "Unknown recipe option"),
        (["consistency=1"], "need code_kind=categorical"),
    ],
)
def test_what_no_branch_can_have_is_refused_and_leaves_nothing(
    tmp_path: Path, settings: list[str], told: str
) -> None:
    folder = parent(tmp_path / "run", recipe_of("shoes-small") if "size" in settings[0] else IMAGES)
    with pytest.raises(UserError, match=told):
        trainer.branch(folder.path, tmp_path / "child", settings=settings)
    assert names(tmp_path) == ["run"]


def test_a_step_that_nothing_is_kept_of_names_the_nearest(tmp_path: Path) -> None:
    folder = parent(tmp_path / "run", TOY, keep=(2, 6))
    with pytest.raises(UserError, match=r"no weights of step 5\. The nearest: 2, 6, 8"):
        trainer.branch(folder.path, tmp_path / "child", step=5)
    empty = RunFolder.create(tmp_path / "empty", TOY)
    with pytest.raises(UserError, match="no checkpoint to branch from yet"):
        trainer.branch(empty.path, tmp_path / "child")
    with pytest.raises(UserError, match="keeps no weights of any step yet"):
        trainer.branch(empty.path, tmp_path / "child", step=5)


def test_nothing_is_overwritten_and_nothing_half_made_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = parent(tmp_path / "run", TOY, keep=(2,))
    (tmp_path / "empty").mkdir()
    trainer.branch(folder.path, tmp_path / "empty")
    with pytest.raises(UserError, match="already holds a run"):
        trainer.branch(folder.path, tmp_path / "empty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty"):
        trainer.branch(folder.path, tmp_path / "full")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(branching, "append_rows", full)
    with pytest.raises(UserError, match=r"space|full|room"):
        trainer.branch(folder.path, tmp_path / "child")
    assert names(tmp_path) == ["empty", "full", "run"]


def test_a_disk_without_links_gets_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = parent(tmp_path / "run", TOY, keep=(2, 6))

    def refused(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    child = trainer.branch(folder.path, tmp_path / "child")
    for mine, theirs in zip(moments_in(child), moments_in(folder.path), strict=True):
        assert not mine.path.samefile(theirs.path)
        assert mine.path.read_bytes() == theirs.path.read_bytes()


def test_the_command_line_branches_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_folder, child = str(tmp_path / "run"), str(tmp_path / "child")
    small = ["--set", "width=8", "--set", "batch=8", "--device", "cpu"]
    assert main(["train", "mog-iae", "--steps", "6", "--out", run_folder, *small]) == 0
    more = ["--set", "steps=9", "--set", "generator_rate=2e-4"]
    assert main(["branch", run_folder, "--step", "0", "--out", child, *more]) == 0
    told = capsys.readouterr()
    assert told.out.strip() == child and "at step 0" in told.err and "--resume" in told.err
    assert main(["train", "mog-iae", "--out", child, "--resume", "--device", "cpu"]) == 0
    assert RunFolder(Path(child)).load(CPU).step == 9
    assert main(["branch", run_folder, "--set", "width=9"]) == 2
    assert "keeps its networks" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="forks, and kills by signals")
def test_a_branch_that_is_killed_as_it_is_made_is_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = parent(tmp_path / "run", TOY, keep=(2,))
    with monkeypatch.context() as patch:
        for place in ("append_rows", "begun_json"):  # in the middle, and just before the end
            patch.setattr(branching, place, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            killed(lambda: trainer.branch(folder.path, tmp_path / "child"))
            assert not (tmp_path / "child").exists()
    assert [run.path.name for run in find_runs(tmp_path).readable] == ["run"]
    assert not find_runs(tmp_path).damaged
    long_ago = time.time() - 2 * branching.LEFT
    for left in tmp_path.glob(f".*{branching.ENDING}"):
        os.utime(left, (long_ago, long_ago))
    trainer.branch(folder.path, tmp_path / "child")
    assert names(tmp_path) == ["child", "run"], "what the dead left is tidied up"


@pytest.mark.parametrize("kind", ["cycleiae, encoder noise", "fiae, categories", "gan"])
def test_every_kind_of_model_branches(tmp_path: Path, kind: str) -> None:
    recipe = kind_of(kind)
    folder = parent(tmp_path / "run", recipe, steps=6, keep=(5,))
    whole = trainer.branch(folder.path, tmp_path / "whole")
    finish(whole, 8), finish(folder.path, 8)
    assert same_files(whole, folder.path, STATE, "curves.f32")
    anew = trainer.branch(folder.path, tmp_path / "anew", step=5)
    assert finish(anew, 8).load(CPU).step == 8 == kept_losses(anew)


def test_a_branch_on_other_images_takes_no_list_of_the_parents_along(tmp_path: Path) -> None:
    images = [photos(tmp_path / name, 20) for name in ("first", "second")]
    settings = {"width": 4, "batch": 8, "code": 4, "noise": 6}
    with trainer.train(
        "drawn-10", out=tmp_path / "run", settings=settings, images=images[0], steps=2, device="cpu"
    ) as training:
        list(training)
    same = trainer.branch(tmp_path / "run", tmp_path / "same")
    assert same_files(same, tmp_path / "run", "images.json")
    other = trainer.branch(
        tmp_path / "run", tmp_path / "other", settings=[f"images={images[1]}", "steps=3"]
    )
    assert not (other / "images.json").exists()
    with trainer.train("drawn-10", out=other, resume=True, device="cpu") as training:
        assert list(training)[-1].step == 3
