"""Pictures copied, tables, events and models written, in the real window by keys and dialogs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, list_runs, model_recipe
from iae_studio.views.export_dialogs import EXACT
from iae_studio.views.export_pixels import pixels_of
from iae_studio.widgets.grid_layout import SEEN
from iae_studio.widgets.image_grid import ImageGrid
from tests.own_images import said
from tests.studio import LONG, find, little_data, newest, running, show, train
from tests.test_export import read
from tests.test_state_pictures import TINY, drop, shipped
from trainer.recipe.fingerprint import fingerprint_of
from trainer.recipe.saved import read_meta

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "drawn-10") as started:
        newest(started, qtbot)
        yield started


def copy(studio, qtbot, held: Qt.KeyboardModifier) -> np.ndarray:
    """What Ctrl+C or another C copies, as pixels."""
    key(studio, Qt.Key.Key_C, held)
    qtbot.waitUntil(lambda: said(studio).startswith("Copied"), timeout=LONG)
    return pixels_of(QGuiApplication.clipboard().image())


def key(studio, pressed: Qt.Key, held: Qt.KeyboardModifier) -> None:
    """A key of the window."""
    studio.state.messages.show_message(None)
    studio.window.activateWindow()
    QTest.keyClick(studio.window, pressed, held)


def answer(monkeypatch, path: Path, kind: str = "") -> None:
    """What is chosen in the next dialog."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(path))


def wait_saved(studio, qtbot) -> str:
    qtbot.waitUntil(lambda: said(studio).startswith("Saved"), timeout=LONG)
    return said(studio)


# ---- pictures ------------------------------------------------------------------------------------


def test_pictures_are_copied_at_their_own_size_and_larger(studio, qtbot) -> None:
    studio.state.selection.select(2, 3)
    tiles = newest(studio, qtbot).tiles
    assert np.array_equal(copy(studio, qtbot, CONTROL)[:, :, :1], tiles[2, 3])
    assert said(studio) == "Copied the picture, 28 × 28 px."
    key(studio, Qt.Key.Key_4, CONTROL | ALT)
    large = copy(studio, qtbot, CONTROL)
    assert large.shape == (112, 112, 3)
    assert np.array_equal(large[::4, 3::4, :1], tiles[2, 3])
    key(studio, Qt.Key.Key_4, CONTROL | ALT)
    page = copy(studio, qtbot, CONTROL | ALT)[:, :, :1]
    assert np.array_equal(page[:28, :28], studio.state.inputs.images[0].seen)
    assert np.array_equal(page[:28, 34:62], tiles[0, 0])
    find(studio, ImageGrid, "imageGrid").setSelection(1, SEEN)
    seen = studio.state.inputs.images[1].seen
    assert np.array_equal(copy(studio, qtbot, CONTROL)[:, :, :1], seen)


def test_every_view_is_a_picture(studio, qtbot) -> None:
    window = studio.window
    window.explore.view("pictures").reconstructions.enlarge()
    tile = newest(studio, qtbot).tiles[studio.state.selection.row, studio.state.selection.column]
    assert np.array_equal(copy(studio, qtbot, CONTROL)[:, :, :1], tile)
    page = copy(studio, qtbot, CONTROL | ALT)[:, :, :1]
    assert np.array_equal(page[:28, :28], studio.state.selection.input.seen)
    assert np.array_equal(page[:28, 30:58], tile)
    key(studio, Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier)
    canvas = window.explore.view("map").canvas
    qtbot.waitUntil(lambda: len(canvas.places()) > 0, timeout=LONG)
    page = copy(studio, qtbot, CONTROL | ALT)
    assert page.shape[1] == canvas.width() * canvas.devicePixelRatioF()
    shipped(studio, "mog-iae")
    studio.state.query.set_view("pictures")
    qtbot.waitUntil(lambda: studio.state.answers.facts.step > 0, timeout=LONG)
    assert copy(studio, qtbot, CONTROL | ALT).shape[0] > 100
    key(studio, Qt.Key.Key_C, CONTROL)
    qtbot.waitUntil(lambda: "the plots" in said(studio), timeout=LONG)


def test_the_selected_picture_is_saved_four_times_as_large_and_brings_all_back(
    studio, qtbot, monkeypatch, tmp_path
) -> None:
    shipped(studio, "mnist-10-small")
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 6, timeout=LONG)
    studio.state.selection.select(4, 5)
    tiles = newest(studio, qtbot).tiles
    answer(monkeypatch, tmp_path / "tile", "PNG, 4 times as large (*.png)")
    key(studio, Qt.Key.Key_S, CONTROL | SHIFT)
    assert wait_saved(studio, qtbot) == f"Saved {tmp_path / 'tile.png'}."
    pixels = np.asarray(Image.open(tmp_path / "tile.png"))
    assert np.array_equal(pixels[::4, ::4], tiles[4, 5, :, :, 0])
    begun = []

    def dialog(_: object, __: str, start: str, ___: str) -> tuple[str, str]:
        begun.append(Path(start))
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
    key(studio, Qt.Key.Key_E, CONTROL)
    assert begun == [tmp_path / "sheet.png"], "where the last one ended"
    studio.state.query.resample()
    studio.state.inputs.clear()
    assert "was made of" in drop(studio, qtbot, tmp_path / "tile.png")
    assert np.array_equal(newest(studio, qtbot).tiles, tiles)
    assert (studio.state.selection.row, studio.state.selection.column) == (4, 5)


def test_the_menu_of_a_tile_selects_it(studio, qtbot) -> None:
    grid = find(studio, ImageGrid, "imageGrid")
    place = grid.tileRect(1, 2).center()
    grid.customContextMenuRequested.emit(place)
    menu = find(studio, QMenu, "tileMenu")
    assert (studio.state.selection.row, studio.state.selection.column) == (1, 2)
    entries = [entry.text() for entry in menu.actions()]
    assert "&Copy the selected picture" in entries and "Copy the &grid" in entries
    menu.close()
    grid.customContextMenuRequested.emit(QPoint(grid.width() - 1, grid.height() - 1))
    (second,) = [each for each in studio.window.findChildren(QMenu, "tileMenu") if each is not menu]
    assert "&Copy the selected picture" not in [entry.text() for entry in second.actions()]
    second.close()


# ---- tables, events, models ----------------------------------------------------------------------


def test_codes_and_measures_of_a_shipped_model(studio, qtbot, monkeypatch, tmp_path) -> None:
    shipped(studio, "mnist-clusters-small")
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 6, timeout=LONG)
    newest(studio, qtbot)
    answer(monkeypatch, tmp_path / "codes")
    key(studio, Qt.Key.Key_E, CONTROL | SHIFT)
    assert wait_saved(studio, qtbot) == f"Saved {tmp_path / 'codes.csv'}."
    about, rows = read((tmp_path / "codes.csv").read_bytes())
    meta = read_meta(SHIPPED["mnist-clusters-small"])
    mark = fingerprint_of(SHIPPED["mnist-clusters-small"])
    assert about["fingerprint"] == mark and about["step"] == str(meta.step)
    assert len(rows) == 86 and rows[0]["input"] == "1" and int(rows[0]["cluster"]) > 0

    answer(monkeypatch, tmp_path / "measures.csv")
    key(studio, Qt.Key.Key_E, CONTROL | ALT)
    wait_saved(studio, qtbot)
    about, rows = read((tmp_path / "measures.csv").read_bytes())
    assert about["fingerprint"] == mark
    assert {row["measure"] for row in rows} >= set(meta.metrics) - {"not_measured"}


def test_what_there_is_nothing_of_is_told(studio, qtbot, monkeypatch, tmp_path) -> None:
    show(studio, qtbot, TINY)
    answer(monkeypatch, tmp_path / "nothing")
    for pressed, held, why in (
        (Qt.Key.Key_E, CONTROL | ALT, "never measured"),
        (Qt.Key.Key_L, CONTROL | SHIFT, "Losses are of a run"),
    ):
        key(studio, pressed, held)
        assert why in said(studio)
    shipped(studio, "mog-iae")
    key(studio, Qt.Key.Key_E, CONTROL | SHIFT)
    assert "no encoder" in said(studio)
    assert not list(tmp_path.glob("nothing*"))


def test_a_table_on_its_way_is_stopped(studio, qtbot, tmp_path) -> None:
    from iae_studio.export_controller import STOP

    studio.exports.save_codes(tmp_path / "codes.csv")
    assert studio.state.messages.current.actions == (STOP,)
    studio.state.messages.act(STOP)
    newest(studio, qtbot)
    qtbot.wait(200)
    assert said(studio) == "" and not (tmp_path / "codes.csv").exists()


def test_each_file_that_is_asked_for_is_written_or_it_is_told(studio, qtbot, tmp_path) -> None:
    files = [tmp_path / name for name in ("a.csv", "b.csv", "a.safetensors", "b.safetensors")]
    for file in files:
        save = studio.exports.save_codes if file.suffix == ".csv" else studio.exports.save_model
        save(file)
    qtbot.waitUntil(lambda: all(file.exists() for file in files), timeout=LONG)
    qtbot.waitUntil(lambda: studio.state.messages.about("export") is None, timeout=LONG)
    told = []
    studio.state.messages.logged.connect(told.append)
    studio.exports.save_codes(tmp_path / "codes.csv")
    studio.exports.save_model(tmp_path / "mine.safetensors")
    shipped(studio, "mnist-10-small")
    assert any('"codes.csv" were not written' in line for line in told)
    assert 'see whether "mine.safetensors" is there' in said(studio)
    assert studio.state.messages.about("export") is None


def test_a_run_is_saved_as_a_model_and_its_losses_as_events(
    studio, qtbot, monkeypatch, tmp_path
) -> None:
    show(studio, qtbot, TINY)
    train(studio, qtbot, count=5)
    (run,) = list_runs()
    qtbot.waitUntil(lambda: studio.state.displayed.model.path == run.path, timeout=LONG)
    qtbot.waitUntil(lambda: studio.state.answers.rendering.step == run.step, timeout=LONG)
    tiles = newest(studio, qtbot).tiles
    answer(monkeypatch, tmp_path / "mine", EXACT)
    key(studio, Qt.Key.Key_M, CONTROL | SHIFT)
    assert wait_saved(studio, qtbot) == f"Saved {tmp_path / 'mine.safetensors'}."
    pytest.importorskip("tensorboard")
    answer(monkeypatch, tmp_path / "logs")
    key(studio, Qt.Key.Key_L, CONTROL | SHIFT)
    assert f"tensorboard --logdir {tmp_path / 'logs'}" in wait_saved(studio, qtbot)
    assert (tmp_path / "logs" / run.path.name).is_dir()

    inputs = studio.state.inputs.kept()
    studio.state.displayed.select(
        DisplayedModel(model_recipe(SHIPPED["drawn-10"]), SHIPPED["drawn-10"])
    )
    drop(studio, qtbot, tmp_path / "mine.safetensors")
    studio.state.inputs.restore(inputs)
    assert studio.state.displayed.model.path == tmp_path / "mine.safetensors"
    assert np.array_equal(newest(studio, qtbot).tiles, tiles)
