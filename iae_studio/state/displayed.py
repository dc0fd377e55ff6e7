"""Which recipe is displayed, and with which weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.messages import Message, Messages, short
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MODEL_SUFFIX
from trainer.storage.paths import bookmarks_root


@dataclass(frozen=True)
class DisplayedModel:
    """A recipe with the weights of a file or run folder, of the running training, or fresh ones."""

    recipe: Recipe
    path: Path | None = None
    live: bool = False

    @property
    def is_run(self) -> bool:
        """Whether the weights are of a run folder, which can be trained further."""
        return self.path is not None and self.path.suffix != MODEL_SUFFIX

    @property
    def weights(self) -> str:
        """What its weights are called; those that a bookmark brought have no name of their own."""
        if self.live or self.path is None:
            return "live weights" if self.live else ""
        ours = self.path.parent.parent == bookmarks_root()
        return "weights of a bookmark" if ours else self.path.name


class Displayed(QObject):
    """The model that all views are about. Training goes on, whatever is displayed."""

    recipeChanged = Signal(Recipe)  # also where the same recipe is selected again
    changed = Signal(DisplayedModel)
    selected = Signal()  # all have heard of it: ask it
    firstDrawn = Signal()  # the engine has answered for the first time, if only that it cannot

    def __init__(
        self, model: DisplayedModel, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.previous = model.recipe  # for those who hear of a change
        self.waits = True  # until then
        self._loaded: list[DisplayedModel] = []  # the last two whose weights could be loaded
        self._messages = messages

    @property
    def recipe(self) -> Recipe:
        """The recipe of the displayed model."""
        return self.model.recipe

    def select(self, model: DisplayedModel) -> None:
        """Display a recipe with some weights."""
        self.previous = self.recipe
        self.model = model
        if model.recipe != self.previous:
            self._messages.turn_away()
        self.recipeChanged.emit(model.recipe)
        self.changed.emit(model)
        self.selected.emit()

    def has_drawn(self) -> None:
        """The weights of what is displayed could be loaded."""
        self.end_waiting()
        if self.model not in self._loaded[-1:]:
            self._loaded = [*self._loaded[-1:], self.model]

    def end_waiting(self) -> None:
        """The first picture is there, or will not come."""
        if self.waits:
            self.waits = False
            self.firstDrawn.emit()

    def go_back(self) -> bool:
        """Display what was before a model that could not be loaded; False if there is none."""
        before = [model for model in self._loaded if model != self.model]
        self._loaded = []  # once: that may be gone by now as well
        if before:
            why = self._messages.current
            self.select(before[-1])
            self._messages.keep(why)
        return bool(before)

    def open_model(self, recipe: Recipe, path: Path) -> None:
        """Display a model file or a run folder that was opened or dropped."""
        self.select(DisplayedModel(recipe, path))
        self._messages.show_message(Message(f"Showing {path.name}, a model of {recipe.name}."))

    def use_own_images(self, recipe: Recipe, busy: bool = False) -> None:
        """Display a recipe on the user's own images; `busy` while another training runs."""
        self.select(DisplayedModel(recipe))
        names = " and ".join(
            short(Path(name).name) for name in (recipe.data.images, recipe.data.images_b) if name
        )
        self._messages.show_message(
            Message(f"{recipe.about.title}, on the images in {names}: {self.way_on(busy)}.")
        )

    def way_on(self, busy: bool) -> str:
        """What to do to train what is displayed; `busy` while another training runs."""
        way = "press Go on" if self.model.is_run else "press Train"
        return f"stop the training that runs first, then {way}" if busy else way

    def end_live(self, path: Path | None) -> None:
        """What was live is now a run on disk."""
        if self.model.live:
            self.model = replace(self.model, path=path or self.model.path, live=False)
            self.changed.emit(self.model)
        self._loaded = [
            replace(known, path=path or known.path, live=False) if known.live else known
            for known in self._loaded
        ]
