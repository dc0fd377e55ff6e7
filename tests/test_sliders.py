"""The sliders, with real events: pointer, keys, wheel, typed numbers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from iae_studio.widgets.number import Number
from iae_studio.widgets.sliders import SliderBank
from iae_studio.widgets.track import Track
from iae_studio.widgets.value_slider import ValueSlider
from tests.widgets import LEFT, double_click, shown

pytestmark = pytest.mark.usefixtures("dark")


@pytest.fixture
def slider(qtbot) -> ValueSlider:
    made = ValueSlider("scale", 0.0, 2.0, 1.0, "style", decimals=2, suffix=" σ")
    made.told: list[float] = []
    made.edited.connect(made.told.append)
    return shown(qtbot, made, 320, 24)


def parts(slider: ValueSlider) -> tuple[Track, Number]:
    return slider.findChild(Track), slider.findChild(Number)


def test_dragging_moves_the_value_to_the_pointer(slider) -> None:
    track, number = parts(slider)
    middle = track.height() // 2
    QTest.mousePress(track, LEFT, pos=QPoint(round(track.handleX(0.25)), middle))
    assert slider.value() == pytest.approx(0.5, abs=0.02)
    QTest.mouseMove(track, QPoint(track.width() + 50, middle))
    assert slider.value() == 2.0
    QTest.mouseRelease(track, LEFT, pos=QPoint(track.width(), middle))
    assert slider.told[-1] == 2.0
    assert number.text() == "2.00 σ"


def test_a_double_click_goes_back_to_the_default(slider) -> None:
    slider.setValue(1.7)
    double_click(parts(slider)[0])
    assert slider.value() == 1.0
    assert slider.told == [1.0]


def test_arrows_step_and_typing_starts_the_number(slider, qtbot) -> None:
    track, number = parts(slider)
    slider.activateWindow()
    track.setFocus()
    QTest.keyClick(track, Qt.Key.Key_Right)
    assert slider.value() == pytest.approx(1.0 + slider.step())
    QTest.keyClick(track, Qt.Key.Key_0)
    qtbot.waitUntil(number.hasFocus)
    QTest.keyClicks(number, ".25")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert slider.value() == 0.25
    assert number.text() == "0.25 σ"


@pytest.mark.parametrize(("typed", "expected"), [("9", 2.0), ("words", 1.0), ("nan", 1.0)])
def test_what_is_typed_stays_in_the_range(slider, typed: str, expected: float) -> None:
    number = parts(slider)[1]
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, typed)
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert slider.value() == expected


def test_a_value_set_by_code_is_kept_exactly_and_is_no_edit(slider, qtbot) -> None:
    with qtbot.waitSignal(slider.valueChanged):
        slider.setValue(1.23456)
    assert (slider.value(), slider.told) == (1.23456, [])
    with pytest.raises(ValueError, match="finite"):
        slider.setValue(float("nan"))


def wheel(widget: QWidget, notches: int) -> bool:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        widget.mapToGlobal(centre),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_the_wheel_steps(slider) -> None:
    wheel(parts(slider)[0], 1)
    assert slider.value() > 1.0


def test_the_wheel_scrolls_a_bank_rather_than_change_it(qtbot) -> None:
    bank = shown(qtbot, SliderBank("content"), 240, 100)
    bank.setRows([str(row + 1) for row in range(20)])
    qtbot.waitUntil(lambda: bank.verticalScrollBar().maximum() > 0)
    track = bank.rows()[0].findChild(Track)
    track.clearFocus()
    assert not wheel(track, -1)  # left to the page
    assert bank.values() == (0.0,) * 20
    bank.activateWindow()
    track.setFocus()
    assert wheel(track, 1)
    assert bank.values()[0] > 0


def test_a_bank_tells_all_values_and_keeps_those_of_rows_that_stay(qtbot) -> None:
    bank = shown(qtbot, SliderBank("content"), 240, 200)
    bank.setRows(["1", "2", "3"], ["first"])
    bank.setValues([1, 2, 3])
    kept = bank.rows()[0]
    bank.setRows(["1", "2", "other", "4"])
    assert bank.rows()[0] is kept
    assert bank.values() == (1.0, 2.0, 0.0, 0.0)
    with qtbot.waitSignal(bank.edited) as told:
        QTest.keyClick(bank.rows()[3].findChild(Track), Qt.Key.Key_End)
    assert told.args == [(1.0, 2.0, 0.0, 3.0)]
    bank.reset()
    assert bank.values() == (0.0,) * 4
    assert kept.findChild(Track).accessibleName() == "1"


def test_a_screen_reader_reads_the_number_that_is_shown_and_can_set_it(slider) -> None:
    track = parts(slider)[0]
    heard = QAccessible.queryAccessibleInterface(track)
    slider.setValue(1.234)
    told = heard.text(QAccessible.Text.Name), heard.text(QAccessible.Text.Value)
    assert told == ("scale", "1.23 σ")
    number = heard.valueInterface()
    assert (number.minimumValue(), number.currentValue(), number.maximumValue()) == (0, 1.23, 2)
    assert number.minimumStepSize() == pytest.approx(slider.step())
    number.setCurrentValue(0.5)
    assert slider.value() == 0.5 and slider.told == [0.5]
    assert heard.text(QAccessible.Text.Value) == "0.50 σ"
    number.setCurrentValue(7.0)
    assert slider.value() == 2.0, "a hand never leaves the ends"


@pytest.mark.parametrize("key", [Qt.Key.Key_T, Qt.Key.Key_Space])
def test_a_letter_at_a_track_is_the_windows(slider, key: Qt.Key) -> None:
    track = parts(slider)[0]
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, chr(key).lower())
        event.ignore()
        QApplication.sendEvent(track, event)
        assert not event.isAccepted()
    assert slider.value() == 1.0 and not slider.told
