"""Memory that is free again, and kept for later, is given back to others: see `devices.memory`."""

from __future__ import annotations

import sys


def give_back_all() -> None:
    """After a training, or when its place is wanted. Where no engine is loaded, nothing is held."""
    if "torch" in sys.modules:
        from trainer.devices.memory import give_back_everywhere

        give_back_everywhere()


def give_back_much() -> None:
    """After any job: where it left much."""
    if "torch" in sys.modules:
        from trainer.devices.memory import give_back_where_much

        give_back_where_much()
