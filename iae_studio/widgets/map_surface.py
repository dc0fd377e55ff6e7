"""The half of the map that is looked at: what is on it, which part is seen, how it gets painted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from iae_studio.style import theme
from iae_studio.widgets.map_frame import Cells, Frame, cells_of, kept, suits, whole
from iae_studio.widgets.map_painter import MapPainter
from iae_studio.widgets.map_scene import Floats, Mark, Scene, Whole
from iae_studio.widgets.map_sprites import Thumbnails, dots, lattice_image
from iae_studio.widgets.sheet import Pixels, to_image
from iae_studio.widgets.spoken import describe

FEW, MANY = 120, 180  # points in view: at fewer they become pictures, at more dots again
_FAINT = 0.5  # of the background's pictures is seen

_FINE = 1200  # px across, by whole factors: the background is shown at any size
_PALER = 0.6  # in the light theme, where points are dark


class MapSurface(QWidget):
    """A scene and a frame of it; `MapCanvas` adds the hands."""

    frameChanged = Signal()  # another part is seen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene()
        self._frame = Frame(0.0, 0.0, 1.0, 1, 1)
        self._fitted = True  # no hand has chosen what is seen
        self._all_pictures = self._zoomed_in = False
        self._hover = -1
        self._band: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._dots: list[QPixmap] = []
        self._ratio = 0.0
        self._background: QImage | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.notifier().changed.connect(self._restyle)

    # ---- what is on it -----------------------------------------------------------------------

    def setImages(self, thumbnails: Pixels, names: tuple[str, ...]) -> None:
        """The pictures of the points, and what they are called."""
        self._scene.thumbnails = Thumbnails(thumbnails)
        self._scene.names = names
        self.update()

    def setPlaces(self, places: Floats, anew: bool) -> None:
        """Where the points lie. `anew` or where they left what is seen, all come into view."""
        scene = self._scene
        scene.put(places)
        if len(scene.hues) != len(places):
            scene.hues = np.zeros(len(places), np.int64)
        if anew or (self._fitted and not suits(self._frame, scene.extent)):
            self.fit()
        self._look(self._frame)

    def clear(self) -> None:
        """Nothing is on it."""
        self._scene, self._background, self._hover = Scene(), None, -1
        self.fit()

    def setColours(self, hues: Whole, palette: list[QColor]) -> None:
        """Of each point the number of its colour."""
        self._scene.hues, self._scene.palette = hues, palette
        self._ratio = 0.0
        self.update()

    def setLattice(self, cells: Cells | None, pictures: Pixels | None = None) -> None:
        """The decoded pictures of the background; without cells it is empty."""
        whole_image = None
        if cells is not None and pictures is not None:
            whole_image = cells, lattice_image(pictures, cells.columns)
        self._scene.lattice, self._background = whole_image, None
        self.update()

    def setMarks(self, marks: list[Mark]) -> None:
        """Where the inputs lie."""
        self._scene.marks = marks
        self.update()

    def setTarget(self, place: tuple[float, float] | None) -> None:
        """Where it is decoded; its picture comes later."""
        self._scene.target = place
        if place is None:
            self._scene.decoded = None
        at = "" if place is None else f"decoded at {place[0]:.2f}, {place[1]:.2f}"
        describe(self, at.replace("-", "\N{MINUS SIGN}"))
        self.update()

    def setDecoded(self, picture: Pixels, words: str) -> None:
        """What lies at the target."""
        self._scene.decoded, self._scene.words = to_image(picture), words
        self.update()

    def setAllPictures(self, wanted: bool) -> None:
        """Pictures in place of all dots, however many there are."""
        self._all_pictures = wanted
        self.update()

    # ---- what is seen ------------------------------------------------------------------------

    def frame(self) -> Frame:
        """The part that is seen."""
        return self._frame

    def target(self) -> tuple[float, float] | None:
        """Where it is decoded."""
        return self._scene.target

    def decoded(self) -> QImage | None:
        """What lies there."""
        return self._scene.decoded

    def marks(self) -> list[Mark]:
        """Where the inputs lie."""
        return self._scene.marks

    def places(self) -> Floats:
        """Where the points lie."""
        return self._scene.places

    @property
    def shows_all_pictures(self) -> bool:
        """Whether all dots are pictures, by choice."""
        return self._all_pictures

    @property
    def coloured(self) -> bool:
        """Whether the points have colours that mean something."""
        return len(self._scene.palette) > 1

    def cells(self) -> Cells:
        """Where pictures of the background belong."""
        return cells_of(self._frame)

    def hasLattice(self) -> bool:
        """Whether there are pictures in the background."""
        return self._scene.lattice is not None

    def fit(self) -> None:
        """All points in view."""
        self._fitted = True
        self._look(whole(self._scene.extent, max(self.width(), 1), max(self.height(), 1)))

    def _look(self, frame: Frame) -> None:
        before, self._frame = self._frame, kept(frame, self._scene.extent)
        at = self._frame.screen(self._scene.places)
        seen = int(((at >= 0) & (at <= (self.width(), self.height()))).all(1).sum())
        self._zoomed_in = seen <= (MANY if self._zoomed_in else FEW)
        self.update()
        if self._frame != before:
            self.frameChanged.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self.fit()
            return
        old = self._frame
        self._look(Frame(old.x, old.y, old.scale, max(self.width(), 1), max(self.height(), 1)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.update()

    # ---- painting ----------------------------------------------------------------------------

    def _restyle(self) -> None:
        self._ratio, self._background = 0.0, None
        self.update()

    def _prepare(self) -> None:
        ratio = self.devicePixelRatioF()
        if ratio != self._ratio:
            self._ratio = ratio
            self._dots = dots(self._scene.palette, ratio)
        if self._scene.thumbnails is not None:
            self._scene.thumbnails.prepare(ratio)

    def _faint(self) -> QImage | None:
        """The background, mixed with the panel's colour: points must be seen on it."""
        if self._scene.lattice is None:
            return None
        if self._background is None:
            picture = self._scene.lattice[1]
            self._background = QImage(picture.size(), QImage.Format.Format_RGB32)
            self._background.fill(theme.colour("panel"))
            painter = QPainter(self._background)
            painter.setOpacity(_FAINT if theme.current() is theme.DARK else _FAINT * _PALER)
            painter.drawImage(0, 0, picture)
            painter.end()
            smooth = Qt.TransformationMode.SmoothTransformation
            whole_image = Qt.AspectRatioMode.IgnoreAspectRatio
            size = picture.size() * max(_FINE // max(picture.width(), 1), 1)
            self._background = self._background.scaled(size, whole_image, smooth)
        return self._background

    def paintEvent(self, event: QPaintEvent) -> None:
        self._prepare()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("panel"))
        font = theme.sized(self.font(), theme.CAPTION)
        drawing = MapPainter(painter, self._scene, self._frame, font, self._ratio)
        drawing.lattice(self._faint())
        if self._all_pictures or self._zoomed_in:
            drawing.pictures()
        else:
            drawing.dots(self._dots)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in sorted(self._scene.marks, key=lambda mark: mark.selected):
            drawing.mark(mark)
        drawing.target()
        drawing.hovered(self._hover)
        if self._band is not None:
            drawing.band(*self._band)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.colour("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(720, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)
