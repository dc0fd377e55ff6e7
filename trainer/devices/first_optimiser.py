"""What torch imports with its first optimiser is imported where it can hold nothing.

A module among them (`torch.fx`) keeps the stack of frames that imported it, and with them every
tensor of the training that they belong to, until garbage is collected; in a window, which freezes
what is there once a training has begun, for good.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cache
from importlib import import_module


@cache
def prepare_optimisers() -> None:
    """Once, before the first; it takes a second or two, which the first would take."""
    thread = threading.Thread(target=_import, name="imports torch's optimisers")
    thread.start()
    thread.join()


def _import() -> None:
    with suppress(Exception):  # a broken installation: told by whoever needs it
        import_module("torch._dynamo")
