"""Training on the user's own images in the real window: folders that change, or move."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QPushButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import list_runs
from iae_studio.state.own_images import on_own_images
from iae_studio.state.training import State
from tests.own_images import (
    DIGITS,
    own,
    packed,
    pets,
    said,
)
from tests.studio import (
    LONG,
    cycle,
    find,
    little_data,
    photos,
    press,
    running,
    show,
    train,
    wait_state,
)


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        started.log = []
        started.state.messages.logged.connect(started.log.append)
        yield started


def test_what_is_left_out_is_said_when_a_training_begins(studio, qtbot, tmp_path) -> None:
    folder = photos(tmp_path / "cut", 20)
    (folder / "7.png").write_bytes((folder / "7.png").read_bytes()[:60])
    studio.state.displayed.use_own_images(own(folder))
    train(studio, qtbot)
    assert said(studio).startswith("Training on cut: 19 of 20 images")
    assert "7.png" in said(studio) and not studio.state.messages.current.error


def test_of_a_whole_folder_only_the_log_tells(studio, qtbot, tmp_path) -> None:
    studio.state.displayed.use_own_images(own(pets(tmp_path / "pets")))
    train(studio, qtbot)
    assert "Training on" not in said(studio)
    assert "pets: 20 images, 2 classes (cats 10, dogs 10)." in studio.log


@pytest.mark.parametrize("change", ["grown", "shrunk"])
def test_a_training_takes_the_folder_as_it_is_now(studio, qtbot, tmp_path, change) -> None:
    folder = photos(tmp_path / "diary", 20 if change == "grown" else 60)
    studio.state.displayed.use_own_images(own(folder))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    if change == "grown":
        photos(folder, 60)
    else:
        for k in range(20, 60):
            (folder / f"{k}.png").unlink()
    train(studio, qtbot)
    count = 60 if change == "grown" else 20
    assert f"diary: {count} images, one class." in studio.log


def test_test_images_of_a_run_are_none_that_it_trained_on(studio, qtbot, tmp_path) -> None:
    """All its images are moved to another folder, where a fresh split would take some of them."""
    folder = photos(tmp_path / "first", 40)
    rng = np.random.default_rng(0)
    for k in range(40):  # all different
        Image.fromarray(rng.integers(0, 256, (28, 28), np.uint8)).save(folder / f"{k}.png")
    studio.state.displayed.use_own_images(own(folder))
    train(studio, qtbot)
    (run,) = list_runs()
    trained = {known.seen.tobytes() for known in training_images(own(folder))}
    for _ in range(3):
        studio.state.inputs.want_tests()
        qtbot.waitUntil(lambda: not studio.state.inputs.awaits_tests, timeout=LONG)
        for known in studio.state.inputs.images:
            assert known.name.startswith("test")
            assert known.seen.tobytes() not in trained
    assert studio.state.displayed.model == DisplayedModel(run.recipe, run.path)


def training_images(recipe):
    from iae_studio.state.input_list import Input, spec_of
    from trainer.data.loading import load_data

    rows = load_data(recipe).train
    spec = spec_of(recipe)
    return [Input("", image.permute(1, 2, 0).numpy(), spec) for image in rows.images]


def test_where_all_were_trained_on_they_are_called_so(studio, qtbot, tmp_path) -> None:
    """What would be test images goes: of the rest the run has seen each."""
    from trainer.data.folders.trained_on import content_of

    folder = photos(tmp_path / "all", 40)
    for file in folder.iterdir():
        if content_of(file.read_bytes()) % 10 == 0:
            file.unlink()
    studio.state.displayed.use_own_images(own(folder))
    train(studio, qtbot)
    studio.state.inputs.want_tests()
    qtbot.waitUntil(lambda: not studio.state.inputs.awaits_tests, timeout=LONG)
    names = [known.name for known in studio.state.inputs.images]
    assert names and all(name.startswith("training") for name in names)


# ---- images that moved ---------------------------------------------------------------------------


def a_run(studio, qtbot, recipe):
    studio.state.displayed.use_own_images(recipe)
    train(studio, qtbot, count=5)
    (run,) = list_runs()
    return run


def answer(monkeypatch, place: Path) -> None:
    """What the user chooses in the next file dialogs."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(place))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(place), ""))


def go_on(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: "is not there" in said(studio), timeout=LONG)
    wait_state(studio, qtbot, State.FAILED)
    assert find(studio, QPushButton, "messageButton0").text() == "Where is it now?"


def stop(studio, qtbot) -> None:
    wait_state(studio, qtbot, State.TRAINING)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_a_run_whose_folder_moved_goes_on_once_it_is_found(
    studio, qtbot, tmp_path, monkeypatch
) -> None:
    folder = photos(tmp_path / "holidays", 20)
    run = a_run(studio, qtbot, own(folder))
    moved = shutil.move(folder, tmp_path / "archive of 2025")
    go_on(studio, qtbot)
    answer(monkeypatch, photos(tmp_path / "others", 20, (0, 99, 0)))
    press(studio, qtbot, "messageButton0")
    qtbot.waitUntil(lambda: "is not the folder" in said(studio), timeout=LONG)
    assert find(studio, QPushButton, "messageButton0").isVisible()
    answer(monkeypatch, moved)
    press(studio, qtbot, "messageButton0")
    stop(studio, qtbot)
    (again,) = list_runs()
    assert again.path == run.path and again.step > run.step
    assert again.recipe.data.images == str(moved)
    assert studio.state.displayed.recipe == again.recipe


def test_choosing_a_run_whose_folder_became_a_zip_asks_too(
    studio, qtbot, tmp_path, monkeypatch
) -> None:
    folder = pets(tmp_path / "pets")
    run = a_run(studio, qtbot, own(folder))
    show(studio, qtbot, DIGITS)
    archive = packed(tmp_path / "pets.zip", folder)
    shutil.rmtree(folder)
    studio.state.library.choose(DisplayedModel(run.recipe, run.path))
    qtbot.waitUntil(lambda: "is not there" in said(studio), timeout=LONG)
    assert studio.state.answers.facts is not None, "the weights show"
    answer(monkeypatch, Path())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    press(studio, qtbot, "messageButton1")
    assert "is not there" in said(studio), "the question stands"
    answer(monkeypatch, archive)
    press(studio, qtbot, "messageButton1")
    qtbot.waitUntil(lambda: said(studio) == "pets is found: press Go on.", timeout=LONG)
    assert studio.state.training.state is State.IDLE
    press(studio, qtbot, "startButton")
    stop(studio, qtbot)
    assert list_runs()[0].recipe.data.images == str(archive)


def test_of_two_folders_the_one_that_is_gone_is_asked_for(
    studio, qtbot, tmp_path, monkeypatch
) -> None:
    a, b = photos(tmp_path / "a", 20), photos(tmp_path / "b", 20, (20, 20, 200))
    run = a_run(
        studio, qtbot, on_own_images(cycle("shoes-small"), str(a), str(b), "none", 16, True)
    )
    moved = shutil.move(b, tmp_path / "second")
    go_on(studio, qtbot)
    assert str(b) in said(studio)
    answer(monkeypatch, moved)
    press(studio, qtbot, "messageButton0")
    stop(studio, qtbot)
    (again,) = list_runs()
    assert (again.recipe.data.images, again.recipe.data.images_b) == (str(a), str(moved))
    assert again.step > run.step


def test_a_recipe_whose_folder_is_gone_lets_choose_another(studio, qtbot, tmp_path) -> None:
    folder = photos(tmp_path / "gone", 20)
    studio.state.displayed.use_own_images(own(folder))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    shutil.move(folder, tmp_path / "elsewhere")
    studio.state.inputs.want_tests()
    qtbot.waitUntil(lambda: "is not there" in said(studio), timeout=LONG)
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.FAILED)
    assert "is not there" in said(studio)
    assert find(studio, QPushButton, "messageButton0").text() == "Choose images…"
