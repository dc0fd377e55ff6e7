"""Widths that follow no text: in every state the window fits into 1024 x 640, at any font."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSettings, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import Input
from iae_studio.state.messages import Action, Message
from iae_studio.state.model_files import Run
from iae_studio.state.training import Loading, State
from iae_studio.style import theme
from iae_studio.views.building_blocks import tool
from iae_studio.views.large import LargeView
from iae_studio.views.map_tools import MapTools
from iae_studio.views.map_words import NEAR
from iae_studio.views.message_bar import MessageBar
from iae_studio.views.recipe_list import _run_item
from iae_studio.widgets.elided_label import ElidedLabel, WrappedLabel, breakable, in_lines
from iae_studio.widgets.folding_button import FoldingButton
from iae_studio.widgets.sliders import SliderBank
from iae_studio.window import Window
from tests.widgets import fresh_state, shown
from trainer.messages import LOSSES, Progress
from trainer.recipe.catalogue import CATALOGUE

ROOM = QSize(1024, 640)
NAME = "Urlaubsfotos-" * 15 + "2026"  # 199 letters without a gap
PATH = "/home/somebody/" + "x" * 300
LONGEST = max(CATALOGUE.values(), key=lambda recipe: len(recipe.about.title))
SHOES = next(recipe for recipe in CATALOGUE.values() if recipe.translates)
POINTS = next(r for r in CATALOGUE.values() if r.two_dimensional and r.flipped)
OWN = CATALOGUE["mnist-10-small"].with_images(f"/photos/{NAME}")


@pytest.fixture(params=[1.0, 1.5])
def scale(request, qapp) -> Iterator[float]:
    """The text of the whole program, as the system asks for."""
    before = qapp.font()
    font = qapp.font()
    font.setPixelSize(round(theme.TEXT * request.param))
    qapp.setFont(font)
    theme.apply(qapp, True)
    yield request.param
    qapp.setFont(before)
    theme.apply(qapp, True)


@pytest.fixture
def window(qtbot, qapp, scale, own_folders) -> Iterator[Window]:
    settings = QSettings(str(own_folders / "settings.ini"), QSettings.Format.IniFormat)
    made = Window(fresh_state(), settings, lambda *_, **__: None)
    made.resize(ROOM)
    made.show()
    qtbot.waitExposed(made)
    made.complete()
    yield made
    made.close()
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle() -> None:
    for _ in range(12):
        QApplication.processEvents()


def progress(step: int = 9_999_999, steps: int = 10_000_000) -> Progress:
    losses = np.full((8, len(LOSSES)), 0.123, np.float32)
    return Progress(step, steps, LOSSES, losses, 123_456.7, 359_999.0)


def fits(window: Window) -> None:
    """It is as small as it was made, could be so by hand, and shows its words."""
    settle()
    least = window.minimumSizeHint()
    assert least.boundedTo(ROOM) == least, least
    assert window.size() == ROOM
    assert not list(clipped(window))


def clipped(window: QWidget) -> Iterator[str]:
    """What is cut without an ellipsis."""
    for part in window.findChildren(QWidget):
        if part.isVisible() and cut(part):
            yield f"{type(part).__name__} {part.objectName()} {part.size()}: {part.text()}"


def cut(part: QWidget) -> bool:
    """Whether it shows less than its words, and does not say so."""
    if isinstance(part, ElidedLabel):
        return part.fontMetrics().horizontalAdvance(part.shown()) > part.width()
    if isinstance(part, WrappedLabel):
        return part.heightForWidth(part.width()) > part.height()
    if isinstance(part, FoldingButton):
        return not part.shown() and (part.icon().isNull() or not part.toolTip())
    if isinstance(part, QAbstractButton | QLabel) and own(part):
        return bool(part.text()) and part.sizeHint().width() > part.width()
    return False


def own(part: QAbstractButton | QLabel) -> bool:
    """Painted by Qt, and not by a widget that elides its text itself."""
    return type(part) in (QLabel, QPushButton, QToolButton) or "Check" in type(part).__name__


# ---- the window ----------------------------------------------------------------------------------


def test_every_state_fits(window) -> None:
    state = window.state
    fits(window)  # starting
    state.training.engine_ready()
    for recipe in (LONGEST, OWN, SHOES, POINTS):
        state.displayed.select(DisplayedModel(recipe))
        fits(window)
    state.displayed.select(DisplayedModel(OWN))
    state.training.set_state(State.LOADING)
    state.training.set_loading(Loading(99_999, 100_000))
    fits(window)
    state.training.recipe = LONGEST  # another than the shown one trains
    state.training.set_state(State.TRAINING)
    state.training.progressed.emit(progress())
    fits(window)
    state.training.set_state(State.PAUSED)
    state.training.progressed.emit(progress())
    fits(window)
    state.training.set_state(State.UNSAVED)
    state.training.could_not_save(f"No room on the disk: {PATH} is full. " * 8)
    fits(window)
    state.training.set_state(State.FAILED)
    state.messages.show_error(f"{PATH}: damaged")
    fits(window)
    state.messages.show_message(None)
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    fits(window)


def test_every_way_to_hold_a_style_fits(window) -> None:
    state = window.state
    state.training.engine_ready()
    for recipe in (CATALOGUE["drawn-10"], SHOES):
        state.displayed.select(DisplayedModel(recipe))
        spec = state.inputs.spec
        state.inputs.add([Input(NAME, np.zeros(spec.shape, np.uint8), spec) for _ in range(9)])
        for name in ("borrow", "interpolate", "arithmetic", "walk"):
            window.findChild(QPushButton, f"{name}Button").click()
            fits(window)
            assert window.findChild(QWidget, "pathStrip").isVisible()


def test_every_category_and_every_panel_fits(window) -> None:
    clusters = next(r for r in CATALOGUE.values() if r.categorical and not r.two_dimensional)
    window.state.displayed.select(DisplayedModel(clusters))
    window.state.query.set_view("clusters")
    fits(window)
    docks = window.findChildren(QDockWidget)
    assert len(docks) >= 4
    for alone in docks:
        for dock in docks:
            dock.setVisible(dock is alone)
        fits(window)
    for dock in docks:
        dock.hide()
    fits(window)


def test_the_least_width_is_the_same_after_a_long_text_came_and_went(window) -> None:
    state = window.state
    state.training.engine_ready()
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    settle()
    before = window.minimumSizeHint()
    state.displayed.select(DisplayedModel(OWN))
    state.messages.show_error(PATH)
    settle()
    window.state.messages.show_message(None)
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    settle()
    assert window.minimumSizeHint() == before
    assert window.size() == ROOM


@pytest.mark.parametrize("scale", [1.0], indirect=True)
def test_words_as_long_as_in_german_fit(window) -> None:
    window.state.training.engine_ready()
    window.state.displayed.select(DisplayedModel(LONGEST))
    window.state.messages.show_error("Not a good thing to have happened here at all")
    for part in window.findChildren(QWidget):
        if isinstance(part, QLabel | QAbstractButton) and part.text():
            text = part.text()
            part.setText(text + "e" * math.ceil(0.35 * len(text)))
    fits(window)


@pytest.mark.parametrize("scale", [1.0], indirect=True)
@pytest.mark.parametrize("size", [QSize(1366, 700), QSize(1280, 800), QSize(1093, 614)])
def test_what_trains_is_told_at_every_common_size(window, size: QSize) -> None:
    window.resize(size)
    state = window.state
    state.training.engine_ready()
    state.training.recipe = state.displayed.recipe
    state.training.set_state(State.TRAINING)
    state.training.progressed.emit(progress(41_200, 100_000))
    settle()
    assert window.size() == size
    status = window.findChild(ElidedLabel, "statusText")
    assert "step 41,200 of 100,000" in status.shown() and "left" in status.shown()
    assert "123,456.7/s" in status.text() == status.accessibleName()
    start = window.findChild(FoldingButton, "startButton")
    assert start.shown() == start.text() == "Train"
    pause = window.findChild(FoldingButton, "pauseButton")
    assert pause.shown() == ("Pause" if size.width() >= 1280 else "")
    assert not list(clipped(window))


# ---- its parts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [NAME, PATH, "three short words " * 20])
def test_an_elided_label_tells_the_whole(qtbot, scale, text: str) -> None:
    label = shown(qtbot, ElidedLabel(text), 120, 24)
    assert label.width() == 120 and label.minimumSizeHint().width() < 120
    assert label.shown().endswith("…") and text.startswith(label.shown()[:-1])
    assert label.text() == label.toolTip() == label.accessibleName() == text
    label.setText("short")
    assert (label.shown(), label.toolTip()) == ("short", "")
    label.setText(text)
    label.resize(label.sizeHint())
    assert (label.shown(), label.toolTip()) == (text, "")


@pytest.mark.parametrize("text", [PATH, f"Could not read {PATH}: damaged. " * 5, "a b " * 400, ""])
@pytest.mark.parametrize("width", [200, 430, 900])
def test_a_long_message_is_a_few_lines_and_the_whole_is_at_hand(
    qtbot, scale, text: str, width: int
) -> None:
    label = shown(qtbot, WrappedLabel(text, most=3), width, 30)
    lines = label.heightForWidth(width) / (label.fontMetrics().lineSpacing() + 1)
    assert lines <= 3 and label.width() == width
    assert label.minimumSizeHint().width() <= 200
    assert label.text() == label.accessibleName() == text
    shows = QLabel.text(label).replace("\N{ZERO WIDTH SPACE}", "")
    if shows != text:
        assert shows.endswith("…") and label.toolTip() == text
        assert len(shows) > width / 20


def test_all_lines_that_a_message_may_have_are_used(qtbot, scale) -> None:
    four = "\n".join(["The GPU was lost."] * 4)
    label = shown(qtbot, WrappedLabel(four, most=4), 600, 30)
    assert "…" not in QLabel.text(label) and label.toolTip() == ""
    label.setText(f"{four}\nThe fifth.")
    assert QLabel.text(label).endswith("…")


def test_only_long_words_are_broken_and_a_tag_is_a_word() -> None:
    text = f'<a href="https://arxiv.org/abs/1805.09804">{"w" * 40}</a> short'
    broken = breakable(text)
    assert "w\u200bw" in broken and "h\u200br\u200be\u200bf" in broken
    assert broken.endswith(" short")
    assert broken.replace("\u200b", "") == text
    assert max(map(len, in_lines(f"{PATH}\nnext").split("\n"))) <= 90


def test_a_first_message_makes_no_window_larger(qtbot, scale) -> None:
    state = fresh_state()
    around = shown(qtbot, QWidget(), 500, 300)
    layout = QVBoxLayout(around)
    layout.addWidget(MessageBar(state.messages))
    settle()
    actions = (Action("one", "Go on with a batch of 32"), Action("two", "Options…"))
    state.messages.show_message(Message("The GPU's memory is full. " * 4, True, actions))
    settle()
    assert around.width() == 500


@pytest.mark.parametrize("width", [300, 700])
def test_the_buttons_of_a_message_lie_beside_or_below_it(qtbot, scale, width: int) -> None:
    state = fresh_state()
    bar = shown(qtbot, MessageBar(state.messages), width, 60)
    state.training.could_not_save(PATH)
    bar.adjustSize()
    bar.resize(width, max(bar.heightForWidth(width), bar.minimumSizeHint().height()))
    settle()
    text = bar.findChild(QLabel, "messageText")
    for place in range(2):
        button = bar.findChild(QPushButton, f"messageButton{place}")
        assert button.isVisible() and not button.geometry().intersects(text.geometry())
        assert bar.rect().contains(button.geometry())
    state.messages.show_message(Message("short"))
    assert not bar.findChild(QPushButton, "messageButton0").isVisible()


def test_the_names_of_sliders_leave_room_for_the_sliders(qtbot, scale) -> None:
    bank = shown(qtbot, SliderBank("content"), 280, 200)
    bank.setRows([NAME, "2"])
    settle()
    first = bank.rows()[0]
    assert first.caption() == NAME and first.width() <= 280
    assert first._track.width() >= 48 and first._caption.toolTip() == NAME


def test_a_tool_shows_its_words_or_its_icon_and_says_them(qtbot) -> None:
    worded, silent = tool("Clear", "trash", "Take all away", list), tool("", "trash", "Away", list)
    for made, style, said in ((worded, "Beside", "Clear"), (silent, "IconOnly", "Away")):
        qtbot.addWidget(made)
        assert style in made.toolButtonStyle().name
        assert made.accessibleName() == said and made.toolTip()
        assert not made.icon().isNull()


def test_the_tools_of_a_map_that_is_made_fit_beside_the_docks(qtbot, scale) -> None:
    tools = shown(qtbot, MapTools(), 590, 40)
    qtbot.addWidget(tools.colours)
    tools.choose(NEAR)
    tools.work("Finding neighbours", 3, 10)
    settle()
    assert tools.width() == 590 and tools.minimumSizeHint().width() <= 590


def test_a_run_on_a_long_folder_still_tells_when_it_began_and_how_far_it_is() -> None:
    run = Run(Path("/runs/it"), OWN, "2026-11-27T09:30:00", 12_000)
    text = _run_item(run).text(0)
    assert len(text) < 60 and text.endswith("step 12,000") and text.startswith("Urlaubsfotos")


def test_enlarged_pictures_fit_on_the_screen(qtbot, scale) -> None:
    pixels = np.zeros((28, 28, 1), np.uint8)
    view = LargeView(NAME, [(NAME, "content", pixels)] * 4)
    qtbot.addWidget(view)
    assert view.minimumSizeHint().width() <= view.screen().availableSize().width()


def test_enlarged_pictures_are_told_apart_and_whole(qtbot) -> None:
    view = LargeView(NAME, [(name, "content", np.full((28, 28, 1), 9, np.uint8)) for name in "ab"])
    qtbot.addWidget(view)
    shown = view.findChildren(QLabel)
    assert [label.text() for label in shown if label.text()] == ["a", "b"]
    for picture in (label.pixmap() for label in shown if not label.pixmap().isNull()):
        assert picture.width() == picture.height() and picture.width() % 28 == 0
        assert picture.width() >= 10 * 28


def test_the_text_is_as_large_as_the_systems_and_no_smaller_than_ours(qapp) -> None:
    before = qapp.font()
    for asked, got in ((8, theme.TEXT), (theme.TEXT, theme.TEXT), (20, 20)):
        font = qapp.font()
        font.setPixelSize(asked)
        qapp.setFont(font)
        theme.apply(qapp, True)
        theme.apply(qapp, True)  # the theme changes, the size does not
        assert qapp.font().pixelSize() == got
        label = QLabel("caption")
        label.setProperty("caption", True)
        label.ensurePolished()
        assert label.font().pixelSize() == round(theme.CAPTION * got / theme.TEXT)
    qapp.setFont(before)
    theme.apply(qapp, True)
