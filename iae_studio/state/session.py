"""What is explored, as plain data that a file can hold, for the next start of the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from iae_studio.state.comparing import MOST as MOST_COMPARED
from iae_studio.state.comparing import Compared, values_of_compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import MAX_INPUTS, Input
from iae_studio.state.settings_values import (
    MOST_SEED,
    selected_of,
    settings_of,
    values_of,
    values_of_selected,
)
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import Settings
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MOST_STEPS
from trainer.storage.checked import all_of, check_format, is_a, mapping, text, whole, wrong

FORMAT = 1  # what a later version adds beside what there is leaves this as it is


@dataclass(frozen=True)
class Explored:
    """What the window shows; with the inputs themselves, which are written on a thread."""

    model: DisplayedModel
    step: int  # of its weights
    tests: int | None  # the seed of the test images, where there are any
    inputs: tuple[Input, ...]  # with the test images, which may not be all of the seed's
    settings: Settings
    moment: int | None = None  # the step of the run that is looked at
    row: int = -1  # what is selected
    column: int = 0
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Where an input is found again: a file of the user's, or one that was kept for it."""

    name: str
    place: str = ""
    kept: str = ""
    grey_range: str = ""
    test: bool = False  # from a test set: kept as it was seen


@dataclass(frozen=True)
class Session:
    """The same as it is in the file."""

    recipe: Recipe
    path: str  # of the weights; empty for fresh ones
    step: int
    tests: int | None
    pictures: tuple[Picture, ...]
    settings: Settings
    moment: int | None = None
    row: int = -1
    column: int = 0
    compared: tuple[Mapping[str, Any], ...] = ()  # values that `Comparing.restore` looks at

    def to_mapping(self) -> dict[str, Any]:
        """For JSON; `parsed` is the inverse."""
        return {
            "format": FORMAT,
            "recipe": self.recipe.to_mapping(),
            "path": self.path,
            "step": self.step,
            "tests": self.tests,
            "pictures": [asdict(picture) for picture in self.pictures],
            "settings": values_of(self.settings),
            "moment": self.moment,
            "selected": values_of_selected(self.row, self.column),
            "compared": list(self.compared),
        }


def explored(state: StudioState) -> Explored:
    """What is shown now."""
    model, facts = state.displayed.model, state.answers.facts
    # A run goes on, and the sliders of its weights keep their sense.
    step = 0 if facts is None or model.is_run or model.live else facts.step
    return Explored(
        model,
        step,
        state.inputs.tests_seed,
        state.inputs.brought() if model.recipe.two_dimensional else state.inputs.all(),
        state.query.now(),
        state.time.wanted,
        state.selection.row,
        state.selection.column,
        state.comparing.models,
    )


def session_of(now: Explored, pictures: Sequence[Picture]) -> Session:
    """What the file holds of it; `pictures` are where the inputs are found again."""
    path = "" if now.model.path is None else str(now.model.path.absolute())
    return Session(
        now.model.recipe,
        path,
        now.step,
        now.tests,
        tuple(pictures),
        now.settings,
        now.moment,
        now.row,
        now.column,
        tuple(map(values_of_compared, now.compared)),
    )


# ---- reading: every value is looked at, for anybody may have written it --------------------------


def parsed(values: Mapping[str, Any]) -> Session:
    """The session in a file's object. Raises UserError where one value is not as it should be."""
    check_format(values.get("format"), FORMAT)
    tests, moment = values.get("tests"), values.get("moment")  # an earlier version had no moment
    row, column = selected_of(values.get("selected"))
    return Session(
        Recipe.from_mapping(mapping(values.get("recipe"), "recipe")),
        text(values.get("path"), "path"),
        whole(values.get("step"), "step", 1 << 62),
        None if tests is None else whole(tests, "tests", MOST_SEED),
        all_of(values.get("pictures"), "pictures", MAX_INPUTS, _picture),
        settings_of(mapping(values.get("settings"), "settings")),
        None if moment is None else whole(moment, "moment", MOST_STEPS),
        row,
        column,
        all_of(values.get("compared", []), "compared", MOST_COMPARED, mapping),
    )


def _picture(value: object, name: str) -> Picture:
    values = mapping(value, name)
    parts = ("name", "place", "kept", "grey_range")
    told = {part: text(values.get(part), f"{name}: {part}") for part in parts}
    test = is_a(bool, values.get("test", False), name)  # an earlier version had none
    picture = Picture(**told, test=test)
    if picture.kept and Path(picture.kept).name != picture.kept:  # it lies beside the session
        raise wrong(name)
    return picture
