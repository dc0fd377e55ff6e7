"""All that a user explores at one moment, and how all of it is shown again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.input_list import KeptInputs
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import Settings


@dataclass(frozen=True)
class Exploration:
    """What is looked at, and how. Equal ones show the same pictures.

    `step` is the moment of a run that is looked at; None: its newest weights. `row` and `column`
    are what is selected; row -1: nothing is.
    """

    model: DisplayedModel
    step: int | None
    inputs: KeptInputs
    settings: Settings
    row: int = -1
    column: int = 0


def exploration(state: StudioState) -> Exploration:
    """What is explored now."""
    return Exploration(
        state.displayed.model,
        state.time.step,
        state.inputs.kept(),
        state.query.now(),
        state.selection.row,
        state.selection.column,
    )


def explore_again(state: StudioState, wanted: Exploration) -> None:
    """Show what was explored before: model, moment, inputs, sliders, selection.

    The weights of a training that goes on are those of now.
    """
    model, shown = wanted.model, state.displayed.model
    if model != shown and replace(model, live=shown.live) != shown:
        state.displayed.select(model)
    state.inputs.restore(wanted.inputs)
    state.query.restore(wanted.settings)
    state.time.look_at(wanted.step)
    state.selection.select(wanted.row, wanted.column)
