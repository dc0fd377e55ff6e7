"""A CPU that pretends to be a GPU as far as replayed steps go: streams, events and graphs.

What is recorded is undone where the recording ends, as nothing is run then; a replay runs it.
"""

from __future__ import annotations

import copy
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import torch
import torch._dynamo  # an optimiser loads it, and it keeps what torch.cuda has then for good

from trainer.data.batches import TrainingBatches
from trainer.training.state import TrainState


@dataclass
class OnGpu:
    """Batches that say they lie on a GPU."""

    batches: TrainingBatches
    device = torch.device("cuda")

    def at(self, _: int) -> TrainingBatches:
        return self.batches


@dataclass(eq=False)
class PretendedGpu:
    """What tests look at."""

    state: TrainState | None = None  # of the training that is recorded
    capturing: bool = False
    broken: bool = False  # whether the recording that ends is of no use
    poisoned: list[torch.Generator] = field(default_factory=list)
    replays: int = 0
    step_ms: float = 1.0  # that the device takes
    recorded: int = 0  # events
    waited_for: int = 0
    most_behind: int = 0  # events that nobody has waited for
    streams: int = 32  # handed out in turns
    handed_out: int = 0
    caught_up: int = 0  # times that the default stream was made to wait for another

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In the place of torch.cuda's."""
        default = Stream(self, usual=True)
        for name, value in {
            "Stream": partial(Stream, self),
            "Event": partial(Event, self),
            "CUDAGraph": partial(Graph, self),
            "stream": nullcontext,
            "current_stream": lambda device=None: default,
            "graph_pool_handle": lambda: (0, 1),
        }.items():
            monkeypatch.setattr(torch.cuda, name, value)


@dataclass(eq=False)
class Stream:
    gpu: PretendedGpu
    device: object = None
    usual: bool = False
    device_index = 0

    def __post_init__(self) -> None:
        self.gpu.handed_out += not self.usual
        self.cuda_stream = self.gpu.handed_out % self.gpu.streams

    def wait_stream(self, _: Stream) -> None:
        self.gpu.caught_up += self.usual


class Event:
    def __init__(self, gpu: PretendedGpu, **_: bool) -> None:
        self.gpu, self.number = gpu, 0

    def record(self, _: Stream) -> None:
        self.gpu.recorded += 1
        self.number = self.gpu.recorded
        self.gpu.most_behind = max(self.gpu.most_behind, self.number - self.gpu.waited_for)

    def synchronize(self) -> None:
        self.gpu.waited_for = self.number

    def elapsed_time(self, later: Event) -> float:
        return self.gpu.step_ms * (later.number - self.number)


class Graph:
    """It knows a training's memory by its state, as a true one does by its addresses."""

    def __init__(self, gpu: PretendedGpu) -> None:
        self.gpu, self.before = gpu, list[Any]()

    @property
    def state(self) -> TrainState:
        assert self.gpu.state is not None
        return self.gpu.state

    def register_generator_state(self, rng: torch.Generator) -> None:
        assert not any(rng is each for each in self.gpu.poisoned)

    def capture_begin(self, pool: object, capture_error_mode: str) -> None:
        assert capture_error_mode == "thread_local"
        self.before, self.gpu.capturing = _everything(self.state), True

    def capture_end(self) -> None:
        self.gpu.capturing = False
        _restore(self.state, self.before)
        if self.gpu.broken:  # as torch leaves it
            self.gpu.poisoned.append(self.state.rng)
            raise RuntimeError("operation failed due to a previous error during capture")

    def replay(self) -> None:
        self.gpu.replays += 1
        steps: Any = self.state.captured
        steps._record(self.state, self.state.terms.schedule(self.state.step))


def with_rates_on_device(state: TrainState) -> TrainState:
    """Learning rates are scalars on the device, as on CUDA."""
    for optimiser in state.optimisers.values():
        for group in optimiser.param_groups:
            group["lr"] = torch.zeros(())
    return state


def _everything(state: TrainState) -> list[Any]:
    models = [copy.deepcopy(model.state_dict()) for model in (state.model, state.ema)]
    return [models, copy.deepcopy(_memory(state)), state.rng.get_state()]


def _memory(state: TrainState) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [optimiser.state[weight] for weight in state.optimised(name).values()]
        for name, optimiser in state.optimisers.items()
    }


def _restore(state: TrainState, before: list[Any]) -> None:
    models, memory, drawn = before
    for model, tensors in zip((state.model, state.ema), models, strict=True):
        model.load_state_dict(tensors)
    for name, entries in memory.items():
        weights = state.optimised(name).values()
        for weight, entry in zip(weights, entries, strict=True):
            state.optimisers[name].state[weight] = entry
    state.rng.set_state(drawn)
