"""A small convolutional network that measures train for themselves: same seed, same network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from trainer.data.progress import OnProgress, unheard
from trainer.devices.adam import Adam

WIDTHS = (16, 32, 64)
HIDDEN = 128
LARGE = 40  # px; larger images lose half their side in the first layer, to save time
READ_AT_ONCE = 500


def convolutional(shape: tuple[int, int, int], outputs: int, seed: int) -> nn.Sequential:
    """A network from images [N, C, H, W] of one shape (C, H, W) to [N, outputs].

    Three convolutions, each with batch normalisation and maximum pooling, then a hidden layer
    that still knows the places, since a factor may be a place. From 100 labels of MNIST as given
    it learns to 12 % error; strided convolutions without pooling come to 25 %.
    The global generator is left as it was, on every device.
    """
    channels, height, width = shape
    layers: list[nn.Module] = []
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would also seed the GPUs
        for number, into in enumerate(WIDTHS):
            size = 5 if number == 0 else 3
            stride = 2 if number == 0 and min(height, width) > LARGE else 1
            layers += [
                nn.Conv2d(channels, into, size, stride, size // 2, bias=False),
                nn.BatchNorm2d(into),
                nn.ReLU(),
                nn.MaxPool2d(2, ceil_mode=True),
            ]
            channels, height, width = into, -(-height // 2 // stride), -(-width // 2 // stride)
        hidden = nn.Linear(channels * height * width, HIDDEN, bias=False)
        layers += [nn.Flatten(), hidden, nn.BatchNorm1d(HIDDEN), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(HIDDEN, outputs))


def train(
    network: nn.Module,
    loss: Callable[[], Tensor],
    steps: int,
    rate: float,
    progress: OnProgress = unheard,
) -> None:
    """Take `steps` of AdamW on the loss of a fresh batch each; leaves the network in eval mode.

    The learning rate rises to `rate` and falls to nearly 0 (one cycle). `progress(step, steps)` may
    raise.
    """
    optimiser = Adam(network.parameters(), rate, weight_decay=1e-2, decoupled_weight_decay=True)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps)
    network.train()
    for step in range(steps):
        progress(step, steps)
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()
        cycle.step()
    network.eval()


@torch.inference_mode()
def outputs_of(network: nn.Module, images: Tensor) -> Tensor:
    """The network's outputs [N, F] for images [N, C, H, W], uint8 or float in [0, 1]."""
    return torch.cat([network(unit(part)) for part in torch.split(images, READ_AT_ONCE)])


def unit(images: Tensor) -> Tensor:
    """uint8 -> float in [0, 1]; floats are taken to be there already."""
    return images.float() / 255 if images.dtype == torch.uint8 else images.float()
