"""The quiet row above the map: which map, which colours, what is under way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QToolButton, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import row, tool
from iae_studio.views.help import help_mark
from iae_studio.views.map_colours import CLASS, CLUSTER, NOISE
from iae_studio.views.map_words import NEAR, PLANE
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import plain
from iae_studio.widgets.segments import Segments

_COLOURS = (
    (CLASS, "Class", "Colours by the class of each image (Shift+M)"),
    (CLUSTER, "Cluster", "Colours by the category of the code (Shift+M)"),
    (NOISE, "Noise", "Colours by how much of the picture the noise decides (Shift+M)"),
)


class MapTools(QWidget):
    """Switches, and the progress of what takes a while; `colours` stands beside the legend."""

    stopWanted = Signal()
    againWanted = Signal()
    fitWanted = Signal()
    picturesWanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds = Segments()
        self.kinds.setObjectName("mapKinds")
        tip = "The two strongest directions of the codes; it can be decoded everywhere (M)"
        self.kinds.add(PLANE, "Plane", tip)
        tip = "Codes that are near each other lie near each other: t-SNE (M)"
        self.kinds.add(NEAR, "Neighbourhoods", tip)
        self.kinds.setAccessibleName("Kind of map")
        self._marks = {kind: help_mark(kind) for kind in (PLANE, NEAR)}
        self.colours = Segments()
        self.colours.setObjectName("mapColours")
        self.colours.setAccessibleName("Colours of the map")
        for name, title, tip in _COLOURS:
            self.colours.add(name, title, tip)
        self._pictures = QToolButton()
        theme.set_icon(self._pictures, "image")
        self._pictures.setObjectName("mapPictures")
        self._pictures.setToolTip(plain("Pictures in place of all dots (Ctrl+M)"))
        self._pictures.setAccessibleName("Pictures in place of all dots")
        self._pictures.setCheckable(True)
        self._pictures.setProperty("flat", True)
        self._pictures.clicked.connect(self.picturesWanted)
        fit = QToolButton()
        fit.setText("Fit")
        fit.setObjectName("mapFit")
        fit.setToolTip(plain("All images in view (F)"))
        fit.setProperty("flat", True)
        fit.clicked.connect(self.fitWanted)
        self._progress_parts()
        shown = (self.kinds, *self._marks.values(), None, *self._progress)
        self.setLayout(row(*shown, self._pictures, fit, gap=theme.GRID))

    def _progress_parts(self) -> None:
        self._what = ElidedLabel()
        self._what.setProperty("caption", True)
        self._bar = QProgressBar()
        self._bar.setObjectName("mapProgress")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        theme.follow(self._bar, lambda: self._bar.setMinimumWidth(theme.px(16)))
        theme.follow(self._bar, lambda: self._bar.setMaximumWidth(theme.px(96)))
        self._stop = tool("", "stop", "Stop here; what there is stays", self.stopWanted.emit)
        self._stop.setObjectName("mapStop")
        tip = "The weights have changed: find the neighbourhoods anew"
        self.again = tool("Anew", "reset", tip, self.againWanted.emit)
        self.again.setObjectName("mapAgain")
        self._progress = (self._what, self._bar, self._stop, self.again)
        for part in self._progress:
            part.hide()

    def choose(self, kind: str) -> None:
        """Show which map it is."""
        self.kinds.choose(kind)
        for name, mark in self._marks.items():
            mark.setVisible(name == kind)

    def show_pictures(self, wanted: bool) -> None:
        """Show that all dots are pictures."""
        self._pictures.setChecked(wanted)

    def work(self, what: str, done: int = 0, total: int = 0) -> None:
        """Something goes on, so far; nothing: it is over."""
        for part in (self._what, self._bar, self._stop):
            part.setVisible(bool(what))
        self._what.setText(what)
        self._bar.setAccessibleName(what or "Nothing is under way")
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
