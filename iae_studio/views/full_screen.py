"""The middle on the whole screen, without frames; afterwards all is as it was."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QWidget

from iae_studio.style import theme
from iae_studio.views.keyboard import give_back
from iae_studio.widgets.plain import PlainLabel

HINT = 3500  # ms to read how to come back


class FullScreen(QObject):
    """Hides what stands around the middle of a window, and brings it back."""

    def __init__(self, window: QMainWindow, around: Sequence[QWidget]) -> None:
        """`around` is what to hide: tool bar, docks."""
        super().__init__(window)
        self._window, self._around = window, tuple(around)
        self._before: tuple[list[QWidget], bytes, QRect, Qt.WindowState] | None = None
        self._focus: QWidget | None = None
        self._hint = _Hint("Escape or F11 comes back. All keys work as before.", window)

    @property
    def on(self) -> bool:
        """Whether the middle has the whole screen."""
        return self._before is not None

    def toggle(self) -> None:
        """There, or back."""
        if self.on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """The middle alone, on the whole screen."""
        window = self._window
        hidden = [each for each in (window.menuBar(), *self._around) if not each.isHidden()]
        layout = bytes(window.saveState().data())
        self._before = hidden, layout, window.geometry(), window.windowState()
        self._focus = window.focusWidget()
        for each in hidden:
            each.hide()
        window.showFullScreen()
        if self._focus is not None and not self._focus.isVisible():
            middle = window.centralWidget()
            if middle is not None:
                middle.setFocus()
        self._hint.tell()

    def leave(self) -> None:
        """All as it was, docks and their sizes too."""
        if self._before is None:
            return
        hidden, layout, geometry, state = self._before
        self._hint.hide()
        self._window.setWindowState(state)
        if state == Qt.WindowState.WindowNoState:
            self._window.setGeometry(geometry)
        for each in hidden:
            each.show()
        self._window.restoreState(layout)
        self._before = None
        give_back(self._focus)
        # A window manager resizes the window a moment later, and docks would share that out anew.
        QTimer.singleShot(0, self, lambda: self._settle(layout))

    def _settle(self, layout: bytes) -> None:
        if not self.on:
            self._window.restoreState(layout)


class _Hint(QFrame):
    """A line over the middle that goes by itself."""

    def __init__(self, words: str, around: QWidget) -> None:
        super().__init__(around)
        self._around = around
        self.setObjectName("fullScreenHint")
        self.setProperty("floating", True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.PAD, theme.GAP)
        layout.addWidget(PlainLabel(words))
        self._timer = QTimer(self, singleShot=True, interval=HINT)
        self._timer.timeout.connect(self.hide)
        around.installEventFilter(self)
        self.hide()

    def tell(self) -> None:
        """Show it for a moment."""
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        self.adjustSize()
        around = self._around
        self.move((around.width() - self.width()) // 2, around.height() - self.height() - 48)
