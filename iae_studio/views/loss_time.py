"""The time in the plot of the losses: its line is the same as the slider's handle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from iae_studio.state.studio_state import StudioState

if TYPE_CHECKING:
    from iae_studio.widgets.run_plot import RunPlot


class LossTime(QObject):
    """Shows the moment that is looked at as a line; the hand that moves it looks at others."""

    def __init__(self, state: StudioState, plot: RunPlot) -> None:
        super().__init__(plot)
        self._time, self._curves, self._plot = state.time, state.curves, plot
        self._before: int | None = None  # the step that was looked at before the last click
        plot.time.asked.connect(self._look)
        plot.time.takenBack.connect(lambda: self._time.look_at(self._before))
        plot.redrawn.connect(self._show)
        for changed in (self._time.moved, self._time.momentsChanged, self._curves.changed):
            changed.connect(self._show)

    def _look(self, step: float) -> None:
        """At the moment nearest to a step; near the end of the curves at the newest weights."""
        moments = self._time.moments
        if not moments:
            return
        self._before = self._time.step
        last, end = moments[-1].step, self._plot.steps()
        newest = step > (last + end) / 2 if end > last else step >= max(last, 1) * 1.02
        self._time.look_at(None if newest else round(step))

    def _show(self, *_: object) -> None:
        """At the end of the curves where the newest weights are shown."""
        time, own = self._time, not self._curves.trains or not self._curves.elsewhere
        if not time.moments or not own or not self._plot.steps():
            self._plot.time.show_at(None, past=False)
        else:
            step = self._plot.steps() if time.step is None else time.step
            self._plot.time.show_at(float(step), past=not time.live)
