"""The title of a dock: its name, and buttons that let it float and hide it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, row, tool
from iae_studio.widgets.elided_label import ElidedLabel


class DockTitle(QWidget):
    """Qt's own title keeps its size when text grows, and its buttons have no names."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        as_panel(self)
        title = dock.windowTitle()
        name = ElidedLabel(title)
        name.setProperty("muted", True)
        dock.windowTitleChanged.connect(name.setText)  # one may count what is in it
        out = tool("", "float", "Out of the window, or back into it", lambda: _float(dock))
        close = tool("", "close", "Hide this panel; the View menu brings it back", dock.hide)
        for each, icon, does in ((out, "float", "Float"), (close, "close", "Hide")):
            theme.set_icon(each, icon, "muted")
            each.setProperty("snug", True)
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the panels' keys do the same
            each.setAccessibleName(f"{does} {title}")
        layout = row(name, None, out, close, gap=0)
        layout.setContentsMargins(theme.PAD, 1, theme.GRID // 2, 0)
        self.setLayout(layout)
        self._folded, self._parts = False, (name, out, close)

    def fold(self, folded: bool) -> None:
        """Take no room, where a tab says the same; or be there again."""
        if folded != self._folded:
            self._folded = folded
            for each in self._parts:
                each.setHidden(folded)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(0, 0) if self._folded else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0) if self._folded else super().minimumSizeHint()


def _float(dock: QDockWidget) -> None:
    dock.setFloating(not dock.isFloating())
