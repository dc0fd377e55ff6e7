"""One picture large, a wipe between two, and panes in their place: real events, real pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest

from iae_studio.widgets.canvas import Canvas, Wipe
from iae_studio.widgets.pane_board import Pane, PaneBoard
from tests.widgets import LEFT, heard_of, pixel, shown

pytestmark = pytest.mark.usefixtures("dark")


def grey(value: int, side: int = 28) -> np.ndarray:
    return np.full((side, side, 1), value, np.uint8)


@pytest.mark.parametrize("side", [28, 700])
def test_a_picture_is_as_large_as_its_place_with_whole_pixels(qtbot, side: int) -> None:
    canvas = shown(qtbot, Canvas(), 210, 180)
    assert canvas.grab().toImage().pixelColor(5, 5).alpha() == 255
    board = grey(0, side)
    board[::2, ::2] = 255
    canvas.setPixels(board)
    image, ratio = canvas.grab().toImage(), canvas.devicePixelRatioF()
    wide = canvas.target().width()
    assert canvas.target().height() == wide <= 180 * ratio
    if side == 28:
        assert wide == int(180 * ratio) // 28 * 28
        line = {image.pixelColor(x, 1).red() for x in range(wide)}
        assert line == {0, 255}
    else:
        assert wide == 180 * ratio, "shrunk to fit"


def test_the_wipe_shows_one_left_of_its_handle_and_the_other_right(qtbot) -> None:
    wipe = shown(qtbot, Wipe(), 280, 280)
    wipe.setPair(grey(40), grey(200))
    moved = heard_of(wipe.moved)

    def at(x: int) -> int:
        return pixel(wipe.grab().toImage(), QPoint(x, 20)).red()

    assert (at(20), at(260)) == (40, 200)
    QTest.mousePress(wipe, LEFT, pos=QPoint(140, 30))
    QTest.mouseMove(wipe, QPoint(70, 30))
    assert wipe.share() == pytest.approx(0.25, abs=0.01)
    assert (at(20), at(100), at(260)) == (40, 200, 200)
    QTest.mouseMove(wipe, QPoint(900, 30))
    assert wipe.share() == 1 and at(260) == 40
    QTest.mouseRelease(wipe, LEFT, pos=QPoint(900, 30))
    keys = (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End)
    del moved[:]
    for key in keys:
        QTest.keyClick(wipe, key)
    assert [share for (share,) in moved] == pytest.approx([0, 0.05, 0.1, 0.05, 1])
    assert "100%" in wipe.accessibleDescription()
    wipe.setPair(grey(41), grey(200))
    assert at(260) == 41, "new weights leave the handle where it is"


@pytest.mark.parametrize(
    ("room", "across"), [((900, 300), 5), ((600, 420), 3), ((220, 900), 1), ((320, 600), 2)]
)
def test_panes_stand_so_that_pictures_are_largest(qtbot, room, across: int) -> None:
    panes = [Pane("content") for _ in range(5)]
    board = PaneBoard(panes)
    board.source = 28
    shown(qtbot, board, *room)
    for pane in panes:
        pane.show_pixels(grey(9))
    used = board.arrange(QSize(*room))
    boxes = [pane.geometry() for pane in panes]
    assert len({box.left() for box in boxes}) == across
    assert len({(box.left(), box.top()) for box in boxes}) == 5
    assert max(box.right() for box in boxes) < room[0]
    assert max(box.bottom() for box in boxes) < used
    ratio = board.devicePixelRatioF()
    assert (panes[0].canvas.width() * ratio) // 28 >= 4
    assert panes[0].canvas.target().width() == pytest.approx(boxes[0].width() * ratio, abs=ratio)
