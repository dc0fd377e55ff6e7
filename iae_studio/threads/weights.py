"""Which weights a picture is drawn with: read from the disk, on the thread that draws."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.model_files import STATE_FILE
from iae_studio.threads.failures import describe
from trainer.devices.faults import lost_in_words
from trainer.messages import DeviceLostError, Failed, UserError
from trainer.storage.snapshots import Moment

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot

AHEAD = 0.05  # s: models that take longer to read are not read ahead, or a hand would wait


class MomentLostError(Exception):
    """The file of a moment cannot be shown."""

    def __init__(self, moment: Moment, why: Failed) -> None:
        super().__init__(str(why))
        self.moment, self.why = moment, why


def load_newest(displayed: DisplayedModel, folders: Folders, device_name: str) -> Snapshot:
    """The newest weights on the disk; those of a training's start where there are none yet.

    Raises UserError, and DeviceLostError for a GPU that can be used no more.
    """
    from trainer.devices.alone import beside
    from trainer.devices.choice import choose_device
    from trainer.inference.model_files import load_snapshot
    from trainer.inference.snapshot import fresh_snapshot

    # The training's own device, and its precision, or the pixels would be others than there.
    device = beside(choose_device(device_name))
    path, root = displayed.path, folders.of(displayed.recipe.data.name)
    with lost_in_words(device):
        if path is None or (path.is_dir() and not (path / STATE_FILE).exists()):
            return fresh_snapshot(displayed.recipe, device, root)
        return load_snapshot(path, device, root)


def load_moment(
    displayed: DisplayedModel, folders: Folders, device_name: str, moment: Moment
) -> Snapshot:
    """The weights of a moment, often held already. Raises MomentLostError, and DeviceLostError."""
    try:
        return _of_moment(displayed, folders, device_name, moment)
    except DeviceLostError:
        raise
    except Exception as error:
        raise MomentLostError(moment, describe(error)) from error


def read_ahead(
    near: Iterable[Moment], load: Callable[[Moment], object], asked: Callable[[], bool]
) -> None:
    """Load moments that a hand may want next, one by one, until something is asked."""
    for moment in near:
        if asked():
            return
        began = time.monotonic()
        with suppress(MomentLostError):  # told when it is looked at
            load(moment)
        if time.monotonic() - began > AHEAD:
            return


def _of_moment(
    displayed: DisplayedModel, folders: Folders, device_name: str, moment: Moment
) -> Snapshot:
    from trainer.devices.alone import beside
    from trainer.devices.choice import choose_device
    from trainer.inference.snapshot_cache import LATELY

    recipe = displayed.recipe
    root = folders.of(recipe.data.name)
    device = beside(choose_device(device_name))
    with lost_in_words(device):
        snapshot = LATELY.snapshot(moment.path, device, root)
    # A branch has moments of its parent, whose rates may be others.
    if (snapshot.recipe.model, snapshot.recipe.image_shape) != (recipe.model, recipe.image_shape):
        raise UserError(f"{moment.path} is of another model than the run it lies in: remove it.")
    return replace(snapshot, recipe=recipe)  # its file names no folders of own images
