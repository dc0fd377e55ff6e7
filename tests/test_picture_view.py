"""A sheet of very many pictures: what it asks for, and what it keeps."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from iae_studio.widgets import picture_view
from iae_studio.widgets.picture_view import PictureView
from tests.widgets import shown

SIDE = 16  # px


def test_more_pictures_than_memory_is_meant_for_are_asked_for_once(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(picture_view, "MEMORY", 0)
    sheet, asked = PictureView(), []

    def decode(numbers: tuple[int, ...]) -> None:
        asked.append(len(numbers))
        if len(asked) < 9:
            sheet.setPictures(numbers, np.zeros((len(numbers), SIDE, SIDE, 1), np.uint8))

    sheet.wanted.connect(decode, Qt.ConnectionType.QueuedConnection)  # as a thread answers
    sheet.setOrder(np.arange(4000), (SIDE, SIDE))
    shown(qtbot, sheet, 1600, 1200)
    qtbot.waitUntil(lambda: bool(asked))
    qtbot.wait(100)
    assert len(asked) == 1 and asked[0] > 500
    assert not sheet.picture(0).isNull()
    sheet.verticalScrollBar().setValue(sheet.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: len(asked) == 2)
    qtbot.wait(100)
    assert len(asked) == 2 and sheet.picture(0).isNull(), "what is far away is forgotten"
