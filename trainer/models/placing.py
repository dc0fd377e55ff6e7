"""Models on their device."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.devices.abilities import does_all
from trainer.models.base import Model


def placed(model: Model, device: torch.device) -> Model:
    """The model on a device, with its channels last in memory only where that is well computed."""
    if does_all(device):
        return model.to(device)
    for part in model.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            part.register_forward_pre_hook(_channels_first)
    return model.to(memory_format=torch.contiguous_format).to(device)


def _channels_first(layer: nn.Module, given: tuple[Tensor]) -> tuple[Tensor]:
    """What a layer gets, laid out as [N, C, H, W] is written; what it makes is laid out alike."""
    (images,) = given
    _, channels, height, width = images.shape
    if images.stride() == (channels * height * width, height * width, width, 1):
        return given
    # Not `contiguous`: a single channel may be last and first at once.
    return (images.clone(memory_format=torch.contiguous_format),)
