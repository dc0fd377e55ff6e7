"""A state as the bytes of its file, if it is one to keep."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from safetensors.torch import save
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.messages import UserError
from trainer.training.finite import all_finite, diverged
from trainer.training.state import TrainState
from trainer.training.state_file import pack

SEEN = ("directions.", "points")  # of the data, that can be found anew


def state_bytes(
    state: TrainState,
    batches: TrainingBatches | None,
    seen: Mapping[str, Tensor] = MappingProxyType({}),
) -> bytes:
    """The state's file. Raises UserError for a state that must not take another's place.

    `seen` is what is known of the data by its name, where there are no batches to find it in.
    """
    if state.torn:
        raise UserError(
            f"Step {state.step + 1:,} broke off in its middle: what it left is neither that step "
            "nor the one before. Go on from the last checkpoint."
        )
    tensors = {**pack(state, batches), **seen}
    if not all_finite(value for key, value in tensors.items() if not key.startswith(SEEN)):
        raise diverged(state.step)
    meta = {"step": str(state.step)}  # one entry: their order in the file is arbitrary
    return save(tensors, meta)
