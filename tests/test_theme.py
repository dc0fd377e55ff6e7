"""The theme: what can be read, what is sharp, what follows it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import fields

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPushButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)

from iae_studio.state.option_draft import OptionDraft
from iae_studio.state.studio_state import StudioState
from iae_studio.style import icons, theme
from iae_studio.views.amend import AmendDialog
from iae_studio.views.compare_losses import CompareLosses
from iae_studio.views.controls import ControlsView
from iae_studio.views.data_browser import DataBrowser
from iae_studio.views.drawn_row import DrawnRow
from iae_studio.views.film_dialog import FilmDialog
from iae_studio.views.film_story import Marked
from iae_studio.views.folder_picker import FolderPicker
from iae_studio.views.keyframe_list import KeyframeList
from iae_studio.views.keys import KeysDialog
from iae_studio.views.map_pages import MapPages
from iae_studio.views.option_fields import OptionRow
from iae_studio.views.walk import WalkView
from iae_studio.widgets.compare_grid import Column, CompareGrid, Group
from iae_studio.widgets.curve_legend import CurveLegend
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.loss_plot import LossPlot
from iae_studio.widgets.probability_bars import ProbabilityBars
from iae_studio.widgets.sketch_pad import SketchPad
from iae_studio.widgets.sliders import SliderBank
from tests.widgets import contrast, pixel, shown
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.facts import all_options

pytestmark = pytest.mark.usefixtures("dark")


@pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_every_text_colour_can_be_read(tokens: theme.Tokens) -> None:
    grounds = {"window", "panel", "raised", "line", "on_accent"}
    for name in {field.name for field in fields(tokens)} - grounds:
        assert contrast(getattr(tokens, name), tokens.panel) >= 4.5, name
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.muted, tokens.window) >= 4.5


def test_apply_exchanges_the_tokens_and_tells(qapp, qtbot) -> None:
    with qtbot.waitSignal(theme.notifier().changed):
        theme.apply(qapp, False)
    assert theme.current() is theme.LIGHT
    assert qapp.palette().window().color().name() == theme.LIGHT.panel


def test_tabular_figures_have_one_width(qapp) -> None:
    metrics = QFontMetricsF(theme.tabular(QFont(qapp.font())))
    assert len({metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("name", icons.names())
def test_icons_paint_sharply_and_follow_the_theme(qapp, name: str) -> None:
    def ink() -> tuple[QImage, int]:
        image = theme.icon(name, "error").pixmap(QSize(16, 16), 2.0).toImage()
        solid = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
        return image, max(solid, key=lambda colour: colour.alpha()).rgb()

    image, colour = ink()
    assert image.size() == QSize(32, 32)
    assert contrast(QColor(colour).name(), theme.DARK.error) < 1.1
    theme.apply(qapp, False)
    assert contrast(QColor(ink()[1]).name(), theme.LIGHT.error) < 1.1


def test_an_unknown_icon_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="play"):
        theme.icon("no such thing")


def test_primary_buttons_are_accented(qtbot) -> None:
    button = QPushButton("Train")
    button.setProperty("primary", True)
    shown(qtbot, button, 120, 32)
    assert pixel(button.grab().toImage(), QPoint(8, 16)).name() == theme.DARK.accent


def test_a_destroyed_widget_does_not_hear_of_the_theme(qapp, qtbot) -> None:
    for kind in (ImageGrid, LossPlot, SketchPad, lambda: SliderBank("style")):
        widget = kind()
        widget.deleteLater()
        del widget
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    gc.collect()
    theme.apply(qapp, False)


@pytest.fixture
def text(qapp) -> Iterator[None]:
    """Of the usual size afterwards, whatever a test makes of it."""
    yield
    theme.set_zoom(qapp, 1.0)


MADE: dict[str, Callable[[StudioState], QWidget]] = {
    "code and noise": ControlsView,
    "amend": lambda state: AmendDialog(state.amending),
    "data": DataBrowser,
    "drawn": lambda state: DrawnRow(state, ImageGrid()),
    "film": FilmDialog,
    "losses": CompareLosses,
    "map": lambda _: MapPages(QWidget()),
    "options": lambda _: OptionRow(all_options()[0], OptionDraft(CATALOGUE["drawn-10"])),
    "own images": lambda _: FolderPicker("images", lambda *_, **__: None),
    "walk": WalkView,
}


@pytest.mark.parametrize("name", MADE)
def test_what_stands_when_the_text_grows_is_as_large_as_what_comes_then(
    text, qapp, qtbot, state, name: str
) -> None:
    def made() -> QWidget:
        widget = MADE[name](state)
        qtbot.addWidget(widget)
        return widget

    before = made()
    small = bounds(before)
    theme.set_zoom(qapp, 2.0)
    assert bounds(before) == bounds(made()) != small


def test_names_of_losses_have_room_at_every_size_of_the_text(text, qapp, qtbot) -> None:
    def made() -> CurveLegend:
        legend = CurveLegend()
        qtbot.addWidget(legend)
        legend.setCurves(["reconstruction discriminator"])
        return legend

    before = made()
    small = before.sizeHint().width()
    theme.set_zoom(qapp, 2.0)
    assert before.sizeHint().width() == made().sizeHint().width() > small


def test_losses_keep_their_height_beside_larger_text(text, qapp, qtbot) -> None:
    plot = LossPlot()
    qtbot.addWidget(plot)
    small = plot.minimumSizeHint().height()
    theme.set_zoom(qapp, 2.0)
    assert plot.minimumSizeHint().height() == 2 * small


def test_heads_of_compared_models_are_whole_at_every_size_of_the_text(text, qapp, qtbot) -> None:
    grid = shown(qtbot, CompareGrid(), 600, 400)
    head = QLabel("MNIST, 10 + 100", grid)
    head.setProperty("heading", True)
    grid.setHeads([head])
    seen = np.zeros((2, 28, 28, 1), np.uint8)
    grid.setGroups(seen, [Group((Column("n1", "style", seen),))], ["", ""])
    high = head.height()
    theme.set_zoom(qapp, 2.0)
    QApplication.processEvents()
    assert head.geometry().top() >= 0 and head.height() > high
    assert head.geometry().bottom() < grid.viewport().y()


def test_the_list_of_keys_follows_text_and_theme_while_it_is_open(text, qapp, qtbot) -> None:
    dialog = KeysDialog([])
    qtbot.addWidget(dialog)
    head = dialog.findChild(QTreeWidget, "keysList").topLevelItem(0)
    assert head.foreground(0).color().name() == theme.DARK.muted
    sizes = [each.font(0).pixelSize() for each in (head, head.child(0))]
    theme.set_zoom(qapp, 2.0)
    larger = [each.font(0).pixelSize() for each in (head, head.child(0))]
    assert larger == [2 * size for size in sizes]
    theme.apply(qapp, False)
    assert head.foreground(0).color().name() == theme.LIGHT.muted


def test_the_pictures_of_keyframes_grow_with_the_text(text, qapp, qtbot, state) -> None:
    frames = KeyframeList()
    qtbot.addWidget(frames)
    frames.add(Marked("one", np.zeros((28, 28, 1), np.uint8), state.answers.probe()))

    def side() -> int:
        return frames.list.item(0).icon().availableSizes()[0].width()

    small = side()
    theme.set_zoom(qapp, 2.0)
    assert side() == frames.list.iconSize().width() == 2 * small


@pytest.mark.parametrize("best", [0, 9])
def test_the_number_above_a_bar_is_whole_at_every_size_of_the_text(text, qapp, qtbot, best) -> None:
    theme.apply(qapp, True)
    around = shown(qtbot, QWidget(), 68 + 10 * 36, 400)
    bars = ProbabilityBars()
    layout = QVBoxLayout(around)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(bars)
    bars.setValues(np.eye(10, dtype=np.float32)[best])
    theme.set_zoom(qapp, 2.0)
    QApplication.processEvents()
    image = bars.grab().toImage()
    ratio = image.devicePixelRatio()
    ink = QColor(theme.current().text).lightness() - 20
    places = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height() // 2)
        if image.pixelColor(x, y).lightness() > ink
    ]
    wide, high = (max(line) - min(line) + 1 for line in zip(*places, strict=True))
    font = theme.tabular(theme.sized(bars.font(), theme.CAPTION))
    whole = QFontMetricsF(font).tightBoundingRect("100%").size() * ratio
    assert wide > whole.width() - 3 * ratio and high > whole.height() - 3 * ratio


def bounds(widget: QWidget) -> list[tuple[str, QSize, QSize]]:
    """How small and how large each part of it may be."""
    parts = [widget, *widget.findChildren(QWidget)]
    for each in parts:
        each.ensurePolished()
    return [(type(each).__name__, each.minimumSize(), each.maximumSize()) for each in parts]
