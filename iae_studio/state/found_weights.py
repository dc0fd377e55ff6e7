"""The weights that a bookmark or a picture names, as they were found on this computer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import is_model, model_recipe
from trainer.messages import UserError
from trainer.recipe.fingerprint import fingerprint_of
from trainer.recipe.saved import read_begun, read_meta
from trainer.storage.snapshots import FOLDER, Moment, moments_in, one_a_step


@dataclass(frozen=True)
class Found:
    """What is to be displayed; of a run's moment the step to look at, and all of its moments."""

    model: DisplayedModel
    step: int | None = None  # None: the model's newest weights
    moments: tuple[Moment, ...] = ()


def found_in(file: Path) -> Found:
    """What shows just the weights in a file: the run of which it is a moment, else the file.

    Reads the disk. Raises UserError where the file is no model.
    """
    run = file.parent.parent
    if file.parent.name == FOLDER and is_model(run):
        with suppress(UserError):  # of its recipe, say: the file has one of its own
            return _moment_of(run, file)
    return Found(DisplayedModel(model_recipe(file), file))


def _moment_of(run: Path, file: Path) -> Found:
    """Of one step there may be two: the one that is shown must have these very weights."""
    step, mark, moments = read_meta(file).step, fingerprint_of(file), moments_in(run)
    shown = [each.path for each in one_a_step(moments) if each.step == step]
    if not any(path == file or fingerprint_of(path) == mark for path in shown):
        raise UserError(f"{file} is no moment that {run} shows.")
    return Found(DisplayedModel(read_begun(run).recipe, run), step, moments)
