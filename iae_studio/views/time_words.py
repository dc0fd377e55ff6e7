"""What the time bar says."""

from __future__ import annotations

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.time import Time
from iae_studio.state.training import State, Training
from trainer.storage.snapshots import Moment


def size(count: int) -> str:
    """Bytes, with as many digits as they deserve."""
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count / 1e3:.0f} kB"


def words_of(moment: Moment) -> str:
    """Of one moment."""
    kept = ", referred to by a bookmark or a picture" if moment.kept else ""
    return f"Step {moment.step:,}{kept}"


def step_words(time: Time) -> str:
    """Which moment is looked at."""
    if time.step is None:
        return f"{len(time.moments)} moments" if len(time.moments) > 1 else "1 moment"
    return f"step {time.step:,}"


def on_disk(time: Time) -> str:
    """What the moments take."""
    count = f"{len(time.moments)} moments" if len(time.moments) > 1 else "1 moment"
    kept = f" {time.kept} of them are kept: a bookmark or a picture refers to them."
    return (
        f"{count} of this run: {size(time.size)} on the disk, at most {size(time.limit * 10**6)}."
        f"{kept * (time.kept > 0)}"
    )


def nothing_kept(model: DisplayedModel, training: Training) -> str:
    """Why there is no time to go back in, and what to do."""
    if model.live or (training.state is State.LOADING and training.recipe == model.recipe):
        return "Moments of this training appear here in a while."
    if model.is_run:
        return "This run kept no moments of its way. Go on with it (T) to collect some."
    what = "This model is" if model.path is not None else "Its start is"
    return f"{what} a single moment. Train (T) to collect others and go back and forth in time."
