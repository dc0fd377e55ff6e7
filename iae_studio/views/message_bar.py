"""A quiet line above the grid: what happened, what to do, and the buttons that do it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from iae_studio.state.messages import Message, Messages
from iae_studio.style import theme
from iae_studio.views.building_blocks import row, tool

MOST = 2  # buttons


class MessageBar(QFrame):
    """Shows the message that stands; red for errors only."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._text = QLabel()
        self._text.setObjectName("messageText")
        self._text.setWordWrap(True)
        self._messages = messages
        self._buttons = [QPushButton() for _ in range(MOST)]
        for place, button in enumerate(self._buttons):
            button.setObjectName(f"messageButton{place}")
            button.clicked.connect(partial(self._act, place))
        close = tool("", "close", "Dismiss", lambda: messages.show_message(None))
        layout = row(self._text, *self._buttons, close)
        layout.setContentsMargins(theme.PAD, theme.GRID, theme.GRID, theme.GRID)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        messages.changed.connect(self._show)
        self._show(messages.current)

    def _act(self, place: int, *_: bool) -> None:
        message = self._messages.current
        if message is not None and place < len(message.actions):
            self._messages.act(message.actions[place])

    def _show(self, message: Message | None) -> None:
        self.setVisible(message is not None)
        if message is None:
            return
        self._text.setText(message.text)
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(message.actions))
            if place < len(message.actions):
                button.setText(message.actions[place].label)
        self.setProperty("role", "error" if message.error else "")
        self.style().unpolish(self)
        self.style().polish(self)
