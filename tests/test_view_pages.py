"""What the middle and the left of the window show, given a state: pages, hints, data, buttons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QProgressBar, QPushButton, QStackedWidget, QToolButton, QWidget

from iae_studio.explore import ExploreView
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.library import Contents
from iae_studio.state.studio_state import StudioState
from iae_studio.views.controls import ControlsView
from iae_studio.views.drawing import DrawingView
from iae_studio.views.experiments import ExperimentsView
from iae_studio.views.losses import LossesView
from iae_studio.views.recipe_list import ITEM, RecipeList
from iae_studio.widgets.elided_label import ElidedLabel, WrappedLabel
from tests.widgets import heard_of
from trainer.messages import LOSSES, Clusters, ModelFacts, Progress, Rendering
from trainer.recipe.catalogue import CATALOGUE


@pytest.fixture
def explore(qtbot, state) -> ExploreView:
    made = ExploreView(state)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    return made


def display(state: StudioState, name: str, path: str | None = None, live: bool = False) -> None:
    model = DisplayedModel(CATALOGUE[name], None if path is None else Path(path), live)
    state.displayed.select(model)


def texts(view: QWidget) -> list[str]:
    """What is to be read now."""
    labels = [*view.findChildren(ElidedLabel), *view.findChildren(WrappedLabel)]
    return [label.text() for label in labels if label.isVisibleTo(view) and label.text()]


def hidden(view: QWidget, *names: str) -> list[bool]:
    return [not view.findChild(QWidget, name).isVisibleTo(view) for name in names]


def pressed(view: QWidget, text: str) -> None:
    (found,) = (each for each in view.findChildren(QPushButton) if each.text() == text)
    found.click()


def bring(state: StudioState, *names: str) -> None:
    pixels = np.zeros((28, 28, 1), np.uint8)
    state.inputs.add([Input(name, pixels, state.inputs.spec) for name in names])


def answer(state: StudioState, step: int, share: float) -> None:
    count, stamp = len(state.inputs.images), state.answers.probe().stamp
    tiles = np.zeros((count, 8, 28, 28, 1), np.uint8)
    shares = np.full(count, share, np.float32)
    state.answers.set_rendering(Rendering(stamp, step, tiles, np.zeros((count, 10)), shares))


# ---- the middle ----------------------------------------------------------------------------------


def test_without_an_image_the_view_says_what_to_do(explore, state) -> None:
    pages = explore.findChild(QStackedWidget, "picturePages")
    display(state, "drawn-10")
    state.inputs.lack_tests(state.inputs._request)
    assert "Drop images here, paste one, draw a digit at the left,\nor take some." in texts(explore)
    wanted = heard_of(state.inputs.testsWanted)
    pressed(pages, "Test images")
    assert len(wanted) == 1 and "Test images are on their way…" in texts(explore)
    display(state, "svhn-75-small")
    state.inputs.lack_tests(state.inputs._request)
    assert "Drop images here, paste one,\nor take some." in texts(explore)
    bring(state, "mine")
    assert pages.currentWidget() is explore.view("pictures").reconstructions
    pressed(explore, "Clear")
    assert pages.currentWidget() is not explore.view("pictures").reconstructions


def test_each_kind_of_answer_has_its_page_and_its_switches(explore, state) -> None:
    pages, pictures = explore.findChild(QStackedWidget, "dropTarget"), explore.view("pictures")
    inner = explore.findChild(QStackedWidget, "picturePages")
    switches = ("picturesButton", "clustersButton", "mapButton", "wayBackButton")
    display(state, "drawn-10")
    bring(state, "mine")
    assert hidden(explore, *switches) == [False, True, False, True]
    display(state, "mnist-clusters-small")
    assert hidden(explore, *switches) == [False, False, False, True]
    explore.findChild(QToolButton, "clustersButton").click()
    assert state.query.shows_clusters and pages.currentWidget() is explore.view("clusters")
    assert [explore.findChild(QToolButton, n).isChecked() for n in switches] == [0, 1, 0, 0]
    explore.findChild(QToolButton, "picturesButton").click()
    assert not state.query.shows_clusters and pages.currentWidget() is pictures
    assert inner.currentWidget() is pictures.reconstructions
    display(state, "faces-small")
    assert hidden(explore, *switches) == [False, True, False, False]
    explore.findChild(QToolButton, "wayBackButton").click()
    assert state.query.shows_way_back
    display(state, "mog-iae")
    assert inner.currentWidget() is pictures.cloud
    assert hidden(explore, "aboutText", *switches) == [True, False, True, True, True]


def test_the_noise_share_is_shown_where_it_means_something(qtbot, explore, state) -> None:
    display(state, "drawn-10", "runs/it")
    bring(state, "one", "two")
    controls = ControlsView(state)
    qtbot.addWidget(controls)
    answer(state, 5, 0.25)
    assert hidden(controls, "noiseShare") == [False]
    assert controls.share.gauge.share() == 0.25 and "it, step 5" in texts(explore)
    answer(state, 0, 0.25)
    assert hidden(controls, "noiseShare") == [True]
    assert any(text.startswith("Untrained") for text in texts(explore))
    display(state, "mnist-det-small")
    bring(state, "three")
    answer(state, 1234, 0.0)
    assert hidden(controls, "noiseShare") == [True], "there is no noise"


def test_the_line_below_says_whose_pictures_these_are(explore, state) -> None:
    display(state, "mnist-clusters-small", "runs/it", live=True)
    assert "Loading…" in texts(explore)
    stamp = state.answers.probe().stamp
    facts = ModelFacts("mnist-clusters-small", 1234, (28, 28, 1), 30, True, 10)
    state.answers.set_facts(facts, stamp)
    assert "live weights, step 1,234" in texts(explore)
    explore.view("pictures").told.emit("mine · code norm 1.0")
    assert "mine · code norm 1.0" in texts(explore)
    explore.view("pictures").told.emit("")
    assert "live weights, step 1,234" in texts(explore)
    state.answers.set_clusters(Clusters(stamp, 2000, np.zeros((6, 30, 28, 28, 1), np.uint8)))
    assert "live weights, step 2,000" in texts(explore)


def test_what_is_drawn_has_a_name_for_those_who_do_not_see_it(explore, experiments) -> None:
    drawn = [explore.view("pictures").reconstructions.grid, explore.view("clusters").grid]
    drawn += [explore.findChild(QStackedWidget, "dropTarget"), experiments.findChild(RecipeList)]
    names = [each.accessibleName() for each in drawn]
    assert all(names) and len(set(names)) == len(names)


def test_tools_ask_for_what_they_say(explore, state) -> None:
    asked = [heard_of(state.requests.openWanted), heard_of(state.requests.pasteWanted)]
    pressed(explore, "Open")
    assert [len(each) for each in asked] == [1, 0]
    pressed(explore, "Paste")
    assert [len(each) for each in asked] == [1, 1]


# ---- losses and the log --------------------------------------------------------------------------


def test_losses_follow_the_training_and_the_log_what_is_said(qtbot, state) -> None:
    view = LossesView(state)
    qtbot.addWidget(view)
    view.complete()
    rows = np.ones((5, len(LOSSES)), np.float32)
    state.training.curvesLoaded.emit(rows)
    assert view.plot.names() == LOSSES and view.plot.steps() == 5
    state.training.progressed.emit(Progress(8, 1000, LOSSES, rows[:3], 1.0, 1.0))
    assert view.plot.steps() == 8
    other = ("only one",)
    state.training.progressed.emit(Progress(2, 1000, other, rows[:2, :1], 1.0, 1.0))
    assert view.plot.names() == other and view.plot.steps() == 2
    state.training.curvesLoaded.emit(rows[:0])
    assert view.plot.names() == LOSSES and view.plot.steps() == 0
    state.messages.show_error("The disk is full.")
    state.messages.logged.emit("Saved step 5.")
    lines = view.log.toPlainText().splitlines()
    assert [line[8:] for line in lines] == ["  The disk is full.", "  Saved step 5."]
    assert all(line[2] == line[5] == ":" for line in lines), "with the time of day"
    assert view.log.isReadOnly()


# ---- the left ------------------------------------------------------------------------------------


@pytest.fixture
def experiments(qtbot, state) -> ExperimentsView:
    parts = (state.displayed, state.library, state.training, state.downloads, state.requests)
    made = ExperimentsView(*parts)
    qtbot.addWidget(made)
    return made


def test_data_that_are_not_here_are_offered(experiments, state) -> None:
    parts = ("downloadButton", "folderButton", "progressLine")
    display(state, "mnist-10-small")
    assert hidden(experiments, *parts) == [True, True, True]
    state.library.set_contents(Contents(ready={"mnist": False}))
    assert hidden(experiments, *parts) == [False, False, True]
    assert any("not here yet" in text for text in texts(experiments))
    wanted, cancelled = heard_of(state.downloads.wanted), heard_of(state.downloads.cancelWanted)
    folder = heard_of(state.downloads.folderWanted)
    pressed(experiments, "Download")
    pressed(experiments, "Folder")
    assert wanted == folder == [("mnist",)]
    state.downloads.begin("mnist")
    state.downloads.set_share(0.25)
    assert hidden(experiments, *parts) == [True, True, False]
    assert experiments.findChild(QProgressBar, "progressLine").value() == 250
    assert any(text.startswith("Downloading MNIST") for text in texts(experiments))
    pressed(experiments, "Cancel")
    assert len(cancelled) == 1
    display(state, "svhn-75-small")
    assert hidden(experiments, *parts) == [True, True, True], "one download at a time"


def test_a_heading_is_no_choice_and_a_recipe_is(qtbot, experiments, state) -> None:
    display(state, "drawn-10")
    tree = experiments.findChild(RecipeList)
    chosen = tree.currentItem()
    assert chosen.data(0, ITEM).recipe.name == "drawn-10"
    tree.setCurrentItem(tree.topLevelItem(0))
    qtbot.waitUntil(lambda: tree.currentItem() is chosen)
    assert state.displayed.recipe.name == "drawn-10"
    (other,) = (i for i in tree.recipe_items() if i.data(0, ITEM).recipe.name == "mog-iae")
    tree.setCurrentItem(other)
    assert state.displayed.recipe.name == "mog-iae" and "mog-iae" in " ".join(texts(experiments))


def test_own_images_are_for_recipes_of_images(experiments, state) -> None:
    asked = heard_of(state.requests.ownImagesWanted)
    own = experiments.findChild(QPushButton, "ownImagesButton")
    display(state, "mog-iae")
    assert not own.isEnabled() and "takes no images" in own.toolTip()
    display(state, "drawn-10")
    own.click()
    assert len(asked) == 1 and own.toolTip().startswith("Train this recipe on a folder")


def test_the_pad_is_there_for_networks_that_read_drawings(qtbot, state) -> None:
    view = DrawingView(state)
    qtbot.addWidget(view)
    told = set()
    for name, there in (("drawn-10", True), ("svhn-75-small", False), ("mog-iae", False)):
        display(state, name)
        assert hidden(view, "sketchPad") == [not there]
        told.add(tuple(texts(view)))
    assert len(told) == 3
