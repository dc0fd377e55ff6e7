"""Which of the user's own images are for testing."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.data.dataset import Rows
from trainer.data.folders.trained_on import TrainedOn

TESTED = 10  # one image of so many is for testing


def for_testing(contents: Tensor, marked: Tensor | None, known: TrainedOn | None) -> Tensor:
    """Which images are for testing, the others to train on: bool [N], of hashes int64 [N].

    It follows from each image alone, so that no other image that comes or goes can move it between
    training and testing: by its folder, where folders are `marked` as parts for testing; else one
    hash of ten is for testing. What a run has trained on is never for testing, and what it kept for
    testing stays so. Copies of one image are on one side.
    """
    if marked is None or not marked.any():
        test = contents.remainder(TESTED) == 0
    else:
        test = marked & ~torch.isin(contents, contents[~marked])
    if known is None:
        return test
    trained, kept = (torch.tensor(sorted(part), dtype=torch.int64) for part in known.parts)
    return (test | torch.isin(contents, kept)) & ~torch.isin(contents, trained)


def held_out(rows: Rows, count: int, by_content: bool) -> Tensor:
    """Which training rows are for validation, `count` of them: bool [N].

    Of own images, `by_content`, copies of one may be some more: they are on one side.
    """
    if by_content and rows.contents is not None:
        order = rows.contents.remainder(1_000_003)  # not the one that test images follow from
        return order <= order.sort().values[count - 1]
    held = torch.zeros(len(rows), dtype=torch.bool)
    held[torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))[:count]] = True
    return held


def by_order(labels: Tensor, seed: int = 0) -> Tensor:
    """As versions did that kept no list of what a run trains on: bool [N], of classes int64 [N].

    A tenth is for testing, at least 8 and at most 2,000 images, never more than half. Every class
    gives its share, and one image at the least where it has two.
    """
    count = len(labels)
    wanted = min(max(round(0.1 * count), 8), 2000, count // 2)
    turn = torch.empty(count, dtype=torch.float64)  # how early an image is taken, within its class
    generator = torch.Generator().manual_seed(seed)
    for label in sorted(set(labels.tolist())):
        members = (labels == label).nonzero()[:, 0]
        members = members[torch.randperm(len(members), generator=generator)]
        turn[members] = torch.arange(len(members), dtype=torch.float64) / len(members)
        if len(members) == 1:
            turn[members] = 1.0  # the only one is for training
    shuffled = torch.randperm(count, generator=generator)  # decides between equals
    test = torch.zeros(count, dtype=torch.bool)
    test[shuffled[turn[shuffled].argsort(stable=True)][:wanted]] = True
    return test
