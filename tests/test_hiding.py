"""Whatever a file is called, and however a message tells it, a report does not name it."""

from __future__ import annotations

import functools
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iae_studio.diagnostics import report
from iae_studio.diagnostics.hiding import Hider
from iae_studio.diagnostics.log import FILE, MOST
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import logs_root, runs_root

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
    "2 of 3 runs cannot be read: Qz (its curves are cut short), Qz Meier.",
    '2024-05-01 12:00:00,123 77 INFO "Qz\nMeier Qz" is empty: save or download it again.',
]


@pytest.mark.parametrize("line", NAMED)
def test_no_name_of_a_file_is_left(line: str) -> None:
    images = CATALOGUE["drawn-10"].but(data="folder", images="/photos/2024/beach party")
    said = Hider([images])(line.format(home=Path.home()))
    assert "Qz" not in said and said.count("<") <= 4, said


_WORDS = st.text(st.characters(categories=["L", "M", "Nd"]), max_size=4).map("Qz{}".format)
# What may stand in a name, and looks as if it ended there.
_JOINED = st.one_of(
    st.sampled_from([*" .-'\"/\\\u2019", "  ", ". ", ", ", "; ", ": ", " (", ") ", " '", "' "]),
    st.sampled_from(
        [' "', '" ', "\u201d ", " is ", " is no ", " cannot be read ", " in ", " and "]
    ),
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
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(own_folders / "somebody"))
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody")
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
data: {runs_root()}, writable, 49.1 GiB free
"{runs_root()}" cannot be read
{runs_root()} cannot be written (No space left on device).
There is no option 'seed' at 3/4 and/or 5 it/s: https://example.org/a
Qt: no plugin "xcb" in """
        ""
    )
    assert Hider()(text) == text
    monkeypatch.setenv("IAE_STUDIO_DATA", "/mnt/Qz Smith/data")
    assert Hider()("/mnt/Qz Smith/data/mnist is damaged") == "<data>/mnist is damaged"
    free = "not writable (Permission denied), 49.1 GiB free"
    assert Hider()(f"temporary: /mnt/Qz x, {free}") == f"temporary: <path>, {free}"
    said = Hider()("/mnt/Qz/x cannot be read (Is a directory). It is a folder: name a file.")
    assert said == "<path> cannot be read (Is a directory). It is a folder: name a file."
    assert Hider()('"Qz" is not in "Qz 2".') == '"<name>" is not in "<name>".'


def test_half_a_line_is_not_told(own_folders: Path) -> None:
    logs_root().mkdir(parents=True)
    line = '12:00 1 INFO "kids at beach" is damaged: save it anew.\n'
    (logs_root() / FILE).write_text(line * (2 * MOST // len(line) + 1), "utf-8")
    with zipfile.ZipFile(report.write_report(own_folders / "r.zip", [])) as archive:
        said = archive.read(FILE).decode()
    assert "beach" not in said and said.startswith('12:00 1 INFO "<name>" is damaged')
