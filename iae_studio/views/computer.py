"""`computerDialog`: this computer as a bug report wants it, line by line as it is found."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QProgressBar, QPushButton, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import button, column, row
from iae_studio.views.computer_colours import ComputerColours
from iae_studio.widgets.elided_label import ElidedLabel

SIZE = QSize(860, 660)  # px, at first
TITLE = "This computer"
FRAME = 40  # px that a title bar takes
SLACK = 4  # lines from the end at which new ones are followed
WELL = "All that was tested works."


class ComputerDialog(QDialog):
    """Stays open beside the window, which goes on; its controller fills it."""

    againWanted = Signal()
    saveWanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("computerDialog")
        self.setWindowTitle(TITLE)
        self.setSizeGripEnabled(True)
        self.failed = 0  # lines that say so
        self._first: int | None = None  # of the lines of the view, the first of them
        self._head = ElidedLabel()
        self._head.setObjectName("computerHead")
        self._bar = QProgressBar()
        self._bar.setObjectName("computerProgress")
        self._bar.setRange(0, 0)
        keep = self._bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)  # the buttons beside it stay where they are
        self._bar.setSizePolicy(keep)
        self._view = _view()
        self._colours = ComputerColours(self._view.document())
        theme.follow(self._view, self._dress)
        self._again = button("Run again", "reset", "Look at all of it anew", self.againWanted.emit)
        self._again.setObjectName("computerAgain")
        copy = button("Copy", "paste", "The whole text, for a bug report", self._copy)
        copy.setObjectName("computerCopy")
        save = button("Save…", "save", "The whole text, in a file", self.saveWanted.emit)
        save.setObjectName("computerSave")
        close = QPushButton("Close")
        close.setObjectName("computerClose")
        close.clicked.connect(self.reject)
        foot = row(self._again, self._bar, copy, save, close)
        foot.setStretch(1, 1)
        layout = column(self, pad=16, gap=12)
        layout.addWidget(self._head)
        layout.addWidget(self._view, 1)
        layout.addLayout(foot)
        room = self.screen().availableSize() - QSize(FRAME, FRAME)
        self.resize(QSize(theme.px(SIZE.width()), theme.px(SIZE.height())).boundedTo(room))

    def _dress(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._view.setFont(theme.sized(font, theme.TEXT))
        self._colours.rehighlight()

    # ---- what it is told ---------------------------------------------------------------------

    def begin(self) -> None:
        """All is looked at anew."""
        self.failed, self._first = 0, None
        self._view.clear()
        self.tell("Looking…")
        self._set_busy(True)

    def doing(self, what: str) -> None:
        """What is being done now."""
        self._head.setText(f"{what}…")

    def add(self, line: str, failed: bool) -> None:
        """The next line, or several where it is long."""
        bar = self._view.verticalScrollBar()  # of lines; one across may have taken some
        follows = bar.maximum() - bar.value() < SLACK
        self._view.appendPlainText(line)
        if follows:
            bar.setValue(bar.maximum())
        if failed and line.startswith(" "):
            self.failed += 1
            if self._first is None:
                self._first = self._view.blockCount() - line.count("\n") - 1

    def finish(self, came_to_an_end: bool) -> None:
        """Nothing more comes."""
        some = "A check" if self.failed == 1 else f"{self.failed} checks"
        verdict = f"{some} failed; the red lines say why." if self.failed else WELL
        self.tell(verdict if came_to_an_end else "It broke off; the log says why.", self.failed > 0)
        self._set_busy(False)
        if self._first is not None:
            self._view.setTextCursor(
                QTextCursor(self._view.document().findBlockByNumber(self._first))
            )
            self._view.centerCursor()

    def tell(self, text: str, error: bool = False) -> None:
        """What came of it, or what was done with the text."""
        self._head.setProperty("role", "error" if error else "")
        self._head.style().unpolish(self._head)
        self._head.setText(text)

    @property
    def text(self) -> str:
        """What it shows, plain."""
        return self._view.toPlainText() + "\n"

    def _set_busy(self, busy: bool) -> None:
        self._bar.setVisible(busy)
        self._again.setEnabled(not busy)

    # ---- hands -------------------------------------------------------------------------------

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.tell("Copied.")

    def done(self, result: int) -> None:
        super().done(result)
        self.closed.emit()


def _view() -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setObjectName("computerText")
    made.setAccessibleName(TITLE)
    made.setReadOnly(True)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.setTabChangesFocus(True)
    select = Qt.TextInteractionFlag
    made.setTextInteractionFlags(select.TextSelectableByMouse | select.TextSelectableByKeyboard)
    return made
