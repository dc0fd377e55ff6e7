"""The losses that a run's file still has: what is lost of them is told apart from what is there."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from trainer.messages import Floats, UserError
from trainer.storage.faults import told
from trainer.storage.regular import open_regular


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
