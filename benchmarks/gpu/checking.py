"""Checks of one thing for every kind of model: a line for each, whatever becomes of the others."""

from __future__ import annotations

import argparse
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from benchmarks.machine import describe
from trainer.devices.choice import choose_device

CPU = torch.device("cpu")


def nothing() -> None:
    """As the program sets it."""


@dataclass(frozen=True)
class Check:
    """What is done for each kind; it returns words, or raises."""

    done: Callable[[str, torch.device], str]
    kinds: tuple[str, ...]
    prepare: Callable[[], None] = nothing


def carry_out(checks: Mapping[str, Check], about: str | None) -> int:
    """The program of a file of checks: those that are named, or all."""
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(checks))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="one kind of model")
    args = parser.parse_args()
    device = choose_device(args.device)
    print(describe(device), flush=True)
    failed = 0
    for name in args.checks or checks:
        check = checks[name]
        check.prepare()
        for kind in check.kinds[: 1 if args.quick else None]:
            failed += not _told(name, check, kind, device)
    return min(failed, 1)


def _told(name: str, check: Check, kind: str, device: torch.device) -> bool:
    try:
        print(f"ok      {name}, {kind}: {check.done(kind, device)}", flush=True)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{error!r:.300} ({where.name}:{where.lineno})"
        print(f"FAILED  {name}, {kind}: {said}", flush=True)
        return False
    return True
