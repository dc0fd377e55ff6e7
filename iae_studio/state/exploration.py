"""All that a user explores at one moment, and how all of it is shown again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from iae_studio.state.comparing import Compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.found_weights import Found
from iae_studio.state.input_list import KeptInputs
from iae_studio.state.marks import Mark
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import Settings
from trainer.storage.snapshots import Moment


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
    marks: tuple[tuple[str, Mark], ...] = ()
    compared: tuple[Compared, ...] = ()


def exploration(state: StudioState) -> Exploration:
    """What is explored now."""
    return Exploration(
        state.displayed.model,
        state.time.wanted,
        state.inputs.kept(),
        state.query.now(),
        state.selection.row,
        state.selection.column,
        state.marks.kept(),
        state.comparing.models,
    )


def explore_again(
    state: StudioState, wanted: Exploration, moments: tuple[Moment, ...] = ()
) -> None:
    """Show what was explored before: model, moment, inputs, sliders, selection.

    The weights of a training that goes on are those of now. `moments` of the run are those that
    the disk has by now, where somebody looked; else the one that is nearest in an older list is
    shown.
    """
    model = _of_now(state, wanted.model)
    if model != state.displayed.model:
        state.inputs.expect(wanted.inputs)
        state.displayed.select(model)
    state.inputs.restore(wanted.inputs)
    state.query.restore(wanted.settings)
    if moments and model.path is not None:
        state.time.set_moments(model.path, moments)
    state.time.look_at(wanted.step if model.is_run else None)
    state.selection.restore(wanted.row, wanted.column)
    state.marks.restore(wanted.marks)
    state.comparing.set(wanted.compared)


def explore_found(
    state: StudioState,
    found: Found,
    inputs: KeptInputs,
    settings: Settings,
    selected: tuple[int, int],
) -> None:
    """Show what a bookmark or a picture tells of.

    What neither tells of stays: what is compared, and of points, which take none, the images.
    """
    inputs = state.inputs.kept() if found.model.recipe.two_dimensional else inputs
    compared = state.comparing.models
    wanted = Exploration(found.model, found.step, inputs, settings, *selected, compared=compared)
    explore_again(state, wanted, found.moments)


def _of_now(state: StudioState, model: DisplayedModel) -> DisplayedModel:
    """The weights of a run are live while it trains, and only then."""
    training = state.training
    trains = training.started and model.is_run and model.path == training.run_path
    return replace(model, live=trains)
