"""The 2-D models: points of the data beside points of the model, and the plane of the codes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, heading
from iae_studio.widgets.bounded_view import BoundedPlot
from iae_studio.widgets.plot_range import Bounds
from trainer.messages import Cloud, Floats
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

HUES = 7  # told apart by most eyes when spread evenly
CODE_REACH = 4.0
_AROUND = 4.0  # times as far as the data reach: what strays further is lost
_TALLEST, _LEAST = 1.5, 240  # of a plot's width, and px
Places = npt.NDArray[np.int64]


class Plane(QWidget):
    """A title, a line of words, and grey points below coloured ones."""

    def __init__(self, name: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = heading("", role)
        self.words = caption(most=2)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._reach = 1.0
        self.plot = BoundedPlot()
        self.plot.setObjectName(name)
        self.plot.setAspectLocked(True)
        self.plot.resetAsked.connect(self.show_all)
        # As wide as they are now, whatever their numbers: the points must not move beside them.
        self.below = pg.ScatterPlotItem(size=3, pen=None, pxMode=True)
        self.above = pg.ScatterPlotItem(size=4, pen=None, pxMode=True)
        self.plot.addItem(self.below)
        self.plot.addItem(self.above)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.title)
        layout.addWidget(self.words)
        layout.addWidget(self.plot, 1)
        layout.addStretch(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow plane is not much taller than wide: there is nothing up there."""
        tall = round(_TALLEST * event.size().width() / theme.GAP) * theme.GAP
        self.plot.setMaximumHeight(max(tall, _LEAST))

    def describe(self, title: str, words: str, reach: float) -> None:
        self.title.setText(title)
        self.words.setText(words)
        self.plot.setAccessibleName(f"{title}. {words}")
        self._reach = reach
        around = Bounds(-reach, reach, -_AROUND * reach, _AROUND * reach)
        self.plot.box.setBounds(around, around)
        self.show_all()

    def show_all(self) -> None:
        """As far as the data reach, as a double click does."""
        reach = self._reach
        self.plot.box.setRange(xRange=(-reach, reach), yRange=(-reach, reach), padding=0.02)

    def show_points(self, below: Floats, above: Floats, place: Places, hues: int) -> None:
        brushes = _brushes(hues)
        below = below[self._near(below)]
        near = self._near(above)
        above, place = above[near], place[near]
        self.below.setData(below[:, 0], below[:, 1])
        self.above.setData(above[:, 0], above[:, 1], brush=[brushes[int(p) % hues] for p in place])

    def _near(self, points: Floats) -> npt.NDArray[np.bool_]:
        """Those that can be seen; a model that exploded makes points that are no numbers."""
        return np.asarray((np.abs(points) <= _AROUND * self._reach).all(1))

    def clear(self) -> None:
        self.below.setData([], [])
        self.above.setData([], [])

    def restyle(self) -> None:
        tokens = theme.current()
        # Two lines, whatever is said: the planes lie beside each other.
        line = QFontMetrics(theme.sized(self.font(), theme.CAPTION)).lineSpacing()
        self.words.setMinimumHeight(2 * line)
        self.plot.getAxis("left").setWidth(theme.px(44))
        self.plot.getAxis("bottom").setHeight(theme.px(28))
        self.plot.setBackground(tokens.panel)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(tokens.line)
            axis.setTextPen(tokens.muted)
            axis.setStyle(tickFont=theme.sized(self.font(), theme.CAPTION))
        grey = QColor(tokens.muted)
        grey.setAlphaF(0.45)
        self.below.setBrush(pg.mkBrush(grey))


class CloudView(QWidget):
    """Scatter plots that follow the training: data, and for flipped models the codes beside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = Plane("dataPlot", "")
        self.codes = Plane("codePlot", "content")
        self.twin = Plane("twinPlot", "content")
        self.twin.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.GAP)
        layout.addWidget(self.data, 1)
        layout.addWidget(self.codes, 1)
        layout.addWidget(self.twin, 1)
        self._cloud: Cloud | None = None
        self._twin_cloud: Cloud | None = None
        self._twin: Recipe | None = None
        self._recipe: Recipe | None = None
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def set_recipe(self, recipe: Recipe) -> None:
        """Say what is to be seen; the points come with the next answer."""
        if recipe != self._recipe:
            self._recipe, self._cloud = recipe, None
            self.data.clear()
            self.codes.clear()
        flipped = recipe.flipped
        self.codes.setVisible(flipped)
        if not recipe.two_dimensional:
            return
        if flipped:
            what = "Grey: the data. Coloured: what is made of the prior, by place."
            self.codes.describe(
                f"z: {_noise_in(recipe)}",
                "Grey: the prior. Coloured: codes of the data, by place.",
                CODE_REACH,
            )
        else:
            which = "one-hot input" if not recipe.model_spec.inverse else "code"
            what = f"Grey: the data. Coloured: what the model draws, a colour for each {which}."
        self.data.describe("Data x", what, DATA_SETS[recipe.data.name].reach)

    def show_cloud(self, cloud: Cloud) -> None:
        self._cloud = cloud
        flipped = cloud.codes is not None
        hues = 4 if flipped else HUES
        self.data.show_points(cloud.real, cloud.fake, cloud.component, hues)
        if cloud.codes is not None and cloud.prior is not None and cloud.place is not None:
            self.codes.show_points(cloud.prior, cloud.codes, cloud.place, hues)

    def set_twin(self, recipe: Recipe | None) -> None:
        """Keep a place for the posteriors of another model; None: there is none."""
        self.twin.setVisible(recipe is not None)
        if recipe is not None and recipe != self._twin:
            self.twin.clear()
            self.twin.describe(
                f"z: {_noise_in(recipe)}",
                f"The same of {recipe.name}: its codes, by place.",
                CODE_REACH,
            )
        self._twin = recipe

    def show_twin(self, cloud: Cloud) -> None:
        """The other model's posteriors, in the colours of the same places."""
        self._twin_cloud = cloud
        if cloud.codes is not None and cloud.prior is not None and cloud.place is not None:
            self.twin.show_points(cloud.prior, cloud.codes, cloud.place, 4)

    def _restyle(self) -> None:
        for plane in (self.data, self.codes, self.twin):
            plane.restyle()
        if self._twin_cloud is not None:
            self.show_twin(self._twin_cloud)
        if self._cloud is not None:
            self.show_cloud(self._cloud)


def _noise_in(recipe: Recipe) -> str:
    return "noise in the generator" if recipe.model.noise else "no noise in the generator"


def _brushes(hues: int) -> list[QBrush]:
    light = 0.42 if QColor(theme.current().window).lightnessF() > 0.5 else 0.62
    shades = [QColor.fromHslF((0.58 + k / hues) % 1.0, 0.65, light, 0.85) for k in range(hues)]
    return [pg.mkBrush(shade) for shade in shades]
