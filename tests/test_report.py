"""The report has what helps to mend a fault, and nobody's name; `doctor` says what there is."""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from iae_studio.diagnostics import report
from iae_studio.diagnostics.crashes import LAST
from iae_studio.diagnostics.hiding import Hider
from iae_studio.diagnostics.log import FILE
from iae_studio.diagnostics.report import write_report
from iae_studio.state.displayed import DisplayedModel
from tests.studio import LONG, running
from tests.test_hiding import NAMED
from trainer.cli import main
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import logs_root, runs_root

RECIPE = CATALOGUE["drawn-10"]


def on_own(*places: str):
    """The recipe on somebody's images."""
    names = ("images", "images_b")[: len(places)]
    return RECIPE.but(data="folder", **dict(zip(names, places, strict=True)))


@pytest.fixture
def erna(monkeypatch, tmp_path: Path) -> Path:
    """A user with a name, a home and a computer."""
    home = tmp_path / "home" / "Erna.Meier"
    home.mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "emeier")
    monkeypatch.setattr(platform, "node", lambda: "erna-laptop.example.org")
    assert Path.home() == home and getpass.getuser() == "emeier"
    return home


LINES = [
    'File "{home}/iae/app.py", line 5, in start',
    "{home}/runs cannot be written (No space left on device).",
    "/media/emeier/Stick/holiday.png is damaged",
    "C:\\Users\\emeier\\Pictures\\Holiday 2024\\me and Anna.JPG: it is no image",
    "my holiday with Anna.webp: too large",
    'Nothing to open in "Anna (2).tiff"',
    "two.png, Anna.heic and Anna 3.gif",
    "Training on beach party: 20 of 21 images",
    "/photos/2024/beach party/x.zip cannot be read",
    "file:///photos/2024/beach party/Anna.bmp",
    "on ERNA-LAPTOP by EMEIER",
]
PRIVATE = ("Erna", "Meier", "emeier", "Anna", "holiday", "Holiday", "beach", "party", "laptop",
           "Stick", "Pictures")  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_nothing_personal_is_left(line: str, erna: Path) -> None:
    hide = Hider([on_own("/photos/2024/beach party")])
    said = hide(line.format(home=erna))
    assert not [word for word in PRIVATE if word.lower() in said.lower()], said


def test_what_helps_stays(erna: Path) -> None:
    hide = Hider([on_own(str(erna / "a b"))])
    trace = f'File "{erna}/iae/iae_studio/app.py", line 5, in _begin\nValueError: 3 of 4'
    assert hide(trace) == 'File "~/iae/iae_studio/app.py", line 5, in _begin\nValueError: 3 of 4'
    assert hide(json.dumps({"images": str(erna / "a b")})) == '{"images": "<own images>"}'
    assert hide("step 5 of 7: 12.3/s") == "step 5 of 7: 12.3/s"
    assert hide("The disk is full. x.png: bad").startswith("The disk is full") is False
    assert hide("/home/x/a.png: bad") == "<image>.png: bad"


def test_a_long_line_takes_no_time(erna: Path) -> None:
    hide = Hider([])
    assert hide("x" * 1_000_000).startswith("x")


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_report_holds_log_crash_versions_and_recipe(erna: Path, tmp_path: Path) -> None:
    logs_root().mkdir(parents=True)
    named = "\n".join(line.format(home=erna) for line in NAMED if "/photos" not in line)
    (logs_root() / FILE).write_text(f"12:00 {erna}/x.png cannot be read\n{named}\n", "utf-8")
    (logs_root() / f"{FILE}.1").write_bytes(b"older \xff\n")
    (logs_root() / LAST).write_text("Segmentation fault\n")
    (logs_root() / "holiday.png").write_bytes(b"\x89PNG")
    recipes = [on_own(str(erna / "holiday")), RECIPE]
    path = write_report(tmp_path / "to send", recipes)
    assert path == tmp_path / "to send.zip"
    found = contents(path)
    assert set(found) == {FILE, f"{FILE}.1", LAST, "doctor.txt", "recipe.json", "recipe1.json"}
    assert "Segmentation" in found[LAST] and "older" in found[f"{FILE}.1"]
    assert json.loads(found["recipe.json"])["data"]["images"] == "<own images>"
    assert "torch" in found["doctor.txt"] and "PySide6" in found["doctor.txt"]
    for text in found.values():
        assert not [w for w in (*PRIVATE, "Qz", str(erna)) if w in text and w != "Pictures"]


def test_a_report_without_logs_or_onto_a_bad_place(tmp_path: Path) -> None:
    assert set(contents(write_report(tmp_path / "a.zip", []))) == {"doctor.txt"}
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="choose another place"):
        write_report(tmp_path / "file" / "a.zip", [])
    if sys.platform != "win32":
        logs_root().mkdir(parents=True)
        os.mkfifo(logs_root() / FILE)  # is not waited for
        assert set(contents(write_report(tmp_path / "b.zip", []))) == {"doctor.txt"}


def test_help_writes_it_on_a_thread_and_says_where(
    qtbot, own_folders: Path, tmp_path: Path, monkeypatch
) -> None:
    there = tmp_path / "r.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(there), ""))
    on_gui_thread = []
    from PySide6.QtCore import QCoreApplication, QThread

    def told() -> str:
        own = QCoreApplication.instance().thread()
        on_gui_thread.append(QThread.currentThread() is own)
        return "versions"

    monkeypatch.setattr(report, "doctor", told)
    with running(own_folders, qtbot) as studio:
        studio.state.displayed.select(DisplayedModel(on_own("/photos")))
        menu = next(a for a in studio.window.menuBar().actions() if a.text() == "&Help").menu()
        next(action for action in menu.actions() if action.text() == "&Report…").trigger()
        messages = studio.state.messages
        qtbot.waitUntil(lambda: there.exists(), timeout=LONG)
        qtbot.waitUntil(lambda: str(there) in getattr(messages.current, "text", ""), timeout=LONG)
    assert on_gui_thread == [False]
    assert json.loads(contents(there)["recipe.json"])["data"]["images"] == "<own images>"


# ---- doctor --------------------------------------------------------------------------------------


def test_doctor_says_what_a_bug_report_needs(capsys, own_folders: Path) -> None:
    assert main(["doctor", "--quick"]) == 0
    said = capsys.readouterr().out
    for word in ("Python ", "torch ", "torchvision ", "numpy ", "PySide6", "Pillow", "CPU cores",
                 "GiB free"):  # fmt: skip
        assert word in said
    for place in (runs_root(), logs_root()):
        assert re.search(rf"{re.escape(str(place))}\n +writable, ", said)


def test_doctor_names_what_cannot_be_used(capsys, own_folders: Path, monkeypatch) -> None:
    runs_root().parent.mkdir(parents=True)
    runs_root().write_text("a file in the way")
    monkeypatch.setenv("IAE_STUDIO_DATA", "file://elsewhere/data")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["doctor", "--quick"]) == 0
    said = capsys.readouterr().out
    assert re.search(rf"{re.escape(str(runs_root()))}\n +not writable ", said)
    assert "another computer" in said and "torch cannot be loaded" in said
