"""Codes, measures, losses and models, written into files for other programs and people."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu

from iae_studio.controller import Controller
from iae_studio.state.messages import Action, Message, short
from iae_studio.state.studio_state import StudioState
from iae_studio.views.actions import act
from iae_studio.window import Window

if TYPE_CHECKING:  # what exports need is imported when one is first asked for
    from iae_studio.views.export_dialogs import SaveDialogs
    from trainer.exploring.questions.exports import Table

CODES, MODEL = "table of codes", "model file"  # how kinds of questions begin
TOPIC = "export"
STOP = Action("stop export", "Stop")
NO_RUN = "Losses are of a run: choose one of yours at the left, or train this experiment first."
NO_CODES = "This model has no encoder that gives images a code: choose another one."
NO_TABLE = (
    'The codes "{}" were not written, for another model was chosen before they were worked out: '
    "go back, and save them once more."
)
FORGOTTEN = 'Another model was chosen while this one was saved: see whether "{}" is there.'
NO_MEASURES = "Untrained weights were never measured: choose a model that is trained."


class ExportController(Controller):
    """Asks where to, then has it written; what takes long can be stopped."""

    def __init__(self, state: StudioState, window: Window, settings: QSettings) -> None:
        super().__init__()
        self.state, self.window = state, window
        self._settings = settings
        self._numbers = itertools.count()  # each file that is asked for is written
        self._tables: dict[str, Path] = {}  # by the kind of question; so are the models
        self._models: dict[str, Path] = {}
        menu = window.findChild(QMenu, "exportMenu")
        assert menu is not None
        menu.addSeparator()
        for text, keys, do, tip in self._entries():
            menu.addAction(act(window, "Export", text, keys, do, tip))
        state.asking.moved.connect(self._moved)
        state.asking.cancelled.connect(self._cancelled)
        state.messages.actionWanted.connect(self._act)

    def _entries(self) -> tuple[tuple[str, str, Callable[[], object], str], ...]:
        codes = "Of the inputs and of test images, with labels, clusters, noise shares and errors"
        return (
            ("Save c&odes…", "Ctrl+Shift+E", self.ask_for_codes, codes),
            ("Save &measures…", "Ctrl+Alt+E", self.ask_for_measures, "As they were measured last"),
            ("Save &losses…", "Ctrl+Shift+L", self.ask_for_events, "Of a run, for TensorBoard"),
            (
                *("Save the mo&del…", "Ctrl+Shift+M", self.ask_for_model),
                "The shown weights as one file, which a window opens by a drop",
            ),
        )

    @property
    def _dialogs(self) -> SaveDialogs:
        from iae_studio.views.export_dialogs import SaveDialogs

        return SaveDialogs(self.window, self._settings)

    def _act(self, action: Action) -> None:
        if action.asks_for(STOP):
            kinds, self._tables = list(self._tables), {}  # nobody has to be told
            for kind in kinds:
                self.state.asking.cancel(kind)
            self.state.messages.withdraw(TOPIC)

    # ---- codes -------------------------------------------------------------------------------

    def ask_for_codes(self) -> None:
        """Codes, noise shares and errors as a table."""
        recipe = self.state.displayed.recipe
        if recipe.two_dimensional or not recipe.model_spec.inverse:
            self.state.messages.show_error(NO_CODES)
            return
        wanted = self._dialogs.table("Save codes", "codes.csv", arrays=True)
        if wanted is not None:
            self.save_codes(wanted)

    def save_codes(self, path: Path) -> None:
        """Work them out on the slow thread, then write them."""
        from trainer.exploring.questions.exports import TableOfCodes

        names = tuple(known.name for known in self.state.inputs.images)
        question = TableOfCodes(self.state.answers.probe(), names)
        kind = f"{CODES} {next(self._numbers)}"
        self._tables[kind] = path
        self._tell("Working out codes…")
        write, lack = partial(self._write_codes, kind, path), partial(self._lack, kind)
        self.state.asking.ask(question, write, lack, kind=kind, lasting=True)

    def _write_codes(self, kind: str, path: Path, table: Table) -> None:
        from iae_studio.threads.export_files import save_table

        saved, lack = partial(self._saved, kind), partial(self._lack, kind)
        self.window.submit(partial(save_table, path, table), then=saved, otherwise=lack)

    def _moved(self, kind: str, done: int, total: int) -> None:
        if kind in self._tables and total:
            self._tell(f"Working out codes: {done:,} of {total:,}", amends=True)

    def _tell(self, text: str, amends: bool = False) -> None:
        messages = self.state.messages
        say = messages.amend if amends else messages.show_message
        say(Message(text, False, (STOP,), TOPIC))

    def _lack(self, kind: str) -> None:
        self._tables.pop(kind, None)
        if not self._tables:
            self.state.messages.withdraw(TOPIC)

    def _saved(self, kind: str, path: Path) -> None:
        self._lack(kind)
        self.state.messages.show_saved(path)

    def _cancelled(self, kind: str) -> None:
        """Another model was chosen."""
        table, model = self._tables.get(kind), self._models.pop(kind, None)
        if table is not None:
            self._lack(kind)
            self.state.messages.show_error(NO_TABLE.format(short(table.name)))
        if model is not None:
            self.state.messages.show_error(FORGOTTEN.format(short(model.name)))

    # ---- measures, losses, models ------------------------------------------------------------

    def ask_for_measures(self) -> None:
        """What was measured last, as a table."""
        if self.state.displayed.model.path is None:
            self.state.messages.show_error(NO_MEASURES)
            return
        wanted = self._dialogs.table("Save measures", "measures.csv")
        if wanted is not None:
            self.save_measures(wanted)

    def save_measures(self, path: Path) -> None:
        """Write what the run folder or the model file says."""
        from iae_studio.threads.export_files import save_measures

        job = partial(save_measures, path, self.state.displayed.model)
        self.window.submit(job, then=self.state.messages.show_saved)

    def ask_for_events(self) -> None:
        """The losses of the displayed run."""
        model = self.state.displayed.model
        if not model.is_run or model.path is None:
            self.state.messages.show_error(NO_RUN)
            return
        wanted = self._dialogs.folder("A folder for TensorBoard")
        if wanted is not None:
            self.save_events(model.path, wanted)

    def save_events(self, run: Path, folder: Path) -> None:
        """Write them into a folder of the run's name."""
        from iae_studio.threads.export_files import save_events

        self.window.submit(partial(save_events, run, folder), then=self._told_events)

    def _told_events(self, folder: Path) -> None:
        told = f"Saved {folder}. See it with: tensorboard --logdir {folder.parent}"
        self.state.messages.show_message(Message(told))

    def ask_for_model(self) -> None:
        """The shown weights: live, of a moment, or of a run or file."""
        name = f"{self.state.displayed.recipe.name}.safetensors"
        wanted = self._dialogs.model(name)
        if wanted is not None:
            self.save_model(*wanted)

    def save_model(self, file: Path, exact: bool = False) -> None:
        """Write them as one file."""
        from trainer.exploring.questions.exports import SaveModel

        kind = f"{MODEL} {next(self._numbers)}"
        self._models[kind] = file
        saved, lack = partial(self._saved_model, kind), partial(self._models.pop, kind)
        self.state.asking.ask(SaveModel(file, exact), saved, lack, kind=kind, lasting=True)

    def _saved_model(self, kind: str, path: Path) -> None:
        del self._models[kind]
        self.state.messages.show_saved(path)
