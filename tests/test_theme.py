"""The theme: what can be read, what is sharp, what follows it."""

from __future__ import annotations

import gc
from dataclasses import fields

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication, QPushButton

from iae_studio.style import icons, theme
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.loss_plot import LossPlot
from iae_studio.widgets.sketch_pad import SketchPad
from iae_studio.widgets.sliders import SliderBank
from tests.widgets import contrast, pixel, shown

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
