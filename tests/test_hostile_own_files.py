"""Our own files, spoiled: each is refused in a sentence or read rightly, and no process dies."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file

import trainer
from benchmarks.hostile.mutations import DEEP
from iae_studio.state.model_files import find_runs, is_model, model_recipe
from tests.steps import saved_run
from tests.tiny import CPU, ROOT, recipe_of
from trainer.cli import main
from trainer.data.folders.trained_on import read_list
from trainer.inference.model_files import check_model, known_metrics, load_snapshot
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import STATE, RunFolder

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
SHARE = 17  # bad files of each format; benchmarks/hostile takes as many as it is told
# In a process of its own: a wrong tensor could end it.
SHARED = """
import random, sys, tempfile, time, traceback
from pathlib import Path
from benchmarks.hostile.own_files import FORMATS, good
from trainer.messages import UserError
good(0), good(1)
for name, format in FORMATS.items():
    for seed in range(int(sys.argv[1])):
        with tempfile.TemporaryDirectory() as folder:
            path = format.make(random.Random(seed), Path(folder))
            began = time.process_time()
            try:
                format.read(path)
            except UserError as error:
                assert 10 < len(str(error)) < 600, (name, seed, str(error))
            except BaseException:
                raise AssertionError((name, seed))
            assert time.process_time() - began < 5, (name, seed)
print("all", len(FORMATS))
"""


def test_a_hundred_bad_files_are_read_rightly_or_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHARED, str(SHARE)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and done.stdout.strip() == "all 6", done.stderr[-2000:]


# ---- what is no file -----------------------------------------------------------------------------

KINDS: dict[str, Callable[[Path], object]] = {
    "a pipe": lambda path: os.mkfifo(path),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a folder": lambda path: path.mkdir(),
    "a link to nothing": lambda path: path.symlink_to("gone"),
}
NAMES = ("recipe.json", STATE, "curves.f32", "images.json", "metrics.json")


@unix
@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_a_run_that_is_no_file_is_told_and_never_waited_for(
    name: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, _ = saved_run(tmp_path / "runs" / "odd", recipe_of("mog-iae"), steps=2)
    saved_run(tmp_path / "runs" / "good", recipe_of("mog-iae"), steps=2)
    (run.path / name).unlink(missing_ok=True)
    KINDS[kind](run.path / name)
    assert "good" in {each.path.name for each in find_runs(tmp_path / "runs").readable}
    is_model(run.path)
    uses: dict[str, list[Callable[[], object]]] = {
        "recipe.json": [lambda: run.load(CPU), lambda: model_recipe(run.path)],
        STATE: [
            lambda: run.load(CPU),
            lambda: load_snapshot(run.path, CPU),
            lambda: model_recipe(run.path),
            run.curves,
        ],
        # Curves and measures that cannot be read are lost; a link to nothing holds none.
        "curves.f32": [run.curves] if kind != "a link to nothing" else [],
        "images.json": [lambda: read_list(run.path)],
        "metrics.json": [],
    }
    for use in uses[name]:
        with pytest.raises(UserError) as told:
            use()
        assert len(str(told.value)) < 400
    assert known_metrics(run.path) == {}
    for command in ("evaluate", "export"):
        more = [str(tmp_path / "out.safetensors")] if command == "export" else []
        code = main([command, str(run.path), *more, "--device", "cpu"])
        assert code in (0, 1) if name not in ("recipe.json", STATE) else code == 2
    assert "Traceback" not in capsys.readouterr().err


@unix
@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_is_no_file_is_told(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.safetensors"
    KINDS[kind](path)
    for command in (
        f"evaluate {path}",
        f"export {path} {tmp_path}/b.safetensors",
        f"figure {path} --out {tmp_path}/b.png",
        f"train mog-iae --resume --out {path}",
    ):
        assert main(command.split()) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1 and told.startswith("trainer: ")
    uses: list[Callable[[Path], object]] = [model_recipe, trainer.load]
    for use in [*uses, check_model] if kind != "a folder" else uses:
        with pytest.raises(UserError):
            use(path)


# ---- what is no JSON of ours ---------------------------------------------------------------------


@pytest.mark.parametrize("deep", DEEP[:2], ids=["lists", "objects"])
def test_nesting_that_no_reader_survives_is_told_everywhere(deep: str, tmp_path: Path) -> None:
    run, _ = saved_run(tmp_path / "runs" / "odd", recipe_of("mog-iae"), steps=2)
    saved_run(tmp_path / "runs" / "good", recipe_of("mog-iae"), steps=2)
    (run.path / "metrics.json").write_text(deep)
    assert known_metrics(run.path) == {} and trainer.load(run.path, "cpu").metrics == {}
    (run.path / "images.json").write_text(deep)
    with pytest.raises(UserError, match="nested too deeply"):
        read_list(run.path)
    (run.path / "recipe.json").write_text(deep)
    with pytest.raises(UserError, match="nested too deeply"):
        run.recipe()
    runs = find_runs(tmp_path / "runs")
    assert [each.path.name for each in runs.readable] == ["good"]
    assert "odd (recipe.json is damaged: it is nested too deeply)" in str(runs)


@pytest.mark.parametrize("began", [5, None, "", [], {}, "yesterday", "x" * 10**6, "<b>now</b>"])
def test_a_run_that_began_at_no_time_hides_no_other(began: object, tmp_path: Path) -> None:
    run, _ = saved_run(tmp_path / "odd", recipe_of("mog-iae"), steps=2)
    saved_run(tmp_path / "good", recipe_of("mog-iae"), steps=2)
    content = json.loads((run.path / "recipe.json").read_text())
    (run.path / "recipe.json").write_text(json.dumps(content | {"began": began}))
    runs = find_runs(tmp_path)
    assert [each.path.name for each in runs.readable] == ["good"]
    assert "does not tell when the run began" in str(runs)
    assert run.load(CPU).step == 2  # it can be gone on with all the same


@pytest.mark.parametrize("number", [99, 0, -1, True, "1", None, 1.5, 10**400])
def test_a_format_to_come_is_told_in_every_file(number: object, tmp_path: Path) -> None:
    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    images = {"format": number, "folders": [], "trained": [], "tests": []}
    (run.path / "images.json").write_text(json.dumps(images))
    with pytest.raises(UserError, match=r"images\.json.*(newer version|format)"):
        read_list(run.path)
    recipe = json.loads((run.path / "recipe.json").read_text())
    for part in ("about", "data", "model", "optim"):  # each was taken for an option of no effect
        changed = recipe["recipe"] | {part: recipe["recipe"][part] | {"format": number}}
        with pytest.raises(UserError, match=f"{part}.format"):
            Recipe.from_mapping(changed)
    (run.path / "recipe.json").write_text(json.dumps(recipe | {"format": number}))
    with pytest.raises(UserError, match=r"newer version|format is a whole number"):
        run.recipe()


def test_a_terminal_is_not_commanded_by_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a\x1b[2J\x07b.safetensors"
    path.write_bytes(b"nonsense")
    assert main(["evaluate", str(path)]) == 2
    told = capsys.readouterr().err
    assert "\x1b" not in told and "\x07" not in told and "b.safetensors" in told


@pytest.mark.parametrize("out", ["x" * 300, "\u00e9" * 200, f"{'y' * 300}/z", "a\0b"])
@pytest.mark.parametrize(
    "command", ["train mog-iae --set width=16 --steps 2 --out", "figure drawn-10 --out"]
)
def test_a_place_that_no_disk_has_is_told(
    command: str, out: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command.split(), out, "--device", "cpu"]) == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("trainer: ") and len(told) < 400


def test_the_mutations_are_the_same_for_a_seed(tmp_path: Path) -> None:
    from benchmarks.hostile.mutations import spoiled_tensors

    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    content = (run.path / STATE).read_bytes()
    made = [spoiled_tensors(random.Random(seed), content) for seed in range(30)]
    assert made == [spoiled_tensors(random.Random(seed), content) for seed in range(30)]
    assert len(set(made)) > 25 and load_file(run.path / STATE) and RunFolder(run.path)
