"""Images of any shape, own images and data sets in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.messages import CHOOSE_FOLDER
from iae_studio.state.model_files import list_runs
from iae_studio.state.own_images import on_own_images
from iae_studio.state.training import State
from iae_studio.threads import jobs
from iae_studio.threads.worker import WorkThread
from iae_studio.views.own_images import OwnImagesDialog
from iae_studio.views.recipe_list import RecipeList
from iae_studio.widgets.sketch_pad import SketchPad
from tests.studio import (
    LONG,
    colour_photo,
    cycle,
    find,
    little_data,
    newest,
    photos,
    press,
    running,
    show,
    train,
    wait_state,
)
from tests.tiny import write_mnist
from tests.widgets import fresh_state
from trainer.data.sets.svhn import SVHN_FILES
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import data_root


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


# ---- images of other shapes ----------------------------------------------------------------------


def test_another_recipe_sees_the_users_image_anew(studio, qtbot, tmp_path) -> None:
    digits = CATALOGUE["drawn-10"].but(width=4)
    colour = CATALOGUE["svhn-75-small"].but(width=4)
    show(studio, qtbot, digits)
    path = colour_photo(tmp_path / "flag.png")
    studio.state.drops.open_files([path])
    qtbot.waitUntil(lambda: studio.state.inputs.images[0].name == "flag.png", timeout=LONG)
    first = studio.state.inputs.images[0].seen
    assert first.shape == (28, 28, 1)
    assert find(studio, SketchPad, "sketchPad").isVisible()

    studio.state.displayed.select(DisplayedModel(colour))
    qtbot.waitUntil(
        lambda: (
            [k.name for k in studio.state.inputs.images][:1] == ["flag.png"]
            and len(studio.state.inputs.images) == 7
        ),
        timeout=LONG,
    )
    seen = studio.state.inputs.images[0].seen
    assert seen.shape == (32, 32, 3)
    assert seen[16, 4].tolist() == [220, 30, 30]
    assert seen[16, 28].tolist() == [20, 60, 200]
    assert all(known.seen.shape == (32, 32, 3) for known in studio.state.inputs.images)
    assert newest(studio, qtbot).tiles.shape == (7, 8, 32, 32, 3)
    assert not find(studio, SketchPad, "sketchPad").isVisible()

    studio.state.displayed.select(DisplayedModel(digits))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 7, timeout=LONG)
    assert np.array_equal(studio.state.inputs.images[0].seen, first), "the same pixels again"


def test_quick_changes_lose_no_image(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4))
    studio.state.drops.open_files([colour_photo(tmp_path / "flag.png")])
    for name in ("svhn-75-small", "mog-iae", "shoes-small", "drawn-10", "celeba-50-small"):
        studio.state.displayed.select(DisplayedModel(CATALOGUE[name].but(width=4)))
        qtbot.wait(30)
    qtbot.waitUntil(
        lambda: (
            "flag.png" in [k.name for k in studio.state.inputs.images]
            and len(studio.state.inputs.images) == 7
        ),
        timeout=LONG,
    )
    assert newest(studio, qtbot).tiles.shape[2:] == (32, 32, 3)
    assert studio.state.messages.current is None or not studio.state.messages.current.error


def test_what_was_seen_for_a_network_of_before_is_not_taken(qapp) -> None:
    state, asked = fresh_state(), []
    state.training.state = State.IDLE
    state.inputs.specWanted.connect(lambda inputs, spec: asked.append((inputs, spec)))
    picture = np.full((40, 40, 3), 90, np.uint8)
    state.inputs.add([Input("mine", picture[:28, :28, :1], state.inputs.spec, picture)])
    state.displayed.select(DisplayedModel(CATALOGUE["svhn-75-small"]))
    state.displayed.select(DisplayedModel(CATALOGUE["celeba-50"]))
    assert not state.inputs.images
    state.inputs.exchange(jobs.see_anew(*asked[0]))
    assert not state.inputs.images
    state.inputs.exchange(jobs.see_anew(*asked[1]))
    assert [known.seen.shape for known in state.inputs.images] == [(48, 48, 3)]


def test_a_model_of_points_takes_no_images_and_says_so(studio, qtbot, tmp_path) -> None:
    studio.state.drops.open_files([colour_photo(tmp_path / "flag.png")])
    qtbot.waitUntil(lambda: studio.state.messages.current is not None, timeout=LONG)
    assert "points" in studio.state.messages.current.text


# ---- own images ----------------------------------------------------------------------------------


def test_own_images_train_and_are_found_again(studio, qtbot, tmp_path) -> None:
    folder = photos(tmp_path / "red things", 40)
    dialog = OwnImagesDialog(CATALOGUE["mnist-10-small"].but(width=4, batch=8), studio.work.submit)
    qtbot.addWidget(dialog)
    dialog.images.edit.setText(str(folder))
    dialog.size_box.setCurrentIndex(dialog.size_box.findData(32))
    dialog.colour.setChecked(True)
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.recipe is not None, timeout=LONG)
    assert dialog.recipe.image_shape == (32, 32, 3)
    studio.state.displayed.use_own_images(dialog.recipe)
    assert "red things" in studio.state.messages.current.text
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    seen = studio.state.inputs.images[0].seen
    assert seen.shape == (32, 32, 3)
    assert (np.abs(seen.astype(int) - (200, 40, 40)).sum(2) < 30).any()
    train(studio, qtbot)
    assert newest(studio, qtbot).tiles.shape[2:] == (32, 32, 3)
    (run,) = list_runs()
    assert run.recipe == dialog.recipe
    tree = find(studio, RecipeList, "recipeList")
    flags = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive
    qtbot.waitUntil(lambda: len(tree.findItems("red things", flags)) == 1, timeout=LONG)
    (item,) = tree.findItems("red things", flags)
    assert item.parent().text(0).startswith("MNIST, 10 + 100")
    tree.setCurrentItem(item)
    assert studio.state.displayed.recipe == dialog.recipe


def test_one_goes_away_from_a_training_on_own_images_and_comes_back(
    studio, qtbot, tmp_path
) -> None:
    base = CATALOGUE["mnist-10-small"].but(width=4, batch=8)
    own = on_own_images(base, str(photos(tmp_path / "red things", 40)), "", "none", 32, True)
    studio.state.displayed.use_own_images(own)
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.TRAINING)
    studio.state.displayed.select(DisplayedModel(base))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    assert newest(studio, qtbot).step == 0, "of the same name, but not what trains"
    assert newest(studio, qtbot).tiles.shape[2:] == (28, 28, 1)
    flags = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive
    tree = find(studio, RecipeList, "recipeList")
    tree.setCurrentItem(tree.findItems("red things", flags)[0])
    assert studio.state.displayed.model.live
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    assert newest(studio, qtbot).tiles.shape[2:] == (32, 32, 3)
    qtbot.waitUntil(lambda: studio.state.answers.rendering.step > 0, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_two_folders_translate_into_each_other(studio, qtbot, tmp_path) -> None:
    first, second = photos(tmp_path / "a", 20), photos(tmp_path / "b", 20, (20, 20, 200))
    recipe = on_own_images(cycle("shoes-small"), str(first), str(second), "none", 16, True)
    studio.state.displayed.use_own_images(recipe)
    train(studio, qtbot)
    assert newest(studio, qtbot).code_pictures.shape[1:] == (16, 16, 3)


def test_a_damaged_folder_is_told_and_nothing_is_lost(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, CATALOGUE["drawn-10"].but(width=4))
    studio.state.drops.open_files([colour_photo(tmp_path / "flag.png")])
    qtbot.waitUntil(lambda: studio.state.inputs.images[0].name == "flag.png", timeout=LONG)
    bad = tmp_path / "bad"
    bad.mkdir()
    for k in range(20):
        (bad / f"{k}.png").write_bytes(b"\x89PNG not really")
    recipe = on_own_images(
        CATALOGUE["mnist-10-small"].but(width=4), str(bad), "", "none", 28, False
    )
    studio.state.displayed.use_own_images(recipe)
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.FAILED)
    assert '"bad"' in studio.state.messages.current.text
    assert not list_runs()
    qtbot.waitUntil(
        lambda: "flag.png" in [known.name for known in studio.state.inputs.images], timeout=LONG
    )
    studio.state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"].but(width=4, batch=8)))
    assert studio.state.training.state is State.IDLE
    train(studio, qtbot)
    assert "flag.png" in [known.name for known in studio.state.inputs.images]


@pytest.mark.parametrize(
    ("images", "second", "told"),
    [
        ("nowhere", "edges", "is not there"),
        ("one.png", "edges", "one file"),
        (".", "none", "second"),
    ],
)
def test_what_cannot_be_used_is_told_in_the_dialog(
    qtbot, tmp_path, monkeypatch, images, second, told
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.png").write_bytes(b"")
    with pytest.raises(UserError, match=told):
        on_own_images(CATALOGUE["shoes-small"], images, "", second, 32, True)
    thread = WorkThread()
    thread.start()
    dialog = OwnImagesDialog(CATALOGUE["shoes-small"], thread.submit)
    qtbot.addWidget(dialog)
    assert not dialog._use.isEnabled()
    dialog.images.edit.setText("nowhere")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(dialog._problem.text()), timeout=LONG)
    thread.ask_to_end()
    thread.wait()
    assert dialog.recipe is None
    assert "nowhere" in dialog._problem.text()


# ---- data ----------------------------------------------------------------------------------------


def test_each_set_that_is_missing_is_told_in_its_own_words(studio, qtbot, tmp_path) -> None:
    for name, word in (("svhn-75", "SVHN"), ("celeba-50", "CelebA"), ("mnist-10", "MNIST")):
        studio.state.displayed.select(DisplayedModel(CATALOGUE[name].but(batch=4)))
        press(studio, qtbot, "startButton")
        wait_state(studio, qtbot, State.FAILED)
        assert studio.state.messages.current.text.startswith(word)
        assert studio.state.messages.current.actions == (CHOOSE_FOLDER,)
        download = find(studio, QPushButton, "downloadButton")
        assert download.isVisible() == (name != "celeba-50")
    studio.data.set_root("celeba", tmp_path)
    messages = studio.state.messages
    qtbot.waitUntil(lambda: "does not hold" in messages.current.text, timeout=LONG)
    assert "list_attr_celeba.txt" in studio.state.messages.current.text


def test_a_download_shows_how_far_it_is_and_can_be_cancelled(
    studio, qtbot, monkeypatch, tmp_path
) -> None:
    from trainer.data.downloads import Cancelled
    from trainer.data.sets import svhn

    def slow(root, progress, cancelled):
        while not cancelled():
            progress(3, 10)
        raise Cancelled

    monkeypatch.setattr(svhn, "download_svhn", slow)
    recipes = studio.window.view("experiments")
    studio.state.displayed.select(DisplayedModel(CATALOGUE["svhn-75"]))
    qtbot.mouseClick(find(studio, QPushButton, "downloadButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: recipes._bar.value() == 300, timeout=LONG)
    assert recipes._bar.isVisible()
    assert "SVHN" in recipes._data.text()
    qtbot.mouseClick(recipes._cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not recipes._bar.isVisible(), timeout=LONG)
    assert find(studio, QPushButton, "downloadButton").isVisible()


def test_a_download_that_ends_well_makes_the_recipe_ready(
    studio, qtbot, monkeypatch, own_folders
) -> None:
    from trainer.data.sets import mnist

    monkeypatch.setenv("IAE_STUDIO_DATA", str(own_folders / "sets"))

    def fetch(root, progress, cancelled, name):
        assert name == "mnist"
        write_mnist(data_root(root))
        progress(10, 10)

    monkeypatch.setattr(mnist, "download_mnist", fetch)
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"].but(width=4, batch=8)))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    assert studio.state.inputs.images[0].name.startswith("drawn")
    qtbot.mouseClick(find(studio, QPushButton, "downloadButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: any(known.name.startswith("test") for known in studio.state.inputs.images),
        timeout=LONG,
    )
    assert "MNIST is here" in studio.state.messages.current.text
    assert not find(studio, QPushButton, "downloadButton").isVisible()
    train(studio, qtbot)


def test_each_set_keeps_the_folder_that_was_chosen_for_it(studio, qtbot, tmp_path) -> None:
    write_mnist(tmp_path / "here")
    (tmp_path / "there").mkdir()
    for name in SVHN_FILES:
        (tmp_path / "there" / name).write_bytes(b"")
    studio.data.set_root("mnist", tmp_path / "here")
    studio.data.set_root("svhn", tmp_path / "there")
    library = studio.state.library
    wanted = {"mnist": tmp_path / "here", "svhn": tmp_path / "there"}

    def chosen() -> bool:
        folders = studio.data.folders.now()
        return all(folders.of(name) == folder for name, folder in wanted.items())

    qtbot.waitUntil(chosen, timeout=LONG)
    names = ("mnist", "svhn", "celeba")  # all are taken for ready until the disk was read
    there = [True, True, False]
    qtbot.waitUntil(lambda: [library.ready(name) for name in names] == there, timeout=LONG)
