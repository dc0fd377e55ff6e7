"""`filmDialog`: what a film shows, a small one that plays, and how far the file is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, column, row
from iae_studio.views.film_form import FilmForm
from iae_studio.widgets.elided_label import WrappedLabel
from iae_studio.widgets.film_preview import FilmPreview

PREVIEW = 320  # px
FORM = 400  # px


class FilmDialog(QDialog):
    """Stays open beside the window, which goes on; what it asks for is done by its controller."""

    renewWanted = Signal()  # something was chosen: another film
    addWanted = Signal()  # what is selected in the window, as a keyframe
    saveWanted = Signal()
    cancelWanted = Signal()  # of the file that is being written
    closed = Signal()

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmDialog")
        self.setWindowTitle("Film")
        self.form = FilmForm(state)
        theme.follow(self.form, lambda: self.form.setMinimumWidth(theme.px(FORM)))
        self.form.changed.connect(self.renewWanted)
        self.form.keyframes.addWanted.connect(self.addWanted)
        self.preview = FilmPreview(PREVIEW)
        self.preview.setObjectName("filmPreview")
        self.preview.setAccessibleName("Preview")
        self._facts = caption()
        self._facts.setObjectName("filmFacts")
        self._problem = WrappedLabel()
        self._problem.setObjectName("filmProblem")
        self._bar = QProgressBar()
        self._bar.setObjectName("filmProgress")
        self._bar.setTextVisible(False)
        self._cancel = QPushButton("Close")
        self._cancel.setObjectName("filmCancel")
        self._cancel.clicked.connect(self.reject)
        self._save = button("Save…", "save", "Choose a file; it is written", self.saveWanted.emit)
        self._save.setObjectName("filmSave")
        self._save.setProperty("primary", True)
        theme.set_icon(self._save, "save", "on_accent")
        self._save.setDefault(True)
        self._busy, self._ready = False, False
        self._lay_out()
        self.tell("")
        self.set_ready(False)
        self.set_busy(False)

    def _lay_out(self) -> None:
        right = column(pad=0)
        right.addWidget(self.preview, 1)
        right.addWidget(self._facts)
        both = row(gap=16)
        both.addWidget(self.form, 1)
        both.addLayout(right)
        layout = column(self, pad=16, gap=12)
        layout.addLayout(both, 1)
        foot = row(self._bar, self._problem)
        for place in range(foot.count()):
            foot.setStretch(place, 1)
        foot.addStretch(0)  # where neither is shown
        foot.addWidget(self._cancel)
        foot.addWidget(self._save)
        layout.addLayout(foot)

    # ---- what it is told ---------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a file is being written."""
        return self._busy

    def tell(self, text: str, error: bool = False) -> None:
        """What stands in the way, or what was done."""
        self._problem.setProperty("role", "error" if error else "")
        self._problem.style().unpolish(self._problem)
        self._problem.setText(text)
        self._problem.setVisible(bool(text) and not self._busy)

    def tell_facts(self, text: str) -> None:
        """What the film will be."""
        self._facts.setText(text)

    def set_ready(self, ready: bool) -> None:
        """Whether there is something to save."""
        self._ready = ready
        self._save.setEnabled(ready and not self._busy)

    def set_busy(self, busy: bool) -> None:
        """A file is being written, or no more."""
        self._busy = busy
        self._bar.setVisible(busy)
        self._problem.setVisible(bool(self._problem.text()) and not busy)
        self._bar.setRange(0, 0)
        self._cancel.setText("Cancel" if busy else "Close")
        self.form.setEnabled(not busy)
        self.set_ready(self._ready)

    def set_progress(self, done: int, total: int) -> None:
        """So many frames of so many are written."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)

    # ---- hands -------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.renew()
        self.renewWanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves only where Save has the keyboard: it ends what is typed elsewhere."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._save.hasFocus():
            event.accept()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Cancel what is being written; else close."""
        if self._busy:
            self.cancelWanted.emit()
        else:
            super().reject()

    def done(self, result: int) -> None:
        super().done(result)
        self.closed.emit()
