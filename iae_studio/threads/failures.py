"""What went wrong on another thread, in words that help."""

from __future__ import annotations

import traceback

from iae_studio.state.datasets import missing
from trainer.messages import DataMissingError, Failed, UserError
from trainer.storage.faults import memory_is_full, told


def describe(error: BaseException) -> Failed:
    """A `Failed` for any exception; a UserError speaks for itself."""
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, DataMissingError) and error.data:
        return Failed(*missing(error.data), data_missing=True)
    if isinstance(error, DataMissingError):
        return Failed(str(error), gone=error.path)
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
    what = f"{type(error).__name__}: {error}"
    return Failed(what, "The log below has the details; what was saved is kept.", trace=trace)
