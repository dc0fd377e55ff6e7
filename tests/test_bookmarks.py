"""Bookmarks: kept, found again after another start, to the same pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListView

from iae_studio.app import Studio
from iae_studio.state.bookmarks import Bookmark
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.exploration import Exploration, exploration
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.training import State
from iae_studio.threads import bookmark_archives, bookmark_files
from tests.studio import (
    LONG,
    colour_photo,
    cycle,
    find,
    little_data,
    newest,
    press,
    running,
    show,
    steps,
    wait_state,
)
from tests.tiny import CPU
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import render
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import bookmarks_root


def shipped(studio: Studio, qtbot, name: str) -> None:
    path = SHIPPED[name]
    studio.state.displayed.select(DisplayedModel(model_recipe(path), path))
    if not studio.state.displayed.recipe.two_dimensional:
        qtbot.waitUntil(lambda: not studio.state.inputs.pending, timeout=LONG)
        assert studio.state.inputs.images


def turn(studio: Studio) -> None:
    """Sliders, seeds, locks, columns, a tile."""
    query = studio.state.query
    query.toggle_lock(1)
    query.set_seed(7)
    query.set_noise_scale(0.75)
    query.set_noise_offsets((1.25, -0.5))
    if studio.state.displayed.recipe.model.noise:
        query.set_columns(5)
    studio.state.selection.select(1, 2)


def bookmark(studio: Studio, qtbot) -> Bookmark:
    count = len(studio.state.bookmarks.all)
    QTest.keyClick(studio.window, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(studio.state.bookmarks.all) > count, timeout=LONG)
    return studio.state.bookmarks.all[-1]


def seen(studio: Studio) -> Exploration:
    now = exploration(studio.state)
    inputs = tuple((known.name, known.seen.tobytes()) for known in now.inputs.inputs)
    return replace(now, inputs=inputs, marks=())


def reopen(studio: Studio, qtbot, place: int) -> None:
    """By a double click's own signal, as the list tells it."""
    view = studio.window.view("bookmarks").view()
    qtbot.waitUntil(lambda: len(studio.state.bookmarks.all) > place, timeout=LONG)
    view.choose(place)
    shown = []
    studio.state.messages.logged.connect(shown.append)
    QTest.keyClick(find(studio, QListView, "bookmarkList"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any("Showing the bookmark" in line for line in shown), timeout=LONG)


SHOWN = ["drawn-10", "mnist-clusters-small", "shoes-small", "faces-small"]


def test_after_another_start_every_bookmark_shows_the_same_pixels(
    qtbot, own_folders, tmp_path, monkeypatch
) -> None:
    tiles, states = [], []
    photo = colour_photo(tmp_path / "flag.png")
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        for name in SHOWN:
            shipped(studio, qtbot, name)
            turn(studio)
            studio.state.drops.open_files([photo])
            qtbot.waitUntil(
                lambda: any(known.name == "flag.png" for known in studio.state.inputs.images),
                timeout=LONG,
            )
            tiles.append(newest(studio, qtbot).tiles)
            made = bookmark(studio, qtbot)
            assert made.thumbnail.startswith(b"\x89PNG")
            states.append(seen(studio))
        studio.state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))  # untrained
        studio.state.query.set_seed(3)
        qtbot.waitUntil(lambda: not studio.state.inputs.pending, timeout=LONG)
        tiles.append(newest(studio, qtbot).tiles)
        bookmark(studio, qtbot)
        states.append(seen(studio))
    photo.unlink()
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as studio:
        for place in (*range(1, len(tiles)), 0):
            kept = bookmark_files.read().bookmarks[place]  # as a film reads it
            if kept.fingerprint:
                weights = load_snapshot(bookmark_files.weights_of(kept), CPU)
                answer = render(weights, bookmark_files.probe_of(kept))
                assert np.array_equal(answer.tiles, tiles[place])
            reopen(studio, qtbot, place)
            assert np.array_equal(newest(studio, qtbot).tiles, tiles[place]), place
            now = seen(studio)
            assert now.model.path == states[place].model.path
            assert now.settings == states[place].settings
            assert (now.row, now.column) == (states[place].row, states[place].column)
            assert now.inputs == states[place].inputs


def test_of_a_live_training_the_weights_of_that_moment_come_back(
    qtbot, own_folders, monkeypatch
) -> None:
    recipe = cycle("shoes-small")
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        show(studio, qtbot, recipe)
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) >= 2, timeout=LONG)
        studio.state.training.toggle_pause()
        wait_state(studio, qtbot, State.PAUSED)
        qtbot.waitUntil(lambda: studio.state.answers.facts.step > 0, timeout=LONG)
        live = bookmark(studio, qtbot)
        with qtbot.waitSignal(studio.state.answers.rendered, timeout=LONG):
            studio.state.answers.ask()
        tiles = newest(studio, qtbot).tiles
        assert studio.state.answers.rendering.step == live.step
        studio.state.training.toggle_pause()
        qtbot.waitUntil(lambda: steps(studio) >= live.step + 3, timeout=LONG)
        press(studio, qtbot, "stopButton")
        qtbot.waitUntil(lambda: studio.state.displayed.model.live is False, timeout=LONG)
        last = steps(studio)
        qtbot.waitUntil(lambda: studio.state.answers.rendering.step == last, timeout=LONG)
        resting = newest(studio, qtbot).tiles
        rested = bookmark(studio, qtbot)
        assert rested.step > live.step and not np.array_equal(tiles, resting)
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        for place, wanted in enumerate((tiles, resting)):
            reopen(studio, qtbot, place)
            assert studio.state.displayed.model.is_run
            assert studio.state.time.step == (live, rested)[place].step
            assert np.array_equal(newest(studio, qtbot).tiles, wanted)


def test_one_made_while_comparing_shows_its_pictures_and_leaves_the_comparison(
    qtbot, own_folders
) -> None:
    with running(own_folders, qtbot) as studio:
        shipped(studio, qtbot, "drawn-10")
        QTest.keyClick(studio.window, Qt.Key.Key_4)
        QTest.keyClick(studio.window, Qt.Key.Key_C)
        compared = studio.state.comparing.models
        assert studio.state.query.view == "compare" and len(compared) == 1
        made = bookmark(studio, qtbot)
        studio.state.query.set_seed(11)
        reopen(studio, qtbot, 0)
        assert studio.state.query.view == "pictures", "another model may be compared by now"
        assert studio.state.query.seed == made.settings.seed != 11
        assert studio.state.comparing.models == compared


def test_points_and_their_seed_come_back_and_images_stay(qtbot, own_folders) -> None:
    with running(own_folders, qtbot, "drawn-10") as studio:
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
        shipped(studio, qtbot, "mog-iae")
        studio.state.query.set_seed(11)
        with qtbot.waitSignal(studio.state.answers.clouded, timeout=LONG):
            studio.state.answers.ask()
        bookmark(studio, qtbot)
        shipped(studio, qtbot, "drawn-10")
        newest(studio, qtbot)
        clouds = []
        studio.state.answers.clouded.connect(clouds.append)
        reopen(studio, qtbot, 0)
        qtbot.waitUntil(lambda: len(clouds) > 0, timeout=LONG)
        assert studio.state.query.seed == 11
        shipped(studio, qtbot, "drawn-10")
        assert studio.state.inputs.images


def test_an_exported_one_is_opened_by_a_drop_elsewhere(
    qtbot, own_folders, tmp_path, monkeypatch
) -> None:
    file = tmp_path / "mine.bookmark.zip"
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        show(studio, qtbot, CATALOGUE["drawn-10"].but(width=8))
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: steps(studio) >= 2, timeout=LONG)
        press(studio, qtbot, "stopButton")
        qtbot.waitUntil(
            lambda: studio.state.displayed.model.is_run and not studio.state.displayed.model.live,
            timeout=LONG,
        )
        turn(studio)
        tiles = newest(studio, qtbot).tiles
        made = bookmark(studio, qtbot)
        studio.bookmarks.export(made, file)
        qtbot.waitUntil(file.exists, timeout=LONG)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "another computer"))
    data = file.read_bytes()
    assert str(tmp_path).encode() not in data
    with little_data(monkeypatch), running(tmp_path / "new", qtbot) as studio:
        studio.state.drops.open_files([file])
        qtbot.waitUntil(lambda: studio.state.query.seed == 7, timeout=LONG)
        assert np.array_equal(newest(studio, qtbot).tiles, tiles)
        assert studio.state.displayed.model.path.parent.parent == bookmarks_root()
        facts = find(studio, QLabel, "modelFacts")
        qtbot.waitUntil(lambda: "weights of a bookmark, step" in facts.text(), timeout=LONG)


def test_what_lacks_is_said_and_nothing_else_changes(qtbot, own_folders) -> None:
    with running(own_folders, qtbot) as studio:
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
        newest(studio, qtbot)
        made = bookmark(studio, qtbot)
        lost = replace(made, fingerprint="0" * 64, weights="")
        before = seen(studio)
        studio.state.bookmarks.openWanted.emit(lost)
        qtbot.waitUntil(
            lambda: (
                "weights of this bookmark" in (studio.state.messages.current or made).text
                if studio.state.messages.current
                else False
            ),
            timeout=LONG,
        )
        assert seen(studio) == before
        with pytest.raises(Exception, match="not on this computer"):
            bookmark_archives.export(lost, Path("x.zip"))


def test_a_bookmark_of_a_window_that_closes_at_once_is_kept(
    qtbot, own_folders, tmp_path, monkeypatch
) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        shipped(studio, qtbot, "drawn-10")
        picture = tmp_path / "picture.png"
        studio.state.selection.select(0, 0)
        newest(studio, qtbot)
        studio.pictures.save_tile(picture)
        QTest.keyClick(studio.window, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
        studio.window.close()
    assert len(bookmark_files.read().bookmarks) == 1
    assert picture.is_file(), "nor is a picture lost that was to be saved"


def test_that_another_model_came_first_is_told(qtbot, own_folders, monkeypatch) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        shipped(studio, qtbot, "drawn-10")
        QTest.keyClick(studio.window, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
        studio.state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
        assert "before the bookmark's weights were kept" in studio.state.messages.current.text
