"""What shows and hides a panel; one that lies behind another comes to the front first."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget

from iae_studio.views.actions import PANELS, describe

TIP = "Show this panel in front of the others; once more hides it"


class PanelAction(QAction):
    """Qt's own would hide a panel that lies behind another: who asks for it wants to see it."""

    def __init__(self, dock: QDockWidget, key: str) -> None:
        super().__init__(dock.windowTitle(), dock)
        self._dock, self._in_front = dock, True
        self.setCheckable(True)
        self.setShortcut(QKeySequence(key))
        describe(self, PANELS, TIP)
        dock.windowTitleChanged.connect(self.setText)
        dock.visibilityChanged.connect(self._seen)
        dock.toggleViewAction().toggled.connect(self.setChecked)
        self.setChecked(True)
        self.triggered.connect(self._turn)

    def _seen(self, in_front: bool) -> None:
        self._in_front = in_front

    def _turn(self) -> None:
        dock = self._dock
        if self._in_front and not dock.isHidden():
            dock.close()
        else:
            dock.show()
            dock.raise_()
        self.setChecked(not dock.isHidden())
