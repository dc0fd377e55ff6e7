"""Whatever lies in the place of the settings, the window opens."""

from __future__ import annotations

import base64
import os
import random
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from benchmarks.hostile import settings as hostile
from benchmarks.hostile.reader import answer
from iae_studio import settings
from iae_studio.settings import forget_layout, keep_layout, kept_layout, settings_at
from iae_studio.state.studio_state import FIRST
from tests.widgets import fresh_state
from trainer.messages import UserError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")


def ini(file: Path) -> QSettings:
    return QSettings(str(file), QSettings.Format.IniFormat)


@pytest.fixture(scope="module", autouse=True)
def window():
    yield
    hostile.end()


def test_no_settings_file_keeps_the_window_from_opening(tmp_path: Path) -> None:
    """A small share of what `python -m benchmarks.hostile` tries."""
    for number in range(15):
        with suppress(UserError):
            hostile.FORMATS["settings"].read(hostile.make(random.Random(number), tmp_path))


def test_a_window_on_bad_settings_is_measured_where_it_opens(tmp_path: Path) -> None:
    """In the process of the window: the one that asks for it does nothing but wait."""
    file = tmp_path / "iae-studio.conf"
    file.write_bytes(b"noise")
    took = answer(hostile.FORMATS["settings"], file).took
    assert took.seconds > 0.03 and took.grown > 0


@pytest.mark.parametrize("kind", hostile.KINDS, ids=lambda kind: kind.__name__)
def test_what_is_no_file_is_put_aside_and_told(kind, tmp_path: Path) -> None:
    file = tmp_path / "iae-studio.conf"
    kind(file)
    told = hostile.window(file)
    assert ".damaged" in told and told.startswith("The settings could not be used")
    assert hostile.window(file) == "", "once"
    assert ini(file).value("recipe") == FIRST, "and from now on it is remembered"


@pytest.mark.parametrize("place", ["state", "geometry"])
def test_no_byte_of_a_layout_is_restored_that_was_not_kept(place: str, tmp_path: Path) -> None:
    """Byte 206 of a window's state ends Qt."""
    file = tmp_path / "settings.ini"
    kept = ini(file)
    keep_layout(kept, QByteArray(b"geometry" * 9), QByteArray(bytes(range(256)) * 2))
    assert kept_layout(kept) == (b"geometry" * 9, bytes(range(256)) * 2)
    kept.sync()
    kept = ini(file)
    assert all(part is not None for part in kept_layout(kept)), "also from the file"
    good = str(kept.value(place))
    data = bytearray(base64.b64decode(good.partition(":")[2]))
    for byte in (0, len(data) // 2, len(data) - 1):
        bad = bytearray(data)
        bad[byte] ^= 1
        kept.setValue(place, good.partition(":")[0] + ":" + base64.b64encode(bad).decode())
        assert kept_layout(kept)[place == "state"] is None
    for odd in (QByteArray(bytes(data)), good[:-1], good.upper(), "", 5, [good], good + "="):
        kept.setValue(place, odd)
        assert kept_layout(kept)[place == "state"] is None
    forget_layout(kept)
    assert kept_layout(kept) == (None, None)


def test_the_layout_comes_back(tmp_path: Path, qtbot) -> None:
    from iae_studio.window import Window

    def window() -> Window:
        made = Window(fresh_state(), ini(tmp_path / "s.ini"), lambda *_, **__: None)
        qtbot.addWidget(made)
        return made

    first = window()
    first.resize(first.minimumSizeHint().width(), 611)
    first._docks["drawing"].hide()
    first.close()
    again = window()
    assert again.height() == 611
    assert again._docks["drawing"].isHidden() and not again._docks["training"].isHidden()


LINES = {
    b"recipe=drawn-10": True,
    b'state="@ByteArray(\\0\\0\\x1@x\\x2\\x40)"': True,  # of an earlier version
    b"folder=/home/@work/a@b": True,
    b"folder=@@home": True,
    b"x=@Invalid()": True,
    b'dark="@Variant(\\0)"': False,
    b"dark=@Variant(\\0)": False,
    b"dark=  @Variant(\\0)": False,
    b"dark=a, @Variant(\\0)": False,
    b'dark="\\x40Variant(\\0)"': False,
    b"dark=\\100Variant(\\0)": False,
    b'dark=""@Variant(\\0)': False,
    b"dark=\\\n@Variant(\\0)": False,
    b"dark=@DateTime(\\0)": False,
    b"dark=\0": False,
}


@pytest.mark.parametrize("line", LINES)
def test_qt_is_not_let_near_a_variant(line: bytes, tmp_path: Path) -> None:
    """A list in a list in a list, and so on, ends Qt as it reads it."""
    file = tmp_path / "settings.ini"
    file.write_bytes(b"[General]\n" + line + b"\n")
    told = settings_at(file)[1]
    assert (told == "") is LINES[line]
    assert file.exists() is LINES[line]


def test_what_cannot_be_moved_away_is_left_and_told(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "settings.ini"
    os.mkfifo(file)
    Path(f"{file}.damaged").mkdir()
    (Path(f"{file}.damaged") / "something").write_text("else")
    known, told = settings_at(file)
    assert "not remembered" in told and str(file) in told and file.is_fifo()
    known.setValue("recipe", "mog-iae")
    known.sync()
    assert known.status() == QSettings.Status.NoError and Path(known.fileName()) != file


def test_values_of_other_kinds_are_not_there(tmp_path: Path) -> None:
    known = ini(tmp_path / "settings.ini")
    for value, text, on in [
        ("true", "true", True),
        (True, "", True),
        ("False", "False", False),
        (["a", "b"], "", None),
        ({"a": 1}, "", None),
        ("n" * 5000, "", None),
        (5, "", None),
        ("", "", None),
    ]:
        known.setValue("x", value)
        assert (settings.text(known, "x"), settings.switch(known, "x")) == (text, on)
    assert settings.text(known, "missing", "this") == "this"
