"""The paper's results made again: what is missing is done once, and the page says what was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from trainer.cli import main
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.saved import read_meta
from trainer.recipe.specs import FAMILIES
from trainer.reporting.reproduce import claims as said
from trainer.reporting.reproduce.claims import CLAIMS, TRIALS
from trainer.reporting.reproduce.claims.colour import METERS
from trainer.reporting.reproduce.page import write_page
from trainer.reporting.reproduce.records import (
    Record,
    described,
    mark_of,
    read_records,
    write_record,
)
from trainer.reporting.reproduce.trials import Claim, Measure, Trial
from trainer.reporting.reproduce.work import Workplace, planned, suited
from trainer.storage.paths import shipped_models
from trainer.training.checkpoint import RunFolder

QUICK = ("steps=40", "batch=32", "width=16")
TOYS = Claim(
    "Seven Gaussians",
    "Fig. 5: every component is one code.",
    (Trial("iae", "mog-iae", QUICK), Trial("gan", "mog-gan", QUICK, note="no code")),
    (Measure("high_quality", "good samples", True), Measure("modes", "modes")),
    seeds=2,
)


@pytest.fixture
def toys(monkeypatch):
    """One small claim in place of the paper's."""
    for module in ("work", "page"):
        monkeypatch.setattr(f"trainer.reporting.reproduce.{module}.CLAIMS", (TOYS,))
    monkeypatch.setattr(said, "TRIALS", {trial.name: trial for trial in TOYS.trials})


def reproduce(folder: Path, *arguments: str) -> int:
    places = ["--out", str(folder / "docs"), "--runs", str(folder / "runs")]
    return main(["reproduce", *arguments, *places, "--device", "cpu"])


def row(folder: Path, trial: str) -> str:
    lines = (folder / "docs" / "RESULTS.md").read_text("utf-8").splitlines()
    (found,) = [line for line in lines if line.startswith(f"| `{trial}`")]
    return found


@pytest.mark.usefixtures("toys")
def test_a_trial_beside_the_recipe_need_not_have_its_weights_kept(
    tmp_path: Path, monkeypatch
) -> None:
    beside = Trial("iae-quick", "mog-iae", QUICK, weights=False)
    both = replace(TOYS, trials=(TOYS.trials[0], beside), seeds=1)
    for module in ("work", "page"):
        monkeypatch.setattr(f"trainer.reporting.reproduce.{module}.CLAIMS", (both,))
    assert reproduce(tmp_path, "--weights", str(tmp_path / "weights")) == 0
    assert [file.name for file in (tmp_path / "weights").iterdir()] == ["iae.safetensors"]
    assert "not run yet" not in row(tmp_path, "iae-quick")


def test_every_shipped_model_is_of_a_trial_whose_weights_are_kept() -> None:
    kept = {trial.name for trial in TRIALS.values() if trial.weights and not trial.images}
    shipped = shipped_models()
    assert set(shipped) <= kept
    assert {read_meta(path).recipe.name for path in shipped.values()} == set(shipped)


@pytest.mark.usefixtures("toys")
def test_what_is_missing_is_run_once_and_written_down(tmp_path: Path, capsys) -> None:
    assert reproduce(tmp_path, "iae", "--weights", str(tmp_path / "weights")) == 0
    records = read_records(tmp_path / "docs" / "results", "iae")
    assert [record.seed for record in records] == [0, 1]
    mean = sum(record.metrics["high_quality"] for record in records) / 2
    assert f"| {100 * mean:.1f} %" in row(tmp_path, "iae")
    assert "| 0-1 |" in row(tmp_path, "iae")
    assert "*not run yet*" in row(tmp_path, "gan") and "(no code)" in row(tmp_path, "gan")
    assert (tmp_path / "docs" / "figures" / "iae.png").stat().st_size > 1000
    assert (tmp_path / "weights" / "iae.safetensors").exists()
    capsys.readouterr()
    assert reproduce(tmp_path, "iae") == 0
    assert "iae, seed" not in capsys.readouterr().err, "it was done already"
    assert reproduce(tmp_path, "--seeds", "0") == 0
    assert "| 0 |" in row(tmp_path, "gan")


@pytest.mark.usefixtures("toys")
def test_it_stops_when_time_is_up_and_goes_on_from_there(tmp_path: Path, monkeypatch) -> None:
    long = Trial("iae", "mog-iae", ("steps=2000", "batch=32", "width=16"))
    monkeypatch.setattr("trainer.reporting.reproduce.work.CLAIMS", (Claim("", "", (long,), (), 1),))
    assert reproduce(tmp_path, "iae", "--minutes", "0.005") == 0
    assert "*not run yet*" in row(tmp_path, "iae")
    (run,) = (tmp_path / "runs").iterdir()
    assert (run / "state.safetensors").exists()
    assert reproduce(tmp_path, "iae") == 0
    (record,) = read_records(tmp_path / "docs" / "results", "iae")
    assert record.recipe["schedule"]["steps"] == 2000
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run.name]


@pytest.mark.usefixtures("toys")
def test_other_settings_are_run_anew_and_old_figures_are_named_so(tmp_path: Path) -> None:
    assert reproduce(tmp_path, "gan", "--seeds", "1") == 0
    assert "earlier settings" not in row(tmp_path, "gan")
    file = tmp_path / "docs" / "results" / "gan" / "1.json"
    told = json.loads(file.read_text())
    game = told["recipe"]["objective"]["regularisation"]
    right, game["r1"] = game["r1"], 9.0
    file.write_text(json.dumps(told))
    assert reproduce(tmp_path, "iae", "--seeds", "0") == 0
    assert "earlier settings" in row(tmp_path, "gan")
    assert reproduce(tmp_path, "gan", "--seeds", "0") == 0
    assert "earlier settings" not in row(tmp_path, "gan")
    assert "| 0 |" in row(tmp_path, "gan"), "means are of one kind of run"
    assert reproduce(tmp_path, "gan", "--seeds", "1") == 0
    assert "| 0-1 |" in row(tmp_path, "gan")
    del told["recipe"]["schedule"]["warm_batch"]  # written before there was such an option
    game["r1"] = right
    file.write_text(json.dumps(told))
    assert reproduce(tmp_path, "gan", "--seeds", "1") == 0
    kept = json.loads(file.read_text())["recipe"]["schedule"]
    assert "warm_batch" not in kept, "it was run again"


@pytest.mark.usefixtures("toys")
def test_a_run_that_somebody_else_trains_is_left_alone(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("trainer.training.loop.REPORT_SECONDS", 0.0)  # or all 40 steps are done
    assert reproduce(tmp_path, "iae", "--minutes", "0.0001") == 0
    (path,) = (tmp_path / "runs").iterdir()
    with RunFolder(path).alone():
        assert reproduce(tmp_path, "iae", "gan", "--seeds", "0") == 1
        assert reproduce(tmp_path, "iae", "--seeds", "0") == 2
    assert "is being trained already" in capsys.readouterr().err
    assert "*not run yet*" in row(tmp_path, "iae")
    assert "| 0 |" in row(tmp_path, "gan"), "the others are done"


def test_other_networks_make_earlier_results_stale(monkeypatch) -> None:
    recipe = CATALOGUE["shoes-small"]
    told = described(recipe)
    record = Record("shoes-small", 0, told, {}, "CPU", 1.0, "2026-01-01", "", 1)
    assert record.is_of(recipe)
    mark = mark_of(recipe)
    family = FAMILIES[recipe.model.networks]
    remade = replace(family, revision=family.revision + 1)
    records = {name: FAMILIES[name] for name in FAMILIES.names()}
    monkeypatch.setattr(FAMILIES, "_records", records | {family.name: remade})
    assert not record.is_of(recipe) and mark_of(recipe) != mark
    del told["revision"]  # written before there were any
    assert not record.is_of(recipe)


@pytest.mark.usefixtures("toys")
def test_a_run_that_diverges_is_a_result_too(tmp_path: Path, monkeypatch, capsys) -> None:
    wild = Trial("iae", "mog-iae", (*QUICK, "generator_rate=1e30", "discriminator_rate=1e30"))
    claim = Claim("", "", (wild,), TOYS.measures, 1)
    for module in ("work", "page"):
        monkeypatch.setattr(f"trainer.reporting.reproduce.{module}.CLAIMS", (claim,))
    assert reproduce(tmp_path, "iae") == 2
    assert "diverged" in capsys.readouterr().err
    assert "| 0 (1 diverged) |" in row(tmp_path, "iae")
    assert reproduce(tmp_path, "iae") == 0, "it is known by now"


@pytest.mark.usefixtures("toys")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_run(
    tmp_path: Path, capsys
) -> None:
    (tmp_path / "docs").write_text("a file")
    assert reproduce(tmp_path, "iae") == 2
    assert "cannot be written" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["nonsense"], "'nonsense'"), (["iae", "--seeds", "4-2"], "4-2"), (["--seeds", "x"], "x")],
)
def test_what_cannot_be_run_is_named(tmp_path: Path, capsys, arguments, named) -> None:
    try:
        code = reproduce(tmp_path, *arguments)
    except SystemExit as error:
        code = error.code
    assert code == 2
    assert named in capsys.readouterr().err


def test_a_gpu_takes_the_full_sizes_first_and_a_cpu_leaves_them_out() -> None:
    def order(device: str, named: bool = False) -> list[str]:
        place = Workplace(Path(), Path(), None, torch.device(device), device)
        return [trial.name for trial, _ in suited(planned([], [0]), place, named)]

    small, large = order("cpu"), order("cuda")
    assert "mog-iae" in small and "mnist-10-small" in small and "mnist-10" not in small
    assert set(large) == set(TRIALS) and large[-len(small) :] == small
    assert large[0] == "mnist-det"
    assert order("cpu", named=True) == list(TRIALS)


@pytest.mark.usefixtures("toys")
def test_data_that_are_not_there_leave_the_others_alone(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    meters = Trial("meters", "svhn-75-small", images=METERS)
    claim = replace(TOYS, trials=(Trial("mnist", "mnist-10-small"), meters, TOYS.trials[0]))
    for module in ("work", "page"):
        monkeypatch.setattr(f"trainer.reporting.reproduce.{module}.CLAIMS", (claim,))
    monkeypatch.setattr(said, "TRIALS", {trial.name: trial for trial in claim.trials})
    there = "--seeds", "0", "--data", str(tmp_path / "empty")
    for name in ("mnist", "meters"):
        assert reproduce(tmp_path, name, *there) == 2, "it was named, and nothing was done"
        assert f"{name} is left out" in capsys.readouterr().err
    assert reproduce(tmp_path, "mnist", "iae", *there) == 1, "one of two was done"
    assert "| 0 |" in row(tmp_path, "iae") and "*not run yet*" in row(tmp_path, "mnist")
    assert reproduce(tmp_path, "mnist", "iae", *there) == 1, "it was done before"
    capsys.readouterr()
    assert reproduce(tmp_path, *there) == 0, "all that can be done was asked for"
    assert "meters is left out" in capsys.readouterr().err


def test_factors_of_drawn_images_are_told_for_each_trial(tmp_path: Path) -> None:
    def write(trial: str, seed: int, **factors: tuple[float, float, float]) -> None:
        parts = {
            k: dict(zip(("kept", "noise", "probe"), v, strict=True)) for k, v in factors.items()
        }
        told = described(TRIALS[trial].made(tmp_path, seed))
        record = Record(trial, seed, told, {"factors": parts}, "CPU", 1.0, "2026-01-01", "", 1)
        write_record(tmp_path / "results", record)

    known = {"hue": (0.0, 0.8, 0.9), "heel": (0.9, 0.1, 0.9), "laces": (0.5, 0.5, 0.3)}
    write("shoes-small", 0, **known, sole=(0.5, 0.5, 0.9))  # one version knew another factor
    write("shoes-small", 1, hue=(0.2, 0.6, 0.9), heel=(0.7, 0.1, 0.9), laces=(0.5, 0.5, 0.3))
    write("shoes-l1-small", 0, hue=(0.5, 0.02, 0.7))
    page = write_page(tmp_path, lambda trial, seed: trial.made(tmp_path, seed)).read_text("utf-8")
    assert "| of a drawn picture | `shoes-small` | `shoes-l1-small` |" in page
    assert page.index("| heel | 0.80, 0.10 |  |") < page.index("| hue | 0.10, 0.70 | 0.50, 0.02 |")
    assert "| laces |" not in page, "the probe cannot read it"
    assert "| sole |" not in page
    assert page.count("of a drawn picture") == 1


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    file = tmp_path / "docs" / "results" / "mog-iae" / "0.json"
    file.parent.mkdir(parents=True)
    file.write_text("{")
    assert main(["reproduce", "mog-iae", "--out", str(tmp_path / "docs")]) == 2


def test_the_page_names_every_trial_and_shows_no_research_only_pictures(tmp_path: Path) -> None:
    assert len(TRIALS) == sum(len(claim.trials) for claim in CLAIMS), "two have the same name"
    assert {trial.recipe for trial in TRIALS.values()} == set(CATALOGUE)
    for trial in TRIALS.values():
        recipe = trial.made(tmp_path, 3)
        assert recipe.optim.seed == 3
        record = Record(trial.name, 3, described(recipe), {}, "CPU", 1.0, "2026-01-01", "", 1)
        assert str(tmp_path) not in json.dumps(record.recipe), "a path of this computer"
        write_record(tmp_path / "results", record)
        if trial.images and trial.images != METERS:
            assert not trial.pictures
    page = write_page(tmp_path, lambda trial, seed: trial.made(tmp_path, seed)).read_text("utf-8")
    assert all(f"| `{name}`" in page for name in TRIALS)
    assert "not run yet" not in page.split("## ", 1)[1]
    assert "earlier settings" not in page
