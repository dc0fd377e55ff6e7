"""The engine, torch, is loaded behind the window; what is said where it cannot be."""

from __future__ import annotations

from iae_studio.platform_check import missing_runtime, openmp_conflict
from iae_studio.threads.failures import describe
from trainer.devices.records import FoundDevices
from trainer.messages import Failed, UserError


def no_engine(error: Exception) -> Failed:
    """Why the engine cannot be loaded, and the way out."""
    why = str(error) if isinstance(error, UserError) else missing_runtime(error)
    if why:
        return Failed(f"The engine cannot be loaded: {why}")
    remedy = "Reinstall it with: pip install --force-reinstall torch torchvision."
    told = describe(error)
    return Failed(f"The engine cannot be loaded. {told.what}", remedy, trace=told.trace)


def find_again(lost: str) -> FoundDevices:
    """Which devices there are now that one is lost; nothing that lay there is held any longer."""
    from trainer.devices.choice import find_devices, try_again
    from trainer.inference.snapshot_cache import LATELY

    LATELY.forget(lost)
    try_again()
    return find_devices()


def load_engine() -> FoundDevices:
    """Import torch here, where a wait of seconds does not matter; the devices that there are."""
    if why := openmp_conflict():
        raise UserError(why)
    import trainer.inference.model_files
    from trainer.devices.choice import find_devices
    from trainer.devices.threads import use_threads

    assert trainer.inference.model_files
    use_threads()
    return find_devices()
