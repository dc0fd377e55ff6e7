"""A small classifier of ours that reads the class off a picture; trained once, then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainer.data.dataset import DataSet, Rows
from trainer.data.sealed import read_tensors, write_tensors
from trainer.devices.adam import Adam
from trainer.evaluation.measurable import CannotMeasureError
from trainer.storage.paths import cache_root

STEPS, BATCH = 1500, 128
FEATURES = 128


def _network(shape: tuple[int, ...], classes: int) -> nn.Sequential:
    channels, side = shape[0], -(-shape[1] // 4)
    return nn.Sequential(
        nn.Conv2d(channels, 24, 5, 2, 2), nn.BatchNorm2d(24), nn.ReLU(),
        nn.Conv2d(24, 48, 3, 2, 1), nn.BatchNorm2d(48), nn.ReLU(),
        nn.Flatten(), nn.Linear(48 * side * side, FEATURES), nn.ReLU(),
        nn.Dropout(0.3), nn.Linear(FEATURES, classes),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class ReferenceClassifier:
    """Reads classes off images float32 [N, C, H, W]; `accuracy` is on test images."""

    network: nn.Module
    accuracy: float

    @torch.inference_mode()
    def read(self, images: Tensor) -> Tensor:
        """The most likely class of each image: int64 [N]."""
        classes: Tensor = self.network(images).argmax(1)
        return classes

    @torch.inference_mode()
    def features(self, images: Tensor) -> Tensor:
        """What the last hidden layer makes of each image: [N, 128]."""
        assert isinstance(self.network, nn.Sequential)
        features: Tensor = self.network[:-2](images)
        return features

    @classmethod
    def of(
        cls, name: str, data: DataSet, device: torch.device, enough: float
    ) -> ReferenceClassifier:
        """The classifier of a data set, from the cache or newly trained (half a minute on a CPU).

        Raises CannotMeasureError if it reads fewer of the test images rightly than `enough`, a
        share: the classes of own images may be hard to tell apart, or a few test images misread.
        """
        mark = _mark(data.train)
        file = cache_root() / "classifiers" / f"{name}-{mark}.safetensors"
        with _seeded(device):  # the same each time: weights, dropout
            network = _network(tuple(data.train.images.shape[1:]), data.classes).to(device)
            if not _restored(network, file):
                _train(network, data.train, device)
                with suppress(OSError):  # without a cache it is only slower next time
                    weights = {k: v.cpu() for k, v in network.state_dict().items()}
                    write_tensors(file, weights)
        network.eval()
        accuracy = _accuracy(network, data.test, device)
        if accuracy < enough:
            raise CannotMeasureError(
                f"a small classifier reads only {accuracy:.1%} of the test images rightly"
            )
        return cls(network, accuracy)


def _mark(rows: Rows) -> str:
    """Differs where other images are learned from, or are otherwise named."""
    some = rows.images[:: 1 if len(rows) < 5000 else 101].numpy().tobytes()
    return hashlib.sha256(some + rows.labels.numpy().tobytes()).hexdigest()[:12]


@contextmanager
def _seeded(device: torch.device) -> Iterator[None]:
    """Random numbers of the CPU and a device begin with a seed, and go on afterwards as before."""
    on_gpu = [device] if device.type != "cpu" else []
    with torch.random.fork_rng(devices=on_gpu, device_type=device.type):
        torch.default_generator.manual_seed(0)  # torch.manual_seed would also seed the other GPUs
        for gpu in on_gpu:
            fresh = torch.Generator(gpu).manual_seed(0)
            torch.get_device_module(gpu).set_rng_state(fresh.get_state(), gpu)
        yield


def _restored(network: nn.Module, file: Path) -> bool:
    """Whether the file is there, whole, and of this very network; else nothing is changed."""
    weights, own = read_tensors(file) or {}, network.state_dict()
    if {k: v.shape for k, v in weights.items()} != {k: v.shape for k, v in own.items()}:
        return False
    network.load_state_dict(weights)
    return True


def _train(network: nn.Module, rows: Rows, device: torch.device) -> None:
    rng = torch.Generator(device).manual_seed(0)
    images, labels = rows.images.to(device), rows.labels.to(device)
    optimiser = Adam(network.parameters(), 2e-3, fused=True)
    fall = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, STEPS)
    network.train()
    for _ in range(STEPS):
        index = torch.randint(len(images), (BATCH,), generator=rng, device=device)
        loss = functional.cross_entropy(network(images[index].float() / 255), labels[index])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        fall.step()


@torch.inference_mode()
def _accuracy(network: nn.Module, rows: Rows, device: torch.device) -> float:
    right = 0
    for images, labels in zip(rows.images.split(500), rows.labels.split(500), strict=True):
        guess = network((images.float() / 255).to(device)).argmax(1).cpu()
        right += int((guess == labels).sum())
    return right / len(rows)
