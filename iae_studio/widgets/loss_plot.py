"""Losses as they come, drawn in time that does not grow with them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.widgets.curve_legend import CurveLegend, curve_colour, is_discriminator
from iae_studio.widgets.elided_label import WrappedLabel
from iae_studio.widgets.history import Doubles, Floats, History, computed
from iae_studio.widgets.loss_canvas import LossCanvas
from iae_studio.widgets.loss_reading import Reading, readings, spoken, spots
from iae_studio.widgets.plot_range import (
    NOTHING,
    Bounds,
    Range,
    comfortable,
    joined,
    logarithmic,
    padded,
    whole_run,
)

_FRAME = 33  # ms: at most 30 drawings a second for a hand ...
_STREAM = 400  # ... and 2.5 for new losses: each drawing makes a tick of the window late
_WIDEST = 0.1  # of the run: the window of full smoothing
_BESIDE = 2  # steps before and after the run that can be seen
EMPTY = "Losses appear here while a model trains"


class LossPlot(QWidget):
    """Curves over steps 1, 2, ...; NaN is 'not computed at this step'."""

    redrawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._history = History(0)
        self._smoothing, self._log = 0.0, True
        self._follow = True  # the view shows everything, until a hand moves it
        self._hover, self._dirty = math.nan, True
        self._heights: Range | None = None  # of all that was drawn, in view coordinates
        self._drawn: list[tuple[Doubles, Doubles]] = []  # steps and values, not logarithms
        self._canvas, self._legend = LossCanvas(self), CurveLegend(self)
        row = QHBoxLayout(self)
        row.setSpacing(0)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._canvas, 1)
        row.addWidget(self._legend)
        self._empty = WrappedLabel(EMPTY, parent=self._canvas)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over = QVBoxLayout(self._canvas)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self._empty)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._redraw)
        self._canvas.pointed.connect(self._point_at)
        self._canvas.moved.connect(self._on_moved)
        self._canvas.resetAsked.connect(self.resetView)
        self._legend.toggled.connect(self._on_toggled)
        theme.notifier().changed.connect(self._restyle)
        theme.follow(self, self.updateGeometry)
        self.setAccessibleName("Losses")
        self.reset(())

    # What it shows

    def names(self) -> tuple[str, ...]:
        return self._names

    def steps(self) -> int:
        """How many steps it holds."""
        return len(self._history)

    def reach(self) -> int:
        """The last step that there is anything to see of."""
        return len(self._history)

    def setCurves(self, names: Sequence[str]) -> None:
        """These curves; the values stay if they are the same."""
        if tuple(names) != self._names:
            self.reset(names)

    def reset(self, names: Sequence[str]) -> None:
        """These curves, without values."""
        self._names = tuple(names)
        self._history = History(len(self._names))
        self._legend.setCurves(self._names)
        self._follow = True
        self._restyle()

    def load(self, values: Floats) -> None:
        """All values [T, K] at once, from step 1 on."""
        self._history = History(len(self._names))
        self.append(values)
        self._touch()

    def append(self, values: Floats) -> None:
        """Rows [t, K] for the steps after the last."""
        if len(values):
            self._history.append(values)
            self._touch(_STREAM)

    def setSmoothing(self, share: float) -> None:
        """From 0, as it is, to 1, means over a tenth of the run."""
        self._smoothing = min(max(share, 0.0), 1.0)
        self._touch()

    def setLog(self, on: bool) -> None:
        self._log = on
        self._canvas.setDecades(on)
        self._follow = self._dirty = True  # a range of logarithms says nothing about values:
        self._redraw()  # it must not even be painted

    def setShown(self, name: str, shown: bool) -> None:
        """Show or hide a curve, as a click on its legend does."""
        self._legend.entries()[self._names.index(name)].setChecked(shown)

    def resetView(self) -> None:
        """See everything again, and follow what comes."""
        self._follow = True
        self._touch()

    def curve(self, name: str) -> tuple[Doubles, Doubles]:
        """What is drawn of a curve: steps and values, NaN where there is a gap."""
        return self._drawn[self._names.index(name)]

    def readout(self) -> dict[str, float]:
        """The values that the legend shows."""
        return {entry.text(): entry.number() for entry in self._legend.entries()}

    # Drawing

    def _restyle(self) -> None:
        self._canvas.restyle()
        self._canvas.setLines([(curve_colour(n), is_discriminator(n)) for n in self._names])
        for index, entry in enumerate(self._legend.entries()):
            self._canvas.show_line(index, entry.isChecked())
        self._empty.setStyleSheet(f"color: {theme.current().muted}")
        self._touch()

    def _touch(self, wait: int = _FRAME) -> None:
        self._dirty = True
        # A slow machine keeps two thirds of its time for the rest of the window.
        wait = max(wait, round(2 * self._canvas.paint_ms))
        if self.isVisible() and not 0 <= self._timer.remainingTime() <= wait:
            self._timer.start(wait)

    def _redraw(self) -> None:
        if not self._dirty:
            return
        self._dirty = False
        total = len(self._history)
        if self._empty.isHidden() != (total > 0):
            self._empty.setVisible(total == 0)
        self._legend.setVisible(total > 0)  # or its words would stand beside the middle
        self._canvas.setBlank(total == 0)
        low, high = (0.0, whole_run(self.reach())) if self._follow else self._canvas.view_x()
        self._drawn = []
        sharp = self._sample(low, high, 0)
        window = int(self._smoothing**2 * _WIDEST * total)
        shown = self._sample(low, high, window) if window > 1 else sharp
        for index in range(len(self._names)):
            self._drawn.append(computed(shown, index))
            self._canvas.draw(index, *self._in_view(self._drawn[-1]))
            ghost = computed(sharp, index) if window > 1 else NOTHING
            self._canvas.draw(index, *self._in_view(ghost), ghost=True)
        self._measure(sharp)
        self._bound()
        if self._follow:
            self._canvas.set_view((low, high), self._y_range())
        self._read_out()
        self.redrawn.emit()

    def _shown_heights(self, curves: Sequence[tuple[Doubles, Doubles]]) -> list[Doubles]:
        """In view coordinates, of the curves that are not hidden."""
        shown = [entry.isChecked() for entry in self._legend.entries()]
        return [self._in_view(curve)[1] for curve, on in zip(curves, shown, strict=True) if on]

    def _measure(self, sharp: tuple[Doubles, Doubles]) -> None:
        """How low and how high the curves go, as far as that is known.

        A view that a hand moved stays where it is: what it could reach stays in reach.
        """
        every = [sharp] if self._follow else [sharp, self._sample(0, len(self._history), 0)]
        known = None if self._follow else self._heights
        for sample in every:
            curves = [computed(sample, index) for index in range(len(self._names))]
            known = joined(known, self._shown_heights(curves))
        self._heights = known

    def _bound(self) -> None:
        """The run, and a little around it: no gesture shows none of it, or much more."""
        total = self.reach()
        end = float(total + _BESIDE)
        last = max(end, whole_run(total)) if self._follow else end
        x = Bounds(1, max(total, 1), -_BESIDE, last, 2 * _BESIDE)
        low, high = self._heights or comfortable((), self._log)
        self._canvas.set_bounds(x, Bounds(low, high, *padded((low, high), self._log)))

    def _sample(self, low: float, high: float, window: int) -> tuple[Doubles, Doubles]:
        """The means that a view from step `low` to step `high` needs, smoothed over `window`."""
        return self._history.sample(low, high, window, 2 * max(self._canvas.width(), 200))

    def _in_view(self, curve: tuple[Doubles, Doubles]) -> tuple[Doubles, Doubles]:
        return logarithmic(curve) if self._log else curve

    def _y_range(self) -> Range:
        return comfortable(self._shown_heights(self._drawn), self._log)

    def _read_out(self) -> None:
        """The values at the cursor, or the last ones."""
        total, hovering = len(self._history), math.isfinite(self._hover)
        step = min(max(round(self._hover if hovering else total), 1), total) if total else 0
        found = readings(self._names, self._drawn, step)
        self._legend.setReadout(step, [reading.value for reading in found])
        hair = step if hovering and total else None
        self._canvas.setHair(hair, spots(filter(self._seen, found), self._log) if hair else ())
        self._canvas.tell(spoken(step, filter(self._seen, found)))

    def _seen(self, reading: Reading) -> bool:
        return self._shown(reading.name)

    def _shown(self, name: str) -> bool:
        return self._legend.entries()[self._names.index(name)].isChecked()

    # Hands

    def _point_at(self, x: float) -> None:
        self._hover = x
        if len(self._drawn) == len(self._names):
            self._read_out()

    def _on_moved(self) -> None:
        self._follow = False
        self._bound()
        self._touch()

    def _on_toggled(self, index: int, shown: bool) -> None:
        self._canvas.show_line(index, shown)
        self._touch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._touch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._legend.setMaximumWidth(max(event.size().width() // 2, 1))
        self._touch()

    def sizeHint(self) -> QSize:
        return QSize(800, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, theme.px(72 if len(self._history) else 20))

    def hasHeightForWidth(self) -> bool:
        """Its legend wraps inside; by that alone Qt would ask for 300 px, and hide the time."""
        return False
