"""Keeping the weights that are shown, so that the same pixels can be made of them later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.exploring.questions.base import Question
from trainer.messages import Cloud, Clusters, Probe, Rendering


@dataclass(frozen=True)
class Kept:
    """Where the weights that are shown lie for good, and what tells them from any others.

    path: a model file; None for the untrained weights of the recipe's seed. fingerprint: the
    checksum of its tensors; empty without a file.
    """

    path: Path | None
    step: int
    fingerprint: str = ""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Kept weights, and what these very weights made of a probe: of the three one at the most.

    A 2-D model gives a cloud; without images there is none of them.
    """

    kept: Kept
    rendering: Rendering | None = None
    clusters: Clusters | None = None
    cloud: Cloud | None = None


@dataclass(frozen=True, eq=False)
class KeepWeights(Question[Kept]):
    """Have the shown weights lie in a file that nothing thins out or replaces.

    Of a run this writes one of its snapshots, exact to the bit; a model file is such a file.
    """

    answered_by = "trainer.exploring.keeping:keep"


@dataclass(frozen=True, eq=False)
class KeepAndDraw(Question[Drawn]):
    """The same, and draw with them, for weights of a training may be others a moment later.

    `clusters` asks for all categories in place of what becomes of the probe's images.
    """

    answered_by = "trainer.exploring.keeping:keep_and_draw"
    probe: Probe
    clusters: bool = False
