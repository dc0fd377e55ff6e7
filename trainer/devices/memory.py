"""How much memory a device has, who holds it, and how much room there is for images."""

from __future__ import annotations

from contextlib import suppress

import torch

from trainer.devices.alone import alone_on
from trainer.devices.machine_memory import available_of_machine as _of_machine
from trainer.devices.machine_memory import left_to_container as _of_container
from trainer.devices.machine_memory import resident, total_of_machine, trim
from trainer.messages import UserError

ON_GPU = 3  # a third of the free memory is for the images, the rest for the networks
IN_RAM = 4  # a quarter
IDLE = 8  # of a GPU's memory the part that may lie idle with us before it is given back
LEAST_IDLE = 1 << 28  # bytes, less than which is not worth the time


def fits(count: int, device: torch.device, mapped: bool) -> bool:
    """Whether `count` bytes of images may lie on the device; `mapped` ones are not in RAM yet."""
    if device.type != "cpu":
        return ON_GPU * count < free_on(device)
    return not mapped or IN_RAM * count < available()


def free_on(device: torch.device) -> int:
    """The bytes that can be taken on a device; on a GPU also what torch keeps for later."""
    if device.type == "cpu":
        return available()
    reserved, allocated = _held(device)
    return _of_gpu(device)[0] + max(0, reserved - allocated)


def used_by_us(device: torch.device) -> int:
    """The bytes that this program holds; on a GPU with what torch keeps for later."""
    return resident() if device.type == "cpu" else _held(device)[0]


def total_on(device: torch.device) -> int:
    """All the bytes that a device has; 0 where nobody tells."""
    return total_of_machine() if device.type == "cpu" else _of_gpu(device)[1]


def taken_on(device: torch.device) -> tuple[int, int]:
    """The bytes that our tensors take on a GPU, and all that it has."""
    return _held(device)[1], _of_gpu(device)[1]


def available() -> int:
    """The bytes of memory that can be taken without pushing anything out to disk."""
    told = [_of_machine(), *_of_container()]
    return max(0, min(told))


# ---- given back ----------------------------------------------------------------------------------


def give_back(device: torch.device) -> None:
    """What is kept of a device's memory for later is free for other programs again."""
    if device.type == "cpu":
        trim()
        return
    # Torch refuses while another thread records a step; a GPU that is lost has nothing to give; and
    # of Apple's, whoever uses it gives it back.
    with suppress(RuntimeError, UserError), alone_on(device):
        torch.accelerator.empty_cache()


def give_back_everywhere() -> None:
    """The same of all devices: a training is over."""
    give_back(torch.device("cpu"))
    for device in _in_use():
        give_back(device)


def give_back_where_much() -> None:
    """The same of each GPU where much lies idle: a job took it, and may never come again."""
    for device in _in_use():
        with suppress(RuntimeError):
            reserved, allocated = _held(device)
            if reserved - allocated > max(LEAST_IDLE, total_on(device) // IDLE):
                give_back(device)


def _in_use() -> list[torch.device]:
    """The GPUs that torch holds memory of: to ask for more would begin to use them."""
    kind = torch.accelerator.current_accelerator()
    if kind is None or not torch.accelerator.is_available():
        return []
    if kind.type == "cuda" and not torch.cuda.is_initialized():
        return []
    return [torch.device(kind.type, number) for number in range(torch.accelerator.device_count())]


# ---- what torch tells of a GPU -------------------------------------------------------------------


def _of_gpu(device: torch.device) -> tuple[int, int]:
    """The bytes of a GPU that nobody has taken, and all that it has.

    An Apple GPU shares the computer's memory, of which other programs have taken some.
    """
    if device.type == "mps":
        most = int(torch.mps.recommended_max_memory())
        left = max(0, most - int(torch.mps.driver_allocated_memory()))
        return min(left, available()), most
    try:
        free, total = torch.accelerator.get_memory_info(device)
    except RuntimeError:  # some of Intel's drivers do not tell
        if device.type != "xpu":
            raise
        total = int(torch.xpu.get_device_properties(device).total_memory)
        free = min(max(0, total - _held(device)[0]), available())
    return int(free), int(total)


def _held(device: torch.device) -> tuple[int, int]:
    """The bytes of a GPU that torch has reserved, and of them those that tensors take."""
    if device.type == "mps":
        taken = int(torch.mps.current_allocated_memory())
        return max(taken, int(torch.mps.driver_allocated_memory())), taken
    return torch.accelerator.memory_reserved(device), torch.accelerator.memory_allocated(device)
