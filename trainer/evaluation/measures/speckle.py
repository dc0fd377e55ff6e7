"""Speckle: how much the pictures vary from pixel to pixel where drawn images in colour are flat."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.data.dataset import DataSet, Rows
from trainer.evaluation.formulas.speckle import speckle
from trainer.evaluation.measurable import CannotMeasureError, Figures, finite, some_of
from trainer.evaluation.specs import MEASURES, MeasureSpec, Subject
from trainer.inference.snapshot import Snapshot
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

TEST_IMAGES = 500
BATCH = 50


@torch.inference_mode()
def evaluate_speckle(snapshot: Snapshot, data: DataSet, seed: int = 0) -> Figures:
    """On up to 500 test images, chosen at random, one noise draw each; see `formulas.speckle`.

    speckle: of reconstructions, against the test images themselves; of a CycleIAE that translates
        between two kinds of pictures, of translations, against test images of that kind.
    way_back_speckle: in the latter case, of the pictures that come back.
    """
    figures = Figures()
    first, second = data.test, data.other_test
    crosses = _crosses(snapshot.recipe)
    names = ["speckle", *(["way_back_speckle"] if crosses else [])]
    with figures.measuring(*names):
        codes, pictures = _drawn(snapshot, _some(first), seed)
        entries: list[tuple[str, Tensor, Rows | None]] = [(names[-1], pictures, first)]
        if crosses:
            entries.insert(0, ("speckle", codes, second))
        for name, made, true in entries:
            with figures.measuring(name):
                if true is None:
                    raise CannotMeasureError("there are no test images of the second domain")
                known = _some(true).float() / 255
                figures[name] = round(speckle(finite(made, "pictures").clamp(0, 1), known), 3)
    return figures


def _some(rows: Rows) -> Tensor:
    return some_of(rows, TEST_IMAGES).images


def _drawn(snapshot: Snapshot, images: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """The code of each image, and what is decoded from it."""
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(seed)
    codes, pictures = [], []
    for rows in images.split(BATCH):
        x = (rows.float() / 255).to(device)
        z = model.encode(x, model.eps.sample(len(x), rng).to(device))
        pictures.append(model.decode(z, model.noise.sample(len(x), rng).to(device)).cpu())
        codes.append(z.cpu())
    return torch.cat(codes), torch.cat(pictures)


def _crosses(recipe: Recipe) -> bool:
    """Whether the code is a picture of a second kind that is drawn in colour as well."""
    return recipe.translates and recipe.data.second == "class"


def _applies(recipe: Recipe, data: DataSet) -> bool:
    known = DATA_SETS[recipe.data.name]
    return known.drawn and known.colour is True and not recipe.two_dimensional


def _measured(subject: Subject) -> Figures:
    return evaluate_speckle(subject.snapshot, subject.data, subject.seed)


MEASURES.register(MeasureSpec("speckle", applies=_applies, measure=_measured, order=1))
