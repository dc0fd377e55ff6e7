"""The training images that are nearest to the selected picture: remembered, or invented?"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column, heading, row
from iae_studio.views.help import help_mark
from iae_studio.views.picture_words import amount, nearest_words
from iae_studio.views.to_grid import send
from iae_studio.widgets.plain import plain
from iae_studio.widgets.sheet import to_image
from trainer.exploring.questions.pictures import SHOWN, NearestTraining, Neighbours
from trainer.messages import Pixels

KIND = "nearest training images"
_ROWS = (SHOWN, SHOWN // 2, SHOWN // 4, 1)  # pictures in a row: rows are of like length
SIDE = 64  # px of a picture, or a little less
LOOKING = "Loading the training images, and looking for the nearest ones…"


class _Thumbnail(QToolButton):
    """A training image; a click, or Enter, sends it to the grid."""

    def __init__(self, pixels: Pixels, name: str, far: str) -> None:
        super().__init__()
        self.setProperty("flat", True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setText(far)
        self.setToolTip(plain(f"{name}\nA click shows what the model makes of it"))
        self.setAccessibleName(f"{name}, {far} away")
        ratio = self.devicePixelRatioF()
        height, width = pixels.shape[:2]
        factor = max(int(SIDE * ratio) // max(height, width), 1)
        side = QSize(width * factor, height * factor)
        if max(height, width) > SIDE * ratio:
            side = QSize(width, height).scaled(
                QSize(SIDE, SIDE) * ratio, Qt.AspectRatioMode.KeepAspectRatio
            )
        smooth = Qt.TransformationMode.SmoothTransformation
        how = smooth if side.width() < width else Qt.TransformationMode.FastTransformation
        ignored = Qt.AspectRatioMode.IgnoreAspectRatio
        picture = QPixmap.fromImage(to_image(pixels).scaled(side, ignored, how))
        picture.setDevicePixelRatio(ratio)
        self.setIcon(QIcon(picture))
        self.setIconSize(side / ratio)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class NeighbourList(QWidget):
    """`neighbourList`: what is said of them, and a row of pictures, nearest first."""

    chosen = Signal()  # one was sent to the grid
    arrived = Signal()  # a first answer: there is more to be seen

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neighbourList")
        self._state = state
        self._found: Neighbours | None = None
        self._words = caption()
        self._words.setObjectName("neighbourWords")
        self._row = QGridLayout()
        self._row.setSpacing(theme.GRID)
        self._shown: list[_Thumbnail] = []
        layout = column(self, pad=0)
        head = heading("Nearest training images", "content")
        layout.addLayout(row(head, help_mark("neighbours"), None, gap=theme.GRID))
        layout.addWidget(self._words)
        layout.addLayout(self._row)
        state.asking.moved.connect(self._move)
        state.displayed.recipeChanged.connect(lambda _: self._turn_away())

    # ---- asking ------------------------------------------------------------------------------

    def ask(self, line: int, place: int) -> None:
        """Of the tile in that row and column, and again as the weights change."""
        question = NearestTraining(self._state.answers.probe_of(line, place))
        if self._found is None or self._found.why:
            self._words.setText(LOOKING)
        asking = self._state.asking
        asking.ask(question, self.show_found, self._lack, kind=KIND, follows=True)

    def forget(self) -> None:
        """Nobody looks any more."""
        self._state.asking.cancel(KIND)

    def _turn_away(self) -> None:
        """Those of another kind of model are not to be seen as this one's."""
        displayed = self._state.displayed
        if displayed.recipe != displayed.previous:
            self._found = None
            self._words.setText(LOOKING)
            self._clear()

    def _move(self, kind: str, done: int, total: int) -> None:
        if kind == KIND and self._found is None:
            of = f" {done:,} of {total:,}" if total else ""
            self._words.setText(f"{LOOKING}{of}")

    def _lack(self) -> None:
        if self._found is None:
            self._words.setText("They could not be looked for: see the message above.")

    # ---- the answer --------------------------------------------------------------------------

    def show_found(self, found: Neighbours) -> None:
        """These in place of those before."""
        before, self._found = self._found, found
        self._words.setText(nearest_words(found))
        same = before is not None and before.names == found.names
        if same and before is not None and list(before.distances) == list(found.distances):
            return  # a button that has the keyboard keeps it
        self._clear()
        for place, (pixels, name) in enumerate(zip(found.pictures, found.names, strict=True)):
            far = amount(float(found.distances[place]), found)
            made = _Thumbnail(pixels, name, far)
            made.clicked.connect(lambda _=False, at=place: self._send(at))
            self._shown.append(made)
        self._arrange()
        if before is None:
            self.arrived.emit()

    def _clear(self) -> None:
        for old in self._shown:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shown = []

    def _arrange(self) -> None:
        wide = max((each.sizeHint().width() for each in self._shown), default=1) + theme.GRID
        room = max(self.width() // wide, 1)
        across = next(each for each in _ROWS if each <= room)
        for place, each in enumerate(self._shown):
            self._row.addWidget(each, *divmod(place, across), Qt.AlignmentFlag.AlignLeft)
        self._row.setColumnStretch(SHOWN, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _send(self, place: int) -> None:
        found = self._found
        if found is not None:
            send(self._state, [(found.names[place], found.pictures[place])])
            self.chosen.emit()
