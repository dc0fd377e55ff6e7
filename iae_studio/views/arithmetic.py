"""A - B + C in the code, shown as it is composed."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from iae_studio.state.marks import TERMS
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import row, tool
from iae_studio.views.large import LargeView
from iae_studio.views.style_page import StylePage
from iae_studio.views.style_words import column_name, no_sum, tile_name
from iae_studio.widgets.plain import PlainLabel, plain
from iae_studio.widgets.sheet import to_image
from iae_studio.widgets.vector_bars import VectorBars
from trainer.exploring.questions.style import Arithmetic, Composed

SUMS = ("A", "A − B", "A − B + C")
_WELL = 40  # px: a picture in a well
_NEXT = (
    "Select a tile and click A, or Alt+click three tiles one after the other.",
    "Now B, which is taken away: select a tile and click B, or Alt+click it.",
    "Now C, which is added: select a tile and click C, or Alt+click it.",
)


class ArithmeticView(StylePage):
    """Three wells, what their codes give together, and the codes as bars."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(state, "arithmetic", parent)
        self._wells = {name: self._well(name) for name in TERMS}
        self._signs = PlainLabel("−"), PlainLabel("+"), PlainLabel("=")
        self._bars = VectorBars("The codes of A, A − B and A − B + C")
        self._bars.setObjectName("arithmeticBars")
        self._reset = tool("", "reset", "Empty A, B and C", partial(state.marks.drop, *TERMS))
        self._inputs, self._rest = QWidget(), QWidget()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHorizontalStretch(1)
        self._rest.setSizePolicy(policy)
        a, b, c = self._wells.values()
        minus, plus, equals = self._signs
        self._inputs.setLayout(row(a, minus, b, plus, c, equals))
        self.strip.setAccessibleName("A, A − B and A − B + C, drawn")
        self.strip.chosen.connect(self._enlarge)
        self.strip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.lay_out((self._reset,), (self._inputs,), (self._bars, self._rest))
        state.marks.changed.connect(self.later)
        theme.notifier().changed.connect(self.later)

    def _well(self, name: str) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"well{name}")
        made.setText(name)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setIconSize(QSize(_WELL, _WELL))
        made.clicked.connect(lambda: self.put(name))
        return made

    def put(self, name: str) -> None:
        """The selected tile goes into a well."""
        self.state.marks.put(name, self.state.selection.row, self.state.selection.column)

    def obstacle(self) -> str:
        why = no_sum(self.state.displayed.recipe)
        self._inputs.setVisible(not why)
        self._reset.setVisible(not why)
        for place, (name, well) in enumerate(self._wells.items()):
            self._fill(name, well, place)
        known = self._known()
        self._bars.setVisible(bool(known) and not why)
        return why or ("" if known else _NEXT[0])

    def _fill(self, name: str, well: QToolButton, place: int) -> None:
        known, at = self.state.marks.input(name), self.state.marks.tile(name)
        key = f"Alt+{place + 1}"
        if known is None or at is None:
            picture = _empty(self.devicePixelRatioF())
            words = f"{name} is empty: click to put the selected tile here ({key})"
        else:
            picture = QPixmap.fromImage(to_image(known.seen)).scaled(
                _WELL, _WELL, Qt.AspectRatioMode.KeepAspectRatio
            )
            words = f"{name} is {tile_name(self.state, *at)}: click to put the selected tile here"
        well.setIcon(QIcon(picture))
        well.setToolTip(plain(f"{words} ({key})" if key not in words else words))
        well.setAccessibleName(words)

    def _known(self) -> list[tuple[int, int]]:
        """The tiles of A, B, C, as far as there are any."""
        found = []
        for name in TERMS:
            at = self.state.marks.tile(name)
            if at is None:
                break
            found.append(at)
        return found

    def renew(self) -> None:
        chosen, known = self.state.selection, self._known()
        noise = column_name(self.state, chosen.column)
        drawn = f", drawn with {noise}" if noise else ""
        self.say(_NEXT[len(known)] if len(known) < len(TERMS) else f"{SUMS[-1]}{drawn}.")
        probe_of = self.state.answers.probe_of
        terms = tuple(probe_of(*at) for at in known)
        self.ask(Arithmetic(terms, probe_of(chosen.row, chosen.column)))

    def answered(self, composed: Composed) -> None:
        self.say_again(composed.step)
        names = SUMS[: len(composed.codes)]
        self.show_pictures(composed.pictures, names, "content")
        self._bars.setVectors(composed.codes, names)

    def forget(self) -> None:
        super().forget()
        self._bars.setVectors(np.zeros((0, 0), np.float32), ())

    def _enlarge(self, place: int) -> None:
        pictures, heads = self.strip.pictures(), self.strip.heads()
        shown = [(head, "content", picture) for head, picture in zip(heads, pictures, strict=True)]
        LargeView(heads[place], shown, self).exec()


def _empty(ratio: float) -> QPixmap:
    """A place for a picture."""
    made = QPixmap(round(_WELL * ratio), round(_WELL * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("muted"), 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(QRectF(0.5, 0.5, _WELL - 1, _WELL - 1), theme.GRID, theme.GRID)
    painter.end()
    return made
