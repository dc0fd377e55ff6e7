"""A quiet line above the grid: what happened, what to do, one button."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from iae_studio.state.session import Message, Session
from iae_studio.style import theme
from iae_studio.views.building_blocks import row, tool


class MessageBar(QFrame):
    """Shows the session's message; red for errors only."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._text = QLabel()
        self._text.setObjectName("messageText")
        self._text.setWordWrap(True)
        self._action = QPushButton()
        self._action.clicked.connect(lambda: session.act())
        close = tool("", "close", "Dismiss", lambda: session.tell(None))
        layout = row(self._text, self._action, close)
        layout.setContentsMargins(theme.PAD, theme.GRID, theme.GRID, theme.GRID)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        session.messageChanged.connect(self._show)
        self._show(session.message)

    def _show(self, message: Message | None) -> None:
        self.setVisible(message is not None)
        if message is None:
            return
        self._text.setText(message.text)
        self._action.setText(message.label)
        self._action.setVisible(bool(message.action))
        self.setProperty("role", "error" if message.error else "")
        self.style().unpolish(self)
        self.style().polish(self)
