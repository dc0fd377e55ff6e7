"""The list of runs in the window: found, named, noted, thrown away and put back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton

from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.library import read_contents
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.run_shelf import PUT_BACK, RunShelf
from iae_studio.views.options_dialog import OptionsDialog
from iae_studio.views.recipe_list import RecipeList
from iae_studio.widgets.card_list import CardList
from tests.shelves import POINTS, a_run, bytes_in
from tests.studio import LONG, find, press, running, steps
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root
from trainer.storage.run_notes import read_notes

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LONGER = POINTS.but(steps=9000)
ODD = "a <b>bold</b> & \u00fcber"


@pytest.fixture
def runs(own_folders) -> list:
    """Three runs; the last is the newest."""
    parent = {"run": "mog-iae-1", "when": "2026-11-20 10:00:01", "step": 4, "whole": True}
    return [
        a_run("mog-iae-1", step=40, began="2026-11-20 10:00:01"),
        a_run("mog-iae-2", POINTS.but(seed=3), 5, "2026-11-20 10:00:02", parent),
        a_run("mog-iae-3", step=0, began="2026-11-20 10:00:03"),
    ]


def open_runs(studio: Studio, qtbot, count: int = 3) -> tuple[CardList, QLineEdit]:
    """By Ctrl+F; the list and the field, which has the keyboard."""
    QTest.keyClick(studio.window, Qt.Key.Key_F, CONTROL)
    cards, field = find(studio, CardList, "runList"), find(studio, QLineEdit, "runSearch")
    qtbot.waitUntil(lambda: len(cards.cards.keys) == count, timeout=LONG)
    return cards, field


def names(cards: CardList) -> list[str]:
    return [path.name[-1] for path in cards.cards.keys]


def test_runs_are_found_named_noted_and_shown(qtbot, runs, own_folders) -> None:
    with running(own_folders, qtbot, "mog-iae") as studio:
        cards, field = open_runs(studio, qtbot)
        assert names(cards) == ["3", "2", "1"]
        below = [card.below.split(" \u00b7 ")[0] for card in cards.cards.cards]
        assert below == ["no weights", "step 5 of 40", "finished, 40 steps"]
        assert "from Seven Gaussians at step 4" in cards.cards.cards[1].note
        qtbot.waitUntil(lambda: all(card.right for card in cards.cards.cards), timeout=LONG)
        QTest.keyClicks(field, "seed=3")
        assert names(cards) == ["2"]
        cards.choose(runs[1])
        cards.setFocus()
        QTest.keyClick(cards, Qt.Key.Key_F2)
        title = cards.findChild(QLineEdit, "titleField")
        title.setText(ODD)  # Qt's test keys know ASCII alone
        QTest.keyClick(title, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: cards.cards.cards[0].title == ODD, timeout=LONG)
        note = find(studio, QLineEdit, "runNote")
        QTest.keyClicks(note, "thin strokes")
        QTest.keyClick(note, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: read_notes(runs[1]).note == "thin strokes", timeout=LONG)
        assert read_notes(runs[1]).title == ODD
        field.clear()
        assert names(cards) == ["3", "2", "1"] and cards.current() == runs[1]
        order = find(studio, QComboBox, "runSort")
        order.setCurrentIndex(order.findData("steps"))
        assert names(cards) == ["1", "2", "3"] and cards.current() == runs[1]
        QTest.keyClick(cards, Qt.Key.Key_Return)
        assert studio.state.displayed.model.path == runs[1]
        qtbot.waitUntil(lambda: studio.state.answers.facts is not None, timeout=LONG)
        assert ODD.replace("<", "<\u200b") in cards.cards.index(1).data()


def test_a_run_goes_to_the_trash_and_comes_back_as_it_was(qtbot, runs, own_folders) -> None:
    before = bytes_in(runs[1])
    with running(own_folders, qtbot, "mog-iae") as studio:
        cards, _ = open_runs(studio, qtbot)
        studio.state.queue.add(POINTS.but(seed=3), runs[1])
        studio.state.displayed.select(DisplayedModel(POINTS.but(seed=3), runs[1]))
        cards.choose(runs[1])
        QTest.keyClick(cards, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: names(cards) == ["3", "1"], timeout=LONG)
        assert not runs[1].exists() and not studio.state.queue.items
        qtbot.waitUntil(lambda: studio.state.displayed.model.path != runs[1], timeout=LONG)
        undo = find(studio, QPushButton, "messageButton0")
        assert undo.text() == "Undo"
        assert "waits in the queue no more" in studio.state.messages.current.text
        press(studio, qtbot, "messageButton0")
        qtbot.waitUntil(lambda: names(cards) == ["3", "2", "1"], timeout=LONG)
        assert bytes_in(runs[1]) == before
        for path in (runs[0], runs[2]):
            cards.choose(path)
            press_tool(studio, "runTrashButton")
            qtbot.waitUntil(lambda path=path: not path.exists(), timeout=LONG)
        opener = find(studio, QPushButton, "trashButton")
        qtbot.waitUntil(lambda: opener.text().startswith("Trash: 2,"), timeout=LONG)
        press(studio, qtbot, "trashButton")
        trash = find(studio, CardList, "trashList")
        trash.choose(next(each for each in trash.cards.keys if each.name == "mog-iae-1"))
        assert {card.title for card in trash.cards.cards} == {"Seven Gaussians"}
        press(studio, qtbot, "putBackButton")
        qtbot.waitUntil(lambda: runs[0].is_dir() and len(trash.cards.keys) == 1, timeout=LONG)
        press(studio, qtbot, "emptyButton")
        assert runs[2].name in [each.name for each in trash.cards.keys], "it asks first"
        press(studio, qtbot, "messageButton0")
        qtbot.waitUntil(lambda: not trash.cards.keys and cards.isVisible(), timeout=LONG)
        qtbot.waitUntil(lambda: names(cards) == ["2", "1"], timeout=LONG)


def press_tool(studio: Studio, name: str) -> None:
    from PySide6.QtWidgets import QToolButton

    QTest.mouseClick(find(studio, QToolButton, name), Qt.MouseButton.LeftButton)


def test_what_trains_is_not_thrown_away_and_a_duplicate_waits_for_it(qtbot, runs, own_folders):
    runs[1] = a_run("mog-iae-4", LONGER, step=0)
    with running(own_folders, qtbot, "mog-iae") as studio:
        cards, _ = open_runs(studio, qtbot, 4)
        cards.choose(runs[1])
        duplicated(studio, qtbot, LONGER)
        assert studio.state.displayed.model == DisplayedModel(LONGER)
        assert "Train" in studio.state.messages.current.text
        press(studio, qtbot, "runGoOnButton")
        qtbot.waitUntil(lambda: studio.state.training.started, timeout=LONG)
        press(studio, qtbot, "pauseButton")
        assert studio.state.training.run_path == runs[1]
        QTest.keyClick(cards, Qt.Key.Key_Delete)
        assert "trains now" in studio.state.messages.current.text and runs[1].is_dir()
        cards.choose(runs[0])
        duplicated(studio, qtbot, POINTS)
        assert [item.recipe for item in studio.state.queue.coming] == [POINTS]
        studio.state.queue.hold()


def duplicated(studio: Studio, qtbot, recipe: Recipe) -> None:
    """Ctrl+Alt+D, and the options as they are."""
    studio.window.activateWindow()  # a dialog that closes may have been active
    qtbot.waitUntil(studio.window.isActiveWindow, timeout=LONG)
    QTest.keyClick(studio.window, Qt.Key.Key_D, CONTROL | ALT)
    dialog = find(studio, OptionsDialog, "optionsDialog")
    assert dialog.draft.base == recipe
    press(studio, qtbot, "useOptionsButton")
    qtbot.waitUntil(lambda: find(studio, OptionsDialog, "optionsDialog") is None, timeout=LONG)


def test_what_is_displayed_is_drawn_no_more_before_it_goes(state, runs) -> None:
    jobs: list = []

    def submit(job, then=None, otherwise=None, newest="") -> None:
        jobs.append((job, then, otherwise))

    recipe = POINTS.but(seed=3)
    shelf, library = RunShelf(state, submit), state.library
    library.set_contents(read_contents(Folders()))
    library.choose(DisplayedModel(recipe, runs[1]))
    shelf.throw_away(runs[1])
    shipped = library.weights_of(CATALOGUE["mog-iae"])
    assert state.displayed.model == shipped and runs[1].is_dir()
    ((job, then, otherwise),) = jobs
    otherwise()  # it trains elsewhere, say
    assert state.displayed.model == DisplayedModel(recipe, runs[1])
    shelf.throw_away(runs[1])
    then(job())
    library.set_contents(read_contents(Folders()))
    assert state.displayed.model == shipped and not runs[1].exists()
    (undo,) = state.messages.current.actions
    assert undo.asks_for(PUT_BACK)


def test_the_newest_run_but_one_takes_the_place_of_the_newest(
    state, own_folders, monkeypatch
) -> None:
    recipe = CATALOGUE["infogan-toy"].but(width=8, steps=40)
    monkeypatch.delitem(SHIPPED, recipe.name)
    older = a_run("a", recipe, began="2026-11-20 10:00:01")
    newer = a_run("b", recipe, began="2026-11-20 10:00:02")
    state.library.set_contents(read_contents(Folders()))
    assert state.library.weights_of(recipe).path == newer
    assert state.library.weights_of(recipe, without=newer).path == older


def test_the_lists_say_the_newest_checkpoint_of_what_trains(qtbot, runs, own_folders) -> None:
    runs[1] = a_run("mog-iae-4", LONGER, step=0)
    with running(own_folders, qtbot, "mog-iae") as studio:
        cards, _ = open_runs(studio, qtbot, 4)
        cards.choose(runs[1])
        press(studio, qtbot, "runGoOnButton")
        tree = find(studio, RecipeList, "recipeList")
        saved: list[int] = []
        studio.state.training.checkpointSaved.connect(lambda _, step: saved.append(step))
        for count in (1, 2):
            before = saved[-1] if saved else 0
            qtbot.waitUntil(lambda before=before: steps(studio) > before, timeout=LONG)
            press(studio, qtbot, "saveButton")
            qtbot.waitUntil(lambda count=count: len(saved) == count, timeout=LONG)
            below = cards.cards.cards[cards.cards.keys.index(runs[1])].below
            assert below.startswith(f"trains, saved at step {saved[-1]:,} ")
            listed = [each.text(0) for each in tree.items()]
            assert any(text.endswith(f", saved at step {saved[-1]:,}") for text in listed)
        assert saved[0] < saved[1]


def test_a_name_that_is_typed_stays_when_a_checkpoint_changes_the_order(qtbot, runs, own_folders):
    with running(own_folders, qtbot, "mog-iae") as studio:
        cards, _ = open_runs(studio, qtbot)
        order = find(studio, QComboBox, "runSort")
        order.setCurrentIndex(order.findData("steps"))
        assert names(cards) == ["1", "2", "3"]
        cards.choose(runs[1])
        cards.setFocus()
        QTest.keyClick(cards, Qt.Key.Key_F2)
        title = cards.findChild(QLineEdit, "titleField")
        title.setText("mine")
        studio.state.training.checkpointSaved.emit(runs[1], 60)
        assert title.isVisible() and title.text() == "mine" and names(cards) == ["1", "2", "3"]
        QTest.keyClick(title, Qt.Key.Key_Escape)
        assert names(cards) == ["2", "1", "3"] and cards.current() == runs[1]


def test_without_runs_the_list_says_how_to_make_one(qtbot, own_folders) -> None:
    with running(own_folders, qtbot, "mog-iae") as studio:
        QTest.keyClick(studio.window, Qt.Key.Key_F, CONTROL)
        assert find(studio, QLineEdit, "runSearch").hasFocus()
        studio.state.displayed.select(DisplayedModel(POINTS))
        press(studio, qtbot, "runBeginButton")
        cards = find(studio, CardList, "runList")
        qtbot.waitUntil(lambda: len(cards.cards.keys) == 1, timeout=LONG)
        qtbot.waitUntil(lambda: len(studio.state.queue.ended) == 1, timeout=LONG)
        done = "finished, 40 steps"
        qtbot.waitUntil(lambda: cards.cards.cards[0].below.startswith(done), timeout=LONG)
        assert QApplication.focusWidget() is not None and runs_root().is_dir()
