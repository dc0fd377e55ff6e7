"""The command line: what a person types, and what comes of it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

from tests.tiny import CPU, ROOT, digits, kept_losses, same, trainer_process, write_mnist
from trainer.cli import main
from trainer.recipe.catalogue import CATALOGUE
from trainer.training.checkpoint import STATE, RunFolder

TOY = ["--set", "width=16", "--set", "batch=16", "--device", "cpu"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small MNIST, a run of digits, a run of points and some pictures."""
    folder = tmp_path_factory.mktemp("made")
    write_mnist(folder / "data")
    train = ["train", "mnist-10-small", "--steps", "12", "--data", str(folder / "data")]
    assert main([*train, "--out", str(folder / "run"), *TOY, "--set", "width=4"]) == 0
    assert main(["train", "mog-iae", "--steps", "8", "--out", str(folder / "toy"), *TOY]) == 0
    (folder / "pictures").mkdir()
    for index, picture in enumerate(digits(9)):
        Image.fromarray(picture[..., 0]).save(folder / "pictures" / f"d{index}.png")
    return folder


def reconstruct(made: Path, images: list[Path], out: Path, *more: str) -> int:
    head = ["reconstruct", str(made / "run"), *map(str, images), "--out", str(out)]
    return main([*head, "--data", str(made / "data"), "--device", "cpu", *more])


def test_list_names_every_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text and recipe.about.story in text for name, recipe in CATALOGUE.items())
    assert "download mnist" in text and "download svhn" in text


def test_list_as_json_holds_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["about"]["name"] for entry in listed] == list(CATALOGUE)
    assert all(entry["optim"]["generator_rate"] and entry["schedule"]["steps"] for entry in listed)


def test_list_answers_without_loading_torch() -> None:
    code = "import sys, trainer.cli as c; c.main(['list']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def test_training_writes_a_run_and_resuming_prolongs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    head = ["train", "mog-iae", "--out", str(run)]
    assert main([*head, "--steps", "8", "--seed", "3", *TOY]) == 0
    assert RunFolder(run).recipe().optim.seed == 3
    assert main([*head, "--resume", "--steps", "20", "--device", "cpu"]) == 0
    assert RunFolder(run).load(CPU).step == 20 and kept_losses(run) == 20
    assert "step 20, saved in" in capsys.readouterr().err
    assert main([*head, "--resume", "--steps", "20", "--device", "cpu"]) == 0
    assert "already stands at step 20" in capsys.readouterr().err


def test_a_run_without_out_is_found_again_by_its_recipe(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "mog-gan", "--steps", "4", *TOY]) == 0
    (run,) = (own_folders / "xdg_data_home" / "iae-studio" / "runs").iterdir()
    (run.parent / "damaged").mkdir()
    (run.parent / "damaged" / "recipe.json").write_text("{")
    assert main(["train", "mog-gan", "--resume", "--steps", "6", "--device", "cpu"]) == 0
    assert RunFolder(run).load(CPU).step == 6


def test_minutes_make_a_run_whose_schedule_fits(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert main(["train", "mog-iae", "--minutes", "0.005", "--out", str(run), *TOY]) == 0
    steps, state = RunFolder(run).recipe().schedule.steps, RunFolder(run).load(CPU)
    assert 10 <= steps < CATALOGUE["mog-iae"].schedule.steps * 10
    assert 0 < state.step <= steps and kept_losses(run) == state.step


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
    run, options = tmp_path / "a run", ["--set", "steps=50000", *TOY]
    process = trainer_process(
        "train", "mog-iae", "--out", str(run), "--save-every", "0.01", *options
    )
    while process.poll() is None and not RunFolder(run).has_state():
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in said
    stopped = RunFolder(run).load(CPU).step
    assert f"Saved at step {stopped:,}" in said and kept_losses(run) == stopped
    # It stopped between two steps: as a run of that many steps would have ended.
    whole = tmp_path / "whole"
    assert main(["train", "mog-iae", "--steps", str(stopped), "--out", str(whole), *options]) == 0
    assert same(load_file(run / STATE), load_file(whole / STATE))
    assert (run / "curves.f32").read_bytes() == (whole / "curves.f32").read_bytes()
    command = shlex.split(said.partition("Go on with: ")[2])
    assert command[:3] == ["python", "-m", "trainer"]
    assert main([*command[3:], "--steps", str(stopped + 5), "--device", "cpu"]) == 0
    assert RunFolder(run).load(CPU).step == stopped + 5


def test_evaluate_prints_one_json_object_and_keeps_it(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(made / "toy"), "--json", "--device", "cpu"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["recipe"] == "mog-iae" and told["step"] == 8
    assert {"modes", "high_quality", "cluster_accuracy", "code_used"} <= told.keys()
    assert json.loads((made / "toy" / "metrics.json").read_text("utf-8")) == told
    assert main(["evaluate", str(made / "toy"), "--device", "cpu"]) == 0
    assert "cluster_accuracy" in capsys.readouterr().out


def test_one_sheet_has_a_row_for_each_image(made: Path, tmp_path: Path) -> None:
    images = sorted((made / "pictures").iterdir())
    assert reconstruct(made, images[:3], tmp_path / "sheet.png", "--draws", "5") == 0
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape[0] == 3 * 28 + 2 * 2 and sheet.shape[1] > 6 * 28
    np.testing.assert_array_equal(sheet[:28, :28], np.asarray(Image.open(images[0])))


def test_sheets_are_the_same_bytes_alone_and_among_others(made: Path, tmp_path: Path) -> None:
    images = sorted((made / "pictures").iterdir())
    assert reconstruct(made, [made / "pictures"], tmp_path / "all") == 0
    assert reconstruct(made, images[::-1], tmp_path / "reversed") == 0
    for image in images:
        assert reconstruct(made, [image], tmp_path / "alone") == 0
    whole = {path.name: path.read_bytes() for path in (tmp_path / "all").iterdir()}
    assert sorted(whole) == [image.name for image in images]
    assert len(set(whole.values())) == len(images)
    for folder in ("reversed", "alone"):
        written = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        assert written == whole
    assert reconstruct(made, images[:1], tmp_path / "seeded", "--seed", "1") == 0
    assert (tmp_path / "seeded" / "d0.png").read_bytes() != whole["d0.png"]


def test_the_shipped_model_needs_no_data(made: Path, tmp_path: Path) -> None:
    shipped = ROOT / "assets" / "models" / "drawn-10.safetensors"
    image = str(made / "pictures" / "d3.png")
    for out in ("a.png", "b.png"):
        command = ["reconstruct", str(shipped), image, "--out", str(tmp_path / out)]
        assert main([*command, "--device", "cpu"]) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


# ---- own images ----

OWN = ["--set", "size=32", "--set", "width=4", "--set", "batch=4", "--device", "cpu"]


@pytest.fixture(scope="module")
def domains(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders of photos: reddish ones and bluish ones, of odd sizes."""
    rng, folders = np.random.default_rng(0), []
    for name, colour in (("red ones", (200, 40, 40)), ("blue ones", (40, 40, 200))):
        folder = tmp_path_factory.mktemp("domains") / name
        folder.mkdir()
        for index in range(20):
            photo = np.full((40 + index, 50, 3), colour, np.uint8)
            top, left = rng.integers(0, 20, 2)
            photo[top : top + 15, left : left + 20] = rng.integers(0, 255, 3)
            Image.fromarray(photo).save(folder / f"{index}.jpg")
        folders.append(folder)
    return folders[0], folders[1]


@pytest.fixture(scope="module")
def translator(domains: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that translates between the two."""
    run = tmp_path_factory.mktemp("own") / "run"
    first, second = map(str, domains)
    train = ["train", "shoes-small", "--images", first, "--images-b", second, *OWN]
    assert main([*train, "--steps", "3", "--out", str(run)]) == 0
    return run


def test_own_images_are_translated(
    translator: Path, domains: tuple[Path, Path], tmp_path: Path
) -> None:
    recipe = RunFolder(translator).recipe()
    assert (recipe.data.name, recipe.data.size, recipe.model.width) == ("folder", 32, 4)
    assert [Path(recipe.data.images), Path(recipe.data.images_b)] == [
        folder.resolve() for folder in domains
    ]
    assert RunFolder(translator).load(CPU).step == 3 and kept_losses(translator) == 3
    photo, out = domains[0] / "3.jpg", tmp_path / "sheet.png"
    for draws in ("4", "2"):
        command = ["reconstruct", str(translator), str(photo), "--out", str(out), "--draws", draws]
        assert main([*command, "--device", "cpu"]) == 0
        sheet = np.asarray(Image.open(out))
        assert sheet.shape[0] == 32 and sheet.shape[1] > (2 + int(draws)) * 32  # photo, code, draws
    # The photo itself comes first, in its own colours.
    np.testing.assert_allclose(sheet[-1, 1, :3], (200, 40, 40), atol=25)


def test_own_images_are_gone_on_with(translator: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(translator, run)
    again = ["train", "shoes-small", "--out", str(run), "--resume", "--device", "cpu"]
    assert main([*again, "--steps", "5"]) == 0
    assert RunFolder(run).load(CPU).step == 5


def test_own_images_may_be_named_from_here(
    domains: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(domains[0])
    train = ["train", "svhn-75-small", "--images", ".", *OWN, "--steps", "2"]
    assert main([*train, "--out", str(tmp_path / "run")]) == 0
    monkeypatch.chdir(tmp_path)
    again = ["train", "svhn-75-small", "--out", "run", "--resume", "--steps", "3"]
    assert main([*again, "--device", "cpu"]) == 0
    assert RunFolder(tmp_path / "run").load(CPU).step == 3


def test_a_zip_and_class_folders_are_own_images_too(
    domains: tuple[Path, Path], tmp_path: Path
) -> None:
    both = tmp_path / "both"
    for name, folder in zip("ab", domains, strict=True):
        shutil.copytree(folder, both / name)
    packed = shutil.make_archive(str(tmp_path / "both"), "zip", both)
    for images in (str(both), packed):
        run = tmp_path / f"run{len(images)}"
        train = ["train", "faces-small", "--images", images, *OWN, "--steps", "2"]
        assert main([*train, "--out", str(run)]) == 0
        assert RunFolder(run).load(CPU).step == 2


def test_the_paper_to_the_letter_is_one_setting(tmp_path: Path) -> None:
    run = tmp_path / "run"
    paper = ["--set", "paper=true", "--set", "r1=0.5"]
    assert main(["train", "mog-iae", "--steps", "3", "--out", str(run), *TOY, *paper]) == 0
    recipe = RunFolder(run).recipe()
    pairs = recipe.objective.reconstruction
    assert (pairs.instance_noise, recipe.objective.regularisation.weight, pairs.r1) == (0, 1, 0.5)
    assert recipe.model.width == 16


# ---- refusals: one line that says what is wrong, exit code 2 ----


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a command that was refused."""
    capsys.readouterr()
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code
    told = capsys.readouterr()
    assert code == 2 and not told.out
    assert told.err.endswith("\n") and told.err.count("\n") == 1
    return told.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "COMMAND"),
        ("fly", "fly"),
        ("train nope", "no recipe 'nope'.*mog-iae"),
        ("train mog-iae --set color=1", "color=1.*Unknown recipe option"),
        ("train mog-iae --set batch", "batch.*KEY=VALUE"),
        ("train mog-iae --set batch=many", "batch is a whole number, not 'many'"),
        (
            "train mog-iae --set model=vae",
            "no model 'vae'. Choose one of: iae",
        ),
        ("train drawn-10 --set networks=toy", "do not fit the data"),
        ("train mog-iae --steps 5 --minutes 1", "--minutes.*not allowed with.*--steps"),
        ("train mog-iae --steps -5", "--steps: -5 is not a whole number above 0"),
        ("train mog-iae --steps 0", "--steps: 0 is not a whole number above 0"),
        ("train mog-iae --steps 1.5", "--steps: 1.5 is not a whole number above 0"),
        ("train mog-iae --minutes nan", "--minutes: nan is not a number above 0"),
        ("train mog-iae --minutes soon", "--minutes: soon is not a number above 0"),
        ("train mog-iae --seed -1", "--seed: -1 is not a whole number from 0"),
        ("train mog-iae --seed x", "--seed: x is not a whole number from 0"),
        ("train mog-iae --device tpu", "tpu"),
        ("train mog-iae --resume", "no run of mog-iae.*--out"),
        ("train mog-iae --resume --out nowhere", "nowhere is not a run folder"),
        ("train mnist-10 --data nowhere", "MNIST is not in nowhere.*drawn-10"),
        ("evaluate nowhere", "nowhere does not exist"),
        ("evaluate .", "not a run folder"),
        ("evaluate main.py", "main.py cannot be read as a model"),
        ("export nowhere x.safetensors", "nowhere does not exist"),
        ("download cifar", "cifar"),
        ("train mog-iae --images .", "points in the plane"),
        ("train mnist-10-small --images . --images-b .", "second folder.* CycleIAE"),
        ("train shoes-small --images-b .", "--images-b.*--images"),
        ("train svhn-75-small --images nowhere", "nowhere.*is not there"),
        ("train shoes-small --images tests --images-b nowhere", "at least 16|nowhere"),
        ("train shoes-small --set size=20", "24"),
        ("train mog-iae --set paper=perhaps", "paper is true or false"),
    ],
)
def test_bad_arguments_are_told_in_one_line(
    arguments: str, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    line = refused(arguments.split(), capsys)
    assert re.search(told, line), line


def test_runs_are_guarded(made: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    toy = ["train", "mog-iae", "--out", str(made / "toy")]
    assert "already holds a run" in refused([*toy, "--steps", "9"], capsys)
    assert "leave out --set" in refused([*toy, "--resume", "--set", "batch=9"], capsys)
    assert "leave out --set and --seed" in refused([*toy, "--resume", "--seed", "9"], capsys)
    assert "leave out" in refused([*toy, "--resume", "--images", "."], capsys)
    assert "leave out" in refused([*toy, "--resume", "--images-b", "."], capsys)
    other = ["train", "mog-gan", "--out", str(made / "toy"), "--resume"]
    assert "is a run of mog-iae, not of mog-gan" in refused(other, capsys)
    shutil.copytree(made / "toy", tmp_path / "empty")
    (tmp_path / "empty" / STATE).unlink()
    assert "no checkpoint yet" in refused(["evaluate", str(tmp_path / "empty")], capsys)


def test_sheets_never_take_the_place_of_images_or_of_each_other(made: Path, tmp_path: Path) -> None:
    run, picture = str(made / "run"), made / "pictures" / "d0.png"
    mine, other = tmp_path / "mine" / "d0.png", tmp_path / "other" / "D0.jpg"
    for copy in (mine, other):
        copy.parent.mkdir()
        shutil.copy(picture, copy)
    data = ["--data", str(made / "data")]
    assert main(["reconstruct", run, str(mine), str(other), "--out", str(mine.parent), *data]) == 0
    assert {file.name for file in mine.parent.iterdir()} == {"d0.png", "d0 2.png", "D0 3.png"}
    assert main(["reconstruct", run, str(mine), "--out", str(mine), *data]) == 2
    assert mine.read_bytes() == picture.read_bytes()
    assert main(["export", run, str(made / "run" / "state"), *data]) == 2


def test_images_are_guarded(made: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run, picture = str(made / "run"), str(made / "pictures" / "d0.png")
    (tmp_path / "notes.png").write_text("no picture")
    (tmp_path / "bare").mkdir()
    out = ["--out", str(tmp_path / "out"), "--data", str(made / "data")]
    assert "notes.png" in refused(["reconstruct", run, str(tmp_path / "notes.png"), *out], capsys)
    assert "gone.png" in refused(["reconstruct", run, "gone.png", *out], capsys)
    assert "no images" in refused(["reconstruct", run, str(tmp_path / "bare"), *out], capsys)
    points = ["reconstruct", str(made / "toy"), picture, *out]
    assert "a model of points" in refused(points, capsys)
    assert "--out" in refused(["reconstruct", run, picture], capsys)
    blocked = ["reconstruct", run, picture, "--data", str(made / "data"), "--out"]
    assert "cannot be written" in refused([*blocked, f"{picture}/x.png"], capsys)
    assert not (tmp_path / "out").exists()
