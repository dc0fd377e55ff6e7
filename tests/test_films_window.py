"""Films in the window: chosen, looked at, saved, given up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QToolButton,
)

import trainer
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.views.film_choices import (
    ROW,
)
from iae_studio.views.film_dialog import FilmDialog
from iae_studio.views.film_story import part_of
from iae_studio.widgets.film_preview import FilmPreview
from iae_studio.widgets.value_slider import ValueSlider
from tests.studio import LONG, find, little_data, newest, running, train
from tests.tiny import leftovers
from trainer.inference.model_files import export_model, load_snapshot
from trainer.recipe.catalogue import CATALOGUE
from trainer.reporting.sheets import sheet, tiled
from trainer.storage.snapshots import moments_in, snapshot_path

Key, Hold = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot) as started:
        path = SHIPPED["drawn-10"]
        started.state.displayed.select(DisplayedModel(model_recipe(path), path))
        qtbot.waitUntil(lambda: len(started.state.inputs.images) > 3, timeout=LONG)
        newest(started, qtbot)
        yield started


def opened(studio, qtbot) -> FilmDialog:
    qtbot.keyClick(studio.window, Key.Key_V, Hold.ControlModifier | Hold.ShiftModifier)
    return find(studio, FilmDialog, "filmDialog")


def choose(studio, qtbot, *names: str) -> None:
    for name in names:
        qtbot.mouseClick(find(studio, QToolButton, f"film{name}Button"), Qt.MouseButton.LeftButton)


def ready(studio, qtbot) -> str:
    """Waits for the preview of what is chosen now; what the film will be."""
    save, facts = find(studio, QPushButton, "filmSave"), find(studio, QLabel, "filmFacts")
    qtbot.waitUntil(lambda: not studio.films._pause.isActive(), timeout=LONG)
    qtbot.waitUntil(save.isEnabled, timeout=LONG)
    return facts.text()


def short(studio) -> None:
    find(studio, ValueSlider, "filmSeconds").setValue(1.0)
    find(studio, ValueSlider, "filmRate").setValue(8)


def save(studio, qtbot, monkeypatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    # Why the last one failed is told a moment before the next one can be saved.
    qtbot.waitUntil(lambda: not studio.films.dialog.busy, timeout=LONG)
    qtbot.mouseClick(find(studio, QPushButton, "filmSave"), Qt.MouseButton.LeftButton)


def said(studio) -> str:
    return find(studio, QLabel, "filmProblem").text()


def lacks(studio) -> str:
    """What stands where the preview would play."""
    return find(studio, FilmPreview, "filmPreview").said()


def read(path: Path) -> list[np.ndarray]:
    found = []
    with Image.open(path) as image:
        for k in range(image.n_frames):
            image.seek(k)
            found.append(np.asarray(image.convert("RGB")))
    return found


def heard(told: list[str], show: Callable[[str], None], words: str) -> None:
    told.append(words)
    show(words)


def grey(picture) -> np.ndarray:
    return picture.repeat(3, 2)


def test_a_loop_is_chosen_looked_at_and_saved(studio, qtbot, tmp_path, monkeypatch) -> None:
    dialog = opened(studio, qtbot)
    told: list[str] = []
    monkeypatch.setattr(dialog, "tell_facts", partial(heard, told, dialog.tell_facts))
    short(studio)
    assert ready(studio, qtbot).startswith("8 frames in 1.0 s, 544 × 356 px, about ")
    player = find(studio, FilmPreview, "filmPreview")
    assert player.count() == 8
    assert {f"Drawing: {k} of 8 pictures…" for k in (1, 8)} <= set(told)
    first = player.now()
    qtbot.waitUntil(lambda: player.now() != first, timeout=LONG)
    save(studio, qtbot, monkeypatch, tmp_path / "loop")
    qtbot.waitUntil(lambda: said(studio) == "Saved loop.gif.", timeout=LONG)
    assert studio.state.messages.current.text == f"Saved {tmp_path / 'loop.gif'}."
    answer, images = studio.state.answers.rendering, studio.state.inputs.images
    wanted = sheet(np.stack([known.seen for known in images]), answer.tiles)
    found = read(tmp_path / "loop.gif")
    assert len(found) == 8
    np.testing.assert_array_equal(found[0], grey(wanted.repeat(2, 0).repeat(2, 1)))
    choose(studio, qtbot, "Tile", "Apng")
    assert ready(studio, qtbot).startswith("8 frames in 1.0 s, 124 × 56 px")
    find(studio, QCheckBox, "filmInputs").click()
    assert ready(studio, qtbot).startswith("8 frames in 1.0 s, 56 × 56 px")
    another_question_is_another_film(studio, qtbot)
    what_cannot_be_written_is_told(studio, qtbot, tmp_path, monkeypatch)
    monkeypatch.setattr("trainer.films.formats.find_spec", lambda name: None)
    choose(studio, qtbot, "Mp4")
    qtbot.waitUntil(lambda: 'pip install "iae-studio[films]"' in said(studio), timeout=LONG)
    assert not find(studio, QPushButton, "filmSave").isEnabled()
    choose(studio, qtbot, "Gif")
    ready(studio, qtbot)
    studio.state.inputs.clear()
    qtbot.waitUntil(lambda: "open an image" in lacks(studio), timeout=LONG)
    assert not find(studio, QPushButton, "filmSave").isEnabled()
    dialog.close()


def another_question_is_another_film(studio, qtbot) -> None:
    before = studio.films._scene.story.probe
    studio.state.selection.select(2, 3)
    ready(studio, qtbot)
    after = studio.films._scene.story.probe
    assert before.noise_seeds != after.noise_seeds
    np.testing.assert_array_equal(after.images[0], studio.state.inputs.images[2].seen)


def what_cannot_be_written_is_told(studio, qtbot, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    save(studio, qtbot, monkeypatch, tmp_path / "file" / "film.png")
    qtbot.waitUntil(lambda: "cannot be" in said(studio), timeout=LONG)
    assert studio.state.messages.current.error
    (tmp_path / "there.png").write_bytes(b"before")
    save(studio, qtbot, monkeypatch, tmp_path / "there")
    qtbot.waitUntil(lambda: "is there already" in said(studio), timeout=LONG)
    assert (tmp_path / "there.png").read_bytes() == b"before"


def test_a_film_of_a_training(studio, qtbot, tmp_path, monkeypatch) -> None:
    """Of a run of a few steps: the frames are what its moments answer."""
    opened(studio, qtbot)
    choose(studio, qtbot, "Training")
    qtbot.waitUntil(lambda: "run of yours" in lacks(studio), timeout=LONG)
    studio.state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"].but(width=4, batch=4)))
    train(studio, qtbot, 3)
    run = studio.state.displayed.model.path
    shown = load_snapshot(run, trainer.load("drawn-10", "cpu").snapshot.device)
    export_model(shown, snapshot_path(run, shown.step), {})
    studio.state.time.refresh(run)
    qtbot.waitUntil(lambda: len(studio.state.time.moments) > 1, timeout=LONG)
    find(studio, QCheckBox, "filmInputs").setChecked(False)
    choose(studio, qtbot, "Webp", "Row")
    short(studio)
    newest(studio, qtbot)
    facts = ready(studio, qtbot)
    save(studio, qtbot, monkeypatch, tmp_path / "training.webp")
    qtbot.waitUntil(lambda: said(studio) == "Saved training.webp.", timeout=LONG)
    found, moments = read(tmp_path / "training.webp"), studio.state.time.moments
    assert len(found) == len(moments) and facts.startswith(f"{len(found)} frames in 1.0 s")
    probe = part_of(studio.state.answers.probe(), ROW, studio.state.selection.row, 0)
    for frame, moment in zip(found, moments, strict=True):
        page = tiled(trainer.load(moment.path, "cpu").render(probe).tiles)
        wanted = grey(page.repeat(2, 0).repeat(2, 1))
        np.testing.assert_array_equal(frame[: len(wanted)], wanted)
    assert [moment.step for moment in moments_in(run)] == [moment.step for moment in moments]


def test_keyframes_are_marked_ordered_and_filmed(studio, qtbot, tmp_path, monkeypatch) -> None:
    qtbot.keyClick(studio.window, Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(studio.state.bookmarks.all) == 1, timeout=LONG)
    opened(studio, qtbot)
    choose(studio, qtbot, "Keyframes", "Apng")
    short(studio)
    qtbot.waitUntil(lambda: "Two keyframes make a film" in lacks(studio), timeout=LONG)
    marks, tiles = find(studio, QListWidget, "keyframeList"), []
    for row, column in ((0, 0), (2, 1), (3, 2)):
        studio.state.selection.select(row, column)
        count = marks.count()
        qtbot.mouseClick(find(studio, QPushButton, "addKeyframe"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda count=count: marks.count() == count + 1, timeout=LONG)
        tiles.append(studio.state.answers.rendering.tiles[row, column])
    choose(studio, qtbot, "Grid")
    qtbot.waitUntil(lambda: "the same grid" in lacks(studio), timeout=LONG)
    choose(studio, qtbot, "Tile")
    assert marks.item(1).text().endswith("n2, step 7,000")
    qtbot.mouseClick(find(studio, QToolButton, "earlierKeyframe"), Qt.MouseButton.LeftButton)
    marks.setCurrentRow(2)
    qtbot.keyClick(marks, Key.Key_Delete)
    find(studio, QCheckBox, "filmClosed").setChecked(False)
    ready(studio, qtbot)
    save(studio, qtbot, monkeypatch, tmp_path / "keys.png")
    qtbot.waitUntil(lambda: said(studio) == "Saved keys.png.", timeout=LONG)
    found = read(tmp_path / "keys.png")
    for frame, tile in ((found[0], tiles[0]), (found[-1], tiles[2])):
        np.testing.assert_array_equal(frame, grey(tile.repeat(2, 0).repeat(2, 1)))
    qtbot.mouseClick(find(studio, QPushButton, "bookmarkKeyframes"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: marks.count() == 3, timeout=LONG)
    assert marks.item(2).text() == studio.state.bookmarks.all[0].name
    cancelling_in_the_middle_leaves_no_file(studio, qtbot, tmp_path, monkeypatch)


def cancelling_in_the_middle_leaves_no_file(studio, qtbot, tmp_path, monkeypatch) -> None:
    find(studio, ValueSlider, "filmSeconds").setValue(20)
    find(studio, ValueSlider, "filmRate").setValue(30)
    find(studio, ValueSlider, "filmSize").setValue(4)
    ready(studio, qtbot)
    folder = tmp_path / "films"
    folder.mkdir()
    save(studio, qtbot, monkeypatch, folder / "long.png")
    bar = find(studio, QProgressBar, "filmProgress")
    qtbot.waitUntil(lambda: bar.value() > 0, timeout=LONG)
    assert bar.isVisible() and bar.maximum() > 500 and leftovers(folder)
    studio.state.query.resample()
    newest(studio, qtbot)
    assert bar.isVisible(), "the window goes on meanwhile"
    qtbot.mouseClick(find(studio, QPushButton, "filmCancel"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said(studio) == "Cancelled: no file was written.", timeout=LONG)
    assert not list(folder.iterdir()) and not bar.isVisible()
    save(studio, qtbot, monkeypatch, folder / "long.png")
    qtbot.waitUntil(lambda: bar.value() > 0, timeout=LONG)
    studio.window.close()
    studio.films.worker.wait()
    assert not list(folder.iterdir())
