"""The panel of the bookmarks, and the keys of all that can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.views.actions import act
from iae_studio.views.late_panel import LatePanel

if TYPE_CHECKING:
    from iae_studio.views.bookmarks import BookmarksView

SUBJECT = "Bookmarks"


class BookmarksPanel(LatePanel):
    """Holds the list `bookmarkList`."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(self._view, parent)
        self._bookmarks = bookmarks = state.bookmarks
        tip = "Inputs, sliders, weights and their moment, to be seen again just so"
        act(self, SUBJECT, "Bookmark this", "Shift+B", bookmarks.wanted.emit, tip)
        tip = "A file that somebody exported"
        take = partial(bookmarks.importWanted.emit, None)
        act(self, SUBJECT, "Import bookmarks…", "Ctrl+Alt+O", take, tip)
        tip = "One file with images and weights, for others"
        act(self, SUBJECT, "Export the bookmark…", "Ctrl+Alt+B", self._selected("export"), tip)
        act(self, SUBJECT, "Open the bookmark", "Ctrl+Alt+Return", self._selected("open"))
        act(self, SUBJECT, "Rename the bookmark", "Ctrl+Alt+N", self._selected("rename"))
        act(self, SUBJECT, "Delete the bookmark", "Ctrl+Alt+Backspace", self._selected("delete"))
        bookmarks.showWanted.connect(self.show_newest)

    def _view(self) -> BookmarksView:
        from iae_studio.views.bookmarks import BookmarksView

        made = BookmarksView(self._bookmarks)
        made.setFocusProxy(made.list)
        return made

    def view(self) -> BookmarksView:
        """The list, in front."""
        from iae_studio.views.bookmarks import BookmarksView

        made = self.bring_forward()
        assert isinstance(made, BookmarksView)
        return made

    def show_newest(self) -> None:
        """The one that was made last, in front."""
        view = self.view()
        view.choose(len(self._bookmarks.all) - 1)
        view.setFocus()

    def _selected(self, what: str) -> Callable[[], None]:
        return lambda: self.view().do(what)
