"""The doctor's answer as plain text, line by line as it is found. No torch until it is needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trainer.reporting.doctor.checks import self_test, speeds
from trainer.reporting.doctor.devices import devices
from trainer.reporting.doctor.places import data_sets, models, places
from trainer.reporting.doctor.records import FAILED, OK, Asked, Row, in_short
from trainer.reporting.doctor.versions import surroundings, versions, window

QUICK = Asked(self_test=False, speeds=False)
Section = Callable[[Asked], Iterator[Row]]
# The parts of the answer: what needs no torch comes first. Another one is another line.
SECTIONS: dict[str, Section] = {
    "Versions": versions,
    "Window": window,
    "Set from outside": surroundings,
    "Places": places,
    "Data sets": data_sets,
    "Models": models,
    "Devices": devices,
    "Self-test": self_test,
    "Speeds": speeds,
}


@dataclass(frozen=True)
class Line:
    """A line of the text, and whether it tells of a check that failed."""

    text: str
    failed: bool = False


def lines(asked: Asked) -> Iterator[Line]:
    """All sections, a title before each and an empty line between; a last line sums them up.

    Never raises, but what stands in the way is a line. Ends at once where nobody waits any more.
    """
    yield Line(f"IAE Studio on this computer, {time.strftime('%Y-%m-%d %H:%M')}")
    failures = 0
    for title, section in SECTIONS.items():
        began = False
        for row in _rows(section, asked):
            if asked.cancelled():
                return
            if not began:
                yield Line("")
                yield Line(title)
                began = True
            failures += row.failed
            yield Line(str(row), row.failed)
    if asked.cancelled():
        return
    yield Line("")
    yield Line(verdict(failures, asked.self_test), failures > 0)


def verdict(failures: int, tested: bool) -> str:
    """The last line."""
    if failures:
        return f"{FAILED}: {failures} of the checks above; each says what is wrong."
    return f"{OK}: all that was tested works." if tested else "No self-test was made."


def _rows(section: Section, asked: Asked) -> Iterator[Row]:
    """A section's rows; where it breaks off, a row that says why."""
    try:
        yield from section(asked)
    except Exception as error:  # a broken installation is what this is asked for
        said = f"cannot be told: {type(error).__name__}: {in_short(error)}"
        yield Row("", said, failed=asked.self_test)


def doctor(asked: Asked = QUICK) -> str:
    """The whole text; paths and names are in it as they are (see `names.shown`)."""
    return "".join(f"{line.text}\n" for line in lines(asked))
