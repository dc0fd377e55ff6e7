"""The two domains of a CycleIAE, made of one data set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from trainer.data.dataset import DataSet, Rows
from trainer.data.edge_detection import find_edges
from trainer.data.request import Request
from trainer.messages import UserError

FEWEST_OF_A_DOMAIN = 8  # images to train on, where the domains are two classes


def two_domains(whole: DataSet, request: Request) -> DataSet:
    """The second domain from the first: its edges, of the other half; or its second class."""
    if request.second == "class":
        _check_pair(whole, request)
    (train, other_train), (test, other_test) = (
        domains(rows, request) for rows in (whole.train, whole.test)
    )
    return replace(whole, train=train, test=test, other_train=other_train, other_test=other_test)


def _check_pair(whole: DataSet, request: Request) -> None:
    """Raises UserError where there are not two classes, each with images to train on."""
    names = whole.own[0].inventory.class_names if whole.own else ()
    where = f'"{Path(request.images).name}"' if request.images else request.data
    if whole.classes != 2:
        held = f"{whole.classes} classes" if whole.classes > 1 else "one class"
        held += f" ({', '.join(names[:6])})" if names else ""
        raise UserError(
            f"{where} holds {held}, but not two classes to translate between: give a folder with "
            "two class folders, or a second folder with --images-b."
        )
    counts = whole.train.labels.bincount(minlength=2).tolist()
    if min(counts) < FEWEST_OF_A_DOMAIN:
        few = counts.index(min(counts))
        called = f'"{names[few]}"' if names else f"class {few}"
        raise UserError(
            f"Of {called} in {where} there are {counts[few]} images to train on, of the other "
            f"class {counts[1 - few]}: each domain needs at least {FEWEST_OF_A_DOMAIN}."
        )


def domains(rows: Rows, request: Request) -> tuple[Rows, Rows]:
    """Some rows as those of either domain."""
    if request.second == "class":
        return rows.only(rows.labels == 0), rows.only(rows.labels == 1)
    # Unpaired: no image has its own edges in the other domain.
    half = torch.arange(len(rows)) % 2 == 0
    first, second = rows.only(half), rows.only(~half)
    edges = second.edges if second.edges is not None else find_edges(second.images)
    return first, replace(second, images=edges, mapped=False)
