"""The self-test and the speeds of every device, check by check; what fails is a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING

from trainer.messages import UserError
from trainer.reporting.doctor.devices import tried
from trainer.reporting.doctor.records import FAILED, OK, Asked, Row, in_short
from trainer.storage.faults import memory_is_full

if TYPE_CHECKING:
    import torch

    from trainer.reporting.doctor.self_test import Limits, Outcome

NAMES = 20  # letters that the name of a check has room for
IN_USE = "left out: a training runs there, and it does one thing at a time"
Check = Callable[[], tuple[str, bool]]


def self_test(asked: Asked) -> Iterator[Row]:
    """One step and one rendering of each kind of model on each device against the CPU's."""
    if not asked.self_test:
        yield Row("left out", "it was not asked for")
        return
    try:
        import torch

        from trainer.reporting.doctor import self_test as work

        known = tried(asked)
    except UserError:  # the devices' section has told why
        yield Row("left out", f"there is no {asked.device} that works")
        return
    right: dict[str, Outcome] = {}
    for where in map(torch.device, known):
        full = where.type != "cuda" or asked.alone
        limits = work.FULL if full else work.SHORT
        against = "itself, a second time" if where == work.CPU else "the CPU"
        yield Row(str(where), f"against {against}; may be off: {limits.told()}")
        with work.full_precision() if where.type == "cuda" and full else nullcontext():
            for name, check in _checks(where, right, limits).items():
                if asked.cancelled():
                    return
                asked.told(f"Self-test of {where}: {name}")
                outcome = _beside_others(where, check)
                if outcome is None:
                    yield Row("", IN_USE)
                    break
                said, failed = outcome
                yield Row("", f"{FAILED if failed else OK:<8}{name:<{NAMES}}{said}", failed)
        _give_back(asked, where)


def _checks(where: torch.device, right: dict[str, Outcome], limits: Limits) -> dict[str, Check]:
    """What is done on a device; `right` holds what the CPU made of it."""
    from trainer.reporting.doctor import self_test as work

    def against_cpu(kind: str) -> tuple[str, bool]:
        if kind not in right:
            right[kind] = work.outcome(kind, work.CPU)
        return work.compared(work.outcome(kind, where), right[kind], limits)

    found: dict[str, Check] = {kind: partial(against_cpu, kind) for kind in work.KINDS}
    if where.type == "cuda":
        for kind in work.CAPTURED:
            found[f"{kind}, replayed"] = partial(work.captured, kind, where, limits)
    return found


def speeds(asked: Asked) -> Iterator[Row]:
    """Steps and pictures a second of well-known experiments, on each device."""
    if not asked.speeds:
        yield Row("left out", "they were not asked for")
        return
    import torch

    from trainer.reporting.doctor.speeds import EXPERIMENTS, speed

    try:
        known = tried(asked)
    except UserError:
        yield Row("left out", f"there is no {asked.device} that works")
        return
    for where in map(torch.device, known):
        for number, name in enumerate(EXPERIMENTS):
            if asked.trains():
                yield Row("left out", "a training runs, and would share the time with them")
                return
            if asked.cancelled():
                return
            asked.told(f"Speed of {where}: {name}")
            told = _beside_others(where, lambda: (speed(name, where, asked.cancelled), False))  # noqa: B023
            if told is None:
                yield Row(str(where), IN_USE)
                break
            yield Row("" if number else str(where), f"{name:<{NAMES}}{told[0]}")
        _give_back(asked, where)


def _beside_others(where: torch.device, check: Check) -> tuple[str, bool] | None:
    """What a check says, and whether it failed; None where the device has no time for it."""
    from trainer.devices.alone import alone_on

    try:
        with alone_on(where):
            return carried_out(check)
    except UserError:
        return None


def carried_out(check: Check) -> tuple[str, bool]:
    """What a check says, and whether it failed; what goes wrong in it is a failure."""
    try:
        return check()
    except Exception as error:  # torch has many kinds, and drivers more
        full = memory_is_full(error)
        return "its memory is full: close other programs" if full else in_short(error), True


def _give_back(asked: Asked, where: torch.device) -> None:
    """The memory that was taken for it is free for other programs again."""
    from trainer.devices.memory import give_back

    if not asked.trains():
        with suppress(Exception):  # a GPU that was lost has nothing to give
            give_back(where)
