"""What is wrong with a file is said in one short sentence of plain words, which is true."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from iae_studio.state.model_files import SHIPPED
from iae_studio.threads.failures import describe
from iae_studio.threads.jobs import open_files, save_sheet
from tests.crafted import with_option
from tests.steps import saved_run
from tests.tiny import CPU, recipe_of
from trainer.data.folders.trained_on import FILE, read_list
from trainer.data.image_files import open_image
from trainer.data.sets.mnist import MNIST_FILES, load_mnist
from trainer.inference.model_files import check_model, load_snapshot
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import STATE, RunFolder

pipes = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes")
MODEL = SHIPPED["drawn-10"]
NO_WORDS = ("Error", "size mismatch", "enforce", "\n")


def told(path: Path) -> str:
    """What the window says of a dropped model."""
    opened = open_files([path], None, 64)
    assert opened.model is None
    return opened.told


def edited(path: Path, option: str, value: object) -> Path:
    """The shipped model with another recipe."""
    with safe_open(str(MODEL), "pt") as file:
        meta = file.metadata()
    meta["recipe"] = with_option(meta["recipe"], option, value)
    save_file(load_file(MODEL), path, meta)
    return path


def spoiled(file: Path, name: str, value: float) -> None:
    """One number of one tensor is another."""
    with safe_open(str(file), "pt") as opened:
        meta = opened.metadata()
    meta.pop("checksum", None)
    tensors = load_file(file)
    key = next(key for key in tensors if name in key and tensors[key].dim() > 1)
    tensors[key].view(-1)[-1] = value
    save_file(tensors, file, meta)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_not_shown(tmp_path: Path, value: float) -> None:
    file = tmp_path / "a.safetensors"
    file.write_bytes(MODEL.read_bytes())
    spoiled(file, "model.decoder", value)
    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    spoiled(run.path / STATE, "ema.encoder", value)
    for path in (file, run.path):
        for look in (check_model, lambda path: load_snapshot(path, CPU)):
            with pytest.raises(UserError, match=r"not finite numbers.*damaged.*diverged"):
                look(path)
        assert "not finite numbers" in told(path)


def test_a_run_is_shown_by_its_finite_averages(tmp_path: Path) -> None:
    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    spoiled(run.path / STATE, "model.encoder", float("nan"))
    assert load_snapshot(run.path, CPU).step == 2


def test_a_run_folder_without_weights_is_no_model(tmp_path: Path) -> None:
    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    state = (run.path / STATE).read_bytes()
    (run.path / STATE).unlink()
    assert "holds no weights (state.safetensors is missing): copy the whole" in told(run.path)
    (run.path / STATE).write_bytes(state)
    (run.path / "recipe.json").unlink()
    assert "it has no recipe.json" in told(run.path)


@pytest.mark.parametrize("width", [5, 1000, 10**5])
def test_a_model_of_another_recipe_is_told_shortly(tmp_path: Path, width: int) -> None:
    text = told(edited(tmp_path / "a.safetensors", "model.width", width))
    assert "does not fit the recipe it names: it was edited or damaged" in text
    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    file = run.path / "recipe.json"
    content = json.loads(file.read_text())
    content["recipe"]["model"]["width"] = width
    file.write_text(json.dumps(content))
    with pytest.raises(UserError, match="does not fit") as raised:
        run.load_shown(CPU)
    for said in (text, str(raised.value)):
        assert len(said) < 300 and not any(word in said for word in NO_WORDS)


NEWER = {
    "an option": ("model.training_of_tomorrow", 1),
    "a model": ("model.kind", "iae of tomorrow"),
    "networks": ("model.networks", "of tomorrow"),
    "data": ("data.name", "photos-of-tomorrow"),
    "a choice": ("model.posterior", "of tomorrow"),
}


@pytest.mark.parametrize("kind", NEWER)
def test_what_a_newer_version_knows_is_told_without_a_list(kind: str, tmp_path: Path) -> None:
    text = told(edited(tmp_path / "a.safetensors", *NEWER[kind]))
    assert "newer version of IAE Studio" in text and "update to open it" in text
    assert "tomorrow" in text and "Known" not in text and "hoose" not in text


def test_a_setting_that_is_unknown_is_told_with_a_list() -> None:
    with pytest.raises(UserError, match=r"Unknown recipe option 'tomorrow'. Known are: .*batch"):
        recipe_of("mog-iae").with_settings(["tomorrow=1"])


@pytest.mark.parametrize(
    ("number", "way"),
    [(errno.ENOSPC, "Free some space"), (errno.EROFS, "only be read"), (errno.EIO, "damaged")],
)
def test_a_save_that_fails_promises_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, way: str
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    run, state = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    fresh = RunFolder.create(tmp_path / "fresh", recipe_of("mog-iae"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        for folder, kept in ((run, True), (fresh, False)):
            with pytest.raises(UserError, match=way) as raised:
                folder.save(state)
            assert ("the last one is kept" in str(raised.value)) is kept
            assert "Errno" not in str(raised.value) and "None" not in str(raised.value)


def test_no_failure_promises_a_save() -> None:
    for error in (MemoryError(), ZeroDivisionError("x")):
        assert "what was saved is kept" in str(describe(error))


@pytest.mark.parametrize("letters", [300, 400])
def test_a_name_that_is_too_long_is_told_and_cut(tmp_path: Path, letters: int) -> None:
    tiles = np.zeros((1, 1, 8, 8, 3), np.uint8)
    with pytest.raises(UserError, match=r"the name is too long.*shorter") as sheet:
        save_sheet(tmp_path / ("n" * letters), [tiles[0, 0]], tiles, None)
    with pytest.raises(UserError, match=r"the name is too long.*shorter") as image:
        open_image(tmp_path / ("n" * letters + ".png"))
    for raised in (sheet, image):
        assert "n" * 40 in str(raised.value) and "n" * 100 not in str(raised.value)
        assert "there already" not in str(raised.value)


def test_a_sheet_replaces_nothing_that_nobody_was_asked_about(tmp_path: Path) -> None:
    tiles = np.zeros((1, 1, 8, 8, 3), np.uint8)
    (tmp_path / "a.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(UserError, match="there already"):
        save_sheet(tmp_path / "a", [tiles[0, 0]], tiles, None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{}", "it lacks its recipe"),
        ('{"recipe": null}', "a group of options"),
        ('{"recipe": {}, "losses": null}', "losses"),
        ('{"recipe": {}, "losses": [1]}', "losses"),
    ],
)
def test_a_damaged_run_is_told_in_words(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "recipe.json").write_text(content)
    (tmp_path / STATE).write_bytes(b"")
    text = told(tmp_path)
    assert why in text and not any(word in text for word in ("Error", "NoneType", "attribute"))


@pytest.mark.parametrize("content", ["null", "{}", "[1]", '{"folders": 3}', "no json", "[" * 99999])
def test_a_damaged_list_of_images_is_told_in_words(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    why = r"it is (not a list of images|damaged: it is [^/]*)"
    with pytest.raises(UserError, match=rf"{FILE}, which [^/]* cannot be read \({why}\)\. Copy"):
        read_list(tmp_path)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0\0\x08\x03\0\0"])
def test_damaged_digits_are_told_in_words(tmp_path: Path, content: bytes) -> None:
    for name in MNIST_FILES:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=r"MNIST files in .* are damaged.*download them again") as e:
        load_mnist(tmp_path, True)
    assert "invalid" not in str(e.value) and "(" not in str(e.value)


@pipes
def test_what_is_no_file_is_called_by_its_name(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", recipe_of("mog-iae"))
    (run.path / STATE).mkdir()
    assert f"{STATE} is a folder, and no model: copy it again" in told(run.path)
    (run.path / STATE).rmdir()
    os.mkfifo(run.path / STATE)
    assert f"{STATE} is a pipe, and no model" in told(run.path)
    os.mkfifo(tmp_path / "pipe.png")
    for path, what in ((tmp_path / "pipe.png", "a pipe"), (Path("/dev/null"), "a device")):
        with pytest.raises(UserError, match=f"is {what}, not an image: choose a PNG"):
            open_image(path)
    with pytest.raises(UserError, match="is a folder, not an image: open the files inside"):
        open_image(tmp_path)


@pytest.mark.parametrize("name", ["a.pt", "b.PTH", "c.ckpt", "d.bin", "e.onnx"])
def test_models_of_other_programs_are_told(tmp_path: Path, name: str) -> None:
    for content in (b"PK\x03\x04" + b"\0" * 99, b"\x80\x02}q\0", b"\x08\x07\x12\x07pytorch"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=r"model of another program.*opens \.safetensors"):
            open_image(tmp_path / name)


def test_an_ending_in_capitals_is_a_model_too(tmp_path: Path) -> None:
    file = tmp_path / "UP.SAFETENSORS"
    file.write_bytes(MODEL.read_bytes())
    assert open_files([file], None, 64).model is not None
    file.write_bytes(MODEL.read_bytes()[:-99])
    assert "damaged or cut short" in told(file)


def test_the_second_of_two_models_is_told(tmp_path: Path) -> None:
    run, _ = saved_run(tmp_path / "run", recipe_of("mog-iae"), steps=2)
    other = tmp_path / "other.safetensors"
    other.write_bytes(MODEL.read_bytes())
    opened = open_files([run.path, other], None, 64)
    assert opened.model is not None and opened.model[1] == run.path
    assert 'One model is opened at a time: drop "other.safetensors" by itself' in opened.told
    assert not open_files([run.path, run.path / STATE], None, 64).told, "they are one"


def test_recipes_of_today_that_know_more_are_newer() -> None:
    values = recipe_of("mog-iae").to_mapping()
    values["optim"]["training_of_tomorrow"] = 1
    with pytest.raises(UserError, match=r"newer version.*'optim.training_of_tomorrow'"):
        Recipe.from_mapping(values)
