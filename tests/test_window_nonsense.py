"""Whatever lies in the place of runs, data and settings, the window opens and names it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QPlainTextEdit

from iae_studio.state.folders import ChosenFolders, Folders
from iae_studio.state.library import read_contents
from iae_studio.state.messages import Message
from iae_studio.state.model_files import Run, find_runs
from iae_studio.views.recipe_list import RecipeList
from tests.nonsense import NEWER, NONSENSE, good_run, looped, raw
from tests.odd import ODD_JSON
from tests.own_images import said
from tests.studio import LONG, find, running, wait_for_tiles
from tests.tiny import recipe_of
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import runs_root

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_run_of_nonsense_is_named_and_left_out(kind: str, tmp_path: Path) -> None:
    good_run(tmp_path / "good")
    NONSENSE[kind](tmp_path / "odd one")
    (tmp_path / "notes.txt").write_text("no run")
    (tmp_path / "just made").mkdir()
    runs = find_runs(tmp_path)
    assert [run.path.name for run in runs.readable] == ["good"]
    assert list(runs.damaged) == ["odd one"]
    why = runs.damaged["odd one"]
    assert len(why) < 400
    told = str(runs)
    assert told.startswith("1 of 2 runs cannot be read: odd one (") and "\n" not in told
    if kind in NEWER:
        assert "newer version" in why and "update" in why


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.binary(max_size=200)
    | ODD_JSON.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from(["format", "began", "losses", "recipe"]), ODD_JSON).map(
        lambda values: json.dumps({**_BEGUN, **values}).encode()
    )
)
def test_no_recipe_file_hides_the_other_runs(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        raw(Path(name) / "odd", content)
        raw(Path(name) / "good", json.dumps(_BEGUN).encode())
        runs = find_runs(Path(name))
        assert "good" in [run.path.name for run in runs.readable]
        assert len(runs.readable) + len(runs.damaged) == 2


_BEGUN = {
    "format": 2,
    "began": "2026-01-01 10:00:00",
    "recipe": recipe_of("mog-iae").to_mapping(),
}


@pytest.mark.parametrize("what", ["a file", "a loop", "too long", "no folder's name"])
def test_a_folder_of_data_that_cannot_be_read_is_named(what: str, tmp_path: Path) -> None:
    place = {
        "a file": tmp_path / "file",
        "a loop": tmp_path / "loop",
        "too long": tmp_path / ("n" * 300),
        "no folder's name": tmp_path / "a\0b",
    }[what]
    (tmp_path / "file").write_text("mine")
    looped(tmp_path / "loop")
    contents = read_contents(Folders({"mnist": str(place)}, str(place)))
    assert contents.ready["mnist"] is False and contents.ready["drawn-digits"] is True
    (told,) = contents.problems
    assert place.name.replace("\0", "\\x00")[:40] in told
    assert read_contents(Folders({"mnist": str(tmp_path / "gone")})).problems == ()


def test_runs_in_the_place_of_a_file_are_told(own_folders: Path) -> None:
    runs_root().parent.mkdir(parents=True)
    runs_root().write_text("mine")
    (told,) = read_contents(Folders()).problems
    assert told.startswith("The runs are not there: ") and str(runs_root()) in told


# ---- the window ----------------------------------------------------------------------------------


def garbage(folder: Path) -> None:
    """Settings that another program, or a version to come, might have left."""
    odd = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    for name, value in {
        "geometry": QByteArray(b"\xff" * 50),
        "state": "no layout",
        "dark": ["perhaps"],
        "folder": 7,
        "data": ["/a", "/b"],
        "data/mnist": {"a": 1},
        "data/svhn": str(folder / "file"),
        "data/nothing": "",
        "data/celeba": "n" * 300,
        "recipe": ["drawn-10"],
    }.items():
        odd.setValue(name, value)
    odd.sync()


def test_the_window_opens_on_a_disk_of_nonsense(qtbot, own_folders: Path) -> None:
    (own_folders / "file").write_text("mine")
    garbage(own_folders)
    good = good_run(runs_root() / "good")
    for place, kind in enumerate(NONSENSE):
        NONSENSE[kind](runs_root() / f"odd {place:02}")
    with running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        tree = find(studio, RecipeList, "recipeList")
        qtbot.waitUntil(lambda: len(tree.items()) > len(CATALOGUE), timeout=LONG)
        assert len(tree.recipe_items()) == len(CATALOGUE)
        message = studio.state.messages.current
        assert message is not None and message.error
        assert f"{len(NONSENSE)} of {len(NONSENSE) + 1} runs cannot be read" in message.text
        assert "odd 00 (" in message.text and "odd 02 and" in message.text
        assert str(own_folders / "file") in message.text
        log = find(studio, QPlainTextEdit, "logText").toPlainText()
        assert all(f"odd {place:02}: " in log for place in range(len(NONSENSE)))
        assert any(run.path == good for run in read_contents(Folders()).runs)
        studio.state.messages.show_message(None)
        studio.state.library.refreshWanted.emit()  # it is told once
        qtbot.wait(300)
        assert studio.state.messages.current is None


def test_each_damaged_run_is_told_once(qtbot, own_folders: Path) -> None:
    raw(runs_root() / "old", b"null")
    with running(own_folders, qtbot, "mog-iae") as studio:
        messages, library, log = studio.state.messages, studio.state.library, []
        qtbot.waitUntil(lambda: "1 run cannot be read: old" in said(studio), timeout=LONG)
        messages.logged.connect(log.append)
        messages.show_message(None)
        good_run(runs_root() / "a good one more")
        library.refreshWanted.emit()
        qtbot.waitUntil(lambda: len(read_shown(studio)) == 1, timeout=LONG)
        assert said(studio) == "", "the number of good runs is no news"
        messages.show_message(Message("Training on A: 20 of 21 images"))
        raw(runs_root() / "later", b"{}")
        library.refreshWanted.emit()
        qtbot.waitUntil(lambda: any(line.startswith("later: ") for line in log), timeout=LONG)
        assert said(studio) == "Training on A: 20 of 21 images"
        assert not any("old" in line for line in log)
        messages.show_message(None)
        (runs_root() / "old" / "recipe.json").write_bytes(b"")
        library.refreshWanted.emit()
        qtbot.waitUntil(lambda: "1 of 2 runs cannot be read: old" in said(studio), timeout=LONG)
        assert "later" not in said(studio)


def read_shown(studio) -> tuple[Run, ...]:
    return studio.state.library.entry(CATALOGUE["mog-iae"]).runs


def test_settings_of_other_kinds_name_no_folder(own_folders: Path) -> None:
    garbage(own_folders)
    odd = QSettings(str(own_folders / "settings.ini"), QSettings.Format.IniFormat)
    chosen = ChosenFolders(odd).now()
    assert chosen.common == "" and chosen.chosen["mnist"] == ""
    assert chosen.of("mnist") is None
