"""The list of experiments, what stands below it, the pad, and the tools above the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHoverEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTreeWidgetItem, QWidget

from iae_studio.explore import ExploreView
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.library import Contents, Entry
from iae_studio.state.model_files import SHIPPED, Run
from iae_studio.views.controls import ControlsView
from iae_studio.views.drawing import DrawingView
from iae_studio.views.experiments import ExperimentsView
from iae_studio.views.recipe_list import ITEM, RecipeList
from iae_studio.widgets.diagram import Diagram
from iae_studio.widgets.elided_label import WrappedLabel
from tests.widgets import LEFT, heard_of, pixel, shown
from trainer.messages import Rendering
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe

AAE, LARGE = CATALOGUE["aae-small"], CATALOGUE["svhn-75"]


@pytest.fixture(autouse=True)
def no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment that did not come with weights."""
    monkeypatch.delitem(SHIPPED, "aae-small")


def a_run(number: int, recipe: Recipe = AAE, step: int = 1200) -> Run:
    return Run(Path(f"/runs/{number}"), recipe, f"2026-11-{number:02}T09:30:15", step)


# ---- the list ------------------------------------------------------------------------------------


@pytest.fixture
def tree(qtbot) -> RecipeList:
    made = RecipeList()
    qtbot.addWidget(made)
    return made


def fill(tree: RecipeList, chosen: str, *runs: Run, ready: bool = True) -> None:
    def entry(recipe: Recipe) -> Entry:
        mine = tuple(run for run in runs if run.recipe.name == recipe.name)
        return Entry(DisplayedModel(recipe), mine, ready)

    tree.fill(entry, chosen)


def item_of(tree: RecipeList, name: str) -> QTreeWidgetItem:
    (found,) = (i for i in tree.recipe_items() if i.data(0, ITEM).recipe.name == name)
    return found


def below(item: QTreeWidgetItem) -> list[str]:
    return [item.child(place).text(0) for place in range(item.childCount())]


@pytest.mark.parametrize("chosen", [True, False])
def test_a_row_below_the_pointer_has_one_colour(qtbot, tree, dark, chosen: bool) -> None:
    tree.resize(320, 300)
    tree.show()
    fill(tree, "drawn-10")
    item = item_of(tree, "drawn-10")
    if chosen:
        tree.setCurrentItem(item)
    tree.expandAll()
    name = tree.visualItemRect(item)
    rest = pixel(tree.viewport().grab().toImage(), name.topLeft() + QPoint(40, 2)).name()
    place = QPointF(name.topLeft() + QPoint(60, 10))
    for kind in (QEvent.Type.HoverEnter, QEvent.Type.HoverMove):
        QApplication.sendEvent(tree.viewport(), QHoverEvent(kind, place, place, QPointF(0, 0)))
    seen = tree.viewport().grab().toImage()
    found = {
        pixel(seen, QPoint(x, name.top() + 2)).name()
        for x in range(name.left() + 40, tree.header().length() - 12)
    }
    assert len(found) == 1 and (found == {rest}) is chosen


def test_the_chosen_one_stays_in_sight_where_the_list_loses_room(qtbot, tree) -> None:
    tree.resize(320, 400)
    tree.show()
    fill(tree, "drawn-10")
    item = item_of(tree, "fiae-mnist-small")
    tree.mark(DisplayedModel(item.data(0, ITEM).recipe))
    assert tree.viewport().rect().contains(tree.visualItemRect(item))
    tree.resize(320, 200)  # what is told below it grew
    assert tree.viewport().rect().contains(tree.visualItemRect(item))
    tree.scrollToTop()
    qtbot.wait(1)
    tree.resize(320, 190)
    assert tree.verticalScrollBar().value() == 0, "the user has scrolled away"


def test_the_six_newest_runs_stand_below_their_recipe(tree) -> None:
    own = AAE.with_images(f"/my/{'p' * 25}")
    runs = [a_run(9, own), a_run(8, step=0), *(a_run(k) for k in range(7, 0, -1))]
    fill(tree, "aae-small", *runs)
    item = item_of(tree, "aae-small")
    assert below(item) == [
        f"{'p' * 12}…{'p' * 12}, 11-09T09:30, step 1,200",
        "run of 11-08T09:30, just begun",
        *(f"run of 11-{k:02}T09:30, step 1,200" for k in (7, 6, 5, 4)),
    ]
    first = item.child(0)
    assert first.data(0, ITEM) == DisplayedModel(own, Path("/runs/9"))
    assert first.toolTip(0) == f"{own.data.images}\n{Path('/runs/9')}"
    assert item.child(1).toolTip(0) == str(Path("/runs/8"))


def test_the_runs_of_what_is_chosen_are_seen_and_full_sizes_where_one_is(tree) -> None:
    fill(tree, "aae-small", a_run(1), a_run(2, CATALOGUE["drawn-10"]))
    large = item_of(tree, LARGE.name).parent()
    assert item_of(tree, "aae-small").isExpanded() and not large.isExpanded()
    assert not item_of(tree, "drawn-10").isExpanded()
    assert all(tree.topLevelItem(k).isExpanded() for k in range(tree.topLevelItemCount()))
    fill(tree, LARGE.name, a_run(1))
    assert item_of(tree, LARGE.name).parent().isExpanded()
    assert item_of(tree, "aae-small").isExpanded(), "it was open"
    item_of(tree, "aae-small").setExpanded(False)
    fill(tree, "drawn-10", a_run(1))
    assert not item_of(tree, "aae-small").isExpanded()


def test_data_that_are_not_here_are_marked(tree) -> None:
    for ready in (True, False):
        fill(tree, "aae-small", ready=ready)
        item = item_of(tree, "aae-small")
        assert item.icon(1).isNull() is ready
        for place in (0, 1):
            assert item.toolTip(place).startswith(f"aae-small, {AAE.about.figure}\n")
            assert item.toolTip(place).endswith("not here yet.") is not ready


def test_the_mark_is_on_the_run_that_is_displayed_else_on_its_recipe(tree) -> None:
    fill(tree, "drawn-10", a_run(1), a_run(2), a_run(3, LARGE))
    told = heard_of(tree.currentItemChanged)
    for model, text in (
        (DisplayedModel(AAE, Path("/runs/1")), "run of 11-01T09:30, step 1,200"),
        (DisplayedModel(AAE), item_of(tree, "aae-small").text(0)),
        (DisplayedModel(AAE, Path("gone")), item_of(tree, "aae-small").text(0)),
        (DisplayedModel(LARGE, Path("/runs/3")), "run of 11-03T09:30, step 1,200"),
    ):
        tree.mark(model)
        assert tree.currentItem().text(0) == text
        above = tree.currentItem().parent()
        assert above.isExpanded() and (above.parent() is None or above.parent().isExpanded())
    assert not told, "it follows, and chooses nothing"


# ---- below the list ------------------------------------------------------------------------------


@pytest.fixture
def experiments(qtbot, state) -> Iterator[ExperimentsView]:
    parts = (state.displayed, state.library, state.training, state.downloads, state.requests)
    around = shown(qtbot, QWidget(), 320, 700)
    made = ExperimentsView(*parts, around)
    made.resize(320, 700)
    made.show()
    yield made


def words(view: QWidget) -> str:
    return " / ".join(each.text() for each in view.findChildren(WrappedLabel))


def test_a_run_that_is_chosen_is_displayed_and_the_list_follows(experiments, state) -> None:
    state.library.set_contents(Contents((a_run(2), a_run(1))))
    item = item_of(experiments.tree, "aae-small")
    experiments.tree.setCurrentItem(item.child(1))
    assert state.displayed.model == DisplayedModel(AAE, Path("/runs/1"))
    experiments.tree.setCurrentItem(item)
    assert state.displayed.model == DisplayedModel(AAE, Path("/runs/2")), "the newest"
    state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    assert experiments.tree.currentItem().data(0, ITEM).recipe.name == "mog-iae"
    state.library.set_contents(Contents())
    assert experiments.tree.currentItem().data(0, ITEM).recipe.name == "mog-iae"


@pytest.mark.parametrize("by_key", [False, True])
def test_the_marked_experiment_can_be_had_back_from_a_foreign_file(
    qtbot, experiments, state, by_key: bool
) -> None:
    tree, own = experiments.tree, DisplayedModel(AAE)
    state.displayed.select(own)
    state.displayed.open_model(AAE, Path("/elsewhere/mine.safetensors"))
    item = tree.currentItem()
    assert item.data(0, ITEM) == own, "it is the nearest"
    place = tree.visualItemRect(item).center()
    told = heard_of(state.displayed.selected)
    for _ in range(2):
        if by_key:
            QTest.keyClick(tree, Qt.Key.Key_Return)
        else:
            QTest.mouseClick(tree.viewport(), LEFT, pos=place)
        assert state.displayed.model == own
    assert len(told) == 1, "what is displayed is not displayed anew"


def test_a_click_on_what_trains_keeps_the_live_weights(experiments, state) -> None:
    state.library.set_contents(Contents((a_run(1),)))
    live = DisplayedModel(AAE, Path("/runs/1"), live=True)
    state.displayed.select(live)  # the networks are still loaded
    tree = experiments.tree
    place = tree.visualItemRect(tree.currentItem()).center()
    QTest.mouseClick(tree.viewport(), LEFT, pos=place)
    assert state.displayed.model == live


def test_a_recipe_is_told_by_its_story_its_data_and_its_steps(experiments, state) -> None:
    recipe = AAE.but(steps=12_000, batch=64)
    state.displayed.select(DisplayedModel(recipe))
    assert recipe.about.story in words(experiments)
    assert "; 12,000 steps, batches of 64" in words(experiments) and "not here" not in words(
        experiments
    )
    state.library.set_contents(Contents(ready={"mnist": False}))
    assert "MNIST, not here yet; " in words(experiments)
    fetch, folder = (
        experiments.findChild(QPushButton, f"{n}Button") for n in ("download", "folder")
    )
    assert fetch.toolTip().startswith("Fetch MNIST, ") and "MNIST: " in folder.toolTip()
    state.downloads.begin("svhn")
    assert fetch.isHidden() and not folder.isHidden(), "one download at a time"
    state.downloads.end()
    assert not fetch.isHidden()


@pytest.mark.parametrize(("height", "drawn"), [(400, True), (399, False)])
def test_a_low_panel_leaves_the_drawing_out(experiments, height: int, drawn: bool) -> None:
    experiments.parentWidget().resize(320, height)
    experiments.resize(320, height - 1)
    assert experiments.findChild(Diagram).isHidden() is not drawn


# ---- the pad and the tools -----------------------------------------------------------------------


def test_what_is_on_the_pad_is_read_and_kept_once(qtbot, state) -> None:
    view = shown(qtbot, DrawingView(state), 320, 200)
    tools = {each.text(): each for each in view.findChildren(QPushButton)}
    read = heard_of(state.inputs.sketchWanted)
    spec = state.inputs.spec
    tools["Keep"].click()
    QTest.mouseClick(view.pad, LEFT, pos=QPoint(60, 60))
    assert read and read[-1][1] == spec and read[-1][0].any()
    assert not any(keep for _, _, keep in read)
    drawn = read[-1][0]
    tools["Keep"].click()
    ((kept, seen_by, _),) = [each for each in read if each[2]]
    assert (kept == drawn).all() and seen_by == spec
    assert view.pad.isEmpty()
    for back in ("Undo", "Clear"):
        QTest.mouseClick(view.pad, LEFT, pos=QPoint(60, 60))
        tools[back].click()
        assert view.pad.isEmpty(), back
    opened = heard_of(state.requests.openWanted)
    state.displayed.select(DisplayedModel(CATALOGUE["svhn-75-small"]))
    tools["Open images"].click()
    assert len(opened) == 1 and "this model sees 32 × 32 px in colour" in words(view)


def test_tools_show_their_words_where_all_have_room(qtbot, state) -> None:
    explore = shown(qtbot, ExploreView(state), 1000, 600)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    tools = [b for b in explore.findChildren(QPushButton, options=direct) if b.property("flat")]
    assert len(tools) == 4 and all(tool.shown() and tool.toolTip() for tool in tools)
    explore.resize(300, 600)
    qtbot.waitUntil(lambda: not any(tool.shown() for tool in tools))
    explore.resize(1000, 600)
    qtbot.waitUntil(lambda: all(tool.shown() for tool in tools))


def test_the_middle_is_framed_while_something_to_drop_hovers(qtbot, state, dark) -> None:
    explore = shown(qtbot, ExploreView(state), 1000, 600)
    before = explore.grab().toImage()
    explore.invite(True)
    assert explore.grab().toImage() != before
    explore.invite(False)
    assert explore.grab().toImage() == before


def test_a_share_is_that_of_the_selected_row(qtbot, state) -> None:
    controls = shown(qtbot, ControlsView(state), 300, 600)
    spec = state.inputs.spec
    state.inputs.add([Input(name, np.zeros(spec.shape, np.uint8), spec) for name in "ab"])
    tiles = np.zeros((2, 8, 28, 28, 1), np.uint8)
    stamp, shares = state.answers.probe().stamp, np.array([0.25, 0.75], np.float32)
    state.answers.set_rendering(Rendering(stamp, 1, tiles, np.zeros((2, 10)), shares))
    assert controls.share.gauge.share() == 0.25 and not controls.share.isHidden()
    state.selection.select(1)
    assert controls.share.gauge.share() == 0.75
