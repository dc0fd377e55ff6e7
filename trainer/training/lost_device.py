"""A GPU that is lost while something trains on it: what is left is the last checkpoint."""

from __future__ import annotations

from trainer.data.batches import Supply
from trainer.devices.faults import lost, never_free
from trainer.messages import DeviceLostError
from trainer.training.amendments import step_at_rest
from trainer.training.checkpoint import RunFolder
from trainer.training.state import TrainState


def lost_training(
    error: BaseException, folder: RunFolder, state: TrainState, batches: Supply
) -> DeviceLostError:
    """What is said of it. The state is given up: nothing reads, saves or frees it any more."""
    state.torn = True
    device = batches.device
    if device.type != "cpu":
        never_free(state, batches)
    saved, kept = _kept(folder)
    words = f'{state.recipe.name!r}, out={str(folder.path)!r}, resume=True, device="cpu"'
    return DeviceLostError(
        lost(error, device, state.step),
        kept,
        f"Go on on the CPU: trainer.train({words})",
        device=str(device),
        saved=saved,
    )


def _kept(folder: RunFolder) -> tuple[int, str]:
    """The step of the last checkpoint, 0 where none can be named; in words."""
    try:
        saved = step_at_rest(folder)
    except Exception:  # what is wrong there is told by who reads it
        return 0, f"Its run is in {folder.path}."
    if not saved:
        return 0, f"Nothing was saved yet: it begins again in {folder.path}."
    return saved, f"The last checkpoint is of step {saved:,}, in {folder.path}."
