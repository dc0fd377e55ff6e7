"""A small film that plays."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.sharp import paint_sharp
from iae_studio.widgets.sheet import Pixels, to_image


class FilmPreview(QWidget):
    """Plays what there is, again and again; frames may still arrive.

    `frames` come once each; a film is the list of their numbers in the order of time.
    """

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._images: list[QImage] = []
        self._order: tuple[int, ...] = ()
        self._coming: list[QImage] = []
        self._next: tuple[int, ...] = ()
        self._at = 0
        self._seconds = 1.0
        self._words = ""
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)
        theme.follow(self, self.updateGeometry)

    def expect(self, order: tuple[int, ...], seconds: float) -> None:
        """Another film is on its way: which of its frames stand when, and how long it takes.

        What plays goes on until the first of it is there.
        """
        self._coming, self._next = [], order
        self._seconds = seconds

    def add(self, frame: Pixels) -> None:
        """The next of its frames, uint8 [H, W, C]."""
        if not self._coming:
            self.setAccessibleDescription(f"{self._seconds:.3g} seconds, again and again")
            self._images, self._order, self._at = self._coming, self._next, 0
        self._coming.append(to_image(frame))
        self._keep_time()
        self.update()

    def progress(self) -> tuple[int, int]:
        """How many of its frames are here, and how many there will be."""
        return len(self._coming), len(set(self._next))

    def clear(self, words: str = "") -> None:
        """Nothing plays; `words` say why, and what to do."""
        self._images, self._coming, self._order, self._next = [], [], (), ()
        self._at, self._words = 0, words
        self.setAccessibleDescription(words)
        self._clock.stop()
        self.update()

    def count(self) -> int:
        """How many frames are there."""
        return len(self._images)

    def said(self) -> str:
        """What stands where nothing plays."""
        return "" if self._images else self._words

    def now(self) -> int:
        """The place in the film that is shown."""
        return self._at

    def _keep_time(self) -> None:
        if self.isVisible() and len(self._order) > 1:
            self._clock.start(max(round(1000 * self._seconds / len(self._order)), 1))
        else:
            self._clock.stop()

    def _tick(self) -> None:
        """On to the next frame; to the first, where the next is not there yet."""
        self._at = (self._at + 1) % max(len(self._order), 1)
        if not self._order or self._order[self._at] >= len(self._images):
            self._at = 0
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keep_time()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._side), theme.px(self._side))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("panel"))
        if self._images and self._order:
            image = self._images[min(self._order[self._at], len(self._images) - 1)]
            room = self.rect().adjusted(theme.GAP, theme.GAP, -theme.GAP, -theme.GAP)
            paint_sharp(painter, room, image, self.devicePixelRatioF())
        elif self._words:
            painter.setPen(theme.colour("muted"))
            edge = 2 * theme.PAD
            room = self.rect().adjusted(edge, edge, -edge, -edge)
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(wrap), self._words)
        painter.end()
