"""Images sorted by the category that the encoder sees in them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from trainer.data.loading import SomeImages, picture_names
from trainer.exploring.codes import codes_of, noise_of
from trainer.exploring.data_at_hand import test_images
from trainer.exploring.questions.base import Circumstances, untrained
from trainer.exploring.questions.clusters import (
    Category,
    InputCategories,
    Member,
    SortedImages,
    SortImages,
)
from trainer.inference.render import column_noise, encode_image
from trainer.inference.snapshot import Snapshot
from trainer.messages import DataMissingError, Floats
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS


def sort_images(snapshot: Snapshot, question: SortImages, told: Circumstances) -> SortedImages:
    """What falls into each category. Raises UserError where the data cannot be read."""
    if not snapshot.step:
        return _nothing(snapshot, untrained("its categories"))
    try:
        some, shown = test_images(snapshot.recipe, question.most, told)
    except DataMissingError as error:
        return _nothing(snapshot, str(error))
    return sorted_images(snapshot, some, shown, question, told)


def sorted_images(
    snapshot: Snapshot,
    some: SomeImages,
    shown: Recipe,
    question: SortImages,
    told: Circumstances,
) -> SortedImages:
    """The same of these images, which are of the data of `shown`."""
    pictures = np.ascontiguousarray(some.images.permute(0, 2, 3, 1).numpy())
    eps = noise_of(snapshot, len(pictures))
    codes = torch.from_numpy(codes_of(snapshot, pictures, eps, told.progress))
    chosen, sure = codes.argmax(1), codes.amax(1)
    classes = class_names(some, shown)
    counts = torch.zeros(codes.shape[1], len(classes), dtype=torch.int64)
    if classes:
        counts.index_put_((chosen, some.labels), torch.ones_like(chosen), accumulate=True)
    names = picture_names(some, snapshot.recipe, shown)

    def member(index: int) -> Member:
        label = classes[int(some.labels[index])] if classes else ""
        return Member(pictures[index], names[index], float(sure[index]), label)

    def category(number: int) -> Category:
        typical, doubtful = ends(chosen, sure, number, question.shown)
        return Category(tuple(map(member, typical)), tuple(map(member, doubtful)))

    stands_in = shown is not snapshot.recipe
    what = "training images" if some.trained else "test images"
    return SortedImages(
        snapshot.step,
        torch.bincount(chosen, minlength=codes.shape[1]).numpy(),
        tuple(map(category, range(codes.shape[1]))),
        counts.numpy(),
        classes,
        DATA_SETS[shown.data.name].title if stands_in else what,
        DATA_SETS[snapshot.recipe.data.name].title if stands_in else "",
    )


def class_names(some: SomeImages, recipe: Recipe) -> tuple[str, ...]:
    """What each label means; nothing where all images have the same."""
    if len(some.labels.unique()) < 2:
        return ()
    known = some.class_names or DATA_SETS[recipe.data.name].class_names
    count = int(some.labels.max()) + 1
    return tuple(known[k] if k < len(known) else str(k) for k in range(count))


def ends(chosen: Tensor, sure: Tensor, category: int, shown: int) -> tuple[list[int], list[int]]:
    """Of a category's images the surest, and the least sure; no image is among both."""
    mine = torch.nonzero(chosen == category)[:, 0]
    order = mine[sure[mine].argsort(descending=True, stable=True)].tolist()
    half = min(shown, (len(order) + 1) // 2)
    return order[:half], order[half:][-shown:][::-1]


@torch.inference_mode()
def input_categories(snapshot: Snapshot, question: InputCategories, told: Circumstances) -> Floats:
    """The probabilities of one image."""
    eps = torch.stack([column_noise(snapshot.model, seed)[1] for seed in question.seeds])
    codes = encode_image(snapshot, question.picture, eps.to(snapshot.device))
    found: Floats = codes.mean(0).cpu().numpy().astype(np.float32)
    return found


def _nothing(snapshot: Snapshot, why: str) -> SortedImages:
    size = snapshot.recipe.model.code
    none = np.zeros(size, np.int64)
    return SortedImages(
        snapshot.step, none, (Category(),) * size, np.zeros((size, 0), np.int64), (), lacking=why
    )
