"""A dialog whose height follows its text, and that scrolls where the screen has no room for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import column

LEAST = 120  # px of the middle that are always to be seen


class _Middle(QScrollArea):
    """Asks for the height that its contents need at its width."""

    def __init__(self, contents: QVBoxLayout) -> None:
        super().__init__()
        self._contents = contents
        inside = QWidget()
        inside.setLayout(contents)
        inside.setProperty("bare", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._contents.totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        return self._contents.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        least = self._contents.totalMinimumSize()
        return QSize(least.width(), min(LEAST, least.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class TallDialog(QDialog):
    """`middle` scrolls where it must; `foot`, below it, is always to be seen."""

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.middle = column(pad=0, gap=12)
        self.foot = column(pad=0, gap=12)
        layout = column(self, pad=16, gap=12)
        self._scrolls = _Middle(self.middle)
        layout.addWidget(self._scrolls, 1)
        layout.addLayout(self.foot)
        theme.follow(self, lambda: self._widen(width))

    def _widen(self, width: int) -> None:
        self.setMinimumWidth(min(theme.px(width), self.screen().availableGeometry().width()))

    def event(self, event: QEvent) -> bool:
        """Fit the height once all is laid out."""
        if event.type() != QEvent.Type.LayoutRequest:
            return super().event(event)
        done = super().event(event)
        self._fit()
        return done

    def _fit(self) -> None:
        layout = self.layout()
        assert layout is not None
        room = self.screen().availableGeometry()
        frame = self.frameGeometry().height() - self.height()
        needed = layout.totalHeightForWidth(self.width())
        fits = needed <= room.height() - frame
        # Left to itself it would keep a bar that was needed for the moment of growing.
        bar = (
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self._scrolls.setVerticalScrollBarPolicy(bar)
        self.resize(self.width(), needed if fits else room.height() - frame)
        over = self.frameGeometry().bottom() - room.bottom()
        if over > 0 and self.isVisible():  # moved before that, Qt would not place it
            self.move(self.x(), max(room.top(), self.y() - over))
