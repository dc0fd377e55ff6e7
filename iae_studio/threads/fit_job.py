"""Will it fit? A few steps of a recipe are tried on this computer, and forgotten."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

from trainer.data.progress import OnProgress
from trainer.devices.faults import device_is_lost, lost
from trainer.messages import UserError
from trainer.recipe.fit import Fit
from trainer.recipe.recipe import Recipe


def try_steps(recipe: Recipe, device: str, progress: OnProgress) -> Fit | str:
    """What a training would take; in words, why it cannot be told. What `progress` raises ends it.

    It has the training's own number of threads: its figures are to be the training's.
    """
    progress(0, 0)
    if sys.platform == "linux":  # as the training thread: the window goes first
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    from trainer.devices.alone import alone_on
    from trainer.devices.choice import choose_device
    from trainer.devices.threads import use_threads
    from trainer.training.dry_step import dry_run

    use_threads()
    try:
        where = choose_device(device)
        with alone_on(where):
            return dry_run(recipe, where, progress)
    except UserError as error:
        return str(error)
    except RuntimeError as error:
        if not device_is_lost(error):
            raise
        return f"{lost(error)} Choose the CPU."
