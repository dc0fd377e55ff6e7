"""Looking at the data of a model: its images, how well it reconstructs them, and its clusters."""

from __future__ import annotations

import threading
import weakref
import zlib
from collections.abc import Hashable

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from trainer.data.aside import Name, read_decisions
from trainer.data.dataset import DataSet, Rows
from trainer.evaluation.formulas.majority import majority
from trainer.exploring.data_at_hand import data_of
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.data import (
    AskAside,
    Judged,
    JudgeImages,
    ListImages,
    Listing,
    ShowImages,
    Where,
)
from trainer.inference.render import column_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import DataMissingError, Pixels
from trainer.recipe.specs import DATA_SETS

BATCH = 50
DRAWS = 2  # noise vectors, the same for all images: an error is the mean over them

_guard = threading.Lock()
_held: tuple[Hashable, weakref.ref[DataSet]] | None = None


def _listed_data(snapshot: Snapshot, told: Circumstances, anew: bool = False) -> DataSet:
    """The data of a model; what was listed last is not looked for on the disk again."""
    global _held
    recipe = snapshot.recipe
    key = recipe, told.root, told.path
    with _guard:
        known = _held[1]() if _held is not None and _held[0] == key else None
    if known is not None and not anew:
        return known
    data = data_of(recipe, told)
    with _guard:
        _held = key, weakref.ref(data)
    return data


def _rows_of(data: DataSet, where: Where) -> Rows:
    first, second = (
        (data.train, data.other_train) if where.training else (data.test, data.other_test)
    )
    return second if where.domain and second is not None else first


def listed(snapshot: Snapshot, question: ListImages, told: Circumstances) -> Listing:
    """What there is to see; where the data are not at hand, why."""
    nothing = np.empty(0, np.int64)
    try:
        data = _listed_data(snapshot, told, anew=True)
    except DataMissingError as error:
        return Listing(nothing, nothing, lacking=str(error))
    rows = _rows_of(data, question.where)
    places = np.arange(len(rows), dtype=np.int64)
    own = data.own[min(question.where.domain, len(data.own) - 1)] if data.own else None
    if rows.contents is None or own is None:
        classes = DATA_SETS[snapshot.recipe.data.name].class_names
        return Listing(rows.labels.numpy(), places, classes, mark=_mark_of(rows))
    keys = rows.contents.numpy()
    named = own.by_content
    names = tuple(named.get(key, str(place)) for place, key in enumerate(keys.tolist()))
    classes = own.inventory.class_names
    return Listing(rows.labels.numpy(), keys, classes, names, mark=_mark_of(rows))


def _mark_of(rows: Rows) -> int:
    """Of own images a number that tells them from others; files may come and go."""
    return 0 if rows.contents is None else zlib.crc32(rows.contents.numpy().tobytes())


def _as_listed(
    snapshot: Snapshot, question: ShowImages | JudgeImages, told: Circumstances
) -> Rows | None:
    """The rows that a question is about; None where they mean other images by now."""
    rows = _rows_of(_listed_data(snapshot, told), question.where)
    return rows if question.mark in (None, _mark_of(rows)) else None


def shown(snapshot: Snapshot, question: ShowImages, told: Circumstances) -> Pixels | None:
    """Their pixels, uint8 [n, H, W, C]; those of large images are averaged."""
    rows = _as_listed(snapshot, question, told)
    if rows is None:
        return None
    images = rows.images[torch.tensor(question.rows, dtype=torch.int64)]
    share = question.longest / max(images.shape[2:]) if question.longest else 1.0
    if share < 1:
        size = [max(1, round(share * side)) for side in images.shape[2:]]
        smaller = interpolate(images.float(), size, mode="bilinear", antialias=True)
        images = smaller.round().clamp(0, 255).to(torch.uint8)
    pixels: Pixels = images.permute(0, 2, 3, 1).contiguous().numpy()
    return pixels


@torch.inference_mode()
def judged(snapshot: Snapshot, question: JudgeImages, told: Circumstances) -> Judged | None:
    """Reconstruct up to so many images, evenly spaced, with the same noise each."""
    rows = _as_listed(snapshot, question, told)
    if rows is None:
        return None
    count = min(len(rows), question.most)
    places = torch.arange(count) * len(rows) // max(count, 1)
    errors, clusters = [], []
    for part in places.split(BATCH):
        told.progress(int(part[0]) * count // len(rows), count)
        images = (rows.images[part].float() / 255).to(snapshot.device)
        found, category = _judge(snapshot, images, bool(question.where.domain))
        errors.append(found.cpu())
        clusters.append(category.cpu())
    error = torch.cat(errors) if errors else torch.empty(0)
    cluster = torch.cat(clusters) if clusters else torch.empty(0, dtype=torch.int64)
    odd = disagree(cluster, rows.labels[places], snapshot.recipe.model.code)
    return Judged(snapshot.step, places.numpy(), error.numpy(), cluster.numpy(), odd.numpy())


def _judge(snapshot: Snapshot, images: Tensor, second: bool) -> tuple[Tensor, Tensor]:
    """Errors [N], and categories [N], or [0] where the code has none."""
    model, recipe = snapshot.model, snapshot.recipe
    errors, codes = [], images[:0]
    for seed in range(DRAWS):
        noise, eps = (
            vector.to(images.device).expand(len(images), -1) for vector in column_noise(model, seed)
        )
        if second:  # of the code's domain: there and back the other way round
            back = model.encode(model.decode(images, noise), eps)
        else:
            codes = model.encode(images, eps)
            back = model.decode(codes, noise)
        errors.append((back - images).square().flatten(1).mean(1))
    category = codes.argmax(1) if recipe.categorical else codes.new_empty(0, dtype=torch.int64)
    return torch.stack(errors).mean(0), category


def disagree(cluster: Tensor, labels: Tensor, clusters: int) -> Tensor:
    """Of each image whether its class is another than its cluster's, bool [N]."""
    if not len(cluster):
        return torch.zeros(0, dtype=torch.bool)
    return majority(cluster, labels, clusters)[cluster] != labels


def aside(snapshot: Snapshot, question: AskAside, told: Circumstances) -> frozenset[Name]:
    """What is set aside once all that was decided is in force."""
    if told.path is None or not told.path.is_dir():
        return frozenset()
    known = read_decisions(told.path)
    return frozenset() if known is None else known.in_force()
