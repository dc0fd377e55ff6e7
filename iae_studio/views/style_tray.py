"""The tray below the grid: what can be done with the style of the selected tile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from iae_studio.state.marks import END, TERMS
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import has_noise
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.arithmetic import ArithmeticView
from iae_studio.views.borrowed_style import BorrowedStyle
from iae_studio.views.building_blocks import button, row, tool
from iae_studio.views.interpolation import InterpolationView
from iae_studio.views.style_page import StylePage
from iae_studio.views.style_words import tile_name
from iae_studio.views.walk import WalkView
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.folding_button import FoldingButton
from iae_studio.widgets.image_grid import ImageGrid

BORROW, INTERPOLATE, ARITHMETIC, WALK = "borrow", "interpolate", "arithmetic", "walk"


@dataclass(frozen=True)
class _Way:
    """A way to handle style: its button, and what it opens."""

    name: str
    title: str
    icon: str
    key: str
    tip: str
    build: Callable[[StudioState], StylePage]


_WAYS = (
    _Way(BORROW, "Borrow style", "drop", "S", "Keep this tile's noise for all", BorrowedStyle),
    _Way(
        INTERPOLATE,
        "Interpolate",
        "between",
        "I",
        "From this tile to another, which Ctrl+click marks",
        InterpolationView,
    ),
    _Way(
        ARITHMETIC,
        "A − B + C",
        "sum",
        "A",
        "Add and subtract the codes of tiles, which Alt+click marks",
        ArithmeticView,
    ),
    _Way(WALK, "Walk", "loop", "W", "Walk in a closed loop through the noise", WalkView),
)


class StyleTray(QWidget):
    """One quiet row; above it `pathStrip`, while one of the ways is in use.

    Above, because a row that stood over the strip would leave the pointer as the strip opens.
    """

    def __init__(self, state: StudioState, grid: ImageGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("styleTray")
        self._state, self._grid = state, grid
        self._pages: dict[str, StylePage] = {}  # made on first use
        self._open = ""
        self._selected = ElidedLabel()
        self._selected.setObjectName("selectedTile")
        self._selected.setProperty("caption", True)
        self._selected.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._strip = QWidget()
        self._strip.setObjectName("pathStrip")
        self._strip.setAccessibleName("Pictures of the style in hand")
        self._strip.hide()
        self._room = QVBoxLayout(self._strip)
        self._room.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._strip)
        layout.addLayout(self._row())
        self._actions()
        self._connect()
        self._show()

    def _row(self) -> QHBoxLayout:
        self._buttons: dict[str, FoldingButton] = {}
        for way in _WAYS:
            do = partial(self._press, way.name)
            made = button(way.title, way.icon, f"{way.tip} ({way.key})", do, f"{way.name}Button")
            made.setProperty("flat", True)
            made.setCheckable(True)
            self._buttons[way.name] = made
        tip = "Bookmark what is shown, to see it again just so (Shift+B)"
        keep = tool("", "bookmark", tip, self._state.bookmarks.wanted.emit)
        keep.setObjectName("bookmarkButton")
        return row(self._selected, *self._buttons.values(), keep, gap=theme.GRID)

    def _actions(self) -> None:
        for way in _WAYS:
            do = partial(self._key, way.name)
            act(self, "Style", way.title, way.key, do, way.tip)
        act(self, "Style", "Lock the column", "L", self._lock, "Keep its noise, or let it go")
        end = partial(self._mark, END)
        act(self, "Style", "Interpolate to this tile", "Shift+I", end, "It is the other end")
        for place, name in enumerate(TERMS):
            put = partial(self._mark, name)
            act(self, "Style", f"This tile is {name}", f"Alt+{place + 1}", put, "Of A − B + C")
        act(self, "Style", "End the walk", "Shift+W", partial(self._close, WALK))

    def _connect(self) -> None:
        state = self._state
        self._grid.marked.connect(self._clicked)
        state.selection.changed.connect(self._show)
        state.inputs.changed.connect(self._show)
        state.query.columnsChanged.connect(self._show)
        state.marks.changed.connect(self._show_marks)
        state.displayed.recipeChanged.connect(lambda _: self._show())

    # ---- the row -----------------------------------------------------------------------------

    def _show(self) -> None:
        state, chosen = self._state, self._state.selection
        self.setVisible(self._has_tiles)
        if 0 <= chosen.row < len(state.inputs.images):
            self._selected.setText(f"selected: {tile_name(state, chosen.row, chosen.column)}")
        else:
            self._selected.setText("Nothing is selected: drop an image above.")
        self._show_marks()

    def _show_marks(self) -> None:
        """Only what is in use stands on the tiles."""
        shown = {INTERPOLATE: {END: "end"}, ARITHMETIC: dict(zip(TERMS, TERMS, strict=True))}
        words: dict[tuple[int, int], str] = {}
        for name, word in shown.get(self._open, {}).items():
            tile = self._state.marks.tile(name)
            if tile is not None:
                words[tile] = f"{words[tile]} {word}" if tile in words else word
        self._grid.setMarks(words)

    def _fold(self) -> None:
        wide = sum(each.unfolded() + theme.GRID for each in self._buttons.values())
        for each in self._buttons.values():
            each.fold(self.width() < wide + theme.px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    # ---- what is open ------------------------------------------------------------------------

    def page(self, name: str) -> StylePage:
        """What a way opens, made for its first use."""
        if name not in self._pages:
            way = next(way for way in _WAYS if way.name == name)
            made = self._pages[name] = way.build(self._state)
            made.closeWanted.connect(partial(self._close, name))
            made.hide()
            self._room.addWidget(made)
        return self._pages[name]

    def _show_page(self, name: str) -> None:
        """Open this one in place of another; "" closes."""
        if name != self._open:
            if self._open:
                self.page(self._open).end()
                self.page(self._open).hide()
            self._open = name
            self._strip.setVisible(bool(name))
            if name:
                self.page(name).show()
                self.page(name).begin()
            self._show_marks()
        for each, made in self._buttons.items():
            made.setChecked(each == name)

    def _close(self, name: str) -> None:
        if self._open == name:
            self._show_page("")

    def _press(self, name: str) -> None:
        """A button opens and closes; that of borrowing borrows each time."""
        if not self._has_tiles:
            return
        if name == BORROW:
            self._borrow()
        else:
            self._show_page("" if self._open == name else name)

    def _key(self, name: str) -> None:
        page = self._pages.get(name)
        if name == WALK and self._open == WALK and isinstance(page, WalkView):
            page.toggle()
        else:
            self._press(name)

    @property
    def _has_tiles(self) -> bool:
        """Keys are heard while a plot of points hides this row; then there is no style to hold."""
        return not self._state.displayed.recipe.two_dimensional

    def _borrow(self) -> None:
        page = self.page(BORROW)
        assert isinstance(page, BorrowedStyle)
        page.borrow()
        self._show_page(BORROW)
        page.later()

    def _lock(self) -> None:
        chosen = self._state.selection.row >= 0 and self._has_tiles
        if chosen and has_noise(self._state.displayed.recipe):
            self._state.query.toggle_lock(self._state.selection.column)

    # ---- marks -------------------------------------------------------------------------------

    def _mark(self, name: str, tile: tuple[int, int] | None = None) -> None:
        """Hold a tile, by default the selected one, and open what it is held for."""
        if not self._has_tiles:
            return
        chosen = self._state.selection
        self._state.marks.put(name, *(tile or (chosen.row, chosen.column)))
        self._show_page(INTERPOLATE if name == END else ARITHMETIC)

    def _clicked(self, line: int, column: int, modifiers: Qt.KeyboardModifier) -> None:
        alt = modifiers & Qt.KeyboardModifier.AltModifier
        self._mark(self._state.marks.next_term() if alt else END, (line, column))
