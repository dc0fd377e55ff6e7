"""The measures of a model: the paper's, and those that tell what the code and the noise hold.

Each file measures one kind of model; the formulas are in `trainer.evaluation.measures`. Everything
follows from the weights, the data and a seed.
"""

from __future__ import annotations

from typing import Any

import torch

from trainer.data.dataset import DataSet, Rows
from trainer.evaluation.clustering import evaluate_categories
from trainer.evaluation.factors import evaluate_factors
from trainer.evaluation.mixture import evaluate_points
from trainer.evaluation.posteriors import evaluate_places
from trainer.evaluation.reconstructions import evaluate_images
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.evaluation.translation import evaluate_translations
from trainer.inference.render import Snapshot
from trainer.messages import UserError


def evaluate(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """The measures of the recipe's kind, as plain numbers."""
    recipe = snapshot.recipe
    told: dict[str, Any] = {"recipe": recipe.name, "step": snapshot.step}
    if recipe.data.name == "mog":
        return told | evaluate_points(snapshot, data, seed)
    if recipe.two_dimensional:
        return told | evaluate_places(snapshot, data, seed)
    if recipe.translates:
        told |= evaluate_translations(snapshot, data, _domain_classifier(snapshot, data), seed)
    else:
        told |= evaluate_images(snapshot, data, _classifier(snapshot, recipe.data.name, data), seed)
    if recipe.categorical:
        told |= evaluate_categories(snapshot, data, seed)
    if data.test.factors:
        told["factors"] = evaluate_factors(snapshot, data, seed)
    return told


def _domain_classifier(snapshot: Snapshot, data: DataSet) -> ReferenceClassifier | None:
    """Tells the two domains apart, where both are photographs of a kind."""
    if (
        data.other_train is None
        or data.other_test is None
        or snapshot.recipe.data.second == "edges"
    ):
        return None
    both = DataSet(
        _labelled(data.train, data.other_train), _labelled(data.test, data.other_test), classes=2
    )
    return _classifier(snapshot, f"{snapshot.recipe.data.name}-domains", both)


def _classifier(snapshot: Snapshot, name: str, data: DataSet) -> ReferenceClassifier | None:
    if data.classes < 2:
        return None
    try:
        return ReferenceClassifier.of(name, data, snapshot.device)
    except UserError:
        if snapshot.recipe.data.name != "folder":
            raise
        return None  # the classes of own images may be too hard to tell apart


def _labelled(first: Rows, second: Rows) -> Rows:
    count = min(len(first), len(second))
    images = torch.cat([first.images[:count], second.images[:count]])
    return Rows(images, torch.arange(2).repeat_interleave(count))


__all__ = ["evaluate"]
