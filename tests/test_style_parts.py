"""Parts of style in hand: marks, what is borrowed, the frames of a loop, a strip of pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtWidgets import QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.marks import END
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.loop_frames import LoopFrames
from iae_studio.views.style_words import moves_of, no_sum, no_walk, no_way, seed_name, tile_name
from iae_studio.widgets.film_strip import FilmStrip
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.picture_strip import PictureStrip, Shown
from iae_studio.widgets.with_tray import WithTray
from tests.tiny import kind_of
from tests.widgets import LEFT, heard_of, shown
from trainer.exploring.questions.style import FRAMES, PART, Frames
from trainer.messages import column_seeds
from trainer.recipe.catalogue import CATALOGUE


def bring(state: StudioState, *names: str) -> None:
    spec = state.inputs.spec
    state.inputs.add([Input(name, np.full(spec.shape, 10, np.uint8), spec) for name in names])


# ---- marks and what is borrowed ------------------------------------------------------------------


def test_a_mark_follows_its_input_and_goes_with_it(state) -> None:
    bring(state, "a", "b")
    told = heard_of(state.marks.changed)
    state.marks.put("A", 0, 3)
    state.marks.put("B", 1, -1)
    assert state.marks.tile("A") == (0, 3) and state.marks.tile("B") == (1, 0)
    assert len(told) == 2 and state.marks.next_term() == "C"
    bring(state, "new")
    assert state.marks.tile("A") == (1, 3) and state.marks.input("A").name == "a"
    state.query.set_columns(3)
    assert state.marks.tile("A") == (1, 2), "of fewer columns the last"
    state.inputs.remove(1)
    assert state.marks.tile("A") is None and state.marks.tile("B") == (1, 0)
    state.marks.put(END, 9, 0)
    assert state.marks.tile(END) is None, "nothing is there"
    state.marks.drop("B")
    assert state.marks.input("B") is None and state.marks.next_term() == "A"


def test_a_mark_on_the_drawing_follows_the_pen(state) -> None:
    bring(state, "a")
    spec = state.inputs.spec
    for grey in (1, 2):
        drawing = Input("drawing", np.full(spec.shape, grey, np.uint8), spec, drawing=True)
        state.inputs.set_sketch(drawing)
        state.marks.put("A", 0, 0) if grey == 1 else None
    assert state.marks.input("A") is drawing
    state.inputs.keep_sketch()
    bring(state, "new")
    assert state.marks.input("A").seen is drawing.seen and state.marks.tile("A") == (1, 0)
    state.inputs.set_sketch(None)
    state.inputs.remove(1)
    assert state.marks.input("A") is None


def test_what_is_borrowed_stays_when_the_rest_is_drawn_anew(state) -> None:
    state.query.set_seed(12)
    state.query.toggle_lock(5)
    old = state.query.seeds
    state.query.borrow(2)
    assert state.query.seeds[:3] == (old[2], old[1], old[0]), "they changed places"
    assert state.query.locked == {0, 5}
    state.query.resample()
    assert state.query.seeds[0] == old[2] and state.query.seeds[2] == column_seeds(13, 3)[2]
    state.query.borrow(3)
    state.query.resample()
    assert state.query.seeds[0] == column_seeds(13, 4)[3]
    assert state.query.seeds[3] == old[2] and state.query.locked == {0, 3, 5}, "none is lost"
    state.query.borrow(99)
    state.query.borrow(0)
    assert state.query.locked == {0, 3, 5}


def test_tiles_and_noises_have_names(state) -> None:
    bring(state, "a")
    assert tile_name(state, 0, 2) == "a, n3" and seed_name(state, 12002) == "n3 of seed 12"
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-det-small"]))
    assert tile_name(state, 0, 0) == "a"


KINDS = {  # what moves; whether there is a sum, and a walk
    "iae": (("both", "code", "noise"), True, True),
    "iae, no noise": (("code",), True, True),
    "iae, categories": (("both", "code", "noise"), False, True),
    "vae": (("code",), True, True),
    "fiae": (("code",), True, True),
    "cycleiae, decoder noise": (("noise",), False, True),
    "cycleiae, encoder noise": (("noise",), False, True),
    "cycleiae, no noise": ((), False, False),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_of_model_has_no_sense_for_is_said(kind: str) -> None:
    recipe, (moves, sums, walks) = kind_of(kind), KINDS[kind]
    assert moves_of(recipe) == moves and bool(no_way(recipe)) is not bool(moves)
    assert bool(no_sum(recipe)) is not sums
    assert bool(no_walk(recipe, True, 1.0)) is not walks
    if not recipe.model.noise and not recipe.translates:
        assert "Train" in no_walk(recipe, False, 1.0), "untrained"
    if recipe.model.noise:
        assert "scale" in no_walk(recipe, True, 0.0)


# ---- the loop ------------------------------------------------------------------------------------


def part(start: int, step: int = 1, count: int = PART) -> Frames:
    """Frames whose pictures are their numbers."""
    numbers = np.arange(start, start + count, dtype=np.uint8) + 100 * (step - 1)
    return Frames(step, start, numbers.reshape(1, count, 1, 1, 1))


def due(loop: LoopFrames) -> int | None:
    frame = loop.now()
    return None if frame is None else int(frame.item())


def whole(loop: LoopFrames, step: int) -> None:
    at: int | None = 0
    while at is not None:
        at = loop.add(part(at, step))


def test_a_loop_plays_as_soon_as_its_first_part_is_there_and_waits_for_the_next() -> None:
    loop = LoopFrames()
    assert due(loop) is None and not loop.tick()
    loop.expect(anew=True)
    assert loop.add(part(0)) == PART and due(loop) == 0
    for _ in range(PART + 3):
        assert not loop.tick()
    assert due(loop) == PART - 1, "it stands still until more is there"
    assert loop.waits
    for start in range(PART, FRAMES, PART):
        following = loop.add(part(start))
    assert following is None and not loop.waits and due(loop) == PART - 1
    began = [loop.tick() for _ in range(FRAMES)]
    assert began.count(True) == 1 and due(loop) == PART - 1


def test_newer_weights_take_over_where_the_loop_begins_anew() -> None:
    loop = LoopFrames()
    loop.expect(anew=True)
    whole(loop, 1)
    for _ in range(10):
        loop.tick()
    loop.expect(anew=False)
    whole(loop, 2)
    assert due(loop) == 10 and loop.step == 1 and loop.waits
    while not loop.tick():
        assert due(loop) < FRAMES
    assert due(loop) == 100 and loop.step == 2 and not loop.waits


def test_another_tile_plays_at_once() -> None:
    loop = LoopFrames()
    loop.expect(anew=True)
    whole(loop, 1)
    loop.tick()
    loop.expect(anew=True)
    assert due(loop) == 1, "the old one stays until the new one is there"
    loop.add(part(0, 2))
    assert due(loop) == 100
    loop.clear()
    assert due(loop) is None and loop.step is None


# ---- widgets -------------------------------------------------------------------------------------


def test_a_strip_shows_its_pictures_as_they_are_and_a_click_chooses(qtbot, dark) -> None:
    strip = FilmStrip("pictures")
    shown(qtbot, strip, 400, 90)
    pictures = np.zeros((3, 28, 28, 1), np.uint8)
    pictures[1, 0, 0] = 255
    strip.setPictures(pictures, ("a", "b", "c"))
    chosen = heard_of(strip.chosen)
    image = strip.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    corner = strip.rectOf(1).topLeft()
    assert image.pixelColor(corner * ratio).value() == 255
    assert image.pixelColor((corner + strip.rectOf(0).bottomRight()) / 2 * ratio).value() < 60
    assert strip.rectOf(1).width() == 56, "by a whole factor"
    qtbot.mouseClick(strip.viewport(), LEFT, pos=strip.rectOf(2).center())
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert chosen == [(2,), (1,)]


def test_more_pictures_than_fit_are_smaller_and_then_scrolled(qtbot, dark) -> None:
    strip = FilmStrip("pictures")
    shown(qtbot, strip, 400, 90)
    strip.setPictures(np.zeros((10, 28, 28, 1), np.uint8))
    assert strip.rectOf(9).right() < 400 and strip.horizontalScrollBar().maximum() == 0
    strip.setPictures(np.zeros((40, 28, 28, 1), np.uint8))
    assert strip.horizontalScrollBar().maximum() > 0
    for _ in range(39):
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert strip.rectOf(39).left() >= 0 and strip.rectOf(39).right() < 400


def test_a_strip_says_at_which_picture_the_keys_are(qtbot, dark) -> None:
    strip = shown(qtbot, FilmStrip("pictures"), 400, 90)
    assert strip.accessibleDescription() == ""
    strip.setPictures(np.zeros((3, 28, 28, 1), np.uint8), ("a", "b", "c"))
    heard = QAccessible.queryAccessibleInterface(strip)

    def told() -> str:
        return heard.text(QAccessible.Text.Description)

    assert told() == "picture 1 of 3, a"
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert told() == "picture 2 of 3, b"
    qtbot.mouseClick(strip.viewport(), LEFT, pos=strip.rectOf(2).center())
    assert told() == "picture 3 of 3, c"
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    assert told() == "picture 1 of 3, a"
    qtbot.keyClick(strip, Qt.Key.Key_End)
    strip.setPictures(np.zeros((2, 28, 28, 1), np.uint8))
    assert told() == "picture 2 of 2", "of fewer pictures the last"


def test_a_row_of_pictures_says_at_which_the_keys_are(qtbot, dark) -> None:
    made = shown(qtbot, PictureStrip(), 400, 100)
    pointed = heard_of(made.hovered)
    black = np.zeros((28, 28, 1), np.uint8)
    made.setPictures([Shown(black, ("97%", "cat")), Shown(black, ("9%",)), Shown(black, ("8%",))])
    assert made.accessibleDescription() == "picture 1 of 3, 97%, cat"
    qtbot.keyClick(made, Qt.Key.Key_End)
    assert made.accessibleDescription() == "picture 3 of 3, 8%" and pointed == [(2,)]
    made.resize(130, 100)
    assert made.accessibleDescription() == "picture 2 of 2, 9%", "the others are out of sight"


def test_words_above_pictures_are_whole_where_there_is_room(qtbot, dark) -> None:
    strip = shown(qtbot, FilmStrip("pictures"), 600, 90)
    strip.setPictures(np.zeros((4, 28, 28, 1), np.uint8), ["a long name (7)"] * 4)
    font = QFontMetrics(theme.sized(strip.font(), theme.CAPTION))
    assert strip.rectOf(1).left() - strip.rectOf(0).left() > font.horizontalAdvance(
        "a long name (7)"
    )
    assert strip.horizontalScrollBar().maximum() == 0


def test_a_tray_has_its_height_and_gives_way_where_there_is_little_room(qtbot) -> None:
    above, tray = QWidget(), QWidget()
    above.setMinimumSize(100, 80)
    tray.setFixedHeight(50)
    both = shown(qtbot, WithTray(above, tray), 300, 300)
    assert both.minimumSizeHint().height() <= 80 and tray.isVisible()
    assert (tray.y(), tray.height(), above.height()) == (250, 50, 250 - theme.GAP)
    both.resize(300, 120)
    assert above.height() == 80 and tray.height() == 50 and tray.y() == 70, "its foot stays"
    assert both.childAt(10, 75) is above and both.childAt(10, 90) is tray, "its top is hidden"
    both.resize(300, 95)
    assert above.height() == 95, "less than a row of it is nothing"
    both.resize(300, 300)
    tray.hide()
    qtbot.waitUntil(lambda: above.height() == 300)


def test_a_click_with_ctrl_or_alt_marks_and_selects_nothing(qtbot, dark) -> None:
    grid = ImageGrid()
    shown(qtbot, grid, 500, 300)
    pictures = np.zeros((2, 28, 28, 1), np.uint8)
    grid.setSheet(pictures, np.zeros((2, 3, 28, 28, 1), np.uint8), ["n1", "n2", "n3"], ["a", "b"])
    marked, selected = heard_of(grid.marked), heard_of(grid.selected)
    control = Qt.KeyboardModifier.ControlModifier
    place = grid.tileRect(1, 2).center()
    qtbot.mouseClick(grid.viewport(), LEFT, control, place)
    assert marked == [(1, 2, control)] and not selected
    before = grid.viewport().grab().toImage()
    grid.setMarks({(1, 2): "A"})
    after = grid.viewport().grab().toImage()
    corner = (grid.tileRect(1, 2).bottomLeft()) * after.devicePixelRatio()
    assert before.pixelColor(corner) != after.pixelColor(corner)
