"""The report has what helps to mend a fault, and nobody's name; `doctor` says what there is."""

from __future__ import annotations

import functools
import getpass
import json
import os
import platform
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QFileDialog

from iae_studio.diagnostics import report
from iae_studio.diagnostics.crashes import LAST
from iae_studio.diagnostics.hiding import Hider
from iae_studio.diagnostics.log import FILE
from iae_studio.diagnostics.report import write_report
from iae_studio.state.displayed import DisplayedModel
from tests.studio import LONG, running
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


# Names as an outside tester, and we, found them in a log: with and without a suffix or a quote.
NAMED = [
    'There are no images to open in "Qz kids at Qz".',
    '"Qz (2)" is damaged or cut short: save or load it anew.',
    '"QzMeier" is not in "Qz party".',
    '"Qz Meier.pdf" is a PDF document: export its page as PNG and open that.',
    "\u201cQz Meier\u201d and \u00abQz\u00bb, \u201eQz\u201c",
    "FileNotFoundError: [Errno 2] No such file or directory: 'Qz'",
    "KeyError: 'Qz'",
    "PermissionError: [Errno 13] no: PosixPath('/mnt/Qz Smith/x') -> 'Qz/Qz'",
    "/mnt/Qz Smith/Holiday Qz/Qz Meier.safetensors holds no weights (state.safetensors is missing)",
    "D:\\Qz Smith\\Qz cannot be read (Permission denied). Change its permissions.",
    "2024-05-01 12:00:00,123 77 INFO Saved step 5 in /media/Qz, Qz (Qz)/Qz. Qz is no Qz.",
    "\\\\server\\Qz Smith\\Qz cannot be written (Input/output error).",
    "//server/Qz Smith/Qz is not there",
    "got file:///mnt/Qz%20Smith/Qz",
    "~/Qz Smith/Qz: too large",
    "{home}/Qz Smith/Qz does not exist.",
    '"{home}/Qz "Qz" Smith" is not there: was it moved, renamed or deleted?',
    "/photos/2024/beach party/Qz Meier is damaged",
    'File "/mnt/Qz Smith/Qz.py", line 5, in run\n    open("/mnt/Qz")',
    "Showing Qz Meier.safetensors, a model of drawn-10.",
    "Showing Qz, a model of drawn-10.",
    "Training on Qz Smith: 20 of 21 images",
    '"Qz cut (cut)',
]


@pytest.mark.parametrize("line", NAMED)
def test_no_name_of_a_file_is_left(line: str, erna: Path) -> None:
    said = Hider([on_own("/photos/2024/beach party")])(line.format(home=erna))
    assert "Qz" not in said and said.count("<") <= 4, said


_WORDS = st.text(st.characters(categories=["L", "M", "Nd"]), max_size=4).map("Qz{}".format)
_JOINED = st.sampled_from(
    [
        " ",
        "  ",
        ". ",
        ", ",
        "; ",
        ": ",
        " (",
        ") ",
        "'",
        " '",
        "' ",
        '"',
        ' "',
        '" ',
        "-",
        ".",
        " is ",
        " is no ",
        " cannot be read ",
        " in ",
        "\u2019",
        "\u201d ",
        "/",
        "\\",
    ]  # fmt: skip
)
_NAMES = st.builds(
    lambda first, more, end: first + "".join(between + word for between, word in more) + end,
    _WORDS,
    st.lists(st.tuples(_JOINED, _WORDS), max_size=5),
    st.sampled_from(["", ".png", ".PDF", ".safetensors", ".x y", " (2)", "."]),
)
_FORMATS = st.sampled_from(
    [
        '"{name}" is damaged or cut short: save or load it anew.',
        '"{name}" cannot be read (no such file): choose another folder or .zip.',
        '"{name}" is not in "{name}".',
        'There are no images to open in "{name}".',
        "Saved {root}{name}.",
        "Saved step 7 in {root}{name}.",
        "{root}{name} cannot be read (Permission denied). Change its permissions.",
        "{root}{name} is damaged: copy it again.",
        "FileNotFoundError: [Errno 2] No such file or directory: {name!r}",
        "FileNotFoundError: [Errno 2] No such file or directory: {path!r}",
        "Showing {name}, a model of drawn-10.",
    ]
)
_ROOTS = st.sampled_from(
    ["/mnt/", "/media/Qz Qz/", "D:\\", "\\\\nas\\Qz\\", "//nas/", "file:///", "~/"]
)
_HIDER = functools.cache(Hider)


@settings(max_examples=400, deadline=None)
@given(said=_FORMATS, name=_NAMES, root=_ROOTS, stamped=st.booleans())
def test_whatever_a_file_is_called_it_is_not_told(
    said: str, name: str, root: str, stamped: bool
) -> None:
    line = said.format(name=name, root=root, path=root + name)
    line = f"2024-05-01 12:00:00,123 77 INFO {line}" if stamped else line
    assert "Qz" not in _HIDER()(line), _HIDER()(line)


def test_tracebacks_and_own_places_stay(own_folders: Path, monkeypatch) -> None:
    library = os.path.realpath(json.__file__)
    text = (
        f"""12:00 1 ERROR Traceback (most recent call last):
  File "{report.__file__}", line 5, in write
    raise UserError(f'"{{name}}" is damaged in /mnt/x')
          ~~~~~^^^^^
  File "{library}", line 6 in load
  File "<frozen runpy>", line 198, in _run
AttributeError: 'NoneType' object has no attribute 'step'
{library}:12: UserWarning: old
"{runs_root()}" cannot be read
{runs_root()} cannot be written (No space left on device).
There is no option 'seed' at 3/4 and/or 5 it/s: https://example.org/a
Qt: no plugin "xcb" in """
        ""
    )
    assert Hider()(text) == text.replace(str(Path.home()), "~")
    monkeypatch.setenv("IAE_STUDIO_DATA", "/mnt/Qz Smith/data")
    assert Hider()("/mnt/Qz Smith/data/mnist is damaged") == "<data>/mnist is damaged"
    said = Hider()("/mnt/Qz/x cannot be read (Is a directory). It is a folder: name a file.")
    assert said == "<path> cannot be read (Is a directory). It is a folder: name a file."
    assert Hider()('"Qz" is not in "Qz 2".') == '"<name>" is not in "<name>".'


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
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for word in ("Python 3.", "torch ", "torchvision ", "numpy ", "PySide6", "Pillow", "CPU cores",
                 "GiB free"):  # fmt: skip
        assert word in said
    for place in (runs_root(), logs_root()):
        assert f"{place}, writable" in said


def test_doctor_names_what_cannot_be_used(capsys, own_folders: Path, monkeypatch) -> None:
    runs_root().parent.mkdir(parents=True)
    runs_root().write_text("a file in the way")
    monkeypatch.setenv("IAE_STUDIO_DATA", "file://elsewhere/data")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert f"{runs_root()}, not writable" in said
    assert "another computer" in said and "torch cannot be loaded" in said
