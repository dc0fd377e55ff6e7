"""The settings file: any content of it gives a start, and what is read from it is checked.

Qt parses such a file without mistrust: a pipe is waited for, a value of nested variants overflows
the stack, and a window's state with one wrong byte ends the program. So it is looked at first.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import re
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from trainer.storage.regular import NotAFileError, kind_of, open_regular

NAME = "iae-studio"
MOST = 1 << 20  # bytes of the file; what this program writes has a few thousand
LONGEST = 4096  # letters of a value: no path is longer
_LAYOUT = ("geometry", "state")
_IN_THE_WAY = (errno.ELOOP, errno.EIO)
# A value, or an item of a list, that Qt would build a variant of; an earlier version kept arrays
# of bytes. Its "@" may be spelled by an escape.
_VARIANT = re.compile(
    rb'(?:^|[=,"\s])(?:@|\\x0*40|\\0*100)(?!@|ByteArray\(|Invalid\(\))', re.MULTILINE
)
_ESCAPE = re.compile(rb"\\(\r\n|.)", re.DOTALL)


def open_settings() -> tuple[QSettings, str]:
    """The user's settings, and what is to be told of them."""
    if sys.platform in ("win32", "darwin"):  # the system keeps them, in no file of ours
        return QSettings(NAME, NAME), ""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return settings_at(Path(place) / NAME / f"{NAME}.conf")


def settings_at(file: Path) -> tuple[QSettings, str]:
    """The settings in a file, and what is to be told; what cannot be one is put aside."""
    words = []
    for part in (file, file.with_name(f"{file.name}.lock")):  # Qt waits for its lock, too
        why = _damage(part)
        if not why:
            continue
        aside = part.with_name(f"{part.name}.damaged")
        try:
            part.replace(aside)
            words.append(f"The settings could not be used: {why}. It is kept as {aside}.")
        except OSError:
            file = Path(tempfile.mkdtemp(prefix=f"{NAME}-")) / file.name
            words.append(f"What you set is not remembered: {why}. Move it away.")
            break
    return QSettings(str(file), QSettings.Format.IniFormat), " ".join(words)


def _damage(file: Path) -> str:
    """Why Qt must not read it; empty where it may, and where nothing is there to be read."""
    try:
        with open_regular(file) as opened:
            content = opened.read(MOST + 1)
    except NotAFileError:
        return f"{file} is {kind_of(file)}"
    except OSError as error:
        return f"{file}: {error.strerror}" if error.errno in _IN_THE_WAY else ""
    if len(content) > MOST:
        return f"{file} is too large"
    if _VARIANT.search(_ESCAPE.sub(_joined, content)) or b"\0" in content:
        return f"{file} is damaged"
    return ""


def _joined(escape: re.Match[bytes]) -> bytes:
    """A line that goes on in the next is one line."""
    return b"" if escape[1] in (b"\n", b"\r", b"\r\n") else escape[0]


# ---- values --------------------------------------------------------------------------------------


def text(settings: QSettings, key: str, otherwise: str = "") -> str:
    """A value that is a text, and no longer than one."""
    value = settings.value(key)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST else otherwise


def switch(settings: QSettings, key: str) -> bool | None:
    """A value that is on or off; None where it says neither."""
    value = settings.value(key)  # in memory a bool, in the file a word
    words = {"true": True, "false": False}
    return words.get(str(value).lower()) if isinstance(value, str | bool) else None


def whole(settings: QSettings, key: str, low: int, high: int, otherwise: int) -> int:
    """A whole number from `low` to `high`."""
    value = settings.value(key)  # in memory a number, in the file a word
    known = isinstance(value, int | str) and str(value)[:9].isascii() and str(value)[:9].isdecimal()
    number = int(str(value)[:9]) if known else otherwise
    return number if low <= number <= high else otherwise


# ---- the window's layout -------------------------------------------------------------------------


def keep_layout(settings: QSettings, geometry: QByteArray, state: QByteArray) -> None:
    """Remember where the window and its docks are, with a checksum of each."""
    for key, value in zip(_LAYOUT, (geometry, state), strict=True):
        settings.setValue(key, _sealed(bytes(value.data())))


def kept_layout(settings: QSettings) -> tuple[QByteArray | None, QByteArray | None]:
    """Geometry and state as they were kept; None where a single byte of one is another now."""
    return _opened(settings.value("geometry")), _opened(settings.value("state"))


def forget_layout(settings: QSettings) -> None:
    """Start as for the first time."""
    for key in _LAYOUT:
        settings.remove(key)


def _sealed(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()}:{base64.b64encode(data).decode()}"


def _opened(value: object) -> QByteArray | None:
    if not isinstance(value, str):
        return None
    try:
        data = base64.b64decode(value.partition(":")[2], validate=True)
    except ValueError:
        return None
    return QByteArray(data) if value == _sealed(data) else None
