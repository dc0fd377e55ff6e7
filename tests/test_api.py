"""`import trainer`: models and trainings in a script or notebook."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

import trainer
from tests.tiny import CPU, ROOT, digits, kept_losses, same
from trainer.cli import main
from trainer.data.image_files import open_image
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import render
from trainer.messages import Pixels, Probe, column_seeds
from trainer.storage.paths import shipped_models
from trainer.training.checkpoint import STATE, RunFolder

TINY = {"width": 16, "batch": 16}


@pytest.fixture(scope="module")
def shoe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of odd size, in colour."""
    rng = np.random.default_rng(0)
    file = tmp_path_factory.mktemp("photos") / "shoe.png"
    Image.fromarray(rng.integers(0, 255, (50, 70, 3)).astype(np.uint8)).resize((210, 150)).save(
        file
    )
    return file


@pytest.fixture(scope="module")
def drawn() -> trainer.LoadedModel:
    return trainer.load("drawn-10", device="cpu")


@pytest.fixture(scope="module")
def shoes() -> trainer.LoadedModel:
    return trainer.load("shoes-small", device="cpu")


# ---- loading ----


def test_importing_it_loads_no_torch_and_names_what_there_is() -> None:
    code = "import sys, trainer; print('load' in dir(trainer), 'torch' in sys.modules)"
    code += "; trainer.CATALOGUE; print('torch' in sys.modules); trainer.load; trainer.train"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", "False", "False"]
    with pytest.raises(AttributeError, match="no attribute 'fly'"):
        _ = trainer.fly  # type: ignore[attr-defined]


def test_the_stub_types_all_that_is_offered() -> None:
    stub = ast.parse((ROOT / "trainer" / "__init__.pyi").read_text("utf-8"))
    typed = {alias.name for node in stub.body if isinstance(node, ast.ImportFrom)
             for alias in node.names}  # fmt: skip
    assert typed | {"__version__"} == set(trainer.__all__)
    assert all(getattr(trainer, name) is not None for name in trainer.__all__)


def test_a_shipped_model_is_found_from_anywhere(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    model = trainer.load("drawn-10", device="cpu")
    assert model.recipe.name == "drawn-10" and model.step > 0
    assert model.metrics["recipe"] == "drawn-10"
    assert "drawn-10" in repr(model)
    # What lies here goes before it.
    (tmp_path / "drawn-10").write_bytes(shipped_models()["mog-iae"].read_bytes())
    assert trainer.load("drawn-10", device="cpu").recipe.name == "mog-iae"


def test_a_run_folder_is_loaded_and_measured(tmp_path: Path) -> None:
    out = tmp_path / "run"
    list(trainer.train("mog-iae", out=out, steps=8, settings=TINY, device="cpu"))
    model = trainer.load(str(out), device="cpu")
    assert (model.step, model.metrics) == (8, {})
    figures = model.evaluate()
    assert figures["step"] == 8 and "modes" in figures
    assert figures == trainer.evaluate(out, device="cpu") == trainer.evaluate(model)
    assert main(["evaluate", str(out), "--device", "cpu"]) == 0
    assert trainer.load(out, device="cpu").metrics == figures


# ---- pictures ----


def test_its_pixels_are_the_windows(drawn: trainer.LoadedModel) -> None:
    images = digits(3)
    made = drawn.reconstruct(images, draws=5, seed=2)
    snapshot = load_snapshot(ROOT / "assets" / "models" / "drawn-10.safetensors", CPU)
    asked = render(snapshot, Probe(7, images, column_seeds(2, 5)))
    assert made.shape == (3, 5, 28, 28, 1) and made.dtype == np.uint8
    assert np.array_equal(made, asked.tiles)
    assert np.array_equal(drawn.encode(images, seed=2), asked.codes)
    assert np.array_equal(drawn.reconstruct(images[1], draws=5, seed=2), made[1])


@pytest.mark.parametrize("name", ["shoes-small", "drawn-10"])
def test_its_pixels_are_the_command_lines(name: str, shoe: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    command = ["reconstruct", name, str(shoe), "--out", str(sheet), "--draws", "4", "--seed", "3"]
    assert main([*command, "--device", "cpu"]) == 0
    model = trainer.load(name, device="cpu")
    made = model.reconstruct(shoe, draws=4, seed=3)
    page = np.asarray(Image.open(sheet)).reshape(made.shape[1], -1, made.shape[3])
    for draw, tile in enumerate(made[::-1]):  # from the right
        right = page.shape[1] - draw * (made.shape[2] + 2)
        assert np.array_equal(page[:, right - made.shape[2] : right], tile)


def test_an_image_is_the_same_as_file_picture_and_array(
    shoes: trainer.LoadedModel, shoe: Path
) -> None:
    pixels = open_image(shoe)
    ways = [
        shoe,
        str(shoe),
        Image.open(shoe),
        pixels,
        np.dstack([pixels, np.full_like(pixels[..., :1], 255)]),
    ]
    made = shoes.reconstruct(ways, draws=2)
    assert len(made) == len(ways) and all(np.array_equal(made[0], other) for other in made)
    for way in ways:
        assert np.array_equal(shoes.reconstruct(way, draws=2), made[0])
    assert shoes.prepare(shoe).shape == (1, *shoes.recipe.image_shape)


def test_grey_arrays_need_no_channel(drawn: trainer.LoadedModel) -> None:
    images = digits(2)
    assert np.array_equal(
        drawn.reconstruct([images[0, ..., 0], images[1]]), drawn.reconstruct(images)
    )
    assert drawn.reconstruct([]).shape == (0, 8, 28, 28, 1)


def test_an_opened_picture_is_left_as_it_was(drawn: trainer.LoadedModel, tmp_path: Path) -> None:
    Image.new("RGBA", (3000, 20), (0, 0, 0, 0)).save(tmp_path / "wide.png")
    picture = Image.open(tmp_path / "wide.png")
    drawn.prepare(picture)
    assert (picture.mode, picture.size) == ("RGBA", (3000, 20))


@pytest.mark.parametrize("name", ["drawn-10", "shoes-small", "mnist-clusters-small"])
def test_decoding_a_code_is_reconstructing(name: str, shoe: Path) -> None:
    model = trainer.load(name, device="cpu")
    photos = [shoe, digits(1)[0]]
    codes = model.encode(photos)
    made = model.reconstruct(photos, draws=3, seed=4)
    assert codes.dtype == np.float32
    assert np.array_equal(model.decode(codes, draws=3, seed=4), made)
    assert np.array_equal(model.decode(codes, seed=4), made[:, 0])
    assert np.array_equal(model.decode(model.encode(shoe), draws=3, seed=4), made[0])
    assert np.array_equal(model.decode(codes[0].tolist(), seed=4), made[0, 0])


def test_a_code_that_is_a_picture_is_one(shoes: trainer.LoadedModel, shoe: Path) -> None:
    (code,) = shoes.encode([shoe])
    assert code.shape == shoes.recipe.image_shape and 0 <= code.min() < code.max() <= 1
    shown = shoes.render(Probe(0, shoes.prepare(shoe), (0,))).code_pictures
    assert shown is not None and np.array_equal((code * 255).round().astype(np.uint8), shown[0])


# ---- refusals ----


def wrong_array() -> Pixels:
    return np.zeros((5, 28, 28), np.uint8)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda model: trainer.load("nowhere"), "nowhere does not exist.*drawn-10"),
        (lambda model: trainer.load(ROOT / "tests"), "not a run folder"),
        (lambda model: trainer.load("drawn-10", device="tpu"), "auto, cpu, cuda, mps"),
        (lambda model: model.reconstruct("gone.png"), "gone.png"),
        (lambda model: model.reconstruct(3), "int is no image"),
        (lambda model: model.reconstruct([None]), "NoneType is no image"),
        (lambda model: model.reconstruct(np.zeros((28, 28))), "uint8, 0 to 255, not of float64"),
        (lambda model: model.reconstruct(wrong_array()), r"\(5, 28, 28\) is no image"),
        (lambda model: model.reconstruct(np.zeros((0, 4), np.uint8)), "is no image"),
        (lambda model: model.reconstruct(digits(1), draws=0), "draws is a whole number from 1"),
        (lambda model: model.reconstruct(digits(1), seed=-1), "seed is a whole number from 0"),
        (lambda model: model.decode([[1.0, 2.0]]), r"\[N, 10\], not \[1, 2\]"),
        (lambda model: model.decode(["a"]), "Codes are numbers"),
        (lambda model: trainer.load("mog-iae").encode(digits(1)), "points in the plane"),
        (lambda model: trainer.load("mog-iae").decode([0.0]), "points in the plane"),
        (lambda model: trainer.train("nope"), "no recipe 'nope'"),
        (lambda model: trainer.train("mog-iae", settings={"colour": 3}), "colour=3|colour is"),
        (lambda model: trainer.train("mog-iae", steps=0), "steps is a number above 0"),
        (lambda model: trainer.train("mog-iae", resume=True), "out="),
        (lambda model: trainer.train("mnist-10", data="nowhere"), "MNIST is not in nowhere"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(drawn: trainer.LoadedModel, wrong, told: str) -> None:
    with pytest.raises(trainer.UserError, match=told):
        wrong(drawn)


# ---- trainings ----


def training(out: Path, **more: object) -> trainer.Training:
    return trainer.train("mog-iae", out=out, device="cpu", **{"settings": TINY} | more)


def test_a_training_reports_and_is_kept(tmp_path: Path) -> None:
    run = training(tmp_path / "run", steps=30)
    reports = list(run)
    assert reports[-1].step == run.step == 30 and reports[-1].finished
    assert sum(len(report.losses) for report in reports) == 30
    assert RunFolder(run.folder).load(CPU).step == 30 == kept_losses(run.folder)
    with RunFolder(run.folder).alone():
        pass  # nobody trains it any more
    longer = training(run.folder, settings=(), steps=40, resume=True)
    assert (longer.step, longer.recipe.model.width) == (30, 16)
    assert [report.step for report in longer][-1] == 40


def left_early(how: str, run: trainer.Training) -> None:
    if how == "break":
        for _ in run:
            break
        del run
        gc.collect()
    elif how == "close":
        next(run)
        run.close()
    else:
        with run:
            next(run)


@pytest.mark.parametrize("how", ["break", "close", "with"])
def test_left_early_it_goes_on_as_if_undisturbed(how: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("trainer.training.loop.REPORT_SECONDS", 0.0)  # a report a step
    whole = training(tmp_path / "whole", steps=12)
    list(whole)

    def start() -> trainer.Training:
        return training(tmp_path / "parts", steps=12)

    left_early(how, start())
    stopped = RunFolder(tmp_path / "parts").load(CPU).step
    assert 0 < stopped < 12
    list(training(tmp_path / "parts", settings=(), steps=12, resume=True))
    first, second = tmp_path / "whole", tmp_path / "parts"
    assert same(load_file(first / STATE), load_file(second / STATE))
    assert (first / "curves.f32").read_bytes() == (second / "curves.f32").read_bytes()


def test_a_training_saves_on_the_way(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("trainer.training.loop.REPORT_SECONDS", 0.0)
    seen = [
        (report.step, RunFolder(tmp_path / "run").has_state())
        for report in training(tmp_path / "run", steps=400, save_every=0.01)
    ]
    assert not seen[0][1] and seen[-1][1]


def test_one_run_has_one_trainer(tmp_path: Path) -> None:
    first = training(tmp_path / "run", steps=20)
    with pytest.raises(trainer.UserError, match="is being trained already"):
        training(tmp_path / "run", settings=(), resume=True)
    first.close()
    with training(tmp_path / "run", settings=(), resume=True) as second:
        assert second.step == 0
    with pytest.raises(trainer.UserError, match="already holds a run"):
        training(tmp_path / "run")
    with pytest.raises(trainer.UserError, match="leave out the settings"):
        training(tmp_path / "run", resume=True)


def test_a_run_without_a_place_lies_among_the_users_own(own_folders: Path) -> None:
    recipe = trainer.find_recipe("mog-gan")
    with trainer.train(recipe, minutes=0.003, settings=["width=16"], device="cpu") as run:
        assert [report.step for report in run]
    assert run.folder.is_relative_to(own_folders) and run.folder.name.startswith("mog-gan-")
    assert trainer.load(run.folder, device="cpu").step == run.step
