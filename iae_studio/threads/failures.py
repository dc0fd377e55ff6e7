"""What went wrong on another thread, in words that help."""

from __future__ import annotations

import traceback

from iae_studio.state.datasets import missing
from iae_studio.state.devices import Lost
from trainer.devices.faults import device_is_lost, lost
from trainer.messages import DataMissingError, DeviceLostError, DivergedError, Failed, UserError
from trainer.storage.faults import memory_is_full, told


def describe(error: BaseException) -> Failed:
    """A `Failed` for any exception; a UserError speaks for itself."""
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, DataMissingError) and error.data:
        return Failed(*missing(error.data), data_missing=True)
    if isinstance(error, DataMissingError):
        return Failed(str(error), gone=error.path)
    if isinstance(error, DeviceLostError):
        return Failed(error.event, error.kept, trace=trace)
    if isinstance(error, UserError):
        return Failed(str(error))
    if isinstance(error, OSError):
        return Failed(told(error), trace=trace)
    if memory_is_full(error):
        of = "GPU's " if type(error).__name__ == "OutOfMemoryError" else ""
        return Failed(
            f"The {of}memory is full.",
            "Close other programs, or use a smaller batch, fewer images or a -small recipe; what "
            "was saved is kept.",
            memory_full=True,
            trace=trace,
        )
    if device_is_lost(error):
        return Failed(lost(error), "What was saved is kept.", trace=trace)
    what = f"{type(error).__name__}: {error}"
    return Failed(what, "The log below has the details; what was saved is kept.", trace=trace)


def describe_passing(error: Exception) -> Failed:
    """The same of what a training survives; a lost GPU, or that it diverged, is raised again."""
    if isinstance(error, DivergedError) or device_is_lost(error):
        raise error
    return describe(error)


def lost_of(error: DeviceLostError) -> Lost:
    """The same without what lay on the GPU, which the error's trace would hold."""
    return Lost(error.device, describe(error), error.saved)
