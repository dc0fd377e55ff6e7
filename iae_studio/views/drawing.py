"""The pad to draw on; the first row of the grid follows the pen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from iae_studio.session import Session
from iae_studio.views.parts import as_panel, column, row, tool
from iae_studio.widgets.sketch_pad import SketchPad

SIDE = 168  # px


class DrawingView(QWidget):
    """The pad `sketchPad`, with undo and clear."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self.session = session
        self.pad = SketchPad()
        self.pad.setObjectName("sketchPad")
        self.pad.setAccessibleName("Draw a digit with the mouse")
        self.pad.sketched.connect(session.sketchWanted.emit)
        self.pad.setMaximumHeight(SIDE)
        layout = column(self)
        layout.addWidget(self.pad, 1)
        layout.addLayout(
            row(
                None,
                tool("Undo", "reset", "Take back the last stroke", self.pad.undo),
                tool("Clear", "trash", "Clear the pad", self._clear),
            )
        )
        layout.addStretch(1)

    def _clear(self) -> None:
        self.pad.clear()
        self.session.set_sketch(None)
