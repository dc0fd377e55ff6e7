"""How paths stand in a text: where one begins, where it ends, and which are the program's own."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from trainer.messages import UserError
from trainer.storage.paths import (
    DATA_VARIABLE,
    assets,
    cache_root,
    data_root,
    logs_root,
    runs_root,
    session_root,
)

# How a path begins: at a root, a drive, a share, a home, or a folder told from another one.
START = (
    r"(?i:file:)/|(?<![\w.~/>)])(?<!:(?=//))/(?=[^\s/]|/[^\s/])|(?<!\w)[A-Za-z]:[\\/](?=\S)"
    r"|(?<![\w\\])\\\\(?=[\w.?])|(?<!\w)~[\w.-]*[\\/]|(?<![\w.])\.{1,2}[\\/](?=\w)"
)
# What our messages say after a path. The last one counts, so that none is taken for it that
# belongs to a name; a dot or a slash inside a word says that the name goes on.
_REST = r"(?:(?!\w[.](?!json\b)[^\W\d]|[/\\])[^\n]|(?<=Input)/(?=output))*$"
_TAILS = tuple(
    re.compile(rf"^.*(?P<tail>{said}{_REST})")
    for said in (
        r" cannot be \w+(?: \(|:| as an? |$)",
        r" (?:is (?:damaged|not|no|too|there|neither|empty|an?)|already holds|holds|does not)\b",
        r", (?:not )?writable\b",
        r": ",
    )
)
_LEADS_TO_A_PATH = re.compile(r"\b(?:Saved|in|into|to|from|of|on|at|by) $")
BETWEEN = re.compile(r'("(?: is not in | and |, | in )")')  # two names in double quotes


def end_of_path(line: str, start: int, is_json: bool) -> int:
    """Where the path that begins at `start` ends, with the blanks in it."""
    quote = line[start - 1 : start]
    if quote == '"' and not is_json:
        last = line.rfind('"', start)
        between = BETWEEN.search(line, start)
        return between.start() if between else last if last > 0 else len(line)
    if quote in ("'", '"'):
        inside = re.compile(rf"(?:\\.|[^{quote}\\]|(?<=[^\\])'(?=\w))*").match(line, start)
        return inside.end() if inside else len(line)
    if not _LEADS_TO_A_PATH.search(line[:start]):
        for tail in _TAILS:
            if found := tail.match(line[start:]):
                return start + found.start("tail")
    return len(line)


def own_places() -> tuple[list[str], list[str]]:
    """Where the program, its libraries and what it keeps lie; the folder of data somebody named."""
    named = DATA_VARIABLE in os.environ
    program = Path(__file__).parent.parent.parent
    found = [program, Path(sys.prefix), Path(sys.base_prefix)]
    finders: list[Callable[[], Path]] = [assets, runs_root, cache_root, logs_root, session_root]
    for find in finders if named else [*finders, data_root]:
        with suppress(OSError, UserError):
            found.append(find())
    data: list[Path] = []
    with suppress(OSError, UserError):
        data = [data_root()] if named else []
    too_wide = {Path.home(), *Path.home().parents}
    return longest_first(path for path in found if path not in too_wide), longest_first(data)


def longest_first(paths: Iterable[Path]) -> list[str]:
    """All that the paths may be spelled like, so that none is taken for a part of itself."""
    return sorted({word for path in paths for word in _spellings(path)}, key=len, reverse=True)


def _spellings(path: Path) -> set[str]:
    """A path as it may stand in a text: with links followed, in a JSON or a traceback, as a URL."""
    with suppress(OSError, RuntimeError):
        real = os.path.realpath(path)
        plain = {str(path), real}
        found = (
            plain | {json.dumps(text)[1:-1] for text in plain} | {Path(p).as_posix() for p in plain}
        )
        return {text for text in found if len(text) > 1}
    return {str(path)}
