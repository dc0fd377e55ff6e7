"""What stands above the pictures of a compared model: its colour, its name, its step, an x."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.state.comparing import Compared
from iae_studio.style import theme
from iae_studio.views.building_blocks import column, row, tool
from iae_studio.views.map_colours import palette
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import plain

_BAR = 3  # px
_HUES = (0, 1, 2, 4)  # of the palette: blue, orange, green, violet


class CompareHead(QWidget):
    """`compareHead0` and so on; the x is `compareRemove0`. A double click asks to show it alone."""

    removed = Signal(int)
    wanted = Signal(int)

    def __init__(self, place: int, model: Compared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"compareHead{place}")
        self._place, self._model = place, model
        self._title = ElidedLabel(model.title)
        self._under = ElidedLabel()
        self._under.setProperty("caption", True)
        self._under.setFont(theme.tabular(self._under.font()))
        for label in (self._title, self._under):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        close = tool("", "close", "Compare it no longer", lambda: self.removed.emit(place))
        close.setObjectName(f"compareRemove{place}")
        close.setProperty("snug", True)
        words = column(pad=0, gap=0)
        words.addWidget(self._title)
        words.addWidget(self._under)
        layout = row(gap=theme.GRID)
        layout.setContentsMargins(_BAR + theme.GRID + 2, 2, 0, 2)
        layout.addLayout(words, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)
        told = f"{model.title}: {model.recipe.name}"
        where = "" if model.path is None else f"\n{model.path.name}"
        self.setToolTip(plain(f"{told}{where}\nA double click shows it alone in Pictures."))
        self.setAccessibleName(told)
        self.tell(None)

    def tell(self, step: int | None) -> None:
        """The step of the weights that answered; None while that is not known."""
        model = self._model
        parts = [model.path.name] if model.is_run and model.path is not None else []
        if model.path is None:
            parts = ["untrained"]
        elif step is not None:
            wanted = model.step
            near = f"near {wanted:,}: " if wanted is not None and wanted != step else ""
            parts.insert(0, f"{near}step {step:,}")
        elif model.step is not None:
            parts.insert(0, f"step {model.step:,}")
        self._under.setText(" · ".join(parts), parts[0] if parts else "")

    def words(self) -> str:
        """What stands below its name."""
        return self._under.text()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(140), theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 4, _BAR, self.height() - 8, colour_of(self._place))
        painter.end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.wanted.emit(self._place)


def colour_of(place: int) -> QColor:
    """A colour for each compared model, the same on all pages."""
    return palette(10)[_HUES[place]]


def swatch(place: int) -> QIcon:
    """A bar in that colour."""
    picture = QPixmap(4, 12)
    picture.fill(colour_of(place))
    return QIcon(picture)
