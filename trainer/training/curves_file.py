"""The losses of a run on disk: float32 [steps, losses], a row for each step."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from trainer.messages import Floats
from trainer.storage.files import sync_folder
from trainer.storage.regular import check_regular

_BLOCK = 1 << 16  # rows of NaN that are written at once


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
