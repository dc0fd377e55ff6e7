"""Which training images are nearest to a picture, and whether that is unusually near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from trainer.data.dataset import DataSet, Rows
from trainer.exploring.data_at_hand import data_of
from trainer.exploring.points import Point, points_of
from trainer.exploring.questions.base import Circumstances, untrained
from trainer.exploring.questions.pictures import LOOKED_AT, NearestTraining, Neighbours
from trainer.inference.pixels import to_pixels
from trainer.inference.snapshot import Snapshot
from trainer.messages import DataMissingError, Pixels
from trainer.recipe.specs import DATA_SETS, called

BATCH = 256  # training images at once
COMPARED = 500  # training images whose own nearest one is looked for
MOST_NUMBERS = 1 << 25  # of all pixels that are compared: 128 MiB

NOT_HERE = (
    "The training images ({title}) are not on this computer. Download them, or name their folder, "
    "at the left; then ask again."
)
NOT_FINITE = "The numbers of this model are no longer finite: nothing is near. Train anew."


@dataclass(frozen=True, eq=False)
class Known:
    """The training images that are looked at, as rows of numbers, and how near they are."""

    rows: Rows  # all training images
    places: Tensor  # of those that are looked at
    vectors: Tensor  # [N, K]
    own: Tensor  # [COMPARED]: the distances of some to their own nearest one, sorted
    names: dict[int, str]


_known: WeakKeyDictionary[Snapshot, Known] = WeakKeyDictionary()  # as long as the weights are shown


def nearest_training(
    snapshot: Snapshot, question: NearestTraining, told: Circumstances
) -> Neighbours:
    """The nearest ones, or why there is no answer."""
    if not snapshot.step:
        return _none(snapshot, question, untrained("its codes"))
    try:
        known = _known.get(snapshot) or _look(snapshot, told)
    except DataMissingError as error:
        data = DATA_SETS[snapshot.recipe.data.name]
        why = str(error) if data.own else NOT_HERE.format(title=data.title)
        return _none(snapshot, question, why)
    _known[snapshot] = known
    (point,) = points_of(snapshot, question.probe)
    in_code = by_code(snapshot)
    vector = (point.given if in_code else _drawn(point)).flatten().cpu()
    if not bool(torch.isfinite(vector).all()):
        return _none(snapshot, question, NOT_FINITE)
    index, distances = nearest(vector, known.vectors, question.count)
    if not in_code:
        distances = distances / known.vectors.shape[1] ** 0.5
    usual = float(known.own.median())
    return Neighbours(
        snapshot.step,
        _pixels(known.rows.images[known.places[index]]),
        tuple(_name(snapshot, known, place) for place in known.places[index].tolist()),
        distances.float().numpy(),
        usual,
        float((known.own > distances[0]).double().mean()),
        len(known.vectors),
        len(known.rows),
        in_code,
    )


def by_code(snapshot: Snapshot) -> bool:
    """Whether codes tell images apart: no categories, and no pictures."""
    return not (snapshot.recipe.translates or snapshot.recipe.categorical)


def nearest(vector: Tensor, among: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The places of the nearest rows, and how far they are (Euclidean), nearest first."""
    squares = among.square().sum(1) - 2 * (among @ vector)
    index = squares.topk(min(count, len(among)), largest=False).indices
    apart = among[index].double() - vector.double()  # of near ones rounding is all
    exact = apart.square().sum(1).sqrt()
    order = exact.argsort(stable=True)
    return index[order], exact[order]


def own_distances(vectors: Tensor, some: Tensor) -> Tensor:
    """How far some of the rows are from the nearest of all others, sorted."""
    squares = vectors.square().sum(1)[None] - 2 * (vectors[some] @ vectors.T)
    squares[torch.arange(len(some)), some] = torch.inf
    near = squares.argmin(1)
    apart = vectors[some].double() - vectors[near].double()
    return apart.square().sum(1).sqrt().sort().values


@torch.inference_mode()
def _look(snapshot: Snapshot, told: Circumstances) -> Known:
    """The codes, or the pixels, of training images; they are kept as long as the snapshot."""
    recipe = snapshot.recipe
    data = data_of(recipe, told)
    whole = data.train
    if recipe.varies_code and data.other_train is not None:
        whole = data.other_train  # the tiles are images of the second domain
    fit = MOST_NUMBERS // whole.images[0].numel()
    places = _some(len(whole), LOOKED_AT if by_code(snapshot) else min(LOOKED_AT, fit))
    read = _codes(snapshot) if by_code(snapshot) else lambda images: images.flatten(1).float() / 255
    parts = []
    for start in range(0, len(places), BATCH):
        told.progress(start, len(places))
        parts.append(read(whole.images[places[start : start + BATCH]]).cpu())
    vectors = torch.cat(parts)
    own = own_distances(vectors, _some(len(vectors), COMPARED))
    if not by_code(snapshot):
        own = own / vectors.shape[1] ** 0.5
    return Known(whole, places, vectors, own, _names(data))


def _codes(snapshot: Snapshot) -> Callable[[Tensor], Tensor]:
    """Images uint8 to codes; of a stochastic encoder those without its noise."""
    model = snapshot.model

    def read(images: Tensor) -> Tensor:
        x = images.to(snapshot.device).float() / 255
        codes: Tensor = model.encode(x, x.new_zeros(len(x), model.eps.size))
        return codes.flatten(1)

    return read


def _drawn(point: Point) -> Tensor:
    """The tile's pixels, 0 to 1, as they are shown."""
    with torch.inference_mode():
        picture = point.draw(point.given[None], point.noise[None])[0]
    return (picture.clamp(0, 1) * 255).round() / 255


def _some(count: int, most: int) -> Tensor:
    """Places chosen at random, always the same, in order."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    return order[:most].sort().values


def _names(data: DataSet) -> dict[int, str]:
    return {key: name for each in data.own for key, name in each.by_content.items()}


def _name(snapshot: Snapshot, known: Known, place: int) -> str:
    """As the browser of the data calls it."""
    rows = known.rows
    key = place if rows.contents is None else int(rows.contents[place])
    name = known.names.get(key, str(place))
    return called("training", name, snapshot.recipe.data.name, int(rows.labels[place]))


def _pixels(images: Tensor) -> Pixels:
    return to_pixels(images.float() / 255)


def _none(snapshot: Snapshot, question: NearestTraining, why: str) -> Neighbours:
    nothing = np.zeros((0, *question.probe.images.shape[1:]), np.uint8)
    far = np.zeros(0, np.float32)
    return Neighbours(snapshot.step, nothing, (), far, 0.0, 0.0, 0, 0, by_code(snapshot), why)
