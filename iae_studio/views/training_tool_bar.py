"""Where the training bar stands: at the top of a window."""

from __future__ import annotations

from PySide6.QtWidgets import QToolBar

from iae_studio.views.training_bar import TrainingBar


class TrainingToolBar(QToolBar):
    """Holds the bar at the top of a window, without frames."""

    def __init__(self, bar: TrainingBar) -> None:
        super().__init__("Training")
        self.setObjectName("trainingToolBar")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)
        self.addWidget(bar)
        self.setContentsMargins(0, 0, 0, 0)
        layout = self.layout()
        assert layout is not None  # every tool bar has one
        layout.setContentsMargins(0, 0, 0, 0)
