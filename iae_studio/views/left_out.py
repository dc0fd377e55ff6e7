"""What of a folder is not used, file by file: to be read and copied."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.submit import Submit
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column, row
from iae_studio.widgets.plain import plain
from trainer.data.folders.inventory import Inventory
from trainer.data.folders.left_out import LeftOut
from trainer.data.folders.preview import reasons, unreadable
from trainer.messages import UserError

LINES = 5  # that are seen at once
TIP = "Open every image once: which of them cannot be read?"


def _checked(inventory: Inventory, progress: CancellableProgress) -> tuple[LeftOut, ...] | str:
    try:
        return unreadable(inventory, progress)
    except UserError as error:
        return str(error)


class LeftOutList(QWidget):
    """`leftOutButton` unfolds `leftOutList`; `checkAllButton` looks at each image."""

    _moved = Signal(int, int)

    def __init__(self, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._submit = submit
        self._inventory: Inventory | None = None
        self._broken: dict[str, LeftOut] = {}
        self._progress: CancellableProgress | None = None
        self._unfold = self._button("", "leftOutButton", self._toggle)
        self._unfold.setCheckable(True)
        self._check = self._button("Check every image", "checkAllButton", self._check_all)
        self._check.setToolTip(plain(TIP))
        self._copy = self._button("Copy", "copyLeftOutButton", self._copy_all)
        self._told = caption()
        self._told.setObjectName("leftOutTold")
        self._list = QPlainTextEdit()
        self._list.setObjectName("leftOutList")
        self._list.setReadOnly(True)
        self._list.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        theme.follow(self, self._size_list)
        layout = column(self, pad=0, gap=4)
        tools = row(self._check, self._unfold, self._copy, self._told)
        tools.setStretch(3, 1)
        layout.addLayout(tools)
        layout.addWidget(self._list)
        self._moved.connect(self._tell_moved)
        self._renew()

    def _button(self, text: str, name: str, pressed: object) -> QPushButton:
        made = QPushButton(text)
        made.setObjectName(name)
        made.setProperty("flat", True)
        made.setAutoDefault(False)
        made.clicked.connect(pressed)
        return made

    def _size_list(self) -> None:
        self._list.setFixedHeight(LINES * self._list.fontMetrics().lineSpacing() + 14)

    # ---- what is left out --------------------------------------------------------------------

    def show_of(self, inventory: Inventory | None) -> None:
        """Of another folder; None: of none."""
        self.stop()
        self._inventory, self._broken = inventory, {}
        self._told.setText("")
        self._renew()

    def add(self, broken: Iterable[LeftOut]) -> None:
        """More were found that cannot be read."""
        self._broken |= {each.name: each for each in broken}
        self._renew()

    def _all(self) -> list[LeftOut]:
        known = () if self._inventory is None else self._inventory.left_out
        return [*self._broken.values(), *known]

    def _renew(self) -> None:
        left_out = self._all()
        self._unfold.setText(f"Left out: {len(left_out):,}")
        self._unfold.setVisible(bool(left_out))
        text = "\n".join(reasons(left_out))
        if text != self._list.toPlainText():
            self._list.setPlainText(text)
        shown = bool(left_out) and self._unfold.isChecked()
        self._list.setVisible(shown)
        self._copy.setVisible(shown)

    def _toggle(self) -> None:
        self._renew()

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self._list.toPlainText())

    # ---- every image -------------------------------------------------------------------------

    def stop(self) -> None:
        """Nobody waits any more."""
        if self._progress is not None:
            self._progress.cancel()
            self._progress = None
        self._check.setText("Check every image")

    def _check_all(self) -> None:
        if self._progress is not None:
            self.stop()
            self._told.setText("")
        elif self._inventory is not None:
            self._progress = progress = CancellableProgress(self._moved.emit)
            self._check.setText("Stop")
            self._told.setText("Opening every image…")
            self._submit(
                partial(_checked, self._inventory, progress),
                then=partial(self._found, progress),
                otherwise=partial(self._found, progress, "They could not be looked at."),
            )

    def _tell_moved(self, done: int, total: int) -> None:
        if self._progress is not None:
            self._told.setText(f"Opening every image… {done:,} of {total:,}")

    def _found(self, progress: CancellableProgress, found: tuple[LeftOut, ...] | str) -> None:
        if progress is not self._progress:
            return
        self.stop()
        if isinstance(found, str):
            self._told.setText(found)
            return
        some = f"{len(found):,} cannot be read." if found else "All can be read."
        self._told.setText(some)
        self.add(found)
