"""Pictures in the middle: what stays until an answer comes, what the pointer is over, enlarging."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from iae_studio.state.comparing import Compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.clusters import ClustersView
from iae_studio.views.compare_clouds import CloudColumn
from iae_studio.views.enlarged import EnlargedView
from iae_studio.views.enlarged_panes import AMBER
from iae_studio.views.neighbours import NeighbourList
from iae_studio.views.pictures import PicturesView
from iae_studio.views.reconstructions import ReconstructionsView
from iae_studio.views.scatter import CloudView
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.grid_layout import CODE, HEAT, SEEN
from iae_studio.widgets.pane_board import Pane
from tests.widgets import heard_of
from trainer.exploring.questions.pictures import Neighbours
from trainer.messages import Cloud, Clusters, Rendering
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.specs import DATA_SETS


@pytest.fixture
def view(qtbot, state) -> ReconstructionsView:
    made = ReconstructionsView(state)
    qtbot.addWidget(made)
    state.inputs.changed.connect(made.show_inputs)
    state.answers.rendered.connect(made.show_rendering)
    return made


def display(state: StudioState, name: str) -> None:
    state.displayed.select(DisplayedModel(CATALOGUE[name]))


def bring(state: StudioState, *names: str) -> None:
    spec = state.inputs.spec
    state.inputs.add([Input(name, np.full(spec.shape, 10, np.uint8), spec) for name in names])


def answer(state: StudioState, columns: int, codes: np.ndarray, **more: object) -> None:
    """Each tile as bright as its row and column tell: 100 + 20 * row + column."""
    rows, shape = len(codes), state.inputs.spec.shape
    bright = 100 + 20 * np.arange(rows)[:, None] + np.arange(columns)
    tiles = np.broadcast_to(bright[..., None, None, None], (rows, columns, *shape)).astype(np.uint8)
    stamp, shares = state.answers.probe().stamp, np.zeros(rows, np.float32)
    state.answers.set_rendering(Rendering(stamp, 5, tiles, codes, shares, **more))


def bright(view: ReconstructionsView, row: int, column: int) -> int | None:
    """The grey of a tile; None where there is none."""
    image = view.grid.image(row, column)
    return None if image.isNull() else image.pixelColor(3, 3).red()


def enlarged(activate: Callable[[], None]) -> tuple[str, list[str], list[int]] | None:
    """The title of the dialog that opens, its words, and how bright its pictures are."""
    seen = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        pictures = [label.pixmap().toImage() for label in dialog.findChildren(QLabel)]
        grey = [each.pixelColor(9, 9).red() for each in pictures if not each.isNull()]
        words = [label.text() for label in dialog.findChildren(ElidedLabel)]
        seen.append((dialog.windowTitle(), words, grey))
        dialog.reject()

    timer = QTimer(singleShot=True, interval=0)
    timer.timeout.connect(look)
    timer.start()
    activate()
    timer.stop()
    return seen[0] if seen else None


# ---- reconstructions -----------------------------------------------------------------------------


def test_what_is_known_stays_until_the_answer_comes(view, state) -> None:
    bring(state, "one", "two")
    assert (bright(view, 0, SEEN), bright(view, 0, 0)) == (10, None)
    answer(state, 8, np.zeros((2, 10)))
    assert [bright(view, *at) for at in ((0, 0), (0, 7), (1, 2))] == [100, 107, 122]
    bring(state, "new")
    assert [bright(view, row, 0) for row in range(3)] == [0, 100, 120], "black where none is yet"
    state.inputs.remove(1)
    assert [bright(view, row, 0) for row in range(2)] == [0, 120]
    state.inputs.clear()
    bring(state, "other")
    assert bright(view, 0, 0) is None


def test_of_another_number_of_columns_nothing_stays(view, state) -> None:
    bring(state, "one")
    answer(state, 8, np.zeros((1, 10)))
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-det-small"]))
    view.show_inputs()
    assert bright(view, 0, 0) is None and bright(view, 0, SEEN) == 10


def test_the_first_row_follows_the_slider(view, state) -> None:
    bring(state, "one", "two")
    answer(state, 8, np.zeros((2, 10)))
    tiles = np.full((1, 8, 28, 28, 1), 7, np.uint8)
    row = Rendering(state.answers.probe().stamp, 5, tiles, np.zeros((1, 10)), np.zeros(1))
    state.answers.preview(row)
    assert [bright(view, *at) for at in ((0, 0), (0, 7), (1, 0))] == [7, 7, 120]


def test_what_the_pointer_is_over_is_told_as_far_as_it_is_known(view, state) -> None:
    told, codes = heard_of(view.told), np.zeros((2, 10))
    codes[1, :2] = 3, 4
    bring(state, "one", "two")
    view.grid.hovered.emit(0, 0)
    state.query.set_seed(12)
    answer(state, 8, codes)
    for place in ((1, 3), (0, SEEN), (1, 0), (-1, -1), (2, 0)):
        view.grid.hovered.emit(*place)
    assert [words for (words,) in told] == [
        "",
        "two · noise 4 of seed 12 · code norm 5.00",
        "one · code norm 0.00",
        "two · noise 1 of seed 12 · code norm 5.00",
        *("", ""),
    ]


def test_a_code_is_told_as_what_it_is(view, state) -> None:
    told = heard_of(view.told)
    display(state, "mnist-clusters-small")
    bring(state, "one")
    codes = np.full((1, 30), 0.01)
    codes[0, 4] = 0.71
    answer(state, 8, codes)
    view.grid.hovered.emit(0, SEEN)
    display(state, "mnist-det-small")
    answer(state, 1, np.zeros((1, 10)))
    view.grid.hovered.emit(0, 0)
    display(state, "shoes-small")
    bring(state, "shoe")
    answer(
        state, 6, np.zeros((1, 0)), code_pictures=np.zeros((1, *state.inputs.spec.shape), np.uint8)
    )
    view.grid.hovered.emit(0, CODE)
    view.grid.hovered.emit(0, 1)
    assert [words for (words,) in told] == [
        "one · cluster 5 of 30, 71%",
        "one · code norm 0.00",
        "shoe · its code",
        "shoe · noise 2 of seed 0",
    ]


def test_a_head_that_is_clicked_locks_its_column_and_a_cross_removes_its_row(view, state) -> None:
    bring(state, "one", "two")
    view.grid.headingClicked.emit(2)
    assert state.query.locked == {2} == view.grid._look.locked
    view.grid.removeRequested.emit(0)
    assert [known.name for known in state.inputs.images] == ["two"]


def large(view) -> tuple[list[str], list[int]] | None:
    """The heads of the enlarged pictures, and how bright each is; None while the grid is there."""
    page = view.findChild(EnlargedView, "largeView")
    if not page.isVisibleTo(view):
        return None
    panes = [pane for pane in page.findChildren(Pane) if pane.isVisibleTo(view)]
    grey = [pane.canvas.image() for pane in panes]
    known = [image.pixelColor(9, 9).red() for image in grey if not image.isNull()]
    return [pane.words()[0] for pane in panes], known


def test_a_tile_is_enlarged_beside_what_it_was_made_of(view, state) -> None:
    bring(state, "one", "two")
    activate = view.grid.activated.emit
    activate(0, 0)
    assert large(view) is None, "there is no answer yet"
    answer(state, 8, np.zeros((2, 10)))
    for nothing in ((2, 0), (-1, 0)):
        activate(*nothing)
        assert large(view) is None
    activate(1, 3)
    heads = ["sees", "n4", "sees | n4", "n4 − sees", "noise acts"]
    assert large(view) == (heads, [10, 123, 10, 241]) and state.selection.column == 3
    state.selection.select(0, 2)
    assert large(view)[1][:2] == [10, 102], "it follows the selection"
    state.query.set_columns(2)
    assert large(view)[1][:2] == [10, 101], "of the draws that are left, the last"
    answer(state, 2, np.zeros((2, 10)))
    assert large(view)[0][1] == "n2" and large(view)[1][:2] == [10, 101]
    QTest.keyClick(view.enlarged, Qt.Key.Key_Escape)
    assert large(view) is None
    activate(0, SEEN)
    assert large(view)[0][1] == "n1"
    state.inputs.clear()
    assert large(view) is None


def test_codes_that_are_pictures_and_ways_back_are_enlarged_too(view, state) -> None:
    display(state, "shoes-small")
    bring(state, "shoe")
    shape = state.inputs.spec.shape
    pictures, back = np.full((1, *shape), 50, np.uint8), np.full((1, 6, *shape), 60, np.uint8)
    answer(state, 6, np.zeros((1, 0)), code_pictures=pictures, way_back=back)
    view.grid.activated.emit(0, 1)
    heads = ["sees", "code", "n2", "back of n2", "sees | n2", "n2 − sees", "noise acts"]
    assert large(view) == (heads, [10, 50, 101, 60, 10, 219])
    display(state, "drawn-10")
    assert large(view) is None, "another model: the grid tells more of it"


def test_columns_can_be_chosen_where_draws_differ(qtbot, state) -> None:
    pictures = PicturesView(state)
    qtbot.addWidget(pictures)
    count = pictures.findChild(QWidget, "columnCount")
    there = []
    for name in ("drawn-10", "mnist-det-small", "mog-iae", "faces-small"):
        display(state, name)
        there.append(count.isVisibleTo(pictures))
    assert there == [True, False, False, True]
    assert count.findChild(QLabel).text() == "columns 6"
    state.query.set_columns(16)
    assert not count.findChild(QToolButton, "moreColumns").isEnabled()


def test_neighbours_of_another_model_are_not_shown_as_this_ones(qtbot, state) -> None:
    found = NeighbourList(state)
    qtbot.addWidget(found)
    pictures, far = np.zeros((2, 28, 28, 1), np.uint8), np.array([0.2, 0.3], np.float32)
    told = Neighbours(5, pictures, ("a", "b"), far, 0.5, 0.75, 400, 400, True)
    bring(state, "one")
    found.ask(0, 0)
    found.show_found(told)
    words, shown = found.findChild(QLabel, "neighbourWords"), found.findChildren(QToolButton)
    assert "0.20 away by its code" in words.text() and "within 0.50" in words.text()
    assert "75% of them are farther" in words.text() and "b, 0.30 away" in {
        each.accessibleName() for each in shown
    }
    remembered = replace(told, nearer=0.995, distances=far / 1000)
    found.show_found(remembered)
    assert "remembered" in words.text()
    found.show_found(replace(told, nearer=0.0))
    assert "like none of them" in words.text()
    found.show_found(replace(told, in_code=False, looked_at=100))
    assert "20.0% away pixel by pixel" in words.text() and "100 of 400" in words.text()
    display(state, "mnist-det-small")
    left = [each for each in found.findChildren(QToolButton) if each.isVisibleTo(found)]
    assert not [each for each in left if "away" in each.accessibleName()]


def test_the_difference_says_its_scale(view, state) -> None:
    bring(state, "one")
    answer(state, 8, np.zeros((1, 10)))
    view.grid.activated.emit(0, 0)  # 100 beside 10: 35 % of the range
    (pane,) = (p for p in view.findChildren(Pane) if p.canvas.objectName() == "difference")
    assert pane.words()[1] == "Grey: equal. White: 50% of the range brighter, black: darker."
    assert pane.canvas.image().pixelColor(3, 3).red() == round(127.5 + 90)
    view.findChild(QToolButton, "signedButton").click()
    assert pane.words()[1] == "Black: equal. White: 50% of the range apart."
    assert pane.canvas.image().pixelColor(3, 3).red() == 180


def test_without_noise_or_training_a_sentence_is_there_for_the_heat(view, state) -> None:
    def told() -> str:
        (pane,) = (p for p in view.findChildren(Pane) if p.canvas.objectName() == "heatMap")
        return pane.words()[-1]

    view.show()  # what cannot be seen asks nothing, and says nothing
    display(state, "mnist-det-small")
    bring(state, "one")
    answer(state, 1, np.zeros((1, 10)))
    view.grid.activated.emit(0, 0)
    assert "no noise" in told()
    display(state, "drawn-10")
    stamp, shape = state.answers.probe().stamp, state.inputs.spec.shape
    tiles = np.zeros((1, 8, *shape), np.uint8)
    fresh = Rendering(stamp, 0, tiles, np.zeros((1, 10)), np.zeros(1, np.float32))
    state.answers.set_rendering(fresh)
    view.grid.activated.emit(0, 0)
    assert "untrained" in told() and "Press Train" in told()
    wanted = heard_of(state.asking.wanted)
    answer(state, 8, np.zeros((1, 10)))  # it was trained meanwhile
    assert [asked.kind for (asked,) in wanted] == ["where the noise acts"]


def test_a_column_says_where_the_noise_acts_in_each_row(view, state) -> None:
    bring(state, "one", "two")
    answer(state, 8, np.zeros((2, 10)))
    tiles = np.full((2, 8, 28, 28, 1), 100, np.uint8)
    tiles[1, ::2, 9, 9] = 110  # the noise moves one pixel of the second row
    rendering = Rendering(state.answers.probe().stamp, 5, tiles, np.zeros((2, 10)), np.zeros(2))
    (heat,) = (each for each in view.actions() if each.shortcut().toString() == "H")
    heat.trigger()
    state.answers.set_rendering(rendering)
    shown = [view.grid.image(row, HEAT) for row in (0, 1)]
    known = 10 / 255 * np.std([1, 0] * 4, ddof=1) / 0.05
    assert shown[1].pixelColor(9, 9).red() == pytest.approx(known * AMBER[0], abs=1)
    assert shown[0].pixelColor(9, 9).red() == shown[1].pixelColor(8, 9).red() == 0
    told = heard_of(view.told)
    view.grid.hovered.emit(1, HEAT)
    assert "where its noise acts" in told[0][0]
    heat.trigger()
    assert view.grid.image(1, HEAT).isNull()


# ---- clusters and points -------------------------------------------------------------------------


def test_a_category_is_enlarged_by_its_number(qtbot, state) -> None:
    view = ClustersView(state)
    qtbot.addWidget(view)
    assert enlarged(lambda: view.grid.activated.emit(0, 0)) is None
    tiles = np.zeros((6, 30, 28, 28, 1), np.uint8)
    tiles[1, 2] = 77
    state.answers.set_clusters(Clusters(state.answers.probe().stamp, 1, tiles))
    told = ("cluster 3", ["cluster 3, n2"], [77])
    assert enlarged(lambda: view.grid.activated.emit(1, 2)) == told
    assert view.grid.tiles().any()
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"], Path("runs/it")))
    assert not view.grid.tiles().size


def colours(plane) -> list[str]:
    return [point.brush().color().name() for point in plane.above.points()]


def test_a_colour_stands_for_one_code_or_one_of_four_places(qtbot, dark, qapp) -> None:
    view = CloudView()
    qtbot.addWidget(view)
    view.set_recipe(CATALOGUE["mog-iae"])
    points, which = np.zeros((9, 2)), np.arange(9)
    view.show_cloud(Cloud(1, 1, points, points, which))
    seen = colours(view.data)
    assert len(set(seen)) == 7 and seen[7:] == seen[:2]
    theme.apply(qapp, False)
    assert len(set(colours(view.data)) - set(seen)) == 7, "darker ones on a light ground"
    view.set_recipe(CATALOGUE["fiae-toy"])
    view.show_cloud(Cloud(1, 1, points, points, which, points, points, which))
    for plane in (view.data, view.codes):
        assert len(set(colours(plane))) == 4 and colours(plane)[4] == colours(plane)[0]


def test_compared_points_take_the_colours_of_another_theme_at_once(qtbot, dark, qapp) -> None:
    recipe, points, which = CATALOGUE["fiae-toy"], np.zeros((9, 2)), np.arange(9)
    column = CloudColumn(0, Compared(recipe, None))
    qtbot.addWidget(column)
    column.show_cloud(Cloud(1, 1, points, points, which, points, points, which), 1, "")
    planes = (column.data, column.codes)
    before = [colours(plane) for plane in planes]
    theme.apply(qapp, False)
    for plane, seen in zip(planes, before, strict=True):
        assert len(seen) == 9 and not set(colours(plane)) & set(seen)
        lightness = {QColor(name).lightnessF() for name in colours(plane)}
        assert max(lightness) < 0.5, "dark points on a light ground"


def test_points_far_away_are_left_out_with_their_colours(qtbot) -> None:
    view = CloudView()
    qtbot.addWidget(view)
    recipe = CATALOGUE["mog-iae"]
    view.set_recipe(recipe)
    edge = 4 * DATA_SETS[recipe.data.name].reach
    fake = np.array([[0, edge + 0.1], [np.nan, 0], [-edge, edge], [0.5, 0]])
    view.show_cloud(Cloud(1, 1, fake, fake, np.array([0, 1, 2, 3])))
    for part in (view.data.above, view.data.below):
        assert [list(xy) for xy in part.getData()] == fake[2:].T.tolist()
    left = colours(view.data)
    view.show_cloud(Cloud(1, 1, fake, fake[2:], np.array([2, 3])))
    assert colours(view.data) == left
