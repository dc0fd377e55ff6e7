"""The displayed model as its figure in the paper, in a file to print."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from iae_studio.controller import Controller
from iae_studio.state.messages import Message, short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.actions import act

if TYPE_CHECKING:
    from trainer.exploring.questions.figure import Figure

FILES = "PDF (*.pdf);;SVG (*.svg);;PNG, 300 dots an inch (*.png)"
TIP = "The shown model as its figure in the paper, with a caption, to print"
TOPIC = "figure"
FORGOTTEN = (
    'The figure "{}" was not written, for another model was chosen before it was drawn: go back, '
    "and save it once more."
)
OPEN_FIRST = "A figure needs images: open some, or take test images (R)."


class FigureController(Controller):
    """Asks where to write it, then what stands on it; it is written on the worker thread."""

    def __init__(self, state: StudioState, window: QWidget, submit: Submit) -> None:
        super().__init__()
        self.state, self._window, self._submit = state, window, submit
        self._numbers = itertools.count()  # each figure that is asked for is written
        self._pending: dict[str, Path] = {}  # by the kind of question
        state.asking.cancelled.connect(self._cancelled)
        self.action = act(window, "Export", "Save as f&igure…", "Ctrl+Shift+F", self.choose, TIP)
        menu = window.findChild(QMenu, "exportMenu")
        if menu is not None:
            apart = next(each for each in menu.actions()[::-1] if each.isSeparator())
            menu.insertAction(apart, self.action)

    def choose(self) -> None:
        """Ask where it is to be written."""
        recipe = self.state.displayed.recipe
        pictures = not (recipe.two_dimensional or recipe.categorical)
        if pictures and not self.state.inputs.images:
            self.state.messages.show_error(OPEN_FIRST)
            return
        name = f"{recipe.name}.pdf"
        path, _ = QFileDialog.getSaveFileName(self._window, "Save as figure", name, FILES)
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Write the figure of what is shown."""
        from trainer.exploring.questions.figure import LayOut

        images = self.state.inputs.images
        seen = "test images" if images and all(known.test for known in images) else "images"
        question = LayOut(self.state.answers.probe(), seen)
        kind = f"{TOPIC} {next(self._numbers)}"
        self._pending[kind] = path
        self.state.messages.show_message(Message("Drawing the figure…", topic=TOPIC))
        write, lack = partial(self._write, kind), partial(self._lack, kind)
        self.state.asking.ask(question, write, lack, kind=kind, lasting=True)

    def _write(self, kind: str, figure: Figure) -> None:
        from iae_studio.threads.figure_page import write_figure

        job = partial(write_figure, figure, self._pending[kind])
        self._submit(job, then=partial(self._saved, kind), otherwise=partial(self._lack, kind))

    def _saved(self, kind: str, path: Path) -> None:
        self._lack(kind)
        self.state.messages.show_saved(path)

    def _lack(self, kind: str) -> None:
        del self._pending[kind]
        if not self._pending:
            self.state.messages.withdraw(TOPIC)

    def _cancelled(self, kind: str) -> None:
        path = self._pending.get(kind)
        if path is not None:
            self._lack(kind)
            self.state.messages.show_error(FORGOTTEN.format(short(path.name)))
