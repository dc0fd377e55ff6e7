"""The 2-D models: points of the data beside points of the model, coloured by code."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio import theme
from iae_studio.views.parts import caption
from trainer.messages import Cloud
from trainer.recipes import Recipe

HUES = 7  # told apart by most eyes when spread evenly


class CloudView(QWidget):
    """A scatter plot that follows the training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = caption()
        self.plot = pg.PlotWidget()
        self.plot.setAspectLocked(True)
        self.plot.setRange(xRange=(-3, 3), yRange=(-3, 3))
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.real = pg.ScatterPlotItem(size=3, pen=None, pxMode=True)
        self.fake = pg.ScatterPlotItem(size=4, pen=None, pxMode=True)
        self.plot.addItem(self.real)
        self.plot.addItem(self.fake)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._words)
        layout.addWidget(self.plot, 1)
        self._cloud: Cloud | None = None
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def set_recipe(self, recipe: Recipe) -> None:
        """Say what is to be seen; the points come with the next answer."""
        which = "one-hot input" if recipe.model == "gan" else "code"
        self._words.setText(
            f"Grey: the data. Coloured: samples of the model, one colour for each {which}."
        )

    def show_cloud(self, cloud: Cloud) -> None:
        self._cloud = cloud
        brushes = [pg.mkBrush(colour) for colour in self._colours()]
        self.real.setData(cloud.real[:, 0], cloud.real[:, 1])
        self.fake.setData(
            cloud.fake[:, 0],
            cloud.fake[:, 1],
            brush=[brushes[int(c) % HUES] for c in cloud.component],
        )

    def _colours(self) -> list[QColor]:
        light = 0.42 if QColor(theme.current().window).lightnessF() > 0.5 else 0.62
        return [QColor.fromHslF((0.58 + k / HUES) % 1.0, 0.65, light, 0.85) for k in range(HUES)]

    def _restyle(self) -> None:
        tokens = theme.current()
        self.plot.setBackground(tokens.panel)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(tokens.line)
            axis.setTextPen(tokens.muted)
        grey = QColor(tokens.muted)
        grey.setAlphaF(0.45)
        self.real.setBrush(pg.mkBrush(grey))
        if self._cloud is not None:
            self.show_cloud(self._cloud)
