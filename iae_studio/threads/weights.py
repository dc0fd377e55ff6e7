"""Which weights a picture is drawn with: read from the disk, on the thread that draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.model_files import STATE_FILE
from iae_studio.threads.failures import describe
from trainer.messages import Failed, UserError
from trainer.storage.snapshots import Moment

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot


class MomentLostError(Exception):
    """The file of a moment cannot be shown."""

    def __init__(self, moment: Moment, why: Failed) -> None:
        super().__init__(str(why))
        self.moment, self.why = moment, why


def load_newest(displayed: DisplayedModel, folders: Folders, device_name: str) -> Snapshot:
    """The newest weights on the disk; those of a training's start where there are none yet."""
    from trainer.devices.choice import choose_device
    from trainer.inference.model_files import load_snapshot
    from trainer.inference.snapshot import fresh_snapshot

    # The training's own device, and its precision, or the pixels would be others than there.
    device = choose_device(device_name)
    path, root = displayed.path, folders.of(displayed.recipe.data.name)
    if path is None or (path.is_dir() and not (path / STATE_FILE).exists()):
        return fresh_snapshot(displayed.recipe, device, root)
    return load_snapshot(path, device, root)


def load_moment(
    displayed: DisplayedModel, folders: Folders, device_name: str, moment: Moment
) -> Snapshot:
    """The weights of a moment, often held already. Raises MomentLostError."""
    try:
        return _of_moment(displayed, folders, device_name, moment)
    except Exception as error:
        raise MomentLostError(moment, describe(error)) from error


def _of_moment(
    displayed: DisplayedModel, folders: Folders, device_name: str, moment: Moment
) -> Snapshot:
    from trainer.devices.choice import choose_device
    from trainer.inference.snapshot_cache import LATELY

    recipe = displayed.recipe
    root = folders.of(recipe.data.name)
    snapshot = LATELY.snapshot(moment.path, choose_device(device_name), root)
    # A branch has moments of its parent, whose rates may be others.
    if (snapshot.recipe.model, snapshot.recipe.image_shape) != (recipe.model, recipe.image_shape):
        raise UserError(f"{moment.path} is of another model than the run it lies in: remove it.")
    return replace(snapshot, recipe=recipe)  # its file names no folders of own images
