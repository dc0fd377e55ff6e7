"""The last save of a training: what cannot be written is tried again, and goes nowhere unsaid."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from trainer.data.batches import Supply
from trainer.messages import DivergedError, UserError
from trainer.storage.faults import told
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import RunFolder
from trainer.training.state import TrainState

# What is asked where the last save fails: why, and where a copy lies; whether to try once more.
Again = Callable[[str], bool]


def never(_: str) -> bool:
    """Nobody makes room while we wait."""
    return False


def save_at_last(
    folder: RunFolder,
    state: TrainState,
    batches: Supply,
    again: Again = never,
) -> None:
    """Save; where that fails in another place too, and `again` for as long as it says.

    Raises DivergedError, and UserError where the run's folder has not got it: it names the copy.
    """
    copy: Path | None = None
    while True:
        try:
            folder.save(state, batches)
        except DivergedError:
            raise
        except UserError as error:
            if state.torn:
                raise
            copy = copy or rescued(folder, state, batches)
            lies = (
                f"It is saved in {copy} instead."
                if copy
                else f"What was learned up to step {state.step:,} is lost if this ends now."
            )
            try:
                more = again(f"{error} {lies}")
            except KeyboardInterrupt:  # while it waited
                more = False
            if not more:
                lost = lies if copy else f"What was learned up to step {state.step:,} is lost."
                raise UserError(f"{error} {lost}") from error
        else:
            if copy is not None:
                shutil.rmtree(copy, ignore_errors=True)
            return


def saved_elsewhere(
    folder: RunFolder, parent: Path, state: TrainState, batches: Supply
) -> RunFolder:
    """The run in a new folder in `parent`, saved. Raises UserError, and leaves nothing there."""
    there = _new_folder(parent, folder.path.name or "run")
    try:
        copy = folder.elsewhere(there)
        copy.save(state, batches)
    except BaseException:
        shutil.rmtree(there, ignore_errors=True)
        raise
    return copy


def _new_folder(parent: Path, name: str) -> Path:
    for number in count(1):
        there = parent / (name if number == 1 else f"{name}-{number}")
        try:
            there.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise UserError(told(error, there, "cannot be made")) from error
        return there
    raise AssertionError


def rescued(folder: RunFolder, state: TrainState, batches: Supply) -> Path | None:
    """Save the run among the user's own runs, in the home folder, or where passing things are kept.

    None where no place has room.
    """
    for place in (runs_root(), *rescue_places()):
        with suppress(UserError):
            return saved_elsewhere(folder, place, state, batches).path
        with suppress(OSError):
            place.rmdir()  # it was made for this
    return None


def rescue_places() -> tuple[Path, ...]:
    """Where there may be room yet; the last is emptied by some systems as they start."""
    user = getattr(os, "getuid", lambda: 0)()  # two users must not share a folder
    return Path.home() / "iae-studio-rescued", Path(tempfile.gettempdir()) / f"iae-studio-{user}"
