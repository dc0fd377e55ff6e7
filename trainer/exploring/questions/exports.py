"""What of a model is written into files: tables of its codes, and the model itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Probe

MOST = 2000  # test images in a table
Column = npt.NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of one length, and what they are about.

    `arrays` has them for NumPy: several columns of one kind, of the codes say, are one array there.
    """

    about: Mapping[str, str]
    arrays: Mapping[str, Column] = field(default_factory=dict)

    def columns(self) -> dict[str, Column]:
        """Columns [N]; those of an array [N, K] are numbered from 0."""
        found: dict[str, Column] = {}
        for name, values in self.arrays.items():
            if values.ndim == 1:
                found[name] = values
            else:
                found |= {f"{name} {place}": values[:, place] for place in range(values.shape[1])}
        return found


@dataclass(frozen=True, eq=False)
class TableOfCodes(Question[Table]):
    """Codes, clusters, noise shares and errors of the inputs, and of up to `most` test images.

    `names` are those of the probe's images. Its noise vectors make what is drawn.
    """

    answered_by: ClassVar[str] = "trainer.exploring.exports:table_of_codes"
    lane: ClassVar[Lane] = Lane.SLOW
    probe: Probe
    names: tuple[str, ...]
    most: int = MOST


@dataclass(frozen=True, eq=False)
class SaveModel(Question[Path]):
    """Write the shown weights as one file that a window opens; `exact` keeps all their bits."""

    answered_by: ClassVar[str] = "trainer.exploring.exports:save_model"
    lane: ClassVar[Lane] = Lane.SLOW
    file: Path
    exact: bool = False
