"""A saved picture brings back what it was made of, in a window that knows nothing of it."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, list_runs, model_recipe
from iae_studio.state.training import State
from iae_studio.state.turned import MOST, Settings
from tests.own_images import looking, said
from tests.studio import (
    LONG,
    colour_photo,
    cycle,
    little_data,
    newest,
    press,
    running,
    show,
    steps,
    train,
    wait_state,
)
from trainer.cli import main
from trainer.messages import column_seeds
from trainer.recipe.catalogue import CATALOGUE
from trainer.reporting.state_chunk import read_state

TINY = CATALOGUE["drawn-10"].but(width=4, batch=8)


@pytest.fixture
def few(monkeypatch):
    with little_data(monkeypatch):
        yield


def drop(studio, qtbot, path: Path, alt: bool = False) -> str:
    """Let a picture fall on the window; what the bar says of it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    held = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
    studio.state.messages.show_message(None)
    studio.window.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, left, held))
    qtbot.waitUntil(lambda: said(studio) not in ("", *looking(studio)), timeout=LONG)
    return said(studio)


def shipped(studio, name: str) -> None:
    path = SHIPPED[name]
    studio.state.displayed.select(DisplayedModel(model_recipe(path), path))


def save(studio, qtbot, path: Path) -> np.ndarray:
    """Save the sheet; its pixels."""
    studio.state.messages.show_message(None)
    studio.state.answers.save_sheet(path)
    qtbot.waitUntil(lambda: said(studio) != "", timeout=LONG)
    assert said(studio) == f"Saved {path}."
    return np.asarray(Image.open(path))


def again(studio, qtbot, path: Path, copy: Path) -> np.ndarray:
    """Drop it and save what is shown then."""
    assert "was made of" in drop(studio, qtbot, path)
    newest(studio, qtbot)
    return save(studio, qtbot, copy)


def turn(studio) -> None:
    query = studio.state.query
    query.toggle_lock(2)
    query.set_seed(41)
    query.set_noise_scale(0.5)
    query.set_noise_offsets((1.5, -0.5))
    query.set_code_offsets((0.0, 2.0))


# ---- the same pixels in a fresh window -----------------------------------------------------------


def test_a_shipped_model_with_own_images_in_a_fresh_window(qtbot, own_folders, tmp_path) -> None:
    picture, photo = tmp_path / "sheet.png", colour_photo(tmp_path / "of alice.png")
    with running(own_folders, qtbot, "drawn-10") as studio:
        shipped(studio, "mnist-10-small")
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 6, timeout=LONG)
        studio.state.drops.open_files([photo])
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 7, timeout=LONG)
        turn(studio)
        studio.state.selection.select(3, 4)
        first = newest(studio, qtbot)
        pixels = save(studio, qtbot, picture)
    data = picture.read_bytes()
    assert b"alice" not in data and str(tmp_path).encode() not in data
    drawn = tmp_path / "drawn.png"
    on_the_line = ("reconstruct", "--from", str(picture), "--out", str(drawn))
    assert main([*on_the_line, "mnist-10-small"]) == 0
    assert np.array_equal(np.asarray(Image.open(drawn)), pixels)
    assert main([*on_the_line, "mnist-5-small"]) == 2
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with running(fresh, qtbot, "shoes-small") as studio:
        newest(studio, qtbot)
        told = drop(studio, qtbot, picture)
        assert told.startswith('Showing what "sheet.png" was made of: mnist-10-small, step')
        second = newest(studio, qtbot)
        assert np.array_equal(first.tiles, second.tiles)
        assert studio.state.query.seed == 41 and studio.state.query.locked == {2}
        assert (studio.state.selection.row, studio.state.selection.column) == (3, 4)
        names = [known.name for known in studio.state.inputs.images]
        assert names[0] == "image 1" and names[1].startswith("drawn ")
        assert np.array_equal(save(studio, qtbot, tmp_path / "again.png"), pixels)


def test_all_kinds_of_models(qtbot, own_folders, tmp_path) -> None:
    """CycleIAE, categories, FIAE; of points the plots are the picture."""
    clouds = []
    with running(own_folders, qtbot, "drawn-10") as studio:
        studio.state.answers.clouded.connect(clouds.append)
        for name in ("faces-small", "mnist-clusters-small", "fiae-mnist-small"):
            picture = tmp_path / f"{name}.png"
            studio.state.query.set_view("pictures")
            shipped(studio, name)
            qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 6, timeout=LONG)
            if name == "mnist-clusters-small":
                studio.state.query.set_view("clusters")
                qtbot.waitUntil(lambda: studio.state.answers.clusters is not None, timeout=LONG)
            else:
                newest(studio, qtbot)
            studio.state.query.set_seed(5)
            pixels = save(studio, qtbot, picture)
            shipped(studio, "drawn-10")
            studio.state.query.set_view("pictures")
            newest(studio, qtbot)
            assert "was made of" in drop(studio, qtbot, picture)
            qtbot.waitUntil(lambda: not studio.state.answers.nothing_to_save(), timeout=LONG)
            assert np.array_equal(save(studio, qtbot, tmp_path / "again.png"), pixels)

        shipped(studio, "mog-iae")
        studio.state.query.set_seed(3)
        qtbot.waitUntil(lambda: answered(studio, clouds), timeout=LONG)
        first = clouds[-1]
        save(studio, qtbot, tmp_path / "points.png")
        shipped(studio, "drawn-10")
        studio.state.query.set_seed(4)
        newest(studio, qtbot)
        assert "mog-iae, step" in drop(studio, qtbot, tmp_path / "points.png")
        qtbot.waitUntil(lambda: answered(studio, clouds), timeout=LONG)
        assert clouds[-1] is not first and np.array_equal(clouds[-1].fake, first.fake)


def answered(studio, clouds: list) -> bool:
    return bool(clouds) and clouds[-1].stamp >= studio.state.answers.probe().stamp


def test_untrained_weights_a_training_and_a_run_at_rest(qtbot, own_folders, tmp_path, few) -> None:
    live, rest, untrained = (tmp_path / name for name in ("live.png", "rest.png", "none.webp"))
    with running(own_folders, qtbot, "mog-iae") as studio:
        show(studio, qtbot, cycle("shoes-small"))
        pixels = save(studio, qtbot, untrained)
        show(studio, qtbot, TINY)
        assert np.array_equal(again(studio, qtbot, untrained, tmp_path / "b.webp"), pixels)
        assert "untrained" in drop(studio, qtbot, untrained)
        show(studio, qtbot, TINY)
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) >= 3, timeout=LONG)
        rendering = studio.state.answers
        qtbot.waitUntil(
            lambda: rendering.rendering is not None and rendering.rendering.step > 0, timeout=LONG
        )
        pixels = save(studio, qtbot, live)
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
        newest(studio, qtbot)
        rested = save(studio, qtbot, rest)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (run,) = list_runs()
    with running(fresh, qtbot, "mog-iae") as studio:
        for picture, wanted in ((live, pixels), (rest, rested)):
            assert "was made of" in drop(studio, qtbot, picture)
            qtbot.waitUntil(lambda: studio.state.time.moment is not None, timeout=LONG)
            newest(studio, qtbot)
            assert studio.state.displayed.model.path == run.path
            assert np.array_equal(save(studio, qtbot, tmp_path / "again.png"), wanted)


# ---- what stays as it is -------------------------------------------------------------------------


def test_with_alt_all_comes_back_but_the_noise_and_several_are_images(
    qtbot, own_folders, tmp_path
) -> None:
    with running(own_folders, qtbot, "drawn-10") as studio:
        shipped(studio, "mnist-10-small")
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 6, timeout=LONG)
        turn(studio)
        newest(studio, qtbot)
        save(studio, qtbot, tmp_path / "sheet.png")
        query = studio.state.query
        query.restore(Settings(seed=7, seeds=column_seeds(7, MOST), noise_scale=1.5))
        studio.state.inputs.clear()
        assert "but for the noise" in drop(studio, qtbot, tmp_path / "sheet.png", alt=True)
        assert (query.seed, query.noise_scale, query.locked) == (7, 1.5, frozenset())
        assert query.code_offsets == (0.0, 2.0) and query.noise_offsets == ()
        assert len(studio.state.inputs.images) == 6
        drop(studio, qtbot, tmp_path / "sheet.png")
        assert (query.seed, query.noise_scale, query.locked) == (41, 0.5, {2})

        two = [tmp_path / "sheet.png", tmp_path / "other.png"]
        two[1].write_bytes(two[0].read_bytes())
        studio.state.inputs.clear()
        studio.state.drops.open_files(two)
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) == 2, timeout=LONG)

        studio.state.requests.without_noise |= {"gone.png"}  # by Alt: not for a later drop
        studio.state.drops.open_files([tmp_path / "gone.png"])
        qtbot.waitUntil(lambda: not studio.state.requests.without_noise, timeout=LONG)


def test_without_its_model_a_picture_is_an_image_and_on_a_full_disk_it_is_saved_alone(
    qtbot, own_folders, tmp_path, few, monkeypatch
) -> None:
    with running(own_folders, qtbot, "mog-iae") as studio:
        show(studio, qtbot, TINY)
        train(studio, qtbot, count=5)
        qtbot.waitUntil(lambda: studio.state.displayed.model.is_run, timeout=LONG)
        newest(studio, qtbot)
        save(studio, qtbot, tmp_path / "sheet.png")
        (run,) = list_runs()
        moved = run.path.rename(tmp_path / "elsewhere")
        shipped(studio, "drawn-10")
        newest(studio, qtbot)
        rows = len(studio.state.inputs.images)
        told = drop(studio, qtbot, tmp_path / "sheet.png")
        assert f"was trained by drawn-10 to step {run.step:,}. Train it, or ask" in told
        assert "opened as an image" in told
        assert len(studio.state.inputs.images) == rows + 1
        assert studio.state.displayed.model.path == SHIPPED["drawn-10"]
        shipped(studio, "mog-iae")
        told = drop(studio, qtbot, tmp_path / "sheet.png")
        assert "Train it, or ask" in told and "choose one of images" in told
        assert "opened as an image" not in told, "points take none"
        moved.rename(run.path)
        assert "was made of" in drop(studio, qtbot, tmp_path / "sheet.png")

        studio.state.time.look_at(None)
        qtbot.waitUntil(lambda: studio.state.time.live, timeout=LONG)
        newest(studio, qtbot)
        monkeypatch.setattr("trainer.exploring.keeping.export_model", full)
        studio.state.answers.save_sheet(tmp_path / "alone.png")
        qtbot.waitUntil(lambda: said(studio).startswith("Saved"), timeout=LONG)
        assert "without what it takes" in said(studio)
        assert read_state(tmp_path / "alone.png") is None


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
