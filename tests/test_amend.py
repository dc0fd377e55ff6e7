"""What is changed while a run trains: in force from its step on, and a course no kill changes."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import trainer
from tests.pretended_gpu import OnGpu
from tests.tiny import CPU, KINDS, batches_of, kind_of, recipe_of, weights
from trainer.cli import main
from trainer.data.amending import amendable, amended
from trainer.data.amendments import END, FILE, Amendment, Amendments, read_amendments
from trainer.data.batches import TrainingBatches
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.reporting.reproduce.page import _amended
from trainer.reporting.reproduce.records import Record
from trainer.training.amendments import amend
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.cuda_graphs import timetable
from trainer.training.loop import run, start
from trainer.training.state import TrainState
from trainer.training.step import next_batch, step
from trainer.training.terms import Terms

TOY = recipe_of("mog-iae", "steps=40")


def go(folder: RunFolder, state: TrainState, until: int) -> None:
    for report in run(state, batches_of(state.recipe), until):
        folder.record(report)


def rates(state: TrainState) -> list[float]:
    groups = [group for each in state.optimisers.values() for group in each.param_groups]
    return [float(group["lr"]) for group in groups]


def course(path: Path, recipe: Recipe, dies: bool) -> None:
    """Amended at steps 4, 6 and 8, saved at 5 and at the end; killed at 9, or not."""
    torch.set_num_threads(1)
    folder = RunFolder.create(path, recipe)
    with folder.alone():
        state = folder.load(CPU)
        go(folder, state, 4)
        amend(folder, state, {"generator_rate": 5e-4})
        go(folder, state, 5)
        folder.save(state)
        go(folder, state, 6)
        amend(
            folder,
            state,
            {"objective.reconstruction.r1": 0.3, "objective.regularisation.weight": 2.0},
        )
        go(folder, state, 8)
        amend(folder, state, {"steps": 14})
        go(folder, state, 9)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        go(folder, state, state.terms.end)
        folder.save(state)


@pytest.mark.skipif(sys.platform == "win32", reason="forks, and kills by signals")
def test_a_killed_run_meets_its_amendments_again_at_their_steps(tmp_path: Path) -> None:
    """Of points; tests/test_branch.py does the same with images."""
    recipe = recipe_of("mog-iae", "steps=20")
    course(tmp_path / "whole", recipe, dies=False)
    number = os.fork()
    if not number:  # a real process, and a real SIGKILL
        try:
            course(tmp_path / "killed", recipe, dies=True)
        finally:
            os._exit(3)
    _, status = os.waitpid(number, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    killed = RunFolder(tmp_path / "killed")
    with killed.alone():
        state = killed.load(CPU)
        assert state.step == 5 and state.terms.end == 14
        go(killed, state, state.terms.end)
        killed.save(state)
    for file in (STATE, "curves.f32", FILE):
        assert (killed.path / file).read_bytes() == (tmp_path / "whole" / file).read_bytes(), file

    (killed.path / FILE).unlink()  # else nothing was shown
    other = RunFolder(killed.path).load(CPU)
    assert other.terms.end == 20


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_amended_has_an_effect_from_its_step_on(kind: str) -> None:
    recipe = kind_of(kind)
    assert END in amendable(recipe) and "optim.generator_rate" in amendable(recipe)
    for option in set(amendable(recipe)) - {END}:
        value = trained_value(recipe, option)
        before = Terms(recipe)
        after = Terms(recipe, amended(Amendments(), recipe, 3, {option: value}))
        assert before.at(2) == after.at(2) and before.at(3) != after.at(3)
        assert before.schedule(2) == after.schedule(2)
        assert after.at(3) is after.at(19), "a captured step would be captured anew"


def trained_value(recipe: Recipe, option: str) -> float:
    return 0.25 if option.endswith(("r1", "weight", "euclidean")) else 2e-4


def test_results_tell_what_was_amended() -> None:
    amendments = Amendments((Amendment(500, "optim.generator_rate", 5e-4),)).plain()
    plain = Record("mog-iae", 0, {}, {}, "CPU", 1.0, "2026-01-01", "", 1)
    lines = _amended([[plain, replace(plain, seed=1, amendments=amendments)], [plain]])
    assert lines == [
        "Amended while it trained: `mog-iae`, seed 1, from step 500: generator_rate = 0.0005.",
        "",
    ]


def test_the_weights_differ_from_the_amended_step_on_and_not_before() -> None:
    recipe, batches = recipe_of("mog-iae", "steps=20"), batches_of(TOY)
    plain, other = start(recipe, CPU), start(recipe, CPU)
    other.terms = Terms(recipe, Amendments((Amendment(3, "objective.regularisation.r1", 5.0),)))
    list(run(plain, batches, 3)), list(run(other, batches, 3))
    assert all(torch.equal(a, weights(other)[key]) for key, a in weights(plain).items())
    list(run(plain, batches, 4)), list(run(other, batches, 4))
    assert not all(torch.equal(a, weights(other)[key]) for key, a in weights(plain).items())
    assert other.model.recipe.objective.regularisation.r1 == 5.0


@pytest.mark.parametrize("end", [45, 60, 200])
def test_a_new_end_moves_nothing_at_once(end: int) -> None:
    """The rates fall on from where they were, and arrive at the new end."""
    recipe = recipe_of("mog-iae", "steps=100", "decay_from=0.2", "euclidean=1", "euclidean_until=1")
    before = Terms(recipe)
    after = Terms(recipe, amended(Amendments(), recipe, 40, {"steps": end}))
    assert [after.schedule(n) for n in range(40)] == [before.schedule(n) for n in range(40)]
    assert after.schedule(40).rate == pytest.approx(before.schedule(40).rate, abs=1e-12)
    assert after.schedule(40).euclidean == pytest.approx(before.schedule(40).euclidean, abs=1e-12)
    falls = -np.diff([float(after.schedule(n).rate) for n in range(40, end + 1)])
    assert falls == pytest.approx(np.full(end - 40, falls.mean()), abs=1e-9), "no jump"
    assert after.schedule(end).rate == pytest.approx(0.05) == after.schedule(end + 9).rate
    assert after.end == end and after.done(end) == 1.0


def test_a_finished_run_that_gets_another_end_stays_at_its_last_rates() -> None:
    after = Terms(TOY, amended(Amendments(), TOY, 40, {"steps": 80}))
    assert {after.schedule(n).rate for n in (40, 60, 80)} == {after.schedule(40).rate}
    assert after.schedule(40).rate == pytest.approx(0.05)


def test_the_newest_will_holds() -> None:
    first = amended(Amendments(), TOY, 10, {"generator_rate": 1e-4, "steps": 60})
    later = amended(first, TOY, 20, {"generator_rate": 2e-4})
    back = amended(later, TOY, 10, {"generator_rate": 3e-4})  # after a kill, say
    assert back.values() == {"optim.generator_rate": 3e-4, END: 60}
    again = amended(back, TOY, 10, {"generator_rate": TOY.optim.generator_rate})
    assert again.values() == {END: 60}
    assert amended(later, TOY, 30, {"generator_rate": 2e-4}) == later


@pytest.mark.parametrize(
    ("name", "wanted", "told"),
    [
        ("mog-iae", {"steps": 5}, "name a later one"),
        ("mog-iae", {"width": 8}, "cannot be changed in a run that has begun"),
        ("mog-iae", {"generator_rate": "fast"}, "is a number"),
        ("mog-iae", {"generator_rate": float("nan")}, "is a number"),
        ("mog-iae", {"generator_rate": -1.0}, "must not be negative"),
        ("mog-iae", {"steps": 2.5}, "steps is a whole number"),
        ("drawn-10", {"consistency": 1.0}, "need code_kind=categorical"),
        ("vae-small", {"objective.regularisation.r1": 0.1}, "there is no such game here"),
        ("mog-gan", {"objective.reconstruction.weight": 2.0}, "there is no reconstruction"),
        ("mog-iae", {"euclidean": 1.0}, "it falls to 0 on the way"),
        ("drawn-10", {"label_weight": 3.0}, "no image has a label"),
    ],
)
def test_what_cannot_be_amended_is_refused_with_a_word(
    tmp_path: Path, name: str, wanted: dict[str, object], told: str
) -> None:
    recipe = recipe_of(name, "steps=20")
    folder, state = RunFolder.create(tmp_path / "run", recipe), start(recipe, CPU)
    state.step = 15
    with pytest.raises(UserError, match=told):
        amend(folder, state, wanted)
    assert not (folder.path / FILE).exists() and not state.terms.amendments.all


def listed(step: object, option: object, value: object) -> str:
    each = {"step": step, "option": option, "value": value}
    return json.dumps({"format": 1, "amendments": [each]})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"format": 2, "amendments": []}', "newer version"),
        (listed(1, "optim.warp", 1), "newer version"),
        ('{"format": 1}', "it is not a list of amendments"),
        (listed(-1, END, 9), "is no amendment"),
        (listed(9, END, 9), "9 is no end of a run at step 9"),
        (listed(1, END, 2.5), "2.5 is no end"),
        (listed(1, "optim.generator_rate", True), "is no amendment"),
        (listed(1, "optim.generator_rate", float("nan")), "is a number, not nan"),
        (listed(1, "optim.generator_rate", "fast"), "is no amendment"),
        (listed(1, ["optim"], 1), "is no option"),
        (listed(1, "objective.penalties.label_weight", 1.5), "no image has a label"),
        ("{", "not valid JSON"),
    ],
)
def test_a_damaged_or_newer_file_says_so_and_the_way_out(
    tmp_path: Path, content: str, told: str
) -> None:
    folder = RunFolder.create(tmp_path / "run", TOY)
    (folder.path / FILE).write_text(content)
    with pytest.raises(UserError, match="delete it to go on by the recipe as it began") as raised:
        folder.load(CPU)
    assert told in str(raised.value) and str(folder.path / FILE) in str(raised.value)
    (folder.path / FILE).unlink()
    assert folder.load(CPU).terms.end == 40


def test_a_script_amends_what_trains_and_another_goes_on_with_it(tmp_path: Path) -> None:
    path, settings = tmp_path / "run", {"width": 8, "batch": 8, "generator_rate": 1e-3}
    with trainer.train(
        "mog-iae", out=path, settings=settings, steps=50_000, device="cpu"
    ) as training:
        at = next(training).step
        training.amend({"generator_rate": 4e-4, "steps": at + 5})
        assert training.until == at + 5 and [each.step for each in training.amendments] == [at, at]
        with pytest.raises(UserError, match="name a later one"):
            training.amend({"steps": at})
        assert list(training)[-1].steps == at + 5 == training.step
        assert rates(training._state)[0] < 4e-4 < rates(training._state)[-1]
    told = trainer.amend(path, {"steps": at + 9})
    assert told[-1] == Amendment(at + 5, END, at + 9)
    with trainer.train("mog-iae", out=path, resume=True, device="cpu") as training:
        assert [report.step for report in training][-1] == at + 9
    with pytest.raises(UserError, match="has ended: change its run"):
        training.amend({"steps": at + 20})
    with pytest.raises(UserError, match="to change other options"):
        trainer.amend(path, {"width": 9})


def test_the_command_line_amends_what_rests_and_tells_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_folder = str(tmp_path / "run")
    small = ["--set", "width=8", "--set", "batch=8", "--device", "cpu"]
    assert main(["train", "mog-iae", "--steps", "6", "--out", run_folder, *small]) == 0
    assert main(["amend", run_folder]) == 0
    assert "Nothing was amended" in capsys.readouterr().err
    assert main(["amend", run_folder, "discriminator_rate=2e-4", "steps=12"]) == 0
    assert "from step 6: discriminator_rate = 0.0002" in capsys.readouterr().out
    assert main(["amend", run_folder, "discriminator_rate"]) == 2
    assert "expected KEY=VALUE" in capsys.readouterr().err
    assert main(["train", "mog-iae", "--out", run_folder, "--resume", "--device", "cpu"]) == 0
    assert RunFolder(tmp_path / "run").load(CPU).step == 12
    capsys.readouterr()
    assert main(["evaluate", run_folder, "--device", "cpu"]) == 0
    assert "from step 6: steps = 12" in capsys.readouterr().out
    assert main(["evaluate", run_folder, "--device", "cpu", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["amendments"]
    assert told == read_amendments(tmp_path / "run").plain()


def test_what_was_amended_comes_back_with_a_folder_that_was_removed(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", TOY)
    folder.write(FILE, Amendments((Amendment(2, END, 50),)).to_json())
    again = RunFolder(folder.path)
    with again.alone():
        state = again.load(CPU)
        for file in folder.path.iterdir():
            file.unlink()
        folder.path.rmdir()
        again.save(state, batches_of(TOY))
    assert RunFolder(folder.path).load(CPU).terms.end == 50


def test_the_table_of_replayed_steps_is_that_of_what_was_amended() -> None:
    recipe = recipe_of("drawn-10", "steps=30", "ema=0.9")
    state = start(recipe, CPU)
    state.terms = Terms(recipe, amended(Amendments(), recipe, 9, {"steps": 60}))
    state.step = 9
    for number in (9, 25, 60, 9_000):
        found = timetable(state, number, 1)[0].tolist()
        assert found == pytest.approx(state.terms.schedule(number).values, rel=1e-5)


def test_steps_are_captured_anew_once_something_is_amended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replaying wants a GPU, which this stands in for; when it is captured does not."""
    made: list[int] = []

    class Recorded:
        why_not = ""

        def __init__(self, state: TrainState, batches: TrainingBatches) -> None:
            self.batches, self.recipe = batches, state.terms.at(state.step)
            made.append(state.step)

        def step(self, state: TrainState, _: object) -> torch.Tensor:
            return step(state, next_batch(state, self.batches))

        def settle(self) -> None:
            pass

    monkeypatch.setattr("trainer.training.loop.CapturedSteps", Recorded)
    folder = RunFolder.create(tmp_path / "run", TOY)
    state, supply = folder.load(CPU), OnGpu(batches_of(TOY))
    for until, wanted in ((4, {"generator_rate": 4e-4}), (7, {"steps": 30}), (9, {})):
        list(run(state, supply, until))  # type: ignore[arg-type]
        amend(folder, state, wanted)
    assert made == [0, 4, 7]
    copy = RunFolder(folder.path).load(CPU)
    list(run(copy, batches_of(TOY), 9))
    for key, value in weights(state).items():
        assert torch.equal(value, weights(copy)[key])
