"""Hands: every action has a key and stands in the palette; help, full screen, sizes of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QDockWidget,
    QFrame,
    QLineEdit,
    QListWidget,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)
from shiboken6 import Shiboken

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.library import Contents
from iae_studio.state.model_files import SHIPPED, Run
from iae_studio.style import theme
from iae_studio.views.actions import SUBJECT, actions_of, key_of, words
from iae_studio.views.help_texts import HELP
from iae_studio.views.matching import fits
from iae_studio.views.recipe_list import ITEM
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.sliders import SliderBank
from iae_studio.widgets.track import Track
from iae_studio.window import Window
from tests.studio import LONG, find, newest, running, wait_for_tiles
from tests.test_widths import clipped, settle
from tests.widgets import fresh_state, heard_of
from trainer.messages import LOSSES, ModelFacts, Progress
from trainer.recipe.catalogue import CATALOGUE

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot, qapp, own_folders, dark) -> Iterator[Window]:
    settings = QSettings(str(own_folders / "settings.ini"), QSettings.Format.IniFormat)
    made = Window(fresh_state(), settings, lambda *_, **__: None)
    made.resize(1100, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.complete()
    yield made
    made.close()
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.set_zoom(qapp, 1.0)


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, wherever the keyboard is."""
    QTest.keyClick(QApplication.focusWidget(), key, held)
    settle()


def items(tree: QTreeWidget) -> Iterator[QTreeWidgetItem]:
    for place in range(tree.topLevelItemCount()):
        head = tree.topLevelItem(place)
        for row in range(head.childCount()):
            yield head.child(row)


# ---- actions -------------------------------------------------------------------------------------


def all_views(window: Window) -> None:
    """Every view of the middle, for each of which a recipe may have to be shown."""
    for recipe in map(CATALOGUE.get, ("drawn-10", "shoes-small", "mnist-clusters-small")):
        window.state.displayed.select(DisplayedModel(recipe))
        for action in window.explore.view_actions():
            action.trigger()
    settle()


def test_every_action_has_a_subject_a_text_and_a_key_of_its_own(window) -> None:
    all_views(window)
    menus = [a for menu in window.menuBar().actions() for a in menu.menu().actions()]
    assert len(menus) > 20
    for action in [each for each in menus if not each.isSeparator()]:
        assert action.property(SUBJECT), action.text()
    found = actions_of(window)
    for action in found:
        assert words(action) and key_of(action), words(action)
    keys = Counter(
        key.toString() for action in found if action.isEnabled() for key in action.shortcuts()
    )
    assert not [key for key, count in keys.items() if count > 1]


def test_f1_lists_every_key_and_finds_one(window) -> None:
    press(Qt.Key.Key_F1)
    dialog = find_dialog(window)
    tree = dialog.findChild(QTreeWidget, "keysList")
    listed = {item.text(0): item.text(1) for item in items(tree)}
    for action in actions_of(window):
        assert listed[key_of(action)] == words(action)
    assert "Double click a tile" in listed
    QTest.keyClicks(dialog.findChild(QLineEdit, "keysSearch"), "noise resample")
    shown = [item.text(0) for item in items(tree) if not item.isHidden()]
    assert shown == ["Space"]
    dialog.close()


def find_dialog(window: QWidget) -> QDialog:
    return window.findChild(QDialog, "keysDialog")


@pytest.mark.parametrize(
    ("typed", "name", "finds"),
    [
        ("res", "Resample", True),
        ("nr", "New run", True),
        ("RUN new", "New run", True),
        ("shoe", "Show the log", False),
        ("xyz", "New run", False),
        ("figure 8", "Edges and shoes", False),
    ],
)
def test_a_name_is_found_by_its_letters(typed: str, name: str, finds: bool) -> None:
    assert (fits(typed, name) is not None) is finds


def test_a_number_is_not_the_beginning_of_a_longer_one() -> None:
    typed = "mnist, 10 + 100"
    assert fits(typed, "MNIST, 10 + 100, small") > fits(typed, "MNIST, 5 + 100, small")


def test_what_stands_in_the_name_comes_before_what_stands_aside() -> None:
    order = ("Shoes", "Edges and shoes", "Horseshoes", "Edges")
    points = [fits("shoes", name, "about shoes") for name in order]
    assert None not in points and points == sorted(points, reverse=True)
    assert len(set(points)) == len(points)


# ---- full screen ---------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_the_middle_has_the_screen_and_all_comes_back_as_it_was(window, back: Qt.Key) -> None:
    docks = window.findChildren(QDockWidget)
    docks[1].hide()
    settle()
    size, places = window.size(), [dock.geometry() for dock in docks]
    seen = {dock.objectName(): dock.isVisible() for dock in docks}
    press(Qt.Key.Key_F11)
    around = [*docks, window.menuBar(), window.findChild(QWidget, "trainingToolBar")]
    assert window.isFullScreen() and not any(each.isVisible() for each in around)
    assert window.findChild(QFrame, "fullScreenHint").isVisible()
    window.remember_layout()
    seed = window.state.query.seed
    press(Qt.Key.Key_Space)
    assert window.state.query.seed != seed, "keys work as before"
    press(back)
    assert not window.isFullScreen() and window.size() == size
    assert {dock.objectName(): dock.isVisible() for dock in docks} == seen
    settle()
    assert [dock.geometry() for dock in docks] == places
    again = Window(fresh_state(), window.settings, lambda *_, **__: None)
    kept = {dock.objectName(): not dock.isHidden() for dock in again.findChildren(QDockWidget)}
    again.deleteLater()
    assert kept == seen, "the full screen is not what is remembered"


@pytest.mark.parametrize("leaves", ["full screen", "palette"])
def test_a_slider_that_had_the_keyboard_may_be_gone_when_it_is_given_back(window, leaves) -> None:
    """As where a training begins meanwhile whose code is smaller."""
    shows(window, directions=4)
    last = window.findChild(SliderBank, "codeSliders").rows()[-1].findChild(Track)
    last.setFocus()
    assert last.hasFocus()
    opened = {"full screen": (Qt.Key.Key_F11,), "palette": (Qt.Key.Key_K, CONTROL)}
    press(*opened[leaves])
    shows(window, directions=2)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not Shiboken.isValid(last)
    press(Qt.Key.Key_Escape)
    assert not window.isFullScreen() and QApplication.focusWidget() is not None
    seed = window.state.query.seed
    press(Qt.Key.Key_Space)
    assert window.state.query.seed != seed, "keys work as before"


def shows(window: Window, directions: int) -> None:
    """A model answers whose code has so many."""
    spread = (0.1,) * directions
    facts = ModelFacts("drawn-10", 5, (28, 28, 1), directions, False, 32, 0, False, spread, ())
    window.state.answers.set_facts(facts, window.state.answers.probe().stamp)
    assert len(window.findChild(SliderBank, "codeSliders").rows()) == directions


# ---- the size of text ----------------------------------------------------------------------------


def test_text_grows_by_keys_and_is_remembered(window, qapp) -> None:
    window.resize(1280, 800)
    window.state.training.engine_ready()
    number = window.findChild(QLineEdit)
    small, high = qapp.font().pixelSize(), number.height()
    for _ in range(3):
        press(Qt.Key.Key_Equal, CONTROL)
    assert qapp.font().pixelSize() == round(1.5 * small)
    assert window.settings.value("text") == 150 and not list(clipped(window))
    assert number.height() > high
    for _ in range(3):
        press(Qt.Key.Key_Plus, CONTROL)
    assert qapp.font().pixelSize() == 2 * small
    for _ in range(8):
        press(Qt.Key.Key_Minus, CONTROL)
    assert qapp.font().pixelSize() == round(0.8 * small)
    theme.apply(qapp, False)
    assert qapp.font().pixelSize() == round(0.8 * small), "the theme changes, the size does not"
    press(Qt.Key.Key_0, CONTROL)
    assert qapp.font().pixelSize() == small


@pytest.mark.parametrize(("kept", "zoom"), [("150", 1.5), ("7", 1.0), ("x", 1.0), ("9" * 99, 1.0)])
def test_the_size_of_text_that_was_chosen_is_there_at_the_next_start(
    window, kept: str, zoom: float
) -> None:
    window.settings.setValue("text", kept)
    again = Window(fresh_state(), window.settings, lambda *_, **__: None)
    assert theme.zoom() == zoom
    again.deleteLater()


# ---- names, focus, help --------------------------------------------------------------------------


def takes_focus(part: QWidget) -> bool:
    inner = part.objectName().startswith("qt_") or isinstance(part.parent(), QLineEdit)
    return part.focusPolicy() != Qt.FocusPolicy.NoFocus and part.focusProxy() is None and not inner


def name_of(part: QWidget) -> str:
    text = getattr(part, "text", str)()
    return part.accessibleName() or (text if isinstance(text, str) else "") or part.windowTitle()


def test_all_that_takes_the_keyboard_has_a_name(window) -> None:
    all_views(window)
    press(Qt.Key.Key_K, CONTROL)
    parts = [each for each in window.findChildren(QWidget) if takes_focus(each)]
    parts = [each for each in parts if not each.objectName().startswith("messageButton")]
    assert len(parts) > 30
    lacking = [
        f"{type(p).__name__} {p.objectName()} in {p.parent()}" for p in parts if not name_of(p)
    ]
    assert not lacking


def test_tab_goes_through_the_window_as_one_reads_and_shows_where_it_is(window, qtbot) -> None:
    window.state.training.engine_ready()
    window.state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    seen = np.zeros((28, 28, 1), np.uint8)
    window.state.inputs.add([Input("one", seen, window.state.inputs.spec)])
    facts = ModelFacts("drawn-10", 5, (28, 28, 1), 2, False, 2, code_spread=(0.6, 0.4))
    window.state.answers.set_facts(facts, window.state.answers.probe().stamp)
    window.findChild(QToolButton, "codeAllButton").click()  # sliders that come later
    settle()
    window.findChild(QPushButton, "startButton").setFocus()
    ways: list[QWidget] = []
    while not ways or ways[0] is not QApplication.focusWidget():
        ways.append(QApplication.focusWidget())
        press(Qt.Key.Key_Tab)
        assert len(ways) < 80
    order = [each.objectName() or each.accessibleName() for each in ways]
    told = ["deviceBox", "recipeList", "ownImagesButton", "imageGrid", "1", "2", "noiseSeed"]
    places = [order.index(name) for name in told]
    assert places == sorted(places)
    press(Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is ways[-1]
    for each in ways:
        window.explore.setFocus()
        before = window.grab().toImage()
        each.setFocus()
        if each.visibleRegion().boundingRect().height() > 8:
            assert window.grab().toImage() != before, each


def test_a_help_mark_opens_by_enter_and_closes_by_escape(window) -> None:
    mark = window.findChild(QToolButton, "lossesHelp")
    mark.setFocus()
    press(Qt.Key.Key_Return)
    card = window.findChild(QFrame, "helpCard")
    assert card.isVisible() and HELP["losses"].equation in card.accessibleDescription()
    assert window.rect().contains(card.geometry())
    press(Qt.Key.Key_Escape)
    assert window.findChild(QFrame, "helpCard") is None and mark.hasFocus()


def test_a_click_elsewhere_closes_help_and_one_on_the_mark_too(window) -> None:
    mark = window.findChild(QToolButton, "experimentsHelp")
    for elsewhere in (window.explore, mark):
        QTest.mouseClick(mark, Qt.MouseButton.LeftButton)
        assert window.findChild(QFrame, "helpCard").isVisible()
        QTest.mouseClick(elsewhere, Qt.MouseButton.LeftButton)
        assert window.findChild(QFrame, "helpCard") is None


def test_help_is_whole_sentences() -> None:
    for subject, known in HELP.items():
        assert known.text[0].isupper() and known.text.endswith("."), subject


# ---- what is empty, and what has weights ---------------------------------------------------------


def test_without_losses_there_is_the_button_that_makes_some(window, qtbot) -> None:
    begin = window.findChild(QPushButton, "trainHereButton")
    assert begin.isVisible() and not begin.isEnabled(), "the engine is still loading"
    window.state.training.engine_ready()
    wanted = heard_of(window.state.training.wanted)
    begin.click()
    assert len(wanted) == 1
    losses = np.ones((3, len(LOSSES)), np.float32)
    window.state.training.progressed.emit(Progress(3, 9, LOSSES, losses, 1.0, 1.0))
    assert begin.isHidden() and not window.findChild(QCheckBox, "lossAxis").isHidden()


def test_an_untrained_model_offers_to_be_trained(window) -> None:
    state = window.state
    state.training.engine_ready()
    begin = window.findChild(QPushButton, "trainUntrainedButton")
    wanted = heard_of(state.training.wanted)
    for step in (7, 0):
        facts = ModelFacts(f"of step {step}", step, (28, 28, 1), 10, False, 0)
        state.answers.set_facts(facts, state.answers.probe().stamp)
        assert begin.isVisible() is (step == 0)
    begin.click()
    assert len(wanted) == 1


def test_the_list_shows_what_has_weights_before_it_is_clicked(window) -> None:
    run = Run(Path("/runs/it"), CATALOGUE["shoes"], "2026-11-27T09:30:00", 1200)
    marks = []
    for runs in ((), (run,)):
        window.state.library.set_contents(Contents(runs))
        tree = window.findChild(QTreeWidget, "recipeList")
        by_name = {i.data(0, ITEM).recipe.name: i for i in tree.recipe_items()}
        for name in ("drawn-10", "shoes"):
            item = by_name[name]
            picture = item.icon(0).pixmap(16).toImage()
            said = str(item.data(0, Qt.ItemDataRole.AccessibleTextRole))
            marks.append((picture, said, item.toolTip(0)))
    (shipped, *_), (hollow, *_), _, (own, *_) = marks
    assert shipped == own != hollow
    assert [said.rpartition(", ")[2] for _, said, _ in marks] == ["trained", "untrained"] + [
        "trained"
    ] * 2
    tips = [tip for *_, tip in marks]
    assert "came with the program" in tips[0] and "Press Train" in tips[1]
    assert "your newest run" in tips[3]
    assert CATALOGUE["shoes"].about.title in tips[1], "the whole name"


# ---- the palette, as it is used ------------------------------------------------------------------


def test_the_palette_draws_anew_shows_another_model_and_remembers(own_folders, qtbot) -> None:
    with running(own_folders, qtbot, recipe="mnist-10-small") as studio:
        window = studio.window
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=LONG)
        wait_for_tiles(studio, qtbot)
        grid = find(studio, ImageGrid, "imageGrid")
        grid.setFocus()
        assert find(studio, QFrame, "commandPalette") is None, "made when its key is pressed"
        seed = studio.state.query.seed
        press(Qt.Key.Key_K, CONTROL)
        palette = find(studio, QFrame, "commandPalette")
        entries = palette.findChild(QListWidget, "paletteList")
        assert entries.count() > 30 and palette.isVisible()
        QTest.keyClicks(QApplication.focusWidget(), "resam")
        assert palette.shown()[0] == "Resample"
        press(Qt.Key.Key_Return)
        assert studio.state.query.seed != seed and not palette.isVisible() and grid.hasFocus()
        press(Qt.Key.Key_K, CONTROL)
        assert palette.shown()[0] == "Resample", "what was done last comes first"
        QTest.keyClicks(QApplication.focusWidget(), "shoes")
        assert palette.shown()[0] == "Edges and shoes, small", "one that has weights"
        press(Qt.Key.Key_Down)
        press(Qt.Key.Key_Up)
        press(Qt.Key.Key_Return)
        assert studio.state.displayed.model.path == SHIPPED["shoes-small"]
        assert newest(studio, qtbot).tiles.shape[-1] == 3
        press(Qt.Key.Key_K, CONTROL)
        QTest.keyClicks(QApplication.focusWidget(), "dra")
        assert "Hide Draw" in palette.shown()
        QApplication.focusWidget().setText("qqqq")
        assert not palette.shown()
        press(Qt.Key.Key_Escape)
        assert not palette.isVisible()
        hidden = [a for a in window.findChildren(QAction) if words(a) == "Clusters"]
        assert hidden and "Clusters" not in palette.shown(), "it has none"
        assert find(studio, QPushButton, "startButton").isVisible()


def test_the_guide_is_read_beside_the_window(window, qtbot) -> None:
    press(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QDialog, "guideDialog")
    assert dialog.isVisible() and not dialog.isModal()
    text, headings = dialog.text, dialog.headings
    assert headings.currentRow() == -1 and text.verticalScrollBar().value() == 0
    assert [headings.item(row).text() for row in range(3)][2] == "3. Other noise, the same code"
    headings.setCurrentRow(8)
    wanted = text.sections()[8]
    cursor = text.cursorForPosition(QPoint(20, 20))
    assert cursor.block().text() == wanted.text(), "the section is at the top"
    pictures = [text.loadResource(2, path) for path in ("guide/window.png", "guide/map.png")]
    assert all(0 < each.width() <= theme.px(700) for each in pictures)
    for wide in (900, 400, 1300, 1000):
        dialog.resize(wide, 600)
        settle()
        assert text.sections()[8].text() == wanted.text()
    dialog.close()
