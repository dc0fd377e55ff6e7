"""What the middle of an encoder makes of images, where its code is a picture."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainer.devices.abilities import does_all

SIDES = (4, 2, 1)  # of the pooled features, the largest that ...
MOST = 1024  # ... keeps them to so many numbers


@contextmanager
def heard(modules: list[nn.Module]) -> Iterator[list[tuple[nn.Module, Tensor]]]:
    """What each of the modules gives, in the order in which they are done.

    On this thread: others may draw with the same weights meanwhile.
    """
    told: list[tuple[nn.Module, Tensor]] = []
    mine = threading.get_ident()

    def hook(module: nn.Module, given: object, output: object) -> None:
        if isinstance(output, Tensor) and threading.get_ident() == mine:
            told.append((module, output))

    hooks = [module.register_forward_hook(hook) for module in modules]
    try:
        yield told
    finally:
        for each in hooks:
            each.remove()


def middle_of(encoder: nn.Module, image: Tensor, noise: Tensor) -> nn.Module:
    """The part of an encoder that gives its narrowest pictures; of several the last.

    In an encoder that goes down and up again it is the end of the way down. Found with one image
    [1, C, H, W] and its noise [1, e].
    """
    parts = [part for part in encoder.modules() if part is not encoder]
    with heard(parts) as told:
        encoder(image, noise)
    pictures = [(part, out) for part, out in told if out.dim() == 4]
    least = min(out.shape[2] * out.shape[3] for _, out in pictures)
    return [part for part, out in pictures if out.shape[2] * out.shape[3] == least][-1]


@torch.inference_mode()
def features(encoder: nn.Module, middle: nn.Module, images: Tensor, noise: Tensor) -> Tensor:
    """The middle's pictures of images [N, C, H, W], pooled and flattened: [N, K]."""
    with heard([middle]) as told:
        encoder(images, noise)
    (_, found) = told[-1]
    fits = (side for side in SIDES if found.shape[1] * side * side <= MOST)
    side = min(next(fits, 1), *found.shape[2:])
    uneven = any(extent % side for extent in found.shape[2:])
    if uneven and not does_all(found.device):
        found = found.cpu()
    return functional.adaptive_avg_pool2d(found, side).flatten(1)
