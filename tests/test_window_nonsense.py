"""Whatever lies on the disk, the window opens with its experiments and a model, and names it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import ChosenFolders, Folders
from iae_studio.state.library import read_contents
from iae_studio.state.messages import Message
from iae_studio.state.model_files import SHIPPED, Run, find_runs
from iae_studio.views.recipe_list import RecipeList
from tests.crafted import with_option
from tests.odd import ODD_JSON
from tests.studio import LONG, find, newest, running, wait_for_tiles
from tests.tiny import recipe_of, trained
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import STATE, RunFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")


def good_run(folder: Path, name: str = "mog-iae") -> Path:
    state, _ = trained(recipe_of(name), 2)
    RunFolder.create(folder, recipe_of(name)).save(state)
    return folder


def changed(folder: Path, **values: object) -> None:
    """A run whose recipe.json holds other values."""
    RunFolder.create(folder, recipe_of("mog-iae"))
    file = folder / "recipe.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def raw(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "recipe.json").write_bytes(content)


def deep_in_a_good_one(folder: Path) -> None:
    raw(folder, b'{"format": 2, "began": "2026", "recipe": {"about": ' + b"[" * 100_000)


def piped(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / "recipe.json")


def piped_state(folder: Path) -> None:
    RunFolder.create(folder, recipe_of("mog-iae"))
    os.mkfifo(folder / STATE)


def foldered(folder: Path) -> None:
    (folder / "recipe.json").mkdir(parents=True)


def looped(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(folder)


def huge(folder: Path) -> None:
    raw(folder, b"")
    with (folder / "recipe.json").open("r+b") as file:
        file.truncate(1 << 40)  # of nothing


def cut(folder: Path) -> None:
    good_run(folder)
    content = (folder / STATE).read_bytes()
    (folder / STATE).write_bytes(content[: len(content) // 2])


def odd_step(folder: Path, step: str) -> None:
    good_run(folder)
    save_file(load_file(folder / STATE), folder / STATE, {"step": step})


NONSENSE: dict[str, Callable[[Path], object]] = {
    "began null": lambda f: changed(f, began=None),
    "began a list": lambda f: changed(f, began=[["2026"]]),
    "10**400": lambda f: changed(f, began=10**400),
    "a step of 10**400": lambda f: changed(f, recipe={"about": {"name": 10**400}}),
    "5000 digits": lambda f: raw(f, b'{"began": ' + b"9" * 5000 + b"}"),
    "deep": lambda f: raw(f, b"[" * 100_000),
    "deep inside": deep_in_a_good_one,
    "a list": lambda f: raw(f, b"[]"),
    "empty": lambda f: raw(f, b""),
    "binary": lambda f: raw(f, bytes(range(256))),
    "newer": lambda f: changed(f, format=3),
    "much newer": lambda f: changed(f, format=10**400),
    "format of words": lambda f: changed(f, format="two"),
    "losses": lambda f: changed(f, losses=["one of a later version"]),
    "losses of nothing": lambda f: changed(f, losses=[None]),
    "recipe of nothing": lambda f: changed(f, recipe=None),
    "recipe of lists": lambda f: changed(f, recipe={"about": [], "data": [], "model": []}),
    "a newer option": lambda f: changed(f, recipe=_with("model", "heads", 8)),
    "a newer model": lambda f: changed(f, recipe=_with("model", "kind", "diffusion")),
    "a newer data set": lambda f: changed(f, recipe=_with("data", "name", "imagenet")),
    "a newer choice": lambda f: changed(f, recipe=_with("model", "posterior", "flow")),
    "a pipe": piped,
    "a pipe of a state": piped_state,
    "a folder": foldered,
    "a loop": looped,
    "huge": huge,
    "a cut state": cut,
    "a step of words": lambda f: odd_step(f, "many"),
    "a step of 400 digits": lambda f: odd_step(f, "9" * 400),
    "a step below 0": lambda f: odd_step(f, "-5"),
}
NEWER = ("newer", "much newer", "a newer option", "a newer model", "a newer data set",
         "a newer choice", "losses")  # fmt: skip


def _with(part: str, name: str, value: object) -> dict[str, object]:
    values = recipe_of("mog-iae").to_mapping()
    values[part][name] = value
    return values


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


# ---- a model that cannot be loaded ---------------------------------------------------------------


def rewritten(path: Path, **meta: str) -> Path:
    with safe_open(str(SHIPPED["drawn-10"]), "pt") as file:
        known = file.metadata()
    save_file(load_file(SHIPPED["drawn-10"]), path, known | meta)
    return path


def other_weights(path: Path) -> Path:
    """Whole, and of another recipe than it says."""
    with safe_open(str(SHIPPED["drawn-10"]), "pt") as file:
        recipe = file.metadata()["recipe"]
    return rewritten(path, recipe=with_option(recipe, "model.width", 5))


def damaged(path: Path, content: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(content(SHIPPED["drawn-10"].read_bytes()))
    return path


def flipped(data: bytes) -> bytes:
    """One bit of the header."""
    return data[:20] + bytes([data[20] ^ 1]) + data[21:]


MODELS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "newer": (lambda p: rewritten(p, kind="iae-studio model 3"), "newer version.*update"),
    "a newer recipe": (lambda p: rewritten(p, recipe='{"format": 3}'), "newer version.*update"),
    "no step": (lambda p: rewritten(p, step="9" * 400), "damaged"),
    "deep": (lambda p: rewritten(p, recipe="[" * 100_000), "damaged"),
    "cut": (lambda p: damaged(p, lambda data: data[:-1000]), "damaged or cut short.*copy"),
    "cut early": (lambda p: damaged(p, lambda data: data[:100]), "damaged or cut short.*copy"),
    "empty": (lambda p: damaged(p, lambda data: b""), "damaged or cut short.*copy"),
    "a web page": (lambda p: damaged(p, lambda _: b"<!doctype html><p>404"), "damaged or cut"),
    "a flipped bit": (lambda p: damaged(p, flipped), "damaged|does not fit"),
    "others' weights": (other_weights, "does not fit"),
}


@pytest.mark.parametrize("kind", MODELS)
def test_a_model_that_cannot_be_loaded_leaves_the_shown_one(
    kind: str, qtbot, own_folders: Path, tmp_path: Path
) -> None:
    make, told = MODELS[kind]
    file = make(tmp_path / "shared.safetensors")
    with running(own_folders, qtbot) as studio:
        before = newest(studio, qtbot)
        model = studio.state.displayed.model
        studio.state.inputs.open_files([file])
        messages = studio.state.messages
        qtbot.waitUntil(lambda: messages.current is not None, timeout=LONG)
        assert messages.current.error and re.search(told, messages.current.text)
        assert "shared.safetensors" in messages.current.text
        assert studio.state.displayed.model == model
        assert studio.state.answers.rendering is before


def test_a_run_that_was_damaged_since_leaves_the_shown_model(qtbot, own_folders: Path) -> None:
    state, _ = trained(recipe_of("drawn-10"), 2)
    run = runs_root() / "run"
    RunFolder.create(run, recipe_of("drawn-10")).save(state)
    with running(own_folders, qtbot) as studio:
        before = newest(studio, qtbot)
        model = studio.state.displayed.model
        (run / STATE).write_bytes((run / STATE).read_bytes()[:-500])
        studio.state.library.choose(DisplayedModel(recipe_of("drawn-10"), run))
        qtbot.waitUntil(lambda: "damaged or cut short" in said(studio), timeout=LONG)
        qtbot.waitUntil(lambda: studio.state.displayed.model == model, timeout=LONG)
        after = newest(studio, qtbot)
        assert after.step == before.step and np.array_equal(after.tiles[0], before.tiles[0])
        assert "damaged or cut short" in said(studio), "and it is still told"
        shutil.rmtree(run)
        studio.state.library.choose(DisplayedModel(recipe_of("drawn-10"), run))
        qtbot.waitUntil(lambda: "does not exist" in said(studio), timeout=LONG)
        qtbot.waitUntil(lambda: studio.state.displayed.model == model, timeout=LONG)
        newest(studio, qtbot)
        assert "does not exist" in said(studio)


def said(studio) -> str:
    message = studio.state.messages.current
    return message.text if message is not None else ""


# ---- saving a sheet ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "written", "kind"),
    [
        ("mysheet", "mysheet.png", "PNG"),
        ("v 1.5", "v 1.5.png", "PNG"),
        ("a.jpg", "a.jpg", "JPEG"),
        ("a.webp", "a.webp", "WEBP"),
    ],
)
def test_a_sheet_is_what_its_name_says(
    qtbot, own_folders: Path, tmp_path: Path, monkeypatch, typed: str, written: str, kind: str
) -> None:
    place = tmp_path / "sheets"
    place.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place / typed), ""))
    with running(own_folders, qtbot) as studio:
        newest(studio, qtbot)
        studio.window.dialogs.save_sheet()
        qtbot.waitUntil((place / written).exists, timeout=LONG)
        with Image.open(place / written) as picture:
            assert picture.format == kind
        messages = studio.state.messages
        qtbot.waitUntil(lambda: messages.current is not None, timeout=LONG)
        assert written in messages.current.text
        if typed != written:  # nobody was asked about that name
            studio.window.dialogs.save_sheet()
            qtbot.waitUntil(lambda: messages.current.error, timeout=LONG)
            assert "there already" in messages.current.text


def test_a_sheet_in_no_kind_of_picture_is_refused(
    qtbot, own_folders: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.pdf"), ""))
    with running(own_folders, qtbot) as studio:
        newest(studio, qtbot)
        studio.window.dialogs.save_sheet()
        messages = studio.state.messages
        qtbot.waitUntil(lambda: messages.current is not None, timeout=LONG)
        assert ".png" in messages.current.text and messages.current.error
        assert not (tmp_path / "a.pdf").exists()
