"""Exploring with the real window: what is dropped, drawn or moved becomes other pixels."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox, QWidget

from iae_studio.state.model_files import SHIPPED
from iae_studio.threads.jobs import SKETCH
from iae_studio.views.reconstructions import ReconstructionsView
from iae_studio.widgets.grid_layout import SEEN
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.sketch_pad import SketchPad
from iae_studio.widgets.sliders import SliderBank
from tests.studio import LONG, newest, running, wait_for_tiles


@pytest.fixture
def studio(qtbot, own_folders):
    with running(own_folders, qtbot) as started:
        wait_for_tiles(started, qtbot)
        yield started
        # The clipboard owns what was put there; left until the exit it would be freed twice.
        QGuiApplication.clipboard().clear()


def drop(studio, *paths) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(400, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    studio.window.dropEvent(event)


def photo(path, size=(300, 200)):
    """A dark seven on light paper."""
    image = Image.new("RGB", size, (235, 232, 220))
    ImageDraw.Draw(image).line([(100, 50), (190, 50), (130, 160)], (40, 40, 60), 14)
    image.save(path)
    return path


def test_the_first_start_shows_a_trained_model_without_a_click(studio, qtbot) -> None:
    rendering = newest(studio, qtbot)
    assert rendering.step > 0
    seen = np.stack([known.seen for known in studio.state.inputs.images]).astype(float)
    close = np.abs(rendering.tiles.astype(float) - seen[:, None]).mean()
    others = np.abs(rendering.tiles.astype(float) - np.roll(seen, 1, 0)[:, None]).mean()
    assert close < 0.7 * others, "the tiles are no reconstructions of their own rows"


def test_a_dropped_photo_becomes_a_row_as_the_network_sees_it(studio, qtbot, tmp_path) -> None:
    before = len(studio.state.inputs.images)
    drop(studio, photo(tmp_path / "seven.jpg"))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == before + 1, timeout=LONG)
    first = studio.state.inputs.images[0]
    assert first.name == "seven.jpg"
    assert first.seen.shape == (28, 28, 1)
    assert first.seen[0, 0] == 0
    assert first.seen.max() > 200, "white ink on black"
    rendering = newest(studio, qtbot)
    assert rendering.tiles.shape[0] == before + 1
    grid = studio.window.findChild(ImageGrid, "imageGrid")
    assert grid.image(0, 0).pixelColor(14, 14).red() == rendering.tiles[0, 0, 14, 14, 0]


def test_a_dropped_model_is_shown_with_its_own_weights(studio, qtbot, tmp_path) -> None:
    """Alone, and with a photo beside it, which then is seen by the dropped model."""
    state = studio.state
    before = newest(studio, qtbot).tiles
    for name, others in (("mnist-10-small", ()), ("drawn-10", (photo(tmp_path / "seven.jpg"),))):
        model = Path(shutil.copy(SHIPPED["drawn-10"], tmp_path / f"{name}.safetensors"))
        drop(studio, model, *others)
        qtbot.waitUntil(lambda model=model: state.displayed.model.path == model, timeout=LONG)
        assert state.displayed.recipe.name == "drawn-10"
        qtbot.waitUntil(lambda: len(newest(studio, qtbot).tiles) > 0, timeout=LONG)
    assert state.inputs.images[0].name == "seven.jpg"
    np.testing.assert_array_equal(newest(studio, qtbot).tiles[1:], before)


def test_a_bad_file_is_named_and_changes_nothing(studio, qtbot, tmp_path) -> None:
    bad = tmp_path / "notes.png"
    bad.write_text("no image")
    before = studio.state.inputs.images
    drop(studio, bad)
    label = studio.window.findChild(QLabel, "messageText")
    qtbot.waitUntil(label.isVisible, timeout=LONG)
    assert "notes.png" in label.text()
    assert [known.name for known in studio.state.inputs.images] == [known.name for known in before]


def test_one_bad_file_among_good_ones_costs_only_itself(studio, qtbot, tmp_path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    photo(folder / "a.png")
    (folder / "b.png").write_bytes(b"")
    photo(folder / "c.png")
    before = len(studio.state.inputs.images)
    drop(studio, folder)
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == before + 2, timeout=LONG)
    assert "b.png" in studio.state.messages.current.text


def test_a_pasted_image_becomes_a_row(studio, qtbot, tmp_path) -> None:
    mime = QMimeData()
    mime.setImageData(QImage(str(photo(tmp_path / "p.png"))))
    QGuiApplication.clipboard().setMimeData(mime)
    before = len(studio.state.inputs.images)
    studio.window.paste()
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == before + 1, timeout=LONG)
    assert studio.state.inputs.images[0].seen.max() > 200


def test_an_address_alone_is_explained(studio) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.png")])
    QGuiApplication.clipboard().setMimeData(mime)
    studio.window.paste()
    assert "address" in studio.state.messages.current.text


def test_a_drawing_becomes_the_first_row_and_follows_the_pen(studio, qtbot) -> None:
    pad = studio.window.findChild(SketchPad, "sketchPad")
    middle = pad.rect().center()
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=middle - QPoint(0, 50))
    qtbot.mouseMove(pad, middle)
    qtbot.mouseMove(pad, middle + QPoint(0, 50))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 50))
    qtbot.waitUntil(lambda: studio.state.inputs.images[0].name == SKETCH, timeout=LONG)
    qtbot.waitUntil(lambda: studio.state.inputs.images[0].seen[14, 14, 0] > 200, timeout=LONG)
    ink = studio.state.inputs.images[0].seen
    assert ink[14, 14, 0] > 200
    assert ink[14, 3, 0] == 0
    assert len([known for known in studio.state.inputs.images if known.drawing]) == 1

    studio.state.selection.select(2)
    free = threading.Event()
    studio.work.submit(lambda: free.wait(LONG / 1000))
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=middle - QPoint(50, 0))
    keep = next(b for b in studio.window.findChildren(QPushButton) if b.text() == "Keep")
    qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert pad.isEmpty()
    free.set()
    qtbot.waitUntil(lambda: studio.state.inputs.images[0].name == "drawing 1", timeout=LONG)
    ink = studio.state.inputs.images[0].seen
    assert ink[14, 14, 0] > 200
    assert ink[14, 2:7, 0].max() > 200, "its last stroke, though the disk was busy"
    kept = studio.state.inputs.images[0]
    assert studio.state.selection.input is kept, "all views are about it"


@pytest.mark.parametrize("bank", ["codeSliders", "noiseSliders"])
def test_a_slider_changes_the_pixels_and_its_reset_brings_them_back(studio, qtbot, bank) -> None:
    before = newest(studio, qtbot).tiles
    slider = studio.window.findChild(SliderBank, bank).rows()[0]
    track = slider.findChild(QWidget, "", Qt.FindChildOption.FindDirectChildrenOnly)
    track.setFocus()
    for _ in range(20):
        qtbot.keyClick(slider.focusProxy() or track, Qt.Key.Key_Right)
    moved = newest(studio, qtbot).tiles
    assert slider.value() > 0
    assert not np.array_equal(before, moved)
    slider.reset()
    slider.edited.emit(0.0)
    assert np.array_equal(newest(studio, qtbot).tiles, before)


def test_the_first_row_is_seen_before_the_others_are_there(studio, qtbot) -> None:
    state, grid = studio.state, studio.window.findChild(ImageGrid, "imageGrid")
    newest(studio, qtbot)

    def row(number: int) -> list[QImage]:
        return [grid.image(number, column) for column in range(state.query.columns)]

    before = row(0), row(1)
    seen: list[tuple[list[QImage], list[QImage]]] = []
    state.answers.previewed.connect(lambda _: seen.append((row(0), row(1))))
    state.query.set_code_offsets((2.0,))
    newest(studio, qtbot)
    assert seen[0][0] != before[0] and seen[0][1] == before[1]
    assert row(0) == seen[-1][0] and row(1) != before[1]


def test_a_preview_of_images_that_are_gone_is_dropped(studio, qtbot) -> None:
    state, grid = studio.state, studio.window.findChild(ImageGrid, "imageGrid")
    late = newest(studio, qtbot)
    state.inputs.remove(0)
    stands = grid.image(0, 0)
    state.answers.preview(replace(late, tiles=np.zeros_like(late.tiles[:1])))
    assert grid.image(0, 0) == stands
    shown: list[object] = []
    state.answers.previewed.connect(shown.append)
    state.answers.preview(newest(studio, qtbot))
    assert shown
    shown.clear()
    later = replace(late, stamp=state.answers.probe().stamp + 9)
    state.answers.rendering = None  # as after a change of the model: its own answer is on its way
    state.answers.preview(later)
    assert not shown


def test_resampling_changes_all_but_locked_columns_and_a_seed_comes_back(studio, qtbot) -> None:
    before = newest(studio, qtbot).tiles
    studio.state.query.toggle_lock(2)
    button = studio.window.findChild(QPushButton, "resampleButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    after = newest(studio, qtbot).tiles
    assert np.array_equal(before[:, 2], after[:, 2])
    assert not np.array_equal(before[:, 1], after[:, 1])
    studio.window.findChild(QSpinBox, "noiseSeed").setValue(0)
    assert np.array_equal(newest(studio, qtbot).tiles, before)


def test_a_number_is_typed_after_one_click_on_it(studio, qtbot) -> None:
    slider = studio.window.findChild(SliderBank, "codeSliders").rows()[0]
    number = slider.findChild(QLineEdit)
    before = newest(studio, qtbot).tiles
    qtbot.mouseClick(number, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(number, "1.5")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert slider.value() == 1.5
    assert not np.array_equal(newest(studio, qtbot).tiles, before)


def test_what_is_under_the_pointer_is_told(studio, qtbot) -> None:
    rendering = newest(studio, qtbot)
    grid = studio.window.findChild(ImageGrid, "imageGrid")
    told = []
    studio.window.findChild(ReconstructionsView).told.connect(told.append)
    for line, column in ((0, 2), (1, SEEN), (len(rendering.tiles), 0), (-1, 0)):
        grid.hovered.emit(line, column)
    tile, seen, below, beside = told
    first, second = (known.name for known in studio.state.inputs.images[:2])
    assert tile.startswith(f"{first} · noise 3 of seed 0 · code norm ")
    assert float(tile.split()[-1]) == pytest.approx(np.linalg.norm(rendering.codes[0]), abs=0.006)
    assert seen.startswith(f"{second} · code norm")
    assert below == beside == ""


def test_other_test_images_leave_the_users_own_alone(studio, qtbot, tmp_path) -> None:
    drop(studio, photo(tmp_path / "mine.png"))
    qtbot.waitUntil(lambda: studio.state.inputs.images[0].name == "mine.png", timeout=LONG)
    before = [known.name for known in studio.state.inputs.images]
    studio.state.inputs.want_tests()
    qtbot.waitUntil(lambda: [k.name for k in studio.state.inputs.images] != before, timeout=LONG)
    after = [known.name for known in studio.state.inputs.images]
    assert after[0] == "mine.png"
    assert len(after) == len(before)


def test_an_image_without_ink_is_told_and_not_taken(studio, qtbot, tmp_path) -> None:
    Image.new("RGB", (60, 60), (255, 255, 255)).save(tmp_path / "empty.png")
    drop(studio, tmp_path / "empty.png")
    qtbot.waitUntil(lambda: studio.state.messages.current is not None, timeout=LONG)
    assert "empty.png" in studio.state.messages.current.text
    assert "empty.png" not in [known.name for known in studio.state.inputs.images]


def test_no_noise_makes_the_columns_equal(studio, qtbot) -> None:
    studio.state.query.set_noise_scale(0.0)
    tiles = newest(studio, qtbot).tiles
    assert (tiles == tiles[:, :1]).all()


def test_clearing_leaves_a_hint_and_a_way_on(studio, qtbot) -> None:
    studio.state.inputs.clear()
    target = studio.window.findChild(QWidget, "dropTarget")
    words = [label.text() for label in target.currentWidget().findChildren(QLabel)]
    assert any("Drop images" in text for text in words)
    qtbot.mouseClick(target.currentWidget().findChild(QPushButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)


def test_the_sheet_is_saved_pixel_for_pixel(studio, qtbot, tmp_path) -> None:
    rendering = newest(studio, qtbot)
    studio.state.answers.save_sheet(tmp_path / "sheet.png")
    qtbot.waitUntil((tmp_path / "sheet.png").exists, timeout=LONG)
    page = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert np.array_equal(page[:28, :28], studio.state.inputs.images[0].seen[:, :, 0])
    assert np.array_equal(page[:28, 34:62], rendering.tiles[0, 0, :, :, 0])


def test_every_named_widget_is_there(studio) -> None:
    names = (
        "recipeList startButton pauseButton stopButton saveButton resampleButton noiseSeed "
        "noiseScale codeSliders noiseSliders imageGrid dropTarget sketchPad lossPlot statusText"
    )
    for name in names.split():
        assert studio.window.findChild(QWidget, name) is not None, name
