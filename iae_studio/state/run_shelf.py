"""The runs of this computer, as a user keeps them: names, notes, sizes, the trash."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import Action, Message, short
from iae_studio.state.model_files import Run, runs_in
from iae_studio.state.run_list import NEWEST, matches, ordered
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root
from trainer.storage.run_notes import change_notes
from trainer.storage.trash import Trashed, empty_trash, in_trash, put_back, size_of, throw_away

PUT_BACK = Action("put back", "Undo")  # about a `Trashed`
EMPTY = Action("empty trash", "Remove for ever")  # about several
TRASH = "trash"  # the topic of what is said


def _sizes(paths: tuple[Path, ...]) -> dict[Path, int]:
    return {path: size_of(path) for path in paths}


@dataclass(frozen=True)
class InTrash:
    """What is told of a run in the trash: what it is called, and how much room it takes."""

    title: str
    size: int


def _trash() -> dict[Trashed, InTrash]:
    return {each: InTrash(_title(each), size_of(each.path)) for each in in_trash()}


def _title(trashed: Trashed) -> str:
    try:
        return next((run.title for run in runs_in(trashed.path)), trashed.name)
    except UserError:  # it may be there for that
        return trashed.name


class RunShelf(QObject):
    """What a list of runs shows, and does; the disk is asked by `submit`."""

    changed = Signal()

    def __init__(self, state: StudioState, submit: Submit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        self.text, self.by = "", NEWEST
        self.sizes: dict[Path, int] = {}
        self.trash: dict[Trashed, InTrash] = {}
        self._counted: dict[Path, int] = {}  # at which step
        self._looks = False
        state.library.changed.connect(self._listed)
        state.library.saved.connect(lambda _: self._grown())
        state.messages.actionWanted.connect(self._act)

    # ---- what there is -----------------------------------------------------------------------

    @property
    def runs(self) -> list[Run]:
        """Those that are searched for, in their order."""
        found = (run for run in self._state.library.runs if matches(run, self.text))
        return ordered(found, self.by, self.sizes)

    @property
    def damaged(self) -> dict[Path, str]:
        """Folders of runs that cannot be read, and why; those that are searched for."""
        told = self._state.library.damaged
        shown = {runs_root() / name: why for name, why in told.items()}
        return {
            path: why for path, why in shown.items() if self.text.casefold() in path.name.casefold()
        }

    def trains(self, path: Path) -> bool:
        """Whether a run is the one that trains now."""
        training = self._state.training
        return training.busy and training.run_path == path

    def search(self, text: str) -> None:
        """Show those that have all these words."""
        self.text = text
        self.changed.emit()

    def sort(self, by: str) -> None:
        """Show them in this order."""
        self.by = by
        self.changed.emit()

    def look(self, looks: bool) -> None:
        """Whether somebody looks: sizes are counted for them alone."""
        self._looks = looks
        if looks:
            self._count()
            self._look_into_trash()

    def _listed(self) -> None:
        self._grown()
        if self._looks:
            self._look_into_trash()

    def _grown(self) -> None:
        self.changed.emit()
        if self._looks:
            self._count()

    def _count(self) -> None:
        """The sizes of those that grew since."""
        steps = {run.path: run.step for run in self._state.library.runs}
        steps |= dict.fromkeys(self.damaged, 0)
        fresh = tuple(path for path, step in steps.items() if self._counted.get(path) != step)
        if fresh:
            self._submit(
                partial(_sizes, fresh), then=partial(self._sized, steps), newest="run sizes"
            )

    def _look_into_trash(self) -> None:
        self._submit(_trash, then=self._know_trash, newest="trash")

    def _sized(self, steps: dict[Path, int], sizes: dict[Path, int]) -> None:
        self.sizes |= sizes
        self._counted |= {path: steps[path] for path in sizes}
        self.changed.emit()

    def _know_trash(self, trash: dict[Trashed, InTrash]) -> None:
        if trash != self.trash:
            self.trash = trash
            self.changed.emit()

    # ---- names and notes ---------------------------------------------------------------------

    def rename(self, run: Run, title: str) -> None:
        """Call it so; an empty title is its experiment's again."""
        own = "" if title.strip() == run.recipe.about.title else title
        self._change(run.path, title=own)

    def annotate(self, run: Run, note: str) -> None:
        """Keep a note of it."""
        self._change(run.path, note=note)

    def _change(self, path: Path, title: str | None = None, note: str | None = None) -> None:
        """One of the two: what is listed may be older than what still waits to be written."""
        job = partial(change_notes, path, title, note)
        self._submit(job, then=partial(self._noted, path), otherwise=self.changed.emit)

    def _noted(self, path: Path, changed: bool) -> None:
        if changed:
            self._counted.pop(path, None)
            self._state.library.refreshWanted.emit()

    # ---- training ----------------------------------------------------------------------------

    def display(self, run: Run) -> None:
        """Show its weights; of the one that trains, the live ones."""
        self._state.library.choose(DisplayedModel(run.recipe, run.path))

    def go_on(self, run: Run) -> None:
        """Train it further: now, or when what trains has ended."""
        state = self._state
        if not state.training.busy:
            self.display(run)
            state.training.begin(run.recipe, run.path)
        elif not self.trains(run.path):
            state.queue.add_told(run.recipe, run.path, self.name_of(run.path))

    def duplicate(self, recipe: Recipe) -> None:
        """The same experiment with other options, which a dialog asks for."""
        self._state.requests.optionsWanted.emit(recipe, self._stand_ready)

    def _stand_ready(self, recipe: Recipe) -> None:
        state = self._state
        state.displayed.select(DisplayedModel(recipe))
        if not state.training.busy:
            text = f"{recipe.about.title} stands ready, untrained: press Train."
            state.messages.show_message(Message(text))
        else:
            state.queue.add_told(recipe)

    # ---- the trash ---------------------------------------------------------------------------

    def throw_away(self, path: Path) -> None:
        """To the trash, from where it can be put back; not the one that trains."""
        name = self.name_of(path)
        if self.trains(path):
            self._state.messages.show_error(f"{name} trains now: stop it first.")
            return
        before = self._state.displayed.model
        if before.path == path:  # else it would be drawn while it goes
            recipe = CATALOGUE.get(before.recipe.name, before.recipe)
            self._state.library.choose(self._state.library.weights_of(recipe, without=path))
        self._submit(
            partial(throw_away, path),
            then=partial(self._thrown, name, path),
            otherwise=partial(self._stays, before),
        )

    def _stays(self, displayed: DisplayedModel) -> None:
        """It could not be moved, which was told: what was displayed is so again."""
        if displayed != self._state.displayed.model:
            why = self._state.messages.current
            self._state.library.choose(displayed)
            self._state.messages.keep(why)

    def _thrown(self, name: str, path: Path, trashed: Trashed) -> None:
        state = self._state
        waited = any(item.run == path for item in state.queue.coming)
        for item in state.queue.items:
            if item.run == path:
                state.queue.remove(item.key)
        undo = Action(PUT_BACK.name, PUT_BACK.label, trashed)
        told = f"{name} is in the trash{', and waits in the queue no more' if waited else ''}."
        state.messages.show_message(Message(told, actions=(undo,), topic=TRASH))
        state.library.refreshWanted.emit()

    def put_back(self, trashed: Trashed) -> None:
        """Among the runs again, as it was."""
        self._submit(partial(put_back, trashed), then=lambda _: self._again())

    def ask_to_empty(self) -> None:
        """Ask once: what is removed is gone."""
        count = len(self.trash)
        if count:
            runs = "1 run" if count == 1 else f"{count} runs"
            action = Action(EMPTY.name, EMPTY.label, tuple(self.trash))
            text = f"Remove {runs} in the trash for ever?"
            self._state.messages.show_message(Message(text, actions=(action,), topic=TRASH))

    def _act(self, action: Action) -> None:
        if action.asks_for(PUT_BACK):
            self.put_back(action.about)
        elif action.asks_for(EMPTY):
            self._submit(partial(empty_trash, action.about), lambda _: self._again(), self._again)

    def _again(self) -> None:
        self._state.messages.withdraw(TRASH)
        self._state.library.refreshWanted.emit()

    def name_of(self, path: Path) -> str:
        """What a run is called in a sentence."""
        run = self._state.library.run_at(path)
        return f'"{short(path.name if run is None else run.title)}"'
