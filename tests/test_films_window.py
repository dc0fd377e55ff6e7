"""Films in the window: chosen, looked at, saved, given up."""

from __future__ import annotations

from dataclasses import fields, replace
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
    QWidget,
)

import trainer
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input, spec_of
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.threads.film_job import preview_order
from iae_studio.views.film_dialog import FilmDialog
from iae_studio.views.film_form import FilmForm
from iae_studio.views.film_story import (
    GRID,
    KEYFRAMES,
    ROW,
    TILE,
    TRAINING,
    WALK,
    Choices,
    Marked,
    marked_of,
    part_of,
    story_of,
    throughs,
)
from iae_studio.views.film_words import megabytes
from iae_studio.widgets.film_preview import FilmPreview
from iae_studio.widgets.value_slider import ValueSlider
from tests.studio import LONG, find, little_data, newest, running, train
from tests.tiny import leftovers
from trainer.films.plan import Shot
from trainer.films.scene import Keyframes, Loop, Walk
from trainer.inference.model_files import export_model, load_snapshot
from trainer.messages import Probe, column_seeds
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


def grey(picture) -> np.ndarray:
    return picture.repeat(3, 2)


def test_a_loop_is_chosen_looked_at_and_saved(studio, qtbot, tmp_path, monkeypatch) -> None:
    dialog = opened(studio, qtbot)
    short(studio)
    assert ready(studio, qtbot).startswith("8 frames in 1.0 s, 544 × 356 px, about ")
    player = find(studio, FilmPreview, "filmPreview")
    assert player.count() == 8
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
    assert "8 frames" in ready(studio, qtbot)
    save(studio, qtbot, monkeypatch, tmp_path / "training.webp")
    qtbot.waitUntil(lambda: said(studio) == "Saved training.webp.", timeout=LONG)
    found, moments = read(tmp_path / "training.webp"), studio.state.time.moments
    assert len(found) == len(moments)
    probe = part_of(studio.state.answers.probe(), ROW, studio.state.selection.row, 0)
    for frame, moment in zip(found, moments, strict=True):
        page = tiled(trainer.load(moment.path, "cpu").render(probe).tiles)
        wanted = grey(page.repeat(2, 0).repeat(2, 1))
        np.testing.assert_array_equal(frame[: len(wanted)], wanted)
    assert [moment.step for moment in moments_in(run)] == [moment.step for moment in moments]


def test_keyframes_are_marked_ordered_and_filmed(studio, qtbot, tmp_path, monkeypatch) -> None:
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
    assert bar.isVisible() and bar.maximum() == 600 and leftovers(folder)
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


# ---- what suits a model --------------------------------------------------------------------------


def show(state, name: str) -> None:
    path = SHIPPED.get(name)
    state.displayed.select(DisplayedModel(CATALOGUE[name], path))


def test_every_kind_of_model_offers_what_has_sense(state) -> None:
    for name, possible in (
        ("drawn-10", ("noise", "code")),
        ("mnist-det-small", ("code",)),
        ("mnist-clusters-small", ("noise", "code")),
        ("shoes-small", ("noise",)),
        ("faces-small", ("noise",)),
        ("fiae-mnist-small", ("code",)),
    ):
        show(state, name)
        assert throughs(state) == possible, name
    show(state, "mog-iae")
    assert "film their training" in story_of(state, Choices())
    assert "run of yours" in story_of(state, Choices(kind=TRAINING))
    show(state, "drawn-10")
    assert "open an image" in story_of(state, Choices())


def test_choices_become_stories(state) -> None:
    show(state, "drawn-10")
    spec = spec_of(CATALOGUE["drawn-10"])
    known = [Input(f"{k}", np.full((28, 28, 1), k, np.uint8), spec) for k in range(3)]
    state.inputs.add(known)
    state.selection.select(1, 2)
    seeds = column_seeds(0, 8)

    def of(**choices) -> tuple[list[int], tuple[int, ...]]:
        story = story_of(state, Choices(**choices))
        assert isinstance(story, Loop | Walk)
        return [int(image[0, 0, 0]) for image in story.probe.images], story.probe.noise_seeds

    assert of(what=TILE) == ([1], seeds[2:3])
    assert of(what=ROW) == ([1], seeds)
    assert of(what=GRID) == ([0, 1, 2], seeds)
    assert of(kind=WALK, what=TILE) == ([1], seeds)
    assert of(kind=WALK, what=TILE, through="code") == ([0, 1, 2], seeds[2:3])
    assert of(kind=WALK, through="code") == ([0, 1, 2], seeds)
    assert "run of yours" in story_of(state, Choices(kind=TRAINING))
    state.query.set_noise_scale(0.0)
    assert "raise the scale" in story_of(state, Choices())
    assert "raise the scale" in story_of(state, Choices(kind=WALK))


def test_keyframes_are_of_one_model(state) -> None:
    probe = Probe(0, np.zeros((2, 28, 28, 1), np.uint8), column_seeds(0, 3))
    one = Marked("one", probe.images[0], probe, 1, 2, Path("a"), 5)
    other = Marked("other", probe.images[0], probe, 0, 0, Path("a"), None)
    story = story_of(state, Choices(kind=KEYFRAMES, what=TILE), [one, other])
    assert isinstance(story, Keyframes)
    assert [frame.step for frame in story.stations] == [5, None]
    assert [frame.probe.noise_seeds for frame in story.stations] == [(2,), (0,)]
    assert "One more" in story_of(state, Choices(kind=KEYFRAMES), [one])
    strange = Marked("strange", probe.images[0], probe, 0, 0, Path("b"))
    assert "several models" in story_of(state, Choices(kind=KEYFRAMES), [one, strange])


def test_what_a_bookmark_kept_becomes_the_question_that_it_was(state) -> None:
    show(state, "drawn-10")
    spec = spec_of(CATALOGUE["drawn-10"])
    state.inputs.add([Input("a", np.full((28, 28, 1), 7, np.uint8), spec)])
    state.query.set_seed(5)
    state.query.set_code_axes(((0.5,) * 10,), (1.5,))
    state.query.set_noise_scale(0.5)
    asked = state.answers.probe()
    recipe, settings = state.displayed.recipe, state.query.now()
    made = marked_of("a", asked.images[0], asked.images, settings, recipe, Path("run"), 3, 0, 2)
    for each in fields(Probe):
        if each.name != "stamp":
            mine, theirs = getattr(asked, each.name), getattr(made.probe, each.name)
            assert np.array_equal(mine, theirs) if isinstance(mine, np.ndarray) else mine == theirs
    kept = replace(made, model=snapshot_path(Path("run"), 9, kept=True), step=9)
    story = story_of(state, Choices(kind=KEYFRAMES), [made, kept])
    assert isinstance(story, Keyframes), "kept weights of a run are of the run"


def test_what_has_no_sense_is_hidden(state, qtbot) -> None:
    show(state, "shoes-small")
    form = FilmForm(state)
    qtbot.addWidget(form)
    form.show()
    hidden = {"filmLoop": ("filmHold", "filmClosed", "filmCaption", "keyframeList")}
    hidden |= {"filmWalk": ("filmInputs", "filmRowButton", "filmThroughs")}
    for kind, names in hidden.items():
        form.findChild(QToolButton, f"{kind}Button").click()
        for name in names:
            assert not form.findChild(QWidget, name).isVisible(), (kind, name)
    assert not form.choices().seen().inputs


def test_a_preview_takes_pictures_evenly_in_time() -> None:
    shots = tuple(Shot(k, ticks=ticks) for k, ticks in enumerate((6, 1, 1, 4)))
    some, order = preview_order(shots, 4)
    assert [shot.number for shot in some] == [0, 1, 3] and order == (0, 0, 1, 2)
    assert preview_order(shots, 99)[1] == (0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3)


def test_sizes_have_the_digits_that_they_deserve() -> None:
    sizes = {400: "1 KB", 812_345: "812 KB", 2_260_000: "2.3 MB", 31_400_000: "31 MB"}
    assert {size: megabytes(size) for size in sizes} == sizes
