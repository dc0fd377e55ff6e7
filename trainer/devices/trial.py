"""Whether a device works: a small step of a training is really run on it.

That torch sees a GPU says little: it may have no code for that GPU, its memory may be full, or its
driver may have been lost while the computer slept.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn

from trainer.devices.adam import Adam
from trainer.devices.alone import alone_on
from trainer.devices.first_optimiser import prepare_optimisers
from trainer.messages import UserError
from trainer.storage.faults import memory_is_full

NEAR = 1e-2  # that the device's outcome may differ from the CPU's: TF32 has ten bits


def why_not(device: torch.device) -> str:
    """Empty if a small step runs on the device as on the CPU; else why not, and the way out.

    It is tried once; where its memory is full, which passes, again each time.
    """
    if device.type == "cpu":
        return ""
    try:
        with alone_on(device):
            return _tried(device)
    except UserError:  # it does one thing at a time, and does it now: so it works
        return ""
    except Exception as error:
        return _in_words(error, device)


def forget() -> None:
    """All devices are tried anew."""
    _tried.cache_clear()


@lru_cache(maxsize=64)
def _tried(device: torch.device) -> str:
    try:
        found, right = _small_step(device), _small_step(torch.device("cpu"))
    except Exception as error:  # torch has many kinds, and drivers more
        if memory_is_full(error):
            raise
        return _in_words(error, device)
    if not torch.allclose(found, right, atol=NEAR, rtol=NEAR):
        return f"{title_of(device)} computes wrong numbers: update its driver."
    return ""


def title_of(device: torch.device) -> str:
    """What a device is called by its maker."""
    try:
        if device.type == "cuda":
            return torch.cuda.get_device_name(device)
        if device.type == "xpu":
            return str(torch.xpu.get_device_name(device))
    except Exception:  # a lost driver does not know its name either
        return f"The GPU ({device})"
    return {"cpu": "CPU", "mps": "Apple GPU"}.get(device.type, str(device))


def _small_step(device: torch.device) -> Tensor:
    """A step of Adam on what our networks are made of; outputs before and after it, on the CPU."""
    prepare_optimisers()
    draw = torch.Generator().manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 8, 4, 2, 1),
        nn.BatchNorm2d(8),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(8, 3, 4, 2, 1),
        nn.Flatten(),
        nn.Linear(3 * 64, 16),
    )
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(0.1 * torch.randn(weight.shape, generator=draw))
    images = torch.randn(4, 3, 8, 8, generator=draw).to(device)
    net = net.to(device)
    torch.randn(4, device=device, generator=torch.Generator(device).manual_seed(0))
    optimiser = Adam(net.parameters(), lr=1e-2, fused=True)
    before = net(images)
    before.square().mean().backward()
    optimiser.step()
    return torch.stack([before.detach(), net(images).detach()]).cpu()


def _in_words(error: Exception, device: torch.device) -> str:
    title, said = title_of(device), str(error).strip().splitlines()
    if memory_is_full(error):
        return f"The memory of {title} is full: close other programs that use it."
    if any("no kernel image" in line for line in said):
        return (
            f"This torch has no code for {title}, which is too old or too new for it: install the "
            'build that PyTorch\'s "Get started" page names for that GPU.'
        )
    first = said[0] if said else type(error).__name__
    return f"{title} does not work ({first}): restart the computer, or update its driver."
