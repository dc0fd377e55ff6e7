"""The panel of the browser of the data, which comes forward by a key."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.views.actions import act
from iae_studio.views.late_panel import LatePanel


class DataPanel(LatePanel):
    """Holds the browser `dataBrowser`."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(self._browser, parent)
        self._state = state
        tip = "What the network sees: by class and cluster, the best and the worst reconstructed"
        act(self, "Data", "Browse the data", "Ctrl+B", self.browse, tip)

    def _browser(self) -> QWidget:
        from iae_studio.views.data_browser import DataBrowser

        made, dock = DataBrowser(self._state), self.dock()
        made.setFocusProxy(made.sheet)
        if dock is not None:
            dock.visibilityChanged.connect(made.browsing.wake)
        return made

    def browse(self) -> None:
        """To the front, ready for keys; away again where it is in front already."""
        dock, browser = self.dock(), self.content
        if dock is not None and browser is not None and browser.hasFocus():
            dock.hide()
        else:
            self.bring_forward().setFocus()
