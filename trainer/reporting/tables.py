"""Tables for other programs: CSV with a header of comments, or arrays of NumPy. No torch."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.messages import UserError

ENDINGS = (".csv", ".npz")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet computes

Column = npt.NDArray[np.generic]


def table_path(path: Path, endings: tuple[str, ...] = ENDINGS) -> Path:
    """Where a table is written: a name without an ending gets .csv. Raises UserError for others."""
    ending = path.suffix.lower()
    if ending in endings:
        return path
    if not ending or ending[1:].isdecimal():
        return path.with_name(f"{path.name}.csv")
    raise UserError(f"{path}: a table is no {ending}. Choose one of {', '.join(endings)}.")


def csv_bytes(about: Mapping[str, str], columns: Mapping[str, Column]) -> bytes:
    """A line "# name: value" for each thing it is about, then the heads, then the rows.

    Numbers are written so that reading them gives the same ones.
    """
    text = io.StringIO(newline="")
    for name, value in about.items():
        text.write(f"# {name}: {' '.join(str(value).split())}\r\n")
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue().encode()


def _cell(value: Any) -> object:
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool):
        return int(plain)
    if isinstance(plain, float):
        return str(value)  # as few digits as tell a 32-bit number from its neighbours
    if isinstance(plain, str) and plain.startswith(_FORMULA):
        return f"'{plain}"
    return plain


def npz_bytes(about: Mapping[str, str], arrays: Mapping[str, Column]) -> bytes:
    """The arrays by their names, with "_" for blanks, and "about" as JSON."""
    file = io.BytesIO()
    named: dict[str, Any] = {name.replace(" ", "_"): values for name, values in arrays.items()}
    np.savez_compressed(file, about=np.array(json.dumps(dict(about))), **named)
    return file.getvalue()


def measure_rows(metrics: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Measures as rows of a name and a value; those of a group are "group.name"."""
    rows: list[tuple[str, object]] = []
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            rows += [(f"{name}.{inner}", each) for inner, each in measure_rows(value)]
        elif isinstance(value, list):
            rows += [(f"{name}.{place}", each) for place, each in enumerate(value)]
        else:
            rows.append((str(name), "" if value is None else value))
    return rows


def measures_csv(about: Mapping[str, str], metrics: Mapping[str, Any]) -> bytes:
    """Measures as CSV: a row for each."""
    rows = measure_rows(metrics)
    names, values = [row[0] for row in rows], [row[1] for row in rows]
    columns = {"measure": np.array(names, object), "value": np.array(values, object)}
    return csv_bytes(about, columns)
