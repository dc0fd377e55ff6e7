"""Images sorted by the category that the encoder sees in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data.at_hand import data_ready
from trainer.data.dataset import DataSet, Rows
from trainer.data.loading import load_data
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.clusters import (
    Category,
    InputCategories,
    Member,
    SortedImages,
    SortImages,
)
from trainer.inference.model_files import trained_on_of
from trainer.inference.render import column_noise, encode_image
from trainer.inference.snapshot import Snapshot
from trainer.messages import DataMissingError, Floats
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

BATCH = 100
SEED = 0  # of the encoder's noise
UNTRAINED = "Untrained: the categories mean nothing yet. Press Train."


def sort_images(snapshot: Snapshot, question: SortImages, told: Circumstances) -> SortedImages:
    """What falls into each category. Raises UserError where the data cannot be read."""
    if not snapshot.step:
        return _nothing(snapshot, UNTRAINED)
    shown = _at_hand(snapshot.recipe, told.root)
    try:
        before = None if told.path is None else trained_on_of(told.path, shown)
        data = load_data(shown, told.root, told.progress, before)
    except DataMissingError as error:
        return _nothing(snapshot, str(error))
    rows, what = (data.test, "test images") if len(data.test) else (data.train, "training images")
    if shown is not snapshot.recipe:
        what = DATA_SETS[shown.data.name].title
    return sorted_rows(snapshot, rows, data, shown, what, question, told)


def sorted_rows(
    snapshot: Snapshot,
    rows: Rows,
    data: DataSet,
    recipe: Recipe,
    what: str,
    question: SortImages,
    told: Circumstances,
) -> SortedImages:
    """The same of some rows of a data set: spread over all of them where there are more."""
    count = min(question.most, len(rows))
    places = torch.arange(count) * len(rows) // max(1, count)
    images, labels = rows.images[places], rows.labels[places]
    known = len(rows.labels.unique()) > 1
    names = data.own[0].inventory.class_names if data.own else DATA_SETS[recipe.data.name].class_names
    codes = codes_of(snapshot, images, told)
    chosen, sure = codes.argmax(1), codes.amax(1)
    size = codes.shape[1]
    kinds = int(rows.labels.max()) + 1 if known else 0
    classes = torch.zeros(size, kinds, dtype=torch.int64)
    if known:
        classes.index_put_((chosen, labels), torch.ones(count, dtype=torch.int64), accumulate=True)
    keys = places if rows.contents is None else rows.contents[places]
    files = data.own[0].by_content if data.own else {}
    word = "training" if rows is data.train else "test" if recipe is snapshot.recipe else "drawn"

    def member(index: int) -> Member:
        key, label = int(keys[index]), int(labels[index])
        called = names[label] if label < len(names) else str(label)
        title = f"{word} {files.get(key, key)}" + (f" ({called})" if known else "")
        picture = images[index].permute(1, 2, 0).contiguous().numpy()
        return Member(picture, title, float(sure[index]), called if known else "")

    return SortedImages(
        snapshot.step,
        torch.bincount(chosen, minlength=size).numpy(),
        tuple(
            Category(*(tuple(map(member, part)) for part in ends(chosen, sure, k, question.shown)))
            for k in range(size)
        ),
        classes.numpy(),
        tuple(names),
        what,
    )


def ends(chosen: Tensor, sure: Tensor, category: int, shown: int) -> tuple[list[int], list[int]]:
    """Of a category's images the surest, and the least sure; no image is among both."""
    mine = torch.nonzero(chosen == category)[:, 0]
    order = mine[sure[mine].argsort(descending=True, stable=True)].tolist()
    half = min(shown, (len(order) + 1) // 2)
    return order[:half], order[half:][-shown:][::-1]


@torch.inference_mode()
def codes_of(snapshot: Snapshot, images: Tensor, told: Circumstances) -> Tensor:
    """The probabilities [N, K] of images uint8, by one draw of the encoder's noise each."""
    model, rng = snapshot.model, torch.Generator().manual_seed(SEED)
    parts, done = [torch.zeros(0, snapshot.recipe.model.code)], 0
    for some in images.split(BATCH):
        told.progress(done, len(images))
        eps = model.eps.sample(len(some), rng).to(snapshot.device)
        parts.append(model.encode((some.float() / 255).to(snapshot.device), eps).cpu())
        done += len(some)
    return torch.cat(parts)


@torch.inference_mode()
def input_categories(
    snapshot: Snapshot, question: InputCategories, told: Circumstances
) -> Floats:
    """The probabilities of one image."""
    eps = torch.stack([column_noise(snapshot.model, seed)[1] for seed in question.seeds])
    codes = encode_image(snapshot, question.picture, eps.to(snapshot.device))
    found: Floats = codes.mean(0).cpu().numpy().astype(np.float32)
    return found


def _at_hand(recipe: Recipe, root: Path | None) -> Recipe:
    """The recipe, or the same on drawn data where its own is not at hand."""
    stand_in = DATA_SETS[recipe.data.name].stand_in
    if not stand_in or data_ready(recipe.data.name, root):
        return recipe
    return recipe.but(data=stand_in)


def _nothing(snapshot: Snapshot, why: str) -> SortedImages:
    size = snapshot.recipe.model.code
    none = np.zeros(size, np.int64)
    return SortedImages(
        snapshot.step, none, (Category(),) * size, np.zeros((size, 0), np.int64), (), lacking=why
    )
