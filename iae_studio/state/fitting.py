"""Will it fit? What a training would take of this computer, asked before it begins."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.devices import Devices
from iae_studio.state.training import State, Training
from trainer.recipe.fit import Fit
from trainer.recipe.recipe import Recipe

SHARED = "Another run trains meanwhile and shares the processor: alone this would be faster."


class FitQuestion:
    """Asked about a recipe; `then` hears a `Fit`, or in words why there is none."""

    def __init__(
        self, recipe: Recipe, device: str, shared: bool, then: Callable[[Fit | str], object]
    ) -> None:
        self.recipe, self.device, self.shared = recipe, device, shared
        self.progress = CancellableProgress(lambda *_: None)
        self._then: Callable[[Fit | str], object] | None = then

    def cancel(self) -> None:
        """Nobody waits for it any more: a late answer is not heard."""
        self._then = None
        self.progress.cancel()

    def answer(self, found: Fit | str) -> None:
        then, self._then = self._then, None
        if then is not None:
            then(found)


class Fitting(QObject):
    """Passes questions on to the thread that tries a few steps."""

    wanted = Signal(object)  # FitQuestion

    def __init__(self, training: Training, devices: Devices) -> None:
        super().__init__()
        self._training, self._devices = training, devices

    def ask(self, recipe: Recipe, then: Callable[[Fit | str], object]) -> FitQuestion:
        """Ask about a recipe on the device that was chosen."""
        shared = self._training.state is State.TRAINING
        question = FitQuestion(recipe, self._devices.chosen, shared, then)
        self.wanted.emit(question)
        return question
