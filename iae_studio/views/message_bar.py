"""A quiet line above the grid: what happened, what to do, and the buttons that do it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from iae_studio.state.messages import Message, Messages, brief
from iae_studio.style import theme
from iae_studio.views.building_blocks import row, tool
from iae_studio.widgets.elided_label import WrappedLabel

MOST = 3  # buttons
MOST_LINES = 4  # the log has the whole
ROOMY = 560  # px: in a narrower bar the buttons are below the text


class MessageBar(QFrame):
    """Shows the message that stands; red for errors only."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._text = WrappedLabel(most=MOST_LINES)
        self._text.setObjectName("messageText")
        self._messages = messages
        self._buttons = [QPushButton() for _ in range(MOST)]
        for place, button in enumerate(self._buttons):
            button.setObjectName(f"messageButton{place}")
            button.clicked.connect(partial(self._act, place))
        close = tool("", "close", "Dismiss", lambda: messages.show_message(None))
        self._body = row(self._text)
        self._body.setStretch(0, 1)
        self._body.addLayout(row(*self._buttons, None))
        layout = row(close)
        layout.insertLayout(0, self._body, 1)
        layout.setAlignment(close, Qt.AlignmentFlag.AlignTop)
        layout.setContentsMargins(theme.PAD, theme.GRID // 2, theme.GRID, theme.GRID // 2)
        self._body.setSpacing(theme.GRID)
        self.setLayout(layout)
        messages.changed.connect(self._show)
        self._show(messages.current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.width())

    def _arrange(self, width: int) -> None:
        """For so much room; also before it is shown, or the window would grow for a moment's need.

        And a window that has grown beyond its screen stays so.
        """
        narrow = width < theme.px(ROOMY)
        way = self._body.Direction
        self._body.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def _act(self, place: int, *_: bool) -> None:
        message = self._messages.current
        if message is not None and place < len(message.actions):
            self._messages.act(message.actions[place])

    def _show(self, message: Message | None) -> None:
        around = self.parentWidget()
        if not self.isVisible() and around is not None:
            self._arrange(around.width())
        if message is None:
            self.hide()
            return
        self._text.setText(brief(message.text))
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(message.actions))
            if place < len(message.actions):
                button.setText(message.actions[place].label)
        self.setProperty("role", "error" if message.error else "")
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
