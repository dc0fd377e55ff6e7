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
    told, way = f"{lost(error, device, state.step)} {{}} {folder.path}.", _way(folder, state)
    try:
        saved = step_at_rest(folder)
    except Exception:  # what is wrong there is told by who reads it
        return DeviceLostError(told.format("Its run is in"), way, device=str(device))
    kept = f"The last checkpoint is of step {saved:,}, in" if saved else BEGINS_AGAIN
    return DeviceLostError(told.format(kept), way, device=str(device), saved=saved)


BEGINS_AGAIN = "Nothing was saved yet: it begins again in"


def _way(folder: RunFolder, state: TrainState) -> str:
    words = f'{state.recipe.name!r}, out={str(folder.path)!r}, resume=True, device="cpu"'
    return f"Go on on the CPU: trainer.train({words})"
