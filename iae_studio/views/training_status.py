"""What trains in words, and beside it the memory that it takes, where there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import PlainLabel, plain
from trainer.devices.memory_words import in_full, in_short, left
from trainer.messages import MemoryUse

SLACK = 12  # px beyond what it needs, with which the memory comes back: digits come and go


class TrainingStatus(QWidget):
    """One quiet line. The memory goes first; where it is scarce, it takes the place of words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._long = self._middle = self._short = ""
        self._memory_use: MemoryUse | None = None
        self._words = ElidedLabel()
        self._words.setObjectName("statusText")
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words.setAccessibleDescription("Training status")
        self._memory = PlainLabel()
        self._memory.setObjectName("memoryText")
        self._memory.setAccessibleDescription("Memory")
        self._memory.hide()
        for label in (self._words, self._memory):
            label.setFont(theme.tabular(label.font()))
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.GAP // 2)
        self._line.addWidget(self._words, 1)
        self._line.addWidget(self._memory)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.follow(self, self._fold)

    def show_words(
        self,
        words: str,
        short: str = "",
        memory: MemoryUse | None = None,
        without_state: str = "",
    ) -> None:
        """What trains, or `short`, a few words; and what is known of the memory.

        Beside the memory, where there is no room for all, the words go `without_state`.
        """
        self._long, self._middle, self._short = words, without_state or words, short
        self._memory_use = memory
        self._memory.setToolTip("" if memory is None else plain(in_full(memory)))
        self._colour("error" if self._scarce else "")
        self._fold()

    @property
    def _scarce(self) -> bool:
        return self._memory_use is not None and self._memory_use.scarce

    def _colour(self, role: str) -> None:
        if self._memory.property("role") != role:
            self._memory.setProperty("role", role)
            self._memory.setProperty("muted", not role)
            self._memory.style().unpolish(self._memory)
            self._memory.style().polish(self._memory)

    def _fold(self) -> None:
        """Show the memory where the words beside it fit; of little memory, where a few do."""
        room = self.width() - self._line.spacing()
        room -= 0 if self._memory.isVisibleTo(self) else SLACK
        for words, told in self._ways():
            if words and self._advance(words) + self._advance(told) + 2 <= room:
                self._words.setText(words, self._short)
                self._memory.setText(told)
                self._memory.show()
                break
        else:
            self._words.setText(self._long, self._short)
            self._memory.setText("")
            self._memory.hide()
        self._line.activate()  # now, or the words would be cut for a moment

    def _ways(self) -> list[tuple[str, str]]:
        """What may stand beside each other, the best first."""
        use = self._memory_use
        if use is None or not in_short(use):
            return []
        told = f"· {in_short(use)}"
        ways = [(self._long, told), (self._middle, told)]
        if self._scarce:
            ways += [(self._short, told), (self._short, f"· {left(use)}")]
        return ways

    def _advance(self, words: str) -> int:
        return self._words.fontMetrics().horizontalAdvance(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def sizeHint(self) -> QSize:
        return self._words.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Without the memory, which is shown only where there is room."""
        return self._words.minimumSizeHint()
