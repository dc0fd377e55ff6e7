"""Memory that is free again, and kept for later, is given back to others: see `devices.memory`."""

from __future__ import annotations

import sys


def give_back_all() -> None:
    """After a training, or when its place is wanted. Where no engine is loaded, nothing is held."""
    if _engine_is_loaded():
        from trainer.devices.memory import give_back_everywhere

        give_back_everywhere()


def give_back_much() -> None:
    """After any job: where it left much."""
    if _engine_is_loaded():
        from trainer.devices.memory import give_back_where_much

        give_back_where_much()


def _engine_is_loaded() -> bool:
    """Not while another thread imports torch: to do so too would be to wait for that."""
    spec = getattr(sys.modules.get("torch"), "__spec__", None)
    return spec is not None and not getattr(spec, "_initializing", False)
