"""Takes out of a text who the user is, and how their files and folders are called."""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from iae_studio.diagnostics.hidden_paths import (
    BETWEEN,
    START,
    end_of_path,
    longest_first,
    own_places,
)
from trainer.data.image_kinds import suffixes
from trainer.recipe.options import defaults
from trainer.recipe.recipe import Recipe

IMAGES, DATA, PATH, NAME = "<own images>", "<data>", "<path>", "<name>"
_SHORTEST = 3  # letters of a name that is looked for by itself

# Names that our messages tell without quotes.
_BARE = tuple(
    (re.compile(said), rf"\1{NAME}\2")
    for said in (
        r"(\bShowing ).+(, a model of )",
        r"(\bTraining on ).+?(: \d[^:\n]*|\.?$)",
        r"(\bruns? cannot be read: ).+(\.)$",
        r"( on the images in ).+(: press )",
        r"(^(?:.* (?:INFO|WARNING|ERROR) |[\w.]+: )?)(?![\"<~/\\]|\w:).+?( cannot be \w+ \()",
        r"(^(?:.* (?:INFO|WARNING|ERROR) )?).+( is (?:found\b|too large to be kept ))",
    )
)
_ENTRY = re.compile(r"\d{4}-\d\d-\d\d \d")  # of the log
_MESSAGE = re.compile(rf"{_ENTRY.pattern}.* INFO ")
_FRAME = re.compile(r'^(?P<lead>[\s|]*File )"(?P<path>.+)"(?P<line>, line \d+)')
_CODE = re.compile(  # of the program and of libraries, wherever they lie
    r"^.*?(?P<tail>[/\\](?:iae_studio|trainer|(?:site|dist)-packages|python3\.\d+)[/\\][\w./\\-]+)$"
)
_DOUBLE = re.compile(r'"(.*)"|"(.*)$')
_TYPOGRAPHIC = re.compile(
    "[\u201c\u201e\u201d].+[\u201c\u201d]|\u2018.+\u2019|\u00ab.+\u00bb|\u00bb.+\u00ab"
)
_SINGLE = re.compile(r"(?<!\w)'((?:\\.|[^'\\]|'(?=\w))*)(?:'|$)")
_OF_PYTHON = re.compile(r"(?:attribute|argument|module named|module|codec|type) $")
_BY_PYTHON = re.compile(r"(?: object\b| is not defined| must be )")
_PLAIN = frozenset(
    {"", "xcb", "wayland", "offscreen", "cocoa", "windows", "cuda", "mps", "xpu", "cpu"}
)


class Hider:
    """Takes out of a text who the user is, and what their files are called."""

    def __init__(self, recipes: Iterable[Recipe] = ()) -> None:
        images = [
            Path(place) for r in recipes for place in (r.data.images, r.data.images_b) if place
        ]
        names = sorted({path.stem for path in images} - {""}, key=len, reverse=True)
        self._names = [name for name in names if len(name) >= _SHORTEST]
        self._homes = longest_first([Path.home()])
        self._users = _words([_user(), Path.home().name])
        self._computer = _words([platform.node(), platform.node().partition(".")[0]])
        kinds = "|".join(sorted(re.escape(suffix[1:]) for suffix in suffixes()))
        # A whole name, with the folders before it and the blanks in it.
        self._files = re.compile(rf"[^\n:;,\"']{{0,200}}\.({kinds}|zip)\b", re.IGNORECASE)
        self._image = re.compile(rf"\.({kinds}|zip)$", re.IGNORECASE)
        own, self._data = own_places()
        self._options = frozenset(defaults()) | {path.rpartition(".")[2] for path in defaults()}
        parts = {
            "images": [p for p in longest_first(images) if re.search(r"[/\\]", p)],
            "own": own,
        }
        known = "".join(
            rf"(?P<{name}>{'|'.join(map(re.escape, places))})(?![\w-])|"
            for name, places in parts.items()
            if places
        )
        self._paths = re.compile(f"{known}(?P<other>{START})", re.I if os.name == "nt" else 0)

    def __call__(self, text: str) -> str:
        for place in self._data:
            text = text.replace(place, DATA)
        is_json = _is_json(text)
        in_code, in_name, lines = False, False, list[str]()
        for line in text.split("\n"):
            if in_name and line.strip() and not _ENTRY.match(line):
                lines.append(NAME)  # a name may hold the end of a line
                continue
            if in_code and (line.startswith("    ") or line.strip(" ~^|") == ""):
                lines.append(line)
                in_code = line.startswith("    ") and line.strip(" ~^|") != ""
                continue
            frame = _FRAME.match(line)
            lines.append(self._frame(frame) if frame else self._line(line, is_json))
            in_name = bool(_MESSAGE.match(line)) and lines[-1] != line
            in_code = frame is not None and f'"{PATH}"' not in lines[-1]
        text = "\n".join(lines)
        for home in self._homes:
            text = text.replace(home, "~")
        for word_of, word in ((self._users, "user"), (self._computer, "computer")):
            if word_of is not None:
                text = word_of.sub(word, text)
        return text

    def _frame(self, found: re.Match[str]) -> str:
        """A line of a traceback; what follows the number is the name of a function."""
        path = found["path"]
        where = self._paths.match(path)
        if not (where and where.lastgroup == "own") and not re.fullmatch(r"<[\w. ]+>", path):
            code = _CODE.match(path)
            home = "~" if any(path.startswith(home) for home in self._homes) else PATH
            # A checkout is told with its folder where that bears the program's own name.
            tail = (
                re.sub(r"^.*?([/\\]iae[\w-]*)?$", r"\1", path[: code.start("tail")]) if code else ""
            )
            path = f"{home}{tail}{code['tail']}" if code else PATH
        return f'{found["lead"]}"{path}"{found["line"]}{found.string[found.end() :]}'

    def _line(self, line: str, is_json: bool) -> str:
        line = self._without_paths(line, is_json)
        for name in self._names:
            line = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", IMAGES, line)
        if not is_json:
            for said, instead in _BARE:
                line = said.sub(instead, line)
            line = _DOUBLE.sub(self._quoted, line)
            line = _TYPOGRAPHIC.sub(f'"{NAME}"', line)
            line = _SINGLE.sub(self._single, line)
        if "." not in line:
            return line
        return self._files.sub(lambda found: f"<image>.{found[1]}", line)

    def _without_paths(self, line: str, is_json: bool) -> str:
        done, at = [], 0
        while found := self._paths.search(line, at):
            if found.lastgroup == "own":
                done.append(line[at : found.end()])
                at = found.end()
                continue
            end = end_of_path(line, found.start(), is_json)
            image = self._image.search(line[:end].rstrip(". "))
            word = (
                IMAGES if found.lastgroup == "images" else f"<image>.{image[1]}" if image else PATH
            )
            done += [line[at : found.start()], word]
            at = end
        return "".join(done) + line[at:]

    def _quoted(self, found: re.Match[str]) -> str:
        """Names in double quotes, from the first of a line to the last: one may hold a quote."""
        parts = BETWEEN.split(found[1] if found[1] is not None else found[2])
        parts[::2] = [part if self._is_ours(part) else NAME for part in parts[::2]]
        return f'"{"".join(parts)}"'

    def _single(self, found: re.Match[str]) -> str:
        """As Python quotes: names of files, and words of the code, which stay."""
        before, after = found.string[: found.start()], found.string[found.end() :]
        of_code = _OF_PYTHON.search(before) or _BY_PYTHON.match(after)
        named = found[1].isidentifier() and of_code
        return found[0] if named or self._is_ours(found[1]) else f'"{NAME}"'

    def _is_ours(self, part: str) -> bool:
        where = None if '"' in part else self._paths.match(part)
        own = where is not None and where.lastgroup == "own"
        hidden = re.fullmatch(r"<(?:own images|path|name|data|image>\.\w+)>?", part)
        return own or hidden is not None or part in _PLAIN or part in self._options


def _is_json(text: str) -> bool:
    with suppress(ValueError, RecursionError):
        return isinstance(json.loads(text), dict)
    return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # the system does not know
        return ""


def _words(names: Iterable[str]) -> re.Pattern[str] | None:
    known = {re.escape(name) for name in names if len(name) > 1}
    return re.compile(rf"(?<![^\W_])({'|'.join(known)})(?![^\W_])", re.I) if known else None
