"""The losses of a run on disk: float32 [steps, losses], a row for each step."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from trainer.messages import LOSSES, Floats, UserError
from trainer.storage.faults import told
from trainer.storage.files import sync_folder
from trainer.storage.regular import check_regular, open_regular

_BLOCK = 1 << 16  # rows of NaN that are written at once
MOST_LOST = 10**7  # steps whose losses may be missing: it takes memory to say so


def append_rows(file: Path, rows: Floats, columns: int, until: int) -> None:
    """Let the file end at the step `until` with these rows, on the disk when this returns.

    What was there of later steps goes; rows of earlier steps that are lost come back as NaN.
    Raises OSError and UserError.
    """
    rows = rows.astype("<f4")[max(0, len(rows) - until) :, :columns]
    known = until - len(rows)
    there = os.path.lexists(file)
    if there:
        check_regular(file)
    with file.open("r+b" if there else "w+b") as curves:
        whole = min(curves.seek(0, os.SEEK_END) // (columns * 4), known)
        curves.truncate(whole * columns * 4)
        curves.seek(0, os.SEEK_END)
        while whole < known:
            lost = min(known - whole, _BLOCK)
            curves.write(np.full((lost, columns), np.nan, "<f4").tobytes())
            whole += lost
        curves.write(rows.tobytes())
        curves.flush()
        os.fsync(curves.fileno())
    if not there:
        sync_folder(file.parent)


def read_rows(file: Path, steps: int, columns: int) -> Floats:
    """The losses [rows, columns] that a file has of the first steps, at most so many rows."""
    try:
        with open_regular(file) as content:
            there = min(steps, os.fstat(content.fileno()).st_size // (4 * columns))
            values = np.frombuffer(content.read(4 * columns * there), "<f4")
    except FileNotFoundError:
        values = np.empty(0, np.float32)
    except OSError as error:
        raise UserError(told(error, file, "cannot be read")) from error
    rows = values[: len(values) // columns * columns].reshape(-1, columns).astype(np.float32)
    rows[~np.isfinite(rows)] = np.nan
    rows[(rows == 0).all(1)] = np.nan  # a hole in the file: no step has nothing but zeros
    return rows


def whole_curves(file: Path, steps: int, columns: int) -> Floats:
    """The losses of all steps, float32 [steps, losses]; what is not in the file is NaN.

    Raises UserError where nearly nothing is.
    """
    rows = read_rows(file, steps, columns)
    if steps - len(rows) > MOST_LOST:
        raise UserError(
            f"The checkpoint in {file.parent} names the step {steps:,}, and {file.name} has the "
            f"losses of {len(rows):,}: one of them is damaged. Copy the run again."
        )
    curves = np.full((steps, len(LOSSES)), np.nan, np.float32)
    curves[: len(rows), :columns] = rows
    return curves
