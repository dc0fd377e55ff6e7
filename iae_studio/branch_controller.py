"""Branching off what is looked at, and changing a run while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from iae_studio.controller import Controller
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import ChosenFolders, Folders
from iae_studio.state.messages import Message
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.views.actions import act
from iae_studio.window import Window
from trainer.data.amendments import Amendments
from trainer.recipe.branchable import held_in_branch
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import Begun, Parent, read_begun

if TYPE_CHECKING:
    from iae_studio.threads import branches
    from iae_studio.views.amend import AmendDialog

BRANCH_TIP = "A new run from what is looked at: these weights, with other options"
AMEND_TIP = "Rates, R1, weights and the end of this run, from its next step on"
NO_RUN = "A branch begins from a run, and this model is none yet: press Train first."
NEWEST = 1 << 62  # a step after all others
WHOLE = "It goes on as that run would, but for what is changed here."
ANEW = "Its optimisers and discriminators begin anew."
LOADING = "The run is loading: branch off once it trains."


@dataclass(frozen=True)
class _Wanted:
    """A branch that is to be made."""

    run: Path
    step: int | None  # of kept weights; None: the last checkpoint
    live: bool  # the run trains here: it is saved first

    @property
    def newest(self) -> bool:
        """Whether it branches at a step that is still to come: that at which it is saved."""
        return self.live and self.step is None


class BranchController(Controller):
    """Makes branches; reads and writes amendments of runs that rest; marks them in the losses."""

    def __init__(self, state: StudioState, window: Window, folders: ChosenFolders) -> None:
        super().__init__()
        self.state, self.window, self.folders = state, window, folders
        self.dialog: AmendDialog | None = None  # while it is open
        self._parents: dict[Path, Parent | None] = {}
        self._waits: tuple[_Wanted, Recipe] | None = None  # for the run to be saved
        branch = act(window, "Training", "&Branch here…", "Ctrl+Shift+B", self.branch, BRANCH_TIP)
        branch.setObjectName("branchAction")
        words, keys = "C&hange while it runs…", "Ctrl+Shift+A"
        amend = act(window, "Training", words, keys, self.amend, AMEND_TIP)
        amend.setObjectName("amendAction")
        _add_to_menu(window, "&Train", (branch, amend))
        state.requests.branchOffWanted.connect(self._branch_off)
        state.training.checkpointSaved.connect(self._saved)
        state.training.stateChanged.connect(self._state_changed)
        state.amending.readWanted.connect(self._read_amended)
        state.amending.writeWanted.connect(self._write_amended)
        state.amending.changed.connect(self._mark)
        state.displayed.changed.connect(self._look)

    # ---- branches ----------------------------------------------------------------------------

    def branch(self) -> None:
        """From the moment that is looked at, or from the newest weights, saved first."""
        model, training = self.state.displayed.model, self.state.training
        if training.state is State.LOADING and model.recipe == training.recipe:
            self._tell(LOADING)
            return
        live = training.started and (model.live or model.path == training.run_path)
        run = training.run_path if live else model.path
        if run is None or not (live or model.is_run):
            self._tell(NO_RUN)
            return
        wanted = _Wanted(run, self.state.time.step, live)
        from iae_studio.threads import branches

        job = partial(branches.origin_of, run, NEWEST if wanted.newest else wanted.step)
        self.window.submit(job, then=partial(self._ask, wanted))

    def _ask(self, wanted: _Wanted, origin: branches.Origin) -> None:
        """Which options."""
        whole = wanted.newest or origin.whole
        step = "the step that it has reached" if wanted.newest else f"step {origin.step:,}"
        known = self.state.library.run_at(wanted.run)
        name = (known and known.notes.title) or wanted.run.name
        words = f"A new run from {name} at {step}. {WHOLE if whole else ANEW}"
        decided = partial(self._decided, wanted)
        self.state.requests.branchWanted.emit(origin.recipe, decided, words, held_in_branch(whole))

    def _decided(self, wanted: _Wanted, recipe: Recipe) -> None:
        training = self.state.training
        if wanted.live and training.started and training.run_path == wanted.run:
            self._waits = wanted, recipe
            training.command("save")
        else:
            self._make(wanted, recipe)

    def _branch_off(self, run: Path, recipe: Recipe) -> None:
        self._make(_Wanted(run, None, live=False), recipe)

    def _saved(self, run: Path, step: int) -> None:
        """What trains is on the disk."""
        waits, self._waits = self._waits, None
        if waits is not None and waits[0].run == run:
            self._make(*waits)

    def _state_changed(self, state: State) -> None:
        waits = self._waits
        if state in (State.UNSAVED, State.FAILED):  # which is told
            self._waits = None
        elif waits is not None and not self.state.training.busy:  # it ended, and is saved
            self._waits = None
            self._make(*waits)

    def _make(self, wanted: _Wanted, recipe: Recipe) -> None:
        folders = self.folders.now()
        job = partial(_made, wanted.run, wanted.step, recipe, folders)
        self.window.submit(job, then=self._show)

    def _show(self, made: tuple[Path, Begun]) -> None:
        """The child is displayed; it trains at once where nothing else does."""
        (path, begun), state = made, self.state
        state.time.look_at(None)
        state.displayed.select(DisplayedModel(begun.recipe, path))
        state.library.refreshWanted.emit()
        parent = begun.parent
        assert parent is not None, "it was just written"
        busy = state.training.busy
        way = f": {state.displayed.way_on(busy)}" if busy else ""
        anew = "" if parent.whole else ", with optimisers and discriminators anew"
        told = f"Branched off {parent.run} at step {parent.step:,}{anew}{way}."
        if not busy:
            state.training.start()
        state.messages.logged.emit(told)
        state.messages.show_message(Message(told))

    # ---- amendments --------------------------------------------------------------------------

    def amend(self) -> None:
        """The dialog; once more brings it to the front."""
        if not self.state.amending.look():
            return
        if self.dialog is None:
            from iae_studio.views.amend import AmendDialog

            self.dialog = AmendDialog(self.state.amending, self.window)
            self.dialog.finished.connect(self._forget_dialog)
            self.state.displayed.changed.connect(self.dialog.look_again)
            self.state.training.stateChanged.connect(self.dialog.look_again)
            self.window.closing.connect(self.dialog.reject)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _forget_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _read_amended(self, run: Path) -> None:
        def know(found: tuple[Amendments, int]) -> None:
            self.state.amending.known(run, *found)

        from iae_studio.threads import branches

        self.window.submit(partial(branches.read_amended, run), then=know, newest="amended")

    def _write_amended(self, run: Path, options: dict[str, object]) -> None:
        from iae_studio.threads import branches

        amending = self.state.amending
        job = partial(branches.amend, run, options)
        self.window.submit(job, then=partial(amending.heard, run), otherwise=amending.changed.emit)

    def _mark(self) -> None:
        """In the losses of the run that is shown: where it branched off, and was changed."""
        plot = self.window.findChild(QWidget, "lossPlot")
        mark = getattr(plot, "setMarks", None)
        if mark is not None:
            run = self.state.amending.run()
            parent = self._parents.get(run) if run is not None else None
            branched = [(parent.step, f"branched off {parent.run}")] if parent else []
            amended = [(each.step, each.words()) for each in self.state.amending.of(run).all]
            mark([*branched, *amended])

    def _look(self, model: DisplayedModel) -> None:
        """What the marks are of the run that is displayed now; nothing but them waits for it."""
        self._mark()
        if model.is_run and model.path is not None:
            from iae_studio.threads import branches

            run = model.path
            self.window.submit(
                partial(branches.history_of, run), then=partial(self._know, run), newest="history"
            )

    def _know(self, run: Path, history: branches.History) -> None:
        if history.problem:
            self.state.messages.logged.emit(history.problem)
        self._parents[run] = history.parent
        training = self.state.training
        if training.started and run == training.run_path:  # which tells of itself, and newer
            self._mark()
        else:
            self.state.amending.known(run, history.amendments, None)

    def _tell(self, text: str) -> None:
        self.state.messages.show_message(Message(text))


def _made(run: Path, step: int | None, recipe: Recipe, folders: Folders) -> tuple[Path, Begun]:
    from iae_studio.threads import branches

    path = branches.make_branch(run, step, recipe, folders)
    return path, read_begun(path)


def _add_to_menu(window: Window, title: str, actions: tuple[QAction, ...]) -> None:
    for menu in window.menuBar().findChildren(QMenu):
        if menu.title() == title:
            menu.addActions(list(actions))
