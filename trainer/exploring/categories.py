"""Images sorted by the category that the encoder sees in them."""

from __future__ import annotations

from collections.abc import Callable
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
    return sorted_rows(snapshot, data, shown, question, told)


def sorted_rows(
    snapshot: Snapshot, data: DataSet, shown: Recipe, question: SortImages, told: Circumstances
) -> SortedImages:
    """The same of the data of a recipe: of test images spread over all, where there are more."""
    rows = data.test if len(data.test) else data.train
    count = min(question.most, len(rows))
    places = torch.arange(count) * len(rows) // max(1, count)
    some = rows.only(places)
    codes = codes_of(snapshot, some.images, told)
    chosen, sure = codes.argmax(1), codes.amax(1)
    names = class_names(data, rows, shown)
    classes = torch.zeros(codes.shape[1], len(names), dtype=torch.int64)
    if names:
        one = torch.ones(count, dtype=torch.int64)
        classes.index_put_((chosen, some.labels), one, accumulate=True)
    stands_in = shown is not snapshot.recipe
    title = DATA_SETS[shown.data.name].title
    what = "test images" if rows is data.test else "training images"
    name_of = _namer(data, rows, places, "drawn" if stands_in else what.split()[0])

    def member(index: int) -> Member:
        label = names[int(some.labels[index])] if names else ""
        name = name_of(index) + (f" ({label})" if label else "")
        picture = some.images[index].permute(1, 2, 0).contiguous().numpy()
        return Member(picture, name, float(sure[index]), label)

    def category(number: int) -> Category:
        typical, doubtful = ends(chosen, sure, number, question.shown)
        return Category(tuple(map(member, typical)), tuple(map(member, doubtful)))

    return SortedImages(
        snapshot.step,
        torch.bincount(chosen, minlength=codes.shape[1]).numpy(),
        tuple(map(category, range(codes.shape[1]))),
        classes.numpy(),
        names,
        title if stands_in else what,
        DATA_SETS[snapshot.recipe.data.name].title if stands_in else "",
    )


def class_names(data: DataSet, rows: Rows, recipe: Recipe) -> tuple[str, ...]:
    """What each label means; nothing where all images have the same."""
    if len(rows.labels.unique()) < 2:
        return ()
    spec, own = DATA_SETS[recipe.data.name], data.own
    known = own[0].inventory.class_names if own else spec.class_names
    count = int(rows.labels.max()) + 1
    return tuple(known[k] if k < len(known) else str(k) for k in range(count))


def _namer(data: DataSet, rows: Rows, places: Tensor, word: str) -> Callable[[int], str]:
    """What an image is called: own ones by their file, others by their place."""
    files = data.own[0].by_content if data.own else {}
    keys = places if rows.contents is None else rows.contents[places]
    return lambda index: f"{word} {files.get(int(keys[index]), int(keys[index]))}"


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
def input_categories(snapshot: Snapshot, question: InputCategories, told: Circumstances) -> Floats:
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
