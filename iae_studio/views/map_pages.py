"""The map, or in its place why there is none yet and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.views import map_words
from iae_studio.views.building_blocks import caption
from trainer.exploring.questions.map import CodeMap


class MapPages(QStackedWidget):
    """The canvas, and an empty page with a button."""

    mended = Signal(str)  # the text of the button

    def __init__(self, canvas: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapPages")
        self._canvas = canvas
        self._hint = caption()
        self._hint.setObjectName("mapHint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        theme.follow(self._bar, lambda: self._bar.setFixedSize(theme.px(160), 6))
        self._bar.setAccessibleName("Test images that have been looked at")
        self._mend = QPushButton("Try again")
        self._mend.setObjectName("mapMend")
        self._mend.clicked.connect(lambda: self.mended.emit(self._mend.text()))
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(theme.GAP)
        layout.addStretch(1)
        layout.addWidget(self._hint)
        for each in (self._bar, self._mend):
            layout.addWidget(each, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self._empty = page
        self.addWidget(canvas)
        self.addWidget(page)

    def tell(self, found: CodeMap | None, lacks: bool, kind: str, waits: bool) -> bool:
        """Show the map, or why there is none; whether it is the map. `waits`: for neighbours."""
        words, mend = map_words.empty(found, lacks, kind)
        if not words and waits:
            words = "Finding neighbours…"
        self._hint.setText(words)
        if mend:
            self._mend.setText(mend)
        self._mend.setVisible(bool(mend))
        self._bar.setVisible(found is None and not lacks)
        self.setCurrentWidget(self._empty if words else self._canvas)
        return not words

    def show_progress(self, done: int, total: int) -> None:
        """So many images of so many."""
        self._bar.setRange(0, max(total, 0))
        self._bar.setValue(done)
