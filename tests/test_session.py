"""What was explored is back after a crash; a damaged file of it never keeps a window shut."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton, QSpinBox, QToolButton

from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input, spec_of
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.session import Explored, Picture, Session, parsed
from iae_studio.state.turned import Settings
from iae_studio.threads import session_file
from iae_studio.threads.session_file import SessionFile
from iae_studio.widgets.elided_label import WrappedLabel
from tests.studio import (
    LONG,
    colour_photo,
    find,
    little_data,
    newest,
    press,
    running,
    show,
    train,
    wait_for_tiles,
)
from trainer.exploring.questions.directions import RAW
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import session_root

ROOT = Path(__file__).parent.parent


def session(**more: object) -> Session:
    base = {
        "recipe": CATALOGUE["drawn-10"],
        "path": "",
        "step": 0,
        "tests": 3,
        "pictures": (),
        "settings": Settings(seed=7, noise_scale=0.5, locked=frozenset({1})),
    }
    return Session(**{**base, **more})


def write(folder: Path, content: object) -> SessionFile:
    folder.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "session.json").write_text(text)
    return SessionFile(folder)


# ---- the file ------------------------------------------------------------------------------------


def test_a_session_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = session()
    assert parsed(json.loads(json.dumps(kept.to_mapping()))) == kept
    found = write(tmp_path, kept.to_mapping()).read()
    assert found.session == kept
    assert found.model == DisplayedModel(kept.recipe)


WRONG = {
    "format": 0,
    "moment": -1,
    "selected": [1, 1e9],
    "recipe": {"name": "../../x"},
    "path": 5,
    "step": -1,
    "tests": 10**30,
    "pictures": [{"name": "a", "place": "", "kept": "../../../etc/passwd", "grey_range": ""}],
    "settings.seed": True,
    "settings.seeds": [1, 2, 3],
    "settings.locked": [99],
    "settings.noise_scale": math.nan,
    "settings.code_offsets ": [10**400],
    "settings.code_offsets": [1e300],
    "settings.noise_offsets": "1.5",
    "settings.raw_code": 1,
    "settings.code_here": 1,
    "settings.wanted_columns": 1,
    "settings.noise_axes": [[1.0], [1.0, 2.0]],
    "settings": [],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_damaged_or_foreign_is_not_taken(tmp_path: Path, name: str) -> None:
    content = session().to_mapping()
    part, _, key = name.partition(".")
    if key := key.strip():
        content[part] = {**content[part], key: WRONG[name]}
    else:
        content[part] = WRONG[name]
    assert write(tmp_path, content).read() is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "\0" * 40])
def test_what_is_no_session_at_all_is_not_taken(tmp_path: Path, text: str) -> None:
    assert write(tmp_path, text).read() is None


@pytest.mark.parametrize(("number", "ending"), [(2, "newer"), ("x", "damaged")])
def test_what_cannot_be_read_is_set_aside_with_a_word(tmp_path: Path, number, ending) -> None:
    file = write(tmp_path, {**session().to_mapping(), "format": number})
    assert file.read() is None
    assert f"session.json.{ending}" in file.told
    assert json.loads((tmp_path / f"session.json.{ending}").read_text())["format"] == number
    assert not (tmp_path / "session.json").exists()


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    content = session().to_mapping()
    del content["moment"], content["selected"]
    assert write(tmp_path, content).read().session == session()


def test_only_a_window_that_did_not_end_in_order_is_cut_off(tmp_path: Path) -> None:
    first, second = write(tmp_path, session().to_mapping()), SessionFile(tmp_path)
    first.read()
    second.read()
    assert not first.cut_off and not second.cut_off, "two windows at once"
    first.end()
    third = SessionFile(tmp_path)
    third.read()
    assert not third.cut_off
    third._lock.release()  # as the system does of a process that is killed
    fourth = SessionFile(tmp_path)
    fourth.read()
    assert fourth.cut_off
    fourth.end()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "session.json")
    found: list[object] = [1]
    thread = threading.Thread(
        target=lambda: found.append(SessionFile(tmp_path).read()), daemon=True
    )
    thread.start()
    thread.join(5)
    assert found[-1] is None


def test_starts_that_come_to_nothing_do_not_read_it_for_ever(tmp_path: Path) -> None:
    file = write(tmp_path, session().to_mapping())
    for _ in range(session_file.MOST_TRIES):
        assert file.read() is not None  # and the program died of it
    assert file.read() is None
    assert file.read() is not None, "another program, perhaps"


def test_sliders_of_other_weights_are_left_out(tmp_path: Path) -> None:
    path = SHIPPED["drawn-10"]
    turned = Settings(seed=7, code_offsets=(1.0, 2.0), noise_scale=0.25)
    recipe = model_recipe(path)
    other = session(recipe=recipe, path=str(path), step=1, settings=turned)
    found = write(tmp_path, other.to_mapping()).read()
    assert found.model.path == path
    assert found.session.settings == Settings(seed=7)


@pytest.mark.parametrize("name", ["gone.safetensors", "a\ud800b", "n" * 3000, "folder"])
def test_a_model_that_is_gone_costs_nothing_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    gone = session(path=str(tmp_path / name))
    found = write(tmp_path, gone.to_mapping()).read()
    assert found.model is None
    assert found.session.settings.seed == 7


@pytest.mark.parametrize("place", ["/dev/zero", "a\ud800b", "", "folder", "gone.png"])
def test_an_image_that_is_none_any_more_is_left_out(tmp_path: Path, place: str) -> None:
    photo = colour_photo(tmp_path / "flag.png")
    pictures = (Picture("a", place), Picture("flag.png", str(photo)))
    spec = spec_of(CATALOGUE["drawn-10"])
    opened = SessionFile(tmp_path).pictures(session(pictures=pictures), spec)
    assert [known.name for known in opened.inputs] == ["flag.png"]
    assert not opened.unread and not opened.problems


def test_what_has_no_file_is_kept_as_far_as_there_is_room(tmp_path, monkeypatch) -> None:
    spec = spec_of(CATALOGUE["drawn-10"])
    noise = np.random.default_rng(0).integers(0, 256, (3, 60, 60, 3), np.uint8)
    inputs = tuple(Input(f"{k}", spec(each), spec, each) for k, each in enumerate(noise))
    monkeypatch.setattr(session_file, "MOST_KEPT", 25_000)  # bytes: two of them
    file = SessionFile(tmp_path / "deep" / "er")
    now = Explored(DisplayedModel(CATALOGUE["drawn-10"]), 0, None, inputs, Settings())
    file.write(now)
    opened = file.pictures(file.read().session, spec)
    assert [known.name for known in opened.inputs] == ["0", "1"]
    assert all((a.seen == b.seen).all() for a, b in zip(opened.inputs, inputs, strict=False))
    large = np.random.default_rng(1).integers(0, 256, (100, 100, 3), np.uint8)
    known = (Input("large", spec(large), spec, large), *inputs)
    file.write(Explored(now.model, 0, None, known, Settings()))
    opened = file.pictures(file.read().session, spec)
    assert [known.name for known in opened.inputs] == ["0", "1"], "it costs no smaller ones"
    file.write(Explored(now.model, 0, None, (), Settings()))
    file.end()
    assert [each.name for each in (tmp_path / "deep" / "er").iterdir()] == ["session.json"]


# ---- the window ----------------------------------------------------------------------------------


def test_the_window_opens_where_it_was_left(qtbot, own_folders, tmp_path) -> None:
    folder = tmp_path / "session"
    photo, gone = colour_photo(tmp_path / "flag.png"), colour_photo(tmp_path / "gone.png")
    with running(own_folders, qtbot, session=folder) as studio:
        wait_for_tiles(studio, qtbot)
        press(studio, qtbot, "resampleButton")
        studio.state.query.set_seed(12)
        studio.state.query.toggle_lock(0)
        studio.state.query.set_code_basis(RAW)
        studio.state.query.set_code_offsets((0.0, 1.5))
        studio.state.inputs.want_tests()
        studio.state.drops.open_files([photo, gone])
        qtbot.waitUntil(lambda: len(studio.state.inputs.brought()) == 2, timeout=LONG)
        qtbot.waitUntil(lambda: not studio.state.inputs.awaits_tests, timeout=LONG)
        newest(studio, qtbot)
        tests = [known.name for known in studio.state.inputs.images if known.test]
        settings = studio.state.query.now()
    gone.unlink()
    with running(own_folders, qtbot, session=folder) as studio:
        inputs = studio.state.inputs
        qtbot.waitUntil(lambda: len(inputs.brought()) == 1, timeout=LONG)
        qtbot.waitUntil(lambda: len(inputs.images) == 7, timeout=LONG)
        newest(studio, qtbot)
        assert [known.name for known in inputs.images] == ["flag.png", *tests]
        assert studio.state.query.now() == settings
        assert find(studio, QSpinBox, "noiseSeed").value() == 12
        code = studio.window.view("code and noise").code
        assert code.bank.values()[:2] == (0.0, 1.5)
        assert find(studio, QToolButton, "codeRawButton").isChecked()
        assert studio.state.messages.current is None, "what is gone is told in the log alone"


def test_the_test_images_that_were_left_are_back_and_no_others(
    qtbot, own_folders, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "session"
    with little_data(monkeypatch), running(own_folders, qtbot, session=folder) as studio:
        newest(studio, qtbot)
        inputs = studio.state.inputs
        spec = inputs.spec
        for _ in range(2):
            inputs.remove(0)
        drawn = np.arange(28 * 28).reshape(spec.shape).astype(np.uint8)
        inputs.add([Input("another seed's", drawn, spec, test=True)])  # as a dropped picture does
        studio.state.drops.open_files([colour_photo(tmp_path / "flag.png")])
        qtbot.waitUntil(lambda: len(inputs.brought()) == 1, timeout=LONG)
        studio.state.selection.select(3, 2)
        left = [(known.name, known.test, known.seen.copy()) for known in inputs.images]
        assert len(left) == 6
    for _ in range(2):
        with little_data(monkeypatch), running(own_folders, qtbot, session=folder) as studio:
            state = studio.state
            qtbot.waitUntil(lambda state=state: state.selection.row == 3, timeout=LONG)
            qtbot.waitUntil(lambda: studio.undo.undo.begun, timeout=LONG)
            newest(studio, qtbot)
            assert not state.inputs.pending and state.selection.column == 2
            back = [(known.name, known.test) for known in state.inputs.images]
            assert back == [known[:2] for known in left]
            seen = [known.seen for known in state.inputs.images]
            assert all((a == b[2]).all() for a, b in zip(seen, left, strict=True))
    for kept in folder.glob("*.picture"):
        kept.write_bytes(b"damaged")
    with little_data(monkeypatch), running(own_folders, qtbot, session=folder) as studio:
        inputs = studio.state.inputs
        qtbot.waitUntil(lambda: sum(known.test for known in inputs.images) == 6, timeout=LONG)
        assert [known.name for known in inputs.images if not known.test] == ["flag.png"]


def test_without_a_session_the_window_opens_as_ever(qtbot, own_folders, tmp_path) -> None:
    for content in (None, "damaged"):
        if content:
            write(tmp_path / "session", content)
        with running(own_folders, qtbot, "mog-iae", session=tmp_path / "session") as studio:
            qtbot.waitUntil(lambda: studio.state.answers.facts is not None, timeout=LONG)
            assert studio.state.displayed.recipe.name == "mog-iae"
            assert studio.state.query.now() == Settings()


def test_who_closes_the_window_at_once_loses_nothing(qtbot, own_folders, tmp_path) -> None:
    file = write(tmp_path / "session", session().to_mapping())
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    for _ in range(session_file.MOST_TRIES + 1):
        studio = Studio(settings, tmp_path / "session")
        studio.session.read()
        studio.window.close()
        studio.session.worker.wait()
        studio.window.deleteLater()
    assert file.read().session == session()


def test_the_moment_and_the_tile_come_back(qtbot, own_folders, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "session"
    with little_data(monkeypatch), running(own_folders, qtbot, session=folder) as studio:
        show(studio, qtbot, CATALOGUE["drawn-10"].but(width=8))
        train(studio, qtbot, 12)
        state = studio.state
        qtbot.waitUntil(lambda: not state.displayed.model.live, timeout=LONG)
        qtbot.waitUntil(lambda: len(state.time.moments) > 0, timeout=LONG)
        state.time.look_at(state.time.moments[0].step)
        state.selection.select(3, 5)
        step, tiles = state.time.step, newest(studio, qtbot).tiles
    with little_data(monkeypatch), running(own_folders, qtbot, session=folder) as studio:
        state = studio.state
        qtbot.waitUntil(lambda: state.time.step == step, timeout=LONG)
        qtbot.waitUntil(lambda: (state.selection.row, state.selection.column) == (3, 5))
        assert np.array_equal(newest(studio, qtbot).tiles, tiles)


def test_after_a_crash_what_was_explored_is_back_and_can_be_left(
    qtbot, own_folders, tmp_path
) -> None:
    write(tmp_path / "session", session().to_mapping())
    (tmp_path / "session" / "open").touch()
    with running(own_folders, qtbot, session=tmp_path / "session") as studio:
        qtbot.waitUntil(lambda: studio.state.query.seed == 7, timeout=LONG)
        assert find(studio, WrappedLabel, "messageText").text().startswith("IAE Studio ended")
        qtbot.waitUntil(lambda: studio.undo.undo.begun, timeout=LONG)
        find(studio, QPushButton, "messageButton0").click()
        assert studio.state.query.now() == Settings()
        qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
        assert studio.undo.undo.undo(), "and nothing of it is lost"
        while studio.undo.undo.undo():
            pass
        assert studio.state.query.seed == 7


def test_what_two_starts_failed_with_is_shown_on_demand_alone(qtbot, own_folders, tmp_path) -> None:
    file = write(tmp_path / "session", session().to_mapping())
    for _ in range(session_file.MOST_TRIES):
        file.read()
    file._lock.release()
    with running(own_folders, qtbot, session=tmp_path / "session") as studio:
        qtbot.waitUntil(lambda: studio.state.messages.current is not None, timeout=LONG)
        assert studio.state.query.seed == 0
        studio.session._keep()  # what is there now is kept, and does no harm to it
        button = find(studio, QPushButton, "messageButton0")
        assert button.text() == "Recover"
        button.click()
        qtbot.waitUntil(lambda: studio.state.query.seed == 7, timeout=LONG)


def test_a_damaged_session_is_told_in_one_line(qtbot, own_folders, tmp_path) -> None:
    write(tmp_path / "session", "damaged")
    with running(own_folders, qtbot, session=tmp_path / "session") as studio:
        qtbot.waitUntil(lambda: studio.state.messages.current is not None, timeout=LONG)
        assert "session.json.damaged" in studio.state.messages.current.text


# ---- a crash -------------------------------------------------------------------------------------


def explores(what: str, folder: Path) -> dict[str, object]:
    """What a process of the program says it explores; it is killed as it says so."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.exploring", what, str(folder)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    late = threading.Timer(2 * LONG / 1000, program.kill)
    late.start()
    line = program.stdout.readline()
    late.cancel()
    program.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    program.communicate()
    return json.loads(line)


def test_what_was_explored_is_back_after_the_program_was_killed(tmp_path: Path) -> None:
    before = explores("explore", tmp_path)
    assert len(before["inputs"]) == 9 and before["tests"] is not None
    pictures = list(session_root().glob("*.picture"))
    assert len(pictures) == 8, "the pasted one, the drawing and the test images"
    assert explores("look", tmp_path) == before
