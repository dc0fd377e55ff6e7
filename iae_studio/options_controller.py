"""Options of an experiment before it starts, and what a training would take, on its own thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from iae_studio.controller import Controller
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.fitting import FitQuestion
from iae_studio.state.messages import Message
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.threads.worker import WorkThread
from iae_studio.window import Window
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from iae_studio.views.options_dialog import About, OptionsDialog, Way

NOT_TOLD = "What it takes could not be found out; the log says why."


class OptionsController(Controller):
    """Answers `optionsWanted` with a dialog, and `Fitting`'s questions by trying a few steps."""

    def __init__(self, state: StudioState, window: Window) -> None:
        super().__init__()
        self.state, self.window = state, window
        self.worker = WorkThread()
        self.worker.failed.connect(lambda failed: state.messages.logged.emit(str(failed)))
        self._dialog: OptionsDialog | None = None
        state.requests.optionsWanted.connect(self.open)
        state.requests.branchWanted.connect(self.open_for_branch)
        state.fitting.wanted.connect(self._try)

    def threads(self) -> tuple[WorkThread, ...]:
        """The one that tries a few steps."""
        return (self.worker,)

    def cancel(self) -> None:
        """Nobody chooses any more, nor waits for what a training would take."""
        if self._dialog is not None:
            self._dialog.reject()

    # ---- will it fit? ------------------------------------------------------------------------

    def _try(self, question: FitQuestion) -> None:
        from iae_studio.threads.fit_job import try_steps

        self.worker.submit(
            partial(try_steps, question.recipe, question.device, question.progress),
            then=question.answer,
            otherwise=partial(question.answer, NOT_TOLD),
        )

    # ---- the dialog --------------------------------------------------------------------------

    def open(self, recipe: Recipe, then: Callable[[Recipe], object] | None) -> None:
        """Show the options; `then` gets the changed recipe. Without it that is trained."""
        from iae_studio.views.options_dialog import Way

        self._open(recipe, self._ways() if then is None else [Way("Use these", then)])

    def open_for_branch(
        self, recipe: Recipe, then: Callable[[Recipe], object], words: str, held: frozenset[str]
    ) -> None:
        """Show the options of a branch, of which those of its weights stay."""
        from iae_studio.views.options_dialog import About, Way

        self._open(recipe, [Way("Branch", then)], About("Branch here", words, held))

    def _open(self, recipe: Recipe, ways: list[Way], about: About | None = None) -> None:
        from iae_studio.views.options_dialog import ITSELF, OptionsDialog

        if self._dialog is not None:
            self._dialog.reject()
        self._dialog = OptionsDialog(recipe, self.state.fitting, ways, self.window, about or ITSELF)
        self._dialog.finished.connect(self._closed)
        self._dialog.open()

    def _closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _ways(self) -> list[Way]:
        """What can be done with a changed recipe; the first is the primary one."""
        from iae_studio.views.options_dialog import Way

        training = self.state.training
        free = not training.busy and training.state is not State.STARTING
        later = Way("Train next", self.state.queue.add_told)
        return [Way("Train", self._train), later] if free else [later, Way("Show it", self._show)]

    def _show(self, recipe: Recipe) -> None:
        """Something else trains: it stands there, ready."""
        displayed = self.state.displayed
        displayed.select(DisplayedModel(recipe))
        words = f"{recipe.about.title}, with these options: {displayed.way_on(busy=True)}."
        self.state.messages.show_message(Message(words))

    def _train(self, recipe: Recipe) -> None:
        if recipe != self.state.displayed.recipe:
            self.state.displayed.select(DisplayedModel(recipe))
        self.state.training.start(anew=True)
