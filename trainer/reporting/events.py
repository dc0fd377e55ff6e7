"""The losses of a run as events for TensorBoard, whose library is an extra."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from trainer.messages import LOSSES, Floats, UserError
from trainer.storage.faults import in_words
from trainer.storage.files import replacing
from trainer.training.checkpoint import RunFolder

LACKING = (
    "TensorBoard's library is not installed, which writes its files. Install it with: "
    'pip install "iae-studio[tensorboard]"'
)
NAME = "events.out.tfevents.0.iae-studio"  # readers know such files by their beginning
MOST = 10_000  # steps of a curve: more are not told apart on any screen


def write_events(run: Path, folder: Path) -> Path:
    """Write the losses of a run into a folder of its name in `folder`; returns that.

    Of a long run evenly spaced steps are written, the last among them. Raises UserError where
    there are no losses, or they cannot be written.
    """
    library = _library()
    curves = RunFolder(run).curves()
    if not len(curves):
        raise UserError(f"{run.name} has no losses yet: train it first.")
    target = folder / run.name
    if (target / "recipe.json").exists():
        raise UserError(f"{target} is the run itself: choose another folder.")
    with in_words(target, "cannot be written"), replacing(target / NAME) as file:
        writer = library.RecordWriter(file)
        for event in _events(curves):
            writer.write(event)
    return target


def _library() -> Any:
    try:
        from tensorboard.summary.writer import record_writer
    except ImportError as error:
        raise UserError(LACKING) from error
    return record_writer


def _events(curves: Floats) -> Iterator[bytes]:
    """What a file of events holds: its version, then the losses that a step computed."""
    from tensorboard.compat.proto import event_pb2, summary_pb2

    yield event_pb2.Event(wall_time=0.0, file_version="brain.Event:2").SerializeToString()
    last = len(curves) - 1
    for place in np.unique(np.linspace(0, last, min(MOST, len(curves))).round().astype(int)):
        values = [
            summary_pb2.Summary.Value(tag=f"losses/{name}", simple_value=float(value))
            for name, value in zip(LOSSES, curves[place], strict=True)
            if np.isfinite(value)
        ]
        if values:
            summary = summary_pb2.Summary(value=values)
            event = event_pb2.Event(wall_time=float(place), step=int(place) + 1, summary=summary)
            yield event.SerializeToString()
