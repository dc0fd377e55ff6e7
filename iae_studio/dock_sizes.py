"""How large the docks are: at first, when the text grows, and when there is more to show below."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea

from iae_studio.panels.spec import MayBeEmpty, PanelSpec
from iae_studio.style import theme

SIDE, BOTTOM = 0.25, 0.3  # of the window: what docks take at the most; a side more for large text
MIDDLE = 0.4  # of the window: what the sides leave to the pictures, however large the text is
ACROSS, ALONG = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
SETTLED = 100  # ms: by then Qt knows how small all that was resized can be
Part = tuple[QDockWidget, Qt.Orientation]
Sizes = dict[Part, int]


class DockSizes(QObject):
    """Gives the docks of a window the sizes that their panels ask for.

    A bottom that has nothing to show is low until it has. It is not lowered again: what lies above
    it must not jump up and down.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[PanelSpec, QDockWidget]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._wanted: Sizes = {}  # px, since the text's size was changed, until a hand drags one
        window.installEventFilter(self)
        for dock in self._below():
            dock.visibilityChanged.connect(self._soon)
            view = _view(dock)
            if isinstance(view, MayBeEmpty):
                view.filled.connect(self._soon)

    def at_first(self) -> None:
        """The sizes that the panels ask for."""
        self._give(self._asked())
        self._lower()

    # ---- larger and smaller text -------------------------------------------------------------

    def keep_up(self, change: Callable[[], object]) -> None:
        """Change the text's size; the sides grow and shrink with it, as far as there is room."""
        before, asked, low = self._now(), self._asked(), self._is_low()
        change()
        self._wanted = {part: before[part] + s - asked[part] for part, s in self._asked().items()}
        for later in (0, SETTLED):  # Qt learns the new least sizes first, of some parts late
            QTimer.singleShot(later, self, lambda: self._settle(low))

    def _settle(self, low: bool) -> None:
        self._give(self._wanted)
        if low:
            self._lower()

    def _now(self) -> Sizes:
        """What each has, or would have if there had been room for it the last time."""
        return {part: self._wanted.get(part, self._size(part)) for part in self._asked()}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A hand takes the line between two docks: from now on their sizes are its own."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self._wanted = {}
        return False

    def _size(self, part: Part) -> int:
        dock, along = self._front(part[0]), part[1] is ALONG
        return dock.height() if along else dock.width()

    def _give(self, sizes: Sizes) -> None:
        for direction in (ACROSS, ALONG):
            parts = [part for part in sizes if part[1] is direction]
            docks = [self._front(dock) for dock, _ in parts]
            self._window.resizeDocks(docks, [sizes[part] for part in parts], direction)

    def _asked(self) -> Sizes:
        """The widths of the sides, which leave the middle its share; and heights in the left."""
        window, larger = self._window.width(), max(theme.px(100) / 100, 1.0)
        sides = {
            (dock, ACROSS): min(theme.px(panel.across), SIDE * larger * window)
            for panel, dock in self._docks.items()
            if panel.across and panel.area != "bottom"
        }
        share = min((1 - MIDDLE) * window / max(sum(sides.values()), 1), 1.0)
        left = {(dock, ALONG): p.along for p, dock in self._docks.items() if p.along}
        return {part: round(share * size) for part, size in sides.items()} | left

    def _front(self, dock: QDockWidget) -> QDockWidget:
        """The one that is seen of it and those that lie behind each other with it."""
        tabbed = [dock, *self._window.tabifiedDockWidgets(dock)]
        return next((each for each in tabbed if each.x() >= 0 and each.isVisible()), dock)

    # ---- the bottom grows where it has something to show ----------------------------------------

    def _below(self) -> dict[QDockWidget, PanelSpec]:
        return {dock: panel for panel, dock in self._docks.items() if panel.area == "bottom"}

    def _is_low(self) -> bool:
        least = max((panel.empty for panel in self._below().values()), default=0)
        docks = {self._front(dock) for dock in self._below()}
        return any(0 < dock.height() < theme.px(least) for dock in docks if not dock.isFloating())

    def _lower(self) -> None:
        for dock, panel in self._below().items():
            if panel.empty:
                self._window.resizeDocks([self._front(dock)], [theme.px(panel.empty)], ALONG)

    def _soon(self, *_: object) -> None:
        QTimer.singleShot(0, self, self._grow)  # amid a move Qt's own layout must not change

    def _grow(self) -> None:
        tall = max((panel.across for panel in self._below().values()), default=0)
        size = min(theme.px(tall), round(BOTTOM * self._window.height()))
        for dock in {self._front(dock) for dock in self._below()}:
            view = _view(dock)
            empty = isinstance(view, MayBeEmpty) and view.is_empty
            if not empty and dock.isVisible() and self._is_low():
                self._window.resizeDocks([dock], [size], ALONG)


def _view(dock: QDockWidget) -> object:
    """What a panel built."""
    holder = dock.widget()
    return holder.widget() if isinstance(holder, QScrollArea) else holder
