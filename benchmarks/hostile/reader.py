"""The child process that reads bad files: it may die, hang or fill its memory."""

from __future__ import annotations

import importlib
import os
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.hostile.formats import Format
from benchmarks.hostile.meter import Meter, Took

MODULES = ("data_files", "own_files", "settings")


@dataclass(frozen=True)
class Answer:
    """How reading ended: "refused", "read" or "other exception"; what it said and took."""

    outcome: str
    told: str
    took: Took


def formats() -> dict[str, Format]:
    """All formats that there are makers of."""
    found: dict[str, Format] = {}
    for name in MODULES:
        with suppress(ModuleNotFoundError):
            found |= importlib.import_module(f"benchmarks.hostile.{name}").FORMATS
    return found


def serve(line: Connection, home: str) -> None:
    """Read what is asked for, a (format, path) at a time, until the other end is closed."""
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        os.environ[variable] = str(Path(home) / variable.lower())
    known = formats()
    # And torch with what its optimisers load, whose time is nobody's.
    for module in ("trainer.data.loading", "trainer.inference.model_files", "torch._dynamo"):
        importlib.import_module(module)
    line.send(None)  # ready
    with suppress(EOFError):
        while True:
            name, path = line.recv()
            line.send(answer(known[name], Path(path)))


def answer(kind: Format, path: Path) -> Answer:
    """Reads one file, in this process."""
    from trainer.messages import UserError

    meter = Meter()
    try:
        kind.read(path)
        outcome, told = "read", ""
    except UserError as error:
        outcome, told = "refused", str(error)
    except BaseException:
        outcome, told = "other exception", traceback.format_exc()
    return Answer(outcome, told, (kind.took or meter.took)())
