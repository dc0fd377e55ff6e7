"""Text that anybody may read: without the user's name, in lines that fit a mail. No torch."""

from __future__ import annotations

import getpass
import re
import textwrap
from contextlib import suppress
from pathlib import Path

from trainer.reporting.doctor.records import COLUMN, INDENT

WIDTH = 98  # letters of a line; a path alone may be longer


def shown(line: str) -> str:
    """One line as it is printed: without names, wrapped below its own column."""
    line = without_names(line)
    if len(line) <= WIDTH:
        return line
    start = len(line) - len(line.lstrip())
    return textwrap.fill(
        line.lstrip(),
        WIDTH,
        initial_indent=" " * start,
        subsequent_indent=" " * (INDENT + COLUMN),
        break_long_words=False,
        break_on_hyphens=False,
    )


def without_names(text: str) -> str:
    """The same with ~ for the user's home, and no user's name in other paths."""
    with suppress(RuntimeError):  # nobody's home
        home = str(Path.home())
        if len(home) > 1:
            text = re.sub(rf"{re.escape(home)}(?![\w-])", "~", text)
    with suppress(OSError, KeyError, ImportError):  # the system does not know
        name = getpass.getuser()
        if len(name) > 1:
            text = re.sub(rf"(?<=[/\\]){re.escape(name)}(?![\w-])", "user", text)
    return text
