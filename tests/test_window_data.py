"""Browsing the data in the real window: by names and keys, on shipped models and real runs."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDockWidget, QLabel, QPushButton, QToolButton, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED, model_recipe
from iae_studio.state.training import State
from iae_studio.widgets.picture_sheet import PictureSheet
from tests.studio import (
    LONG,
    find,
    little_data,
    press,
    running,
    steps,
    wait_for_tiles,
    wait_state,
)
from tests.tiny import write_mnist
from trainer.data.aside import FILE, read_decisions
from trainer.data.downloads import Cancelled
from trainer.data.loading import load_data
from trainer.recipe.catalogue import CATALOGUE

COUNT = 400  # images of `little_data`


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot) as started:
        wait_for_tiles(started, qtbot)
        yield started


def browse(studio, qtbot) -> PictureSheet:
    qtbot.keyClick(studio.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: find(studio, QWidget, "dataBrowser") is not None, timeout=LONG)
    return find(studio, PictureSheet, "dataSheet")


def click(studio, qtbot, name: str) -> None:
    qtbot.mouseClick(find(studio, QToolButton, f"{name}Button"), Qt.MouseButton.LeftButton)


def wait_rows(sheet: PictureSheet, qtbot, count: int) -> list[int]:
    qtbot.waitUntil(lambda: len(sheet.order()) == count, timeout=LONG)
    return sheet.order().tolist()


def words(studio) -> str:
    return find(studio, QLabel, "dataWords").text()


def missing(studio) -> str:
    return find(studio, QLabel, "dataMissing").text()


def point(sheet: PictureSheet, qtbot, place: int, button=Qt.MouseButton.LeftButton) -> None:
    qtbot.mouseClick(sheet.viewport(), button, pos=sheet.tileRect(place).center())


def test_the_data_are_browsed_sorted_and_sent_to_the_grid(studio, qtbot) -> None:
    losses = find(studio, QDockWidget, "dock Training").widget()
    assert not losses.visibleRegion().isEmpty(), "the losses are in front"
    assert find(studio, QWidget, "dataBrowser") is None, "made when it is wanted"
    sheet = browse(studio, qtbot)
    assert wait_rows(sheet, qtbot, COUNT) == list(range(COUNT)) and sheet.hasFocus()
    data = load_data(CATALOGUE["drawn-10"])
    qtbot.waitUntil(lambda: not sheet.picture(5).isNull(), timeout=LONG)
    pixel = sheet.picture(5).pixelColor(14, 14).red()
    assert pixel == data.train.images[5, 0, 14, 14]

    click(studio, qtbot, "browsedWorst")
    qtbot.waitUntil(lambda: sheet.order().tolist() != list(range(COUNT)), timeout=LONG)
    worst = wait_rows(sheet, qtbot, COUNT)
    assert words(studio).startswith("Worst first by mean squared error, of 400 of 400 training")
    click(studio, qtbot, "browsedBest")
    qtbot.waitUntil(lambda: sheet.order()[0] != worst[0], timeout=LONG)
    qtbot.mouseMove(sheet.viewport(), sheet.tileRect(0).center())
    best = int(sheet.order()[0])
    label = int(data.train.labels[best])
    assert words(studio).startswith(f"training {best} · class {label} · error 0.0")

    before = list(studio.state.inputs.images)
    point(sheet, qtbot, 0)
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == len(before) + 1, timeout=LONG)
    sent = studio.state.inputs.images[0]
    assert sent.name == f"training {best} ({label})" and studio.state.selection.input is sent
    np.testing.assert_array_equal(sent.seen[:, :, 0], data.train.images[best, 0].numpy())
    studio.state.selection.select(3)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.state.selection.input is sent, timeout=LONG)
    assert len(studio.state.inputs.images) == len(before) + 1, "the same twice is selected"

    classes = find(studio, QComboBox, "classFilter")
    click(studio, qtbot, "browsedTest")
    click(studio, qtbot, "browsedAll")
    wait_rows(sheet, qtbot, 80)
    qtbot.keyClicks(classes, "7")
    qtbot.waitUntil(lambda: classes.currentText() == "7", timeout=LONG)
    classes.activated.emit(classes.currentIndex())
    sevens = (data.test.labels == 7).nonzero()[:, 0].tolist()
    assert wait_rows(sheet, qtbot, len(sevens)) == sevens
    point(sheet, qtbot, 0, Qt.MouseButton.RightButton)
    assert "not trained on" in studio.state.messages.current.text
    two_clicks_send_two(studio, qtbot, sheet)


def two_clicks_send_two(studio, qtbot, sheet: PictureSheet) -> None:
    """The second does not take the place of the first, which is still on its way."""
    count = len(studio.state.inputs.images)
    point(sheet, qtbot, 0)
    point(sheet, qtbot, 1)
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) == count + 2, timeout=LONG)


def test_an_image_is_set_aside_while_it_trains_and_taken_back_afterwards(studio, qtbot) -> None:
    state = studio.state
    sheet = browse(studio, qtbot)
    wait_rows(sheet, qtbot, COUNT)
    point(sheet, qtbot, 1, Qt.MouseButton.RightButton)
    assert "Press Train" in state.messages.current.text, "a shipped model is no run"

    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"].but(width=4, batch=4, seed=3)))
    click(studio, qtbot, "browsedWorst")
    qtbot.waitUntil(lambda: "untrained" in missing(studio), timeout=LONG)
    click(studio, qtbot, "browsedAll")
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 2, timeout=LONG)
    run = state.training.run_path
    wait_rows(sheet, qtbot, COUNT)
    qtbot.keyClick(sheet, Qt.Key.Key_Home)
    qtbot.keyClick(sheet, Qt.Key.Key_Right)
    qtbot.keyClick(sheet, Qt.Key.Key_X)
    assert "X" in {action.shortcut().toString() for action in sheet.actions()}
    qtbot.waitUntil(lambda: sheet.isCrossed(sheet.numberAt(1)), timeout=LONG)
    row = sheet.numberAt(1)
    (decision,) = read_decisions(run).all
    assert (decision.image, decision.aside) == (row, True) and decision.step > 0
    qtbot.waitUntil(lambda: steps(studio) > decision.step + 1, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)

    click(studio, qtbot, "browsedAside")
    assert wait_rows(sheet, qtbot, 1) == [row]
    point(sheet, qtbot, 0, Qt.MouseButton.RightButton)
    qtbot.waitUntil(lambda: "No training image is set aside" in missing(studio), timeout=LONG)
    known = read_decisions(run)
    assert known.in_force() == frozenset() and len(known.all) == 2
    assert known.all[1].step == steps(studio), "from the checkpoint on"

    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) > known.all[1].step + 2, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def test_what_cannot_be_set_aside_is_told_and_trained_on(studio, qtbot, monkeypatch) -> None:
    """Too few would remain; and a file that somebody damaged stops the next training, named."""
    state = studio.state
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"].but(width=4, batch=4)))
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= 2, timeout=LONG)
    run = state.training.run_path
    sheet = browse(studio, qtbot)
    wait_rows(sheet, qtbot, COUNT)
    monkeypatch.setattr("trainer.training.aside.FEWEST", COUNT)
    point(sheet, qtbot, 1, Qt.MouseButton.RightButton)
    label = find(studio, QLabel, "messageText")
    qtbot.waitUntil(lambda: "399 of 400 images would be left" in label.text(), timeout=LONG)
    assert not (run / FILE).exists() and state.training.state is State.TRAINING
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)
    (run / FILE).write_text(json.dumps({"format": 1, "by": "row", "decisions": [1]}))
    press(studio, qtbot, "startButton")
    wait_state(studio, qtbot, State.FAILED)
    assert "delete it to train on all images" in label.text()


def shipped(studio, qtbot, name: str) -> None:
    path = SHIPPED[name]
    studio.state.displayed.select(DisplayedModel(model_recipe(path), path))
    wait_for_tiles(studio, qtbot, studio.state.answers.probe().stamp)


def test_clusters_are_filtered_and_those_that_disagree_are_found(
    studio, qtbot, own_folders, monkeypatch
) -> None:
    """Without MNIST it says how to get it; then with files of drawn digits in its place."""
    sheet = browse(studio, qtbot)
    shipped(studio, qtbot, "mnist-clusters-small")
    qtbot.waitUntil(lambda: "MNIST" in missing(studio), timeout=LONG)
    assert find(studio, QPushButton, "browserDownload").isVisible()
    assert find(studio, QPushButton, "browserFolder").isVisible()
    studio.data.set_root("mnist", write_mnist(own_folders / "mnist", 300, 40))
    assert wait_rows(sheet, qtbot, 300)
    click(studio, qtbot, "browsedOdd")
    qtbot.waitUntil(lambda: "whose class is not their cluster's" in words(studio), timeout=LONG)
    odd = sheet.order().tolist()
    assert 0 < len(odd) < 300
    clusters = find(studio, QComboBox, "clusterFilter")
    click(studio, qtbot, "browsedAll")
    found: list[int] = []
    for index in range(1, clusters.count()):
        clusters.setCurrentIndex(index)
        clusters.activated.emit(index)
        found += sheet.order().tolist()
        majority(studio, sheet, odd)
    assert sorted(found) == list(range(300)), "each is in one cluster"


def majority(studio, sheet: PictureSheet, odd: list[int]) -> None:
    """Of a cluster's images those that do not disagree are of one class."""
    agree = [row for row in sheet.order().tolist() if row not in odd]
    classes = {sheet.tip(row).split(" · ")[1] for row in agree}
    assert len(classes) <= 1


def test_one_download_at_a_time_is_offered_and_taken(studio, qtbot, monkeypatch) -> None:
    began: list[str] = []

    def fetch(archives, folder, otherwise, progress, cancelled, *_) -> None:
        """As over a slow line, until it is cancelled."""
        began.append(str(folder))
        progress(1, 4)
        while not cancelled():
            time.sleep(0.01)
        raise Cancelled

    for name in ("mnist", "svhn"):
        monkeypatch.setattr(f"trainer.data.sets.{name}.fetch_archives", fetch)
    state, downloads = studio.state, studio.state.downloads
    browse(studio, qtbot)
    shipped(studio, qtbot, "mnist-clusters-small")
    qtbot.waitUntil(find(studio, QPushButton, "browserDownload").isVisible, timeout=LONG)
    press(studio, qtbot, "browserDownload")
    qtbot.waitUntil(lambda: len(began) == 1, timeout=LONG)
    assert missing(studio) == "Downloading MNIST…"
    state.displayed.select(DisplayedModel(CATALOGUE["svhn-75"]))
    qtbot.waitUntil(lambda: "SVHN" in missing(studio), timeout=LONG)
    assert missing(studio).endswith("MNIST is downloaded first.")
    assert not find(studio, QPushButton, "browserDownload").isVisible()
    assert find(studio, QPushButton, "browserFolder").isVisible()
    downloads.wanted.emit("svhn")
    assert downloads.name == "mnist" and "still downloading" in state.messages.current.text
    shipped(studio, qtbot, "mnist-clusters-small")
    buttons = studio.window.findChildren(QPushButton)
    (cancel,) = (each for each in buttons if each.text() == "Cancel" and each.isVisible())
    cancel.click()
    qtbot.waitUntil(lambda: not downloads.name, timeout=LONG)
    assert len(began) == 1, "no other waited for its turn"
    qtbot.waitUntil(find(studio, QPushButton, "browserDownload").isVisible, timeout=LONG)


def test_both_domains_of_a_cycleiae_are_browsed(studio, qtbot) -> None:
    shipped(studio, qtbot, "shoes-small")
    sheet = browse(studio, qtbot)
    wait_rows(sheet, qtbot, len(load_data(CATALOGUE["shoes-small"]).train))
    qtbot.waitUntil(lambda: not sheet.picture(0).isNull(), timeout=LONG)
    shoe = sheet.picture(0)
    click(studio, qtbot, "browsedB")
    qtbot.waitUntil(lambda: not sheet.picture(0).isNull(), timeout=LONG)
    assert sheet.picture(0) != shoe and "domain B" in words(studio)
    count = len(studio.state.inputs.images)
    point(sheet, qtbot, 0)
    assert "domain A" in studio.state.messages.current.text
    assert len(studio.state.inputs.images) == count


def test_points_and_the_key_that_hides_it_again(studio, qtbot) -> None:
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    browse(studio, qtbot)
    qtbot.waitUntil(lambda: "points in the plane" in missing(studio), timeout=LONG)
    shipped(studio, qtbot, "drawn-10")
    sheet = find(studio, PictureSheet, "dataSheet")
    wait_rows(sheet, qtbot, COUNT)
    sheet.setFocus()
    qtbot.keyClick(studio.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert not find(studio, QDockWidget, "dock Data").isVisible()


def test_tabs_stand_in_for_title_bars_where_there_are_some(studio, qtbot) -> None:
    losses, data = (find(studio, QDockWidget, f"dock {name}") for name in ("Training", "Data"))
    find(studio, QDockWidget, "dock Bookmarks").hide()
    browse(studio, qtbot)

    def has_bar(dock: QDockWidget) -> bool:
        return dock.titleBarWidget().sizeHint().height() > 0

    qtbot.waitUntil(lambda: not has_bar(losses), timeout=LONG)
    assert data.titleBarWidget().height() == 0
    data.setFloating(True)
    qtbot.waitUntil(lambda: has_bar(losses), timeout=LONG)
    assert has_bar(data), "it could not be moved"
    data.setFloating(False)
    qtbot.waitUntil(lambda: not has_bar(data), timeout=LONG)
    data.hide()
    qtbot.waitUntil(lambda: has_bar(losses), timeout=LONG)
