"""The measures of a model: the paper's, and those that say what the code and the noise hold.

`measures` has a file for each, which registers itself; `formulas` has the mathematics. Everything
follows from the weights, the data and a seed. What cannot be measured is None, with a reason: see
`measurable`.
"""

from __future__ import annotations

from typing import Any

from trainer.data.dataset import DataSet
from trainer.evaluation.measurable import REASONS, CannotMeasureError, Figures
from trainer.evaluation.specs import MEASURES, MeasureSpec, Subject
from trainer.inference.snapshot import Snapshot


def evaluate(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """The figures of all measures that apply to the recipe and the data, as plain numbers.

    One that cannot be measured is None, and the mapping `not_measured` has the reason.
    """
    recipe = snapshot.recipe
    figures = Figures(recipe=recipe.name, step=snapshot.step)
    subject = Subject(snapshot, data, seed)
    for spec in sorted(MEASURES, key=lambda spec: spec.order):
        if not spec.applies(recipe, data):
            continue
        found = Figures()
        with found.measuring(spec.name):
            found.add(spec.measure(subject))
        if taken := (figures.keys() & found.keys()) - {REASONS}:
            raise ValueError(f"the measure {spec.name!r} gives {sorted(taken)} a second time")
        figures.add(found)
    return figures


__all__ = ["MEASURES", "CannotMeasureError", "MeasureSpec", "Subject", "evaluate"]
