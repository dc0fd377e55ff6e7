"""Up to four models side by side, on the same inputs and noises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.fresh_losses import FreshLosses
from iae_studio.state.input_list import Input, InputSpec
from iae_studio.state.inputs import InputImages
from iae_studio.state.messages import Messages
from iae_studio.state.time import Time
from iae_studio.state.training import Training
from trainer.messages import Pixels, UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MODEL_SUFFIX, MOST_STEPS
from trainer.storage.checked import mapping, text, whole

MOST = 4
FULL = f"{MOST} models are compared already: take one away first."


@dataclass(frozen=True)
class Compared:
    """A shipped model, a run (with its newest weights), or a moment of a run.

    path: a model file or run folder; None for fresh weights. step: the moment of a run.
    """

    recipe: Recipe
    path: Path | None = None
    step: int | None = None
    label: str = ""

    @property
    def is_run(self) -> bool:
        """Whether it lies in a run folder."""
        return self.path is not None and self.path.suffix != MODEL_SUFFIX

    @property
    def title(self) -> str:
        """What it is called above its pictures."""
        return self.label or self.recipe.about.title.replace(", small", "") or self.recipe.name

    @property
    def place(self) -> str:
        """What tells it from another of its title."""
        parts = [f"step {self.step:,}"] if self.step is not None else []
        if self.path is None:
            parts.append("untrained")
        else:
            parts.append(self.path.name if self.is_run else "shipped")
        return ", ".join(parts)

    def same_as(self, other: Compared) -> bool:
        """Whether both are the same weights, however they are called."""
        fresh = self.path is None and self.recipe != other.recipe
        return (self.path, self.step) == (other.path, other.step) and not fresh


class Comparing(QObject):
    """Which models are compared, and the inputs as each of them sees them."""

    changed = Signal()
    seenWanted = Signal(object, object)  # list[Input] to be seen anew, InputSpec
    seenAnew = Signal()  # they came back, by `set_seen`

    def __init__(
        self,
        displayed: Displayed,
        time: Time,
        inputs: InputImages,
        training: Training,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._time = displayed, time
        self._inputs, self._messages = inputs, messages
        self.models: tuple[Compared, ...] = ()
        self.fresh = FreshLosses(training, self)  # of the run that trains
        self._seen: dict[InputSpec, dict[int, tuple[Input, Input]]] = {}
        self._asked: dict[InputSpec, tuple[Input, ...]] = {}

    # ---- which models ------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """What each is called, so that no two are alike."""
        titles = [model.title for model in self.models]
        return tuple(
            f"{title} ({model.place})" if titles.count(title) > 1 else title
            for title, model in zip(titles, self.models, strict=True)
        )

    @property
    def shown(self) -> Compared:
        """What is displayed, as one that could be compared."""
        model = self._displayed.model
        return Compared(model.recipe, model.path, self._time.step)

    def is_shown(self, model: Compared) -> bool:
        """Whether it is what is displayed now."""
        return model.same_as(self.shown)

    def add(self, *models: Compared) -> bool:
        """Compare these too; False where there is no room for one of them."""
        fresh: list[Compared] = []
        for model in models:
            if not any(model.same_as(known) for known in (*self.models, *fresh)):
                fresh.append(model)
        room = MOST - len(self.models)
        if len(fresh) > room:
            self._messages.show_error(FULL)
        self.set((*self.models, *fresh[:room]))
        return len(fresh) <= room

    def add_shown(self) -> bool:
        """Compare what is displayed too; False where there is no room for it."""
        return self.add(self.shown)

    def remove(self, place: int) -> None:
        """Compare one of them no longer."""
        self.set((*self.models[:place], *self.models[place + 1 :]))

    def clear(self) -> None:
        """Compare none of them."""
        self.set(())

    def set(self, models: Iterable[Compared]) -> None:
        """Compare these in place of all others."""
        wanted = tuple(models)[:MOST]
        if wanted != self.models:
            self.models = wanted
            self.changed.emit()

    # ---- kept --------------------------------------------------------------------------------

    def kept(self) -> list[dict[str, Any]]:
        """What is compared, as plain data for a file."""
        return list(map(values_of_compared, self.models))

    def restore(self, kept: object) -> None:
        """What was compared before; what cannot be read of it is left out."""
        found = []
        for values in kept[:MOST] if isinstance(kept, list) else ():
            try:
                found.append(_compared(values))
            except UserError as error:
                self._messages.logged.emit(f"One of the compared models is left out: {error}")
        self.set(found)

    # ---- what each sees ----------------------------------------------------------------------

    def seen_by(self, spec: InputSpec) -> Pixels | None:
        """The inputs [N, H, W, C] as such a network sees them; None: they are on their way."""
        images = self._inputs.images
        if not images:
            return np.empty((0, *spec.shape), np.uint8)
        if spec == self._inputs.spec:
            return np.stack([known.seen for known in images])
        seen = self._seen.get(spec, {})
        missing = [known for known in images if id(known) not in seen]
        if not missing:
            return np.stack([seen[id(known)][1].seen for known in images])
        if self._asked.get(spec) != tuple(missing):
            self._asked[spec] = tuple(missing)
            self.seenWanted.emit(missing, spec)
        return None

    def set_seen(self, spec: InputSpec, pairs: Sequence[tuple[Input, Input]]) -> None:
        """What such a network sees of some of the inputs; what is gone is forgotten."""
        self._asked.pop(spec, None)
        here = {id(known) for known in self._inputs.images}
        self._seen.setdefault(spec, {}).update({id(old): (old, new) for old, new in pairs})
        self._seen = {
            each: {key: pair for key, pair in seen.items() if key in here}
            for each, seen in self._seen.items()
        }
        self.seenAnew.emit()

    def lack_seen(self, spec: InputSpec) -> None:
        """They could not be seen anew, which was told: ask again with the next change."""
        self._asked.pop(spec, None)


def values_of_compared(model: Compared) -> dict[str, Any]:
    """One of them as plain data for a file."""
    return {
        "recipe": model.recipe.to_mapping(),
        "path": "" if model.path is None else str(model.path.absolute()),
        "step": model.step,
        "label": model.label,
    }


def _compared(values: object) -> Compared:
    """One of them out of a file that anybody may have written. Raises UserError."""
    told = mapping(values, "a compared model")
    path, label = (text(told.get(name), name) for name in ("path", "label"))
    step = told.get("step")
    return Compared(
        Recipe.from_mapping(mapping(told.get("recipe"), "recipe")),
        Path(path) if path else None,
        None if step is None else whole(step, "step", MOST_STEPS),
        label,
    )
