"""The losses of a run among its kin, with the time on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from iae_studio.style import theme
from iae_studio.widgets.curve_legend import curve_colour, curve_pen, is_discriminator
from iae_studio.widgets.history import Doubles, History
from iae_studio.widgets.loss_plot import LossPlot
from iae_studio.widgets.plot_time import PlotTime

_FAINT = 0.3  # of a curve's ink: its kin's is drawn so

Relative = tuple[Doubles, Doubles]  # steps [places], values [places, losses]


class RunPlot(LossPlot):
    """A `LossPlot` with a cursor for the time, marks, and the curves of other runs behind.

    `time.asked` is the step that a hand wants to look at.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self._kin: list[Relative] = []
        self._faint: list[tuple[int, Relative, pg.PlotCurveItem]] = []
        super().__init__(parent)
        self.time = PlotTime(self._canvas)
        self._canvas.chosen.connect(self.time.ask)
        self.redrawn.connect(self._draw_kin)
        theme.notifier().changed.connect(self.time.restyle)

    def setHistory(self, names: Sequence[str], history: History) -> None:
        """The curves of this history, which goes on by `append`."""
        self.reset(names)
        self._history = history
        self._touch()

    def setMarks(self, marks: Sequence[tuple[int, str]]) -> None:
        """Steps that are marked, each with a word: where a run branched, or was changed."""
        self.time.setMarks(marks)

    def setKin(self, kin: Sequence[Relative]) -> None:
        """The curves of other runs, at their steps; of the same losses, in the same order."""
        for _, _, line in self._faint:
            self._canvas.removeItem(line)
        self._kin, self._faint = list(kin), []
        for relative in kin:
            for index in range(relative[1].shape[1]):
                if np.isfinite(relative[1][:, index]).any():
                    line = pg.PlotCurveItem(connect="finite")
                    line.setZValue(-30)
                    self._canvas.addItem(line, ignoreBounds=True)
                    self._faint.append((index, relative, line))
        self._touch()

    def kin(self) -> list[Relative]:
        """The curves behind."""
        return self._kin

    def reach(self) -> int:
        ends = [int(steps[-1]) for steps, _ in self._kin if len(steps)]
        return max(len(self._history), *ends, 0) if ends else len(self._history)

    def _draw_kin(self) -> None:
        for index, (steps, values), line in self._faint:
            fits = index < len(self._names)
            line.setVisible(fits and self._shown(self._names[index]))
            if fits:
                name = self._names[index]
                there = np.isfinite(values[:, index])
                line.setData(*self._in_view((steps[there], values[there, index])))
                colour = curve_colour(name)
                colour.setAlphaF(_FAINT * colour.alphaF())
                line.setPen(curve_pen(colour, is_discriminator(name)))
