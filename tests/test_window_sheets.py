"""A sheet that is saved in the window is of the kind that its name says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from tests.studio import LONG, newest, running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tried on POSIX systems alone")


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
