"""The pad to draw on; the first row of the grid follows the pen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iae_studio import theme
from iae_studio.session import Session
from iae_studio.views.parts import as_panel, tool
from iae_studio.widgets.sketch_pad import SketchPad

SIDE = 148  # px


class DrawingView(QWidget):
    """The pad `sketchPad`, with undo and clear beside it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self.session = session
        self.pad = SketchPad()
        self.pad.setObjectName("sketchPad")
        self.pad.setAccessibleName("Draw a digit with the mouse")
        self.pad.setFixedSize(SIDE, SIDE)
        self.pad.sketched.connect(session.sketchWanted.emit)
        tools = QVBoxLayout()
        tools.setSpacing(theme.GRID)
        tools.addWidget(tool("Undo", "reset", "Take back the last stroke", self.pad.undo))
        tools.addWidget(tool("Keep", "plus", "Keep this row, and draw another", self._keep))
        tools.addWidget(tool("Clear", "trash", "Clear the pad", self.pad.clear))
        tools.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.GAP, theme.PAD)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(tools)
        layout.addStretch(1)

    def _keep(self) -> None:
        if not self.pad.isEmpty():
            self.session.keep_sketch()
            self.pad.clear()
