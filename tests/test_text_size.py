"""Labels and strips that stand when the text grows or shrinks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel

from iae_studio.style import theme
from iae_studio.widgets.elided_label import ElidedLabel, WrappedLabel
from iae_studio.widgets.film_strip import FilmStrip
from tests.widgets import shown


@pytest.fixture(autouse=True)
def text(qapp) -> Iterator[None]:
    """Of the usual size afterwards, whatever a test makes of it."""
    theme.apply(qapp, True)
    yield
    theme.set_zoom(qapp, 1.0)


def resize_text(qapp, zoom: float) -> None:
    theme.set_zoom(qapp, zoom)
    QApplication.processEvents()


def test_a_line_that_is_cut_since_the_text_grew_has_a_tool_tip(qapp, qtbot) -> None:
    label = shown(qtbot, ElidedLabel("the weights of a run"), 200, 60)
    assert label.toolTip() == ""
    resize_text(qapp, 2.0)
    assert label.shown().endswith("…") and label.toolTip() == label.text()
    resize_text(qapp, 1.0)
    assert (label.shown(), label.toolTip()) == (label.text(), "")


def test_a_message_has_its_few_lines_at_every_size_of_the_text(qapp, qtbot) -> None:
    label = shown(qtbot, WrappedLabel("three short words " * 9, most=3), 400, 200)

    def told() -> tuple[str, str, int]:
        return QLabel.text(label), label.toolTip(), label.minimumHeight()

    small = told()
    assert small[1] == "" and not small[0].endswith("…")
    resize_text(qapp, 2.0)
    cut, tip, high = told()
    assert cut.endswith("…") and tip == label.text()
    assert 2 * label.fontMetrics().lineSpacing() < high <= label.heightForWidth(400)
    assert high <= 3 * (label.fontMetrics().lineSpacing() + 1)
    resize_text(qapp, 1.0)
    assert told() == small


def test_a_strip_of_pictures_grows_with_the_words_above_them(qapp, qtbot) -> None:
    strip = shown(qtbot, FilmStrip("pictures"), 400, 100)
    strip.setPictures(np.zeros((3, 28, 28, 1), np.uint8), ("a", "b", "c"))

    def below() -> int:
        return strip.viewport().height() - strip.rectOf(0).bottom()

    room = below()
    for zoom in (2.0, 1.0):
        resize_text(qapp, zoom)
        assert below() == room > 1
