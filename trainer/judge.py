"""A small classifier of ours that reads the class off a picture; trained once, then kept."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import Tensor, nn
from torch.nn import functional

from trainer.data import DataSet
from trainer.files import write_bytes
from trainer.messages import UserError
from trainer.places import cache_root
from trainer.spaces import Empirical

STEPS, BATCH = 1500, 128
ENOUGH = 0.98  # a judge below this accuracy is no judge


def _network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 24, 5, 2, 2), nn.BatchNorm2d(24), nn.ReLU(),
        nn.Conv2d(24, 48, 3, 2, 1), nn.BatchNorm2d(48), nn.ReLU(),
        nn.Flatten(), nn.Linear(48 * 49, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Judge:
    """Reads classes off images float32 [N, 1, 28, 28]; `accuracy` is on test images."""

    network: nn.Module
    accuracy: float

    @torch.inference_mode()
    def read(self, images: Tensor) -> Tensor:
        """The most likely class of each image: int64 [N]."""
        classes: Tensor = self.network(images).argmax(1)
        return classes

    @classmethod
    def of(cls, name: str, data: DataSet, device: torch.device) -> Judge:
        """The judge of a data set, from the cache or newly trained (half a minute on a CPU).

        Raises UserError if it does not reach 98 % itself.
        """
        mark = hashlib.sha256(data.train[::101].numpy().tobytes()).hexdigest()[:12]
        file = cache_root() / "judges" / f"{name}-{mark}.safetensors"
        with torch.random.fork_rng(devices=[]):  # the same judge each time: weights, dropout
            torch.manual_seed(0)
            network = _network().to(device)
            if not _restored(network, file):
                _train(network, data, device)
                with suppress(OSError):  # without a cache it is only slower next time
                    weights = {k: v.cpu() for k, v in network.state_dict().items()}
                    write_bytes(file, to_bytes(weights))
        network.eval()
        accuracy = _accuracy(network, data, device)
        if accuracy < ENOUGH:
            raise UserError(
                f"The judge of {name} reads only {accuracy:.1%} of the test images rightly; "
                f"label agreement would mean nothing. Delete {file} and try again."
            )
        return cls(network, accuracy)


def _restored(network: nn.Module, file: Path) -> bool:
    try:
        network.load_state_dict(load_file(file))
    except (OSError, SafetensorError, RuntimeError):  # absent or damaged
        return False
    return True


def _train(network: nn.Module, data: DataSet, device: torch.device) -> None:
    rng = torch.Generator(device).manual_seed(0)
    images, labels = data.train.to(device), data.train_labels.to(device)
    optimiser = torch.optim.Adam(network.parameters(), 2e-3, fused=True)
    fall = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, STEPS)
    network.train()
    for _ in range(STEPS):
        index = torch.randint(len(images), (BATCH,), generator=rng, device=device)
        loss = functional.cross_entropy(network(images[index].float() / 255), labels[index])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        fall.step()


@torch.inference_mode()
def _accuracy(network: nn.Module, data: DataSet, device: torch.device) -> float:
    source = Empirical(data.test)
    right = 0
    for rows, labels in zip(
        torch.split(source.rows, 500), torch.split(data.test_labels, 500), strict=True
    ):
        guess = network((rows.float() / 255).to(device)).argmax(1).cpu()
        right += int((guess == labels).sum())
    return right / len(data.test)
