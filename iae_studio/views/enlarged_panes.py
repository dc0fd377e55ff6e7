"""The panes of an enlarged picture: plain pictures in, scaled and named ones out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QImage

from iae_studio.style import theme
from iae_studio.views.picture_words import difference_line, heat_line
from iae_studio.widgets.canvas import Wipe
from iae_studio.widgets.pane_board import Pane, PaneBoard
from trainer.exploring import differences
from trainer.exploring.questions.pictures import Spread
from trainer.messages import Pixels

_AMBER = QColor(theme.DARK.style)  # on black, in both themes
AMBER = (_AMBER.red(), _AMBER.green(), _AMBER.blue())


@dataclass(frozen=True, eq=False)
class Enlarged:
    """An input, what was made of it, and what lies between; each [H, W, C]."""

    head: str  # of the draw
    role: str  # of its colour
    seen: Pixels
    drawn: Pixels
    code: Pixels | None = None
    back: Pixels | None = None
    way_back: bool = False  # whether the way back is compared with the input, not the draw

    @property
    def compared(self) -> tuple[str, Pixels]:
        """What is compared with the input, and what it is called."""
        if self.way_back and self.back is not None:
            return f"back of {self.head}", self.back
        return self.head, self.drawn


class EnlargedPanes(PaneBoard):
    """sees, code, draw, way back, the wipe, the difference, and the heat map `heatMap`."""

    def __init__(self) -> None:
        self._sees, self._code = Pane("content"), Pane("content")
        self._draw, self._back = Pane("style"), Pane("style")
        self.wipe = Wipe()
        self._wiped, self._differs, self._heat = Pane("", self.wipe), Pane(""), Pane("style")
        self.wipe.setObjectName("wipe")
        self.wipe.setAccessibleName("Wipe between the input and the picture")
        self._heat.canvas.setObjectName("heatMap")
        self._differs.canvas.setObjectName("difference")
        self._draw.canvas.setObjectName("enlargedTile")
        self._heat.setHead("noise acts")
        self._sees.setHead("sees")
        self._code.setHead("code")
        super().__init__(
            [
                *(self._sees, self._code, self._draw, self._back),
                *(self._wiped, self._differs, self._heat),
            ]
        )
        self.shown: Enlarged | None = None
        self._spread: Spread | None = None
        self._signed, self._overlay = True, False

    def words(self) -> list[str]:
        """All that is to be read."""
        panes = [pane for pane in self._panes if not pane.isHidden()]
        return [text for pane in panes for text in pane.words()]

    def pictures(self) -> list[QImage]:
        """What is shown beside each other, at its own size, but for the wipe."""
        panes = [pane for pane in self._panes if not pane.isHidden() and pane is not self._wiped]
        return [pane.canvas.image() for pane in panes if pane.shows_picture]

    def drawn(self) -> QImage:
        """The draw as it is shown."""
        return self._draw.canvas.image()

    # ---- pictures ----------------------------------------------------------------------------

    def show_pictures(self, shown: Enlarged) -> None:
        """An input and its draw, in place of those before."""
        self.shown, self.source = shown, max(shown.seen.shape[:2])
        self._sees.show_pixels(shown.seen)
        self._draw.setHead(shown.head)
        self._draw.setRole(shown.role)
        self._back.setHead(f"back of {shown.head}")
        for pane, pixels in ((self._code, shown.code), (self._back, shown.back)):
            pane.setVisible(pixels is not None)
            if pixels is not None:
                pane.show_pixels(pixels)
        name, compared = shown.compared
        self._wiped.setHead(f"sees | {name}")
        self.wipe.setPair(shown.seen, compared)
        self._differs.setHead("difference" if "→" in name else f"{name} − sees")
        self._show_draw()
        self._show_difference()
        self.updateGeometry()  # there may be other panes

    def _show_draw(self) -> None:
        if self.shown is None:
            return
        pixels, spread = self.shown.drawn, self._spread
        if self._overlay and spread is not None and spread.spread.shape == pixels.shape[:2]:
            end = differences.scale_of(spread.spread)
            pixels = differences.laid_over(pixels, spread.spread, end, AMBER)
        self._draw.show_pixels(pixels)

    def set_overlay(self, wanted: bool) -> None:
        """Whether the heat lies over the draw."""
        self._overlay = wanted
        self._show_draw()

    # ---- the difference ----------------------------------------------------------------------

    def set_signed(self, signed: bool) -> None:
        """The difference with its sign, or how large it is."""
        self._signed = signed
        self._show_difference()

    def _show_difference(self) -> None:
        if self.shown is None:
            return
        found = differences.difference(self.shown.compared[1], self.shown.seen)
        end = differences.scale_of(found)
        shades = differences.signed if self._signed else differences.absolute
        self._differs.show_pixels(shades(found, end))
        self._differs.setLine(*difference_line(end, self._signed))

    # ---- heat --------------------------------------------------------------------------------

    def show_spread(self, spread: Spread) -> None:
        """Where the noise acts."""
        self._spread = spread
        end = differences.scale_of(spread.spread)
        self._heat.show_pixels(differences.glow(spread.spread, end, AMBER))
        self._heat.setLine(*heat_line(end, spread.draws))
        self._show_draw()

    def show_no_spread(self, why: str) -> None:
        """A sentence in its place."""
        self._spread = None
        self._heat.show_why(why)
        self._show_draw()
