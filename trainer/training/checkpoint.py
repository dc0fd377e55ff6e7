"""Run folders: safetensors and JSON, never pickle; each file is whole or not there.

RUN/recipe.json        the recipe, when the run began, and the losses it keeps
RUN/state.safetensors  weights, averaged weights, optimisers, random state, step
RUN/curves.f32         float32 [steps, losses]; rows past the state's step do not count
RUN/metrics.json       what `evaluate` measured last
RUN/lock               held by the process that trains it
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from trainer.messages import LOSSES, Floats, Progress, UserError
from trainer.recipe.migration import loss_names, state_name
from trainer.recipe.recipe import Recipe
from trainer.storage.files import write_bytes
from trainer.training.loop import TrainState, start

FORMAT = 1
STATE = "state.safetensors"
LEGACY_LOSS_COLUMNS = 13  # losses of a run that does not say which it keeps
# What file systems say that know no locks: there a run is trained without one.
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}


class RunFolder:
    """A run on disk. Holds the losses that came since the last save."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fresh: list[Floats] = []

    @classmethod
    def create(cls, path: Path, recipe: Recipe) -> RunFolder:
        """A new run. Raises UserError where one stands already, or the place is not writable."""
        if (path / "recipe.json").exists():
            raise UserError(
                f"{path} already holds a run. Go on with it by --resume, or choose another --out."
            )
        began = {
            "format": FORMAT,
            "began": time.strftime("%Y-%m-%d %H:%M:%S"),
            "losses": LOSSES,
            "recipe": asdict(recipe),
        }
        try:
            write_bytes(path / "recipe.json", json.dumps(began, indent=1).encode())
        except OSError as error:
            raise UserError(f"{path} cannot be written: {error.strerror}.") from error
        return cls(path)

    def recipe(self) -> Recipe:
        """The run's recipe. Raises UserError where there is no run or its file is damaged."""
        return self._began()[0]

    def _began(self) -> tuple[Recipe, int]:
        """What was settled at the start: the recipe, and how many of the losses the run keeps."""
        file = self.path / "recipe.json"
        try:
            content = json.loads(file.read_text("utf-8"))
            names = loss_names(content.get("losses", LOSSES[:LEGACY_LOSS_COLUMNS]))
            if not names or tuple(names) != LOSSES[: len(names)]:
                raise UserError(
                    "The run keeps losses that this version of IAE Studio does not know. "
                    "Go on with it in the version that began it."
                )
            return Recipe.from_mapping(content["recipe"]), len(names)
        except UserError as error:
            raise UserError(f"{file}: {error}") from error
        except FileNotFoundError:
            raise UserError(f"{self.path} is not a run folder: it has no recipe.json.") from None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise UserError(f"{file} cannot be read: {error}.") from error

    def has_state(self) -> bool:
        return (self.path / STATE).is_file()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For as long as it is trained. Raises UserError where somebody else trains it."""
        self.recipe()  # else the lock would make the folder
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UserError(
                f"{self.path} is being trained already, by another window or command. "
                "Stop it there, or let it end."
            ) from None
        except (OSError, NotImplementedError) as error:
            if getattr(error, "errno", errno.ENOSYS) not in NO_LOCKS:
                why = getattr(error, "strerror", error)
                raise UserError(f"{self.path} cannot be written: {why}.") from error
        try:
            yield
        finally:
            lock.release()

    def record(self, progress: Progress) -> None:
        """Keep a report's losses for the next save."""
        self._fresh.append(progress.losses)

    def save(self, state: TrainState) -> None:
        """Write the state and the curves up to its step. Raises UserError where it fails:

        the last checkpoint is then untouched, and nothing recorded is forgotten.
        """
        tensors = _pack(state)
        meta = {"step": str(state.step)}  # one entry: their order in the file is arbitrary
        try:
            self._append_curves(state.step)
            write_bytes(self.path / STATE, to_bytes(tensors, meta))
        except (OSError, SafetensorError) as error:
            raise UserError(
                f"The checkpoint could not be written to {self.path}: {error}. "
                "The last one is kept; free some space, then save again."
            ) from error
        self._fresh = []
        for half_written in self.path.glob(f".{STATE}.*"):  # by a process that was killed
            half_written.unlink(missing_ok=True)

    def _append_curves(self, step: int) -> None:
        fresh = [*self._fresh, np.empty((0, len(LOSSES)), np.float32)]
        _, columns = self._began()
        rows = np.concatenate(fresh).astype("<f4")[:, :columns]
        file = self.path / "curves.f32"
        with file.open("r+b" if file.exists() else "w+b") as curves:
            curves.truncate((step - len(rows)) * columns * 4)
            curves.seek(0, os.SEEK_END)
            curves.write(rows.tobytes())
            curves.flush()
            os.fsync(curves.fileno())

    def curves(self) -> Floats:
        """The losses of all steps of the last checkpoint: float32 [steps, losses]."""
        if not self.has_state():
            return np.empty((0, len(LOSSES)), np.float32)
        _, columns = self._began()
        with _opened(self.path / STATE) as file:
            count = _step(file, self.path) * columns
        try:
            values = np.fromfile(self.path / "curves.f32", "<f4", count)
        except FileNotFoundError:
            values = np.empty(0, np.float32)
        rows = values[: len(values) - len(values) % columns].reshape(-1, columns)
        curves = np.full((len(rows), len(LOSSES)), np.nan, np.float32)
        curves[:, :columns] = rows
        return curves

    def load(self, device: torch.device) -> TrainState:
        """The state as it was saved; the start of the run where nothing was saved yet."""
        state = start(self.recipe(), device)
        if self.has_state():
            with _opened(self.path / STATE) as file:
                # Copies: a mapped file could not be replaced by the next save on Windows.
                tensors = {state_name(k): file.get_tensor(k).clone() for k in file.keys()}  # noqa: SIM118
                state.step = _step(file, self.path)
            try:
                _unpack(state, tensors)
            except (KeyError, ValueError, TypeError, RuntimeError) as error:
                raise UserError(
                    f"{self.path / STATE} does not fit its recipe: {error}. "
                    "Was it edited, or begun by another version of IAE Studio?"
                ) from error
        return state


def _opened(path: Path) -> Any:
    try:
        return safe_open(str(path), "pt")
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path} is damaged or not a safetensors file: {error}.") from error


def _step(file: Any, run: Path) -> int:
    try:
        return int(file.metadata()["step"])
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{run / STATE} is not a checkpoint: it names no step.") from error


def _pack(state: TrainState) -> dict[str, Tensor]:
    tensors = {f"model.{k}": v for k, v in state.model.state_dict().items()}
    for part in ("encoder", "decoder"):
        averaged = getattr(state.ema, part).state_dict()
        tensors |= {f"ema.{part}.{k}": v for k, v in averaged.items()}
    for name, optimiser in state.optimisers.items():
        for index, memory in optimiser.state_dict()["state"].items():
            tensors |= {f"{name}.{index}.{k}": v for k, v in memory.items()}
    tensors["rng"] = state.rng.get_state()
    return {key: value.detach().cpu().contiguous() for key, value in tensors.items()}


def _unpack(state: TrainState, tensors: dict[str, Tensor]) -> None:
    def part(prefix: str) -> dict[str, Tensor]:
        return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}

    state.model.load_state_dict(part("model."))
    state.ema.encoder.load_state_dict(part("ema.encoder."))
    state.ema.decoder.load_state_dict(part("ema.decoder."))
    for name, optimiser in state.optimisers.items():
        weights = [weight for group in optimiser.param_groups for weight in group["params"]]
        memory: dict[int, dict[str, Tensor]] = {}
        for key, value in part(f"{name}.").items():
            index, _, entry = key.partition(".")
            memory.setdefault(int(index), {})[entry] = _laid_out_as(weights[int(index)], value)
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": memory, "param_groups": groups})
    if tensors["rng"].shape == state.rng.get_state().shape:
        state.rng.set_state(tensors["rng"])
    else:  # saved on another kind of device, whose random numbers cannot go on here
        state.rng.manual_seed(state.recipe.optim.seed + state.step)


def _laid_out_as(weight: Tensor, value: Tensor) -> Tensor:
    """Adam's fused kernel walks through memory: its moments must lie there as the weights do."""
    return torch.empty_like(weight, device="cpu").copy_(value) if value.dim() else value


__all__ = ["RunFolder"]
