"""Damaged settings: whatever lies in their place, the window opens.

The window is opened by a child process, which serves one file after another until one ends it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import select
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.hostile.formats import Format
from trainer.messages import UserError

SECONDS = 20  # until a window counts as hanging


# ---- what is bad ---------------------------------------------------------------------------------


@cache
def good() -> bytes:
    """What the program itself leaves behind."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "good.conf"
        window(file)
        return file.read_bytes()


def damaged(rng: random.Random) -> bytes:
    """A good file of which some bytes are others now."""
    content = bytearray(good())
    for _ in range(rng.choice((1, 1, 2, 5, 40))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def cut(rng: random.Random) -> bytes:
    return good()[: rng.randrange(len(good()))]


def noise(rng: random.Random) -> bytes:
    return rng.randbytes(rng.choice((1, 100, 5000)))


def huge(rng: random.Random) -> bytes:
    return b"[General]\n" + b"".join(b"k%d=%d\n" % (k, k) for k in range(700_000))


def escaped(data: bytes) -> str:
    return "".join(f"\\x{byte:x}" for byte in data)


def of_values(**values: str) -> bytes:
    lines = [f"{name.replace('_', chr(92))}={value}" for name, value in values.items()]
    return "\n".join(["[General]", *lines, ""]).encode()


def earlier_layout(rng: random.Random) -> bytes:
    """As an earlier version kept it, without a checksum, and one byte is wrong."""
    state = bytearray(_state())
    state[rng.randrange(len(state))] = rng.randrange(256)
    value = f'"@ByteArray({escaped(bytes(state))})"'
    return of_values(**{rng.choice(("state", "geometry")): value})


@cache
def _state() -> bytes:
    import base64

    line = next(line for line in good().splitlines() if line.startswith(b"state="))
    return base64.b64decode(line.partition(b":")[2].rstrip(b'"'))


def nested(rng: random.Random) -> bytes:
    """A list in a list in a list: as deep as the stack."""
    deep = struct.pack(">II", 9, 1) * rng.choice((10, 2000, 60_000))
    head = rng.choice(("@Variant(", "\\x40Variant(", "\\100Variant(", "\\\n@Variant("))
    return of_values(**{rng.choice(("dark", "recipe", "state")): f'"{head}{escaped(deep)})"'})


def variant(rng: random.Random) -> bytes:
    """A value of any of Qt's kinds, with nonsense in it."""
    kind = rng.choice((*range(1, 70), 0x1000, 2**31))
    data = struct.pack(">I", kind) + rng.randbytes(rng.randrange(60))
    return of_values(**{rng.choice(KEYS): f'"@Variant({escaped(data)})"'})


def other_kinds(rng: random.Random) -> bytes:
    values = ("true", "1, 2", "@Invalid()", '""', "n" * 9000, "\\x0", "../" * 40, "NaN", "1e999",
              "@Rect(1 2 3 4)", "@Size(9 9)", "@DateTime(\\0\\0\\0\\x10)",
              "<img src='/dev/zero'>")  # fmt: skip
    return of_values(**{key: rng.choice(values) for key in KEYS})


KEYS = ("dark", "recipe", "geometry", "state", "folder", "data", "data_mnist", "data_svhn")
CONTENTS = (damaged, cut, noise, earlier_layout, nested, variant, other_kinds, damaged, huge)


def folder(file: Path) -> None:
    file.mkdir()
    (file / "something").write_text("else")


def device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def loop(file: Path) -> None:
    file.symlink_to(file)


def locked(file: Path) -> None:
    """Qt waits for the file that it locks with, too."""
    file.write_bytes(good())
    os.mkfifo(file.with_name(f"{file.name}.lock"))


KINDS: tuple[Callable[[Path], object], ...] = (folder,)
if hasattr(os, "mkfifo"):
    KINDS = (folder, os.mkfifo, device, loop, locked)


def make(rng: random.Random, place: Path) -> Path:
    """One bad settings file."""
    inside = Path(tempfile.mkdtemp(dir=place))
    file = inside / "iae-studio.conf"
    if rng.random() < 0.1:
        rng.choice(KINDS)(file)
    else:
        weights = [1.0] * (len(CONTENTS) - 1) + [0.05]  # the large ones take long
        file.write_bytes(rng.choices(CONTENTS, weights)[0](rng))
    return file


# ---- how the program reads it --------------------------------------------------------------------


class Window:
    """A process that opens a window on one settings file after another."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory()
        names = ("DATA_HOME", "CACHE_HOME", "CONFIG_HOME", "STATE_HOME")
        folders = {f"XDG_{name}": self._home.name for name in names}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.hostile.settings"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | folders | {"QT_QPA_PLATFORM": "offscreen"},
            cwd=Path(__file__).parent.parent.parent,
            text=True,
            bufsize=1,
        )

    def open(self, file: Path) -> str:
        """What the window says of the file. Raises where it does not open."""
        assert self._child.stdin is not None and self._child.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.write(f"{file}\n")
        ready, _, _ = select.select([self._child.stdout], [], [], SECONDS)
        answer = self._child.stdout.readline() if ready else ""
        if not answer.startswith("opened"):
            self.close()
            why = answer or f"it ended with {self._child.returncode}" if ready else "it hangs"
            raise RuntimeError(f"no window on {file}: {why}")
        return answer.partition(" ")[2].strip()

    def close(self) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._home.cleanup()


_window: Window | None = None


def window(file: Path) -> str:
    """Open a window on the settings in a file; returns what it says of them."""
    global _window
    if _window is None:
        _window = Window()
        atexit.register(end)
    try:
        return _window.open(file)
    except RuntimeError:
        _window = None
        raise


def end() -> None:
    """Close the process that opens windows."""
    global _window
    if _window is not None:
        _window.close()
        _window = None


def read(file: Path) -> None:
    """The same; what it says of them is a refusal."""
    if told := window(file):
        raise UserError(told)


FORMATS = {"settings": Format(make, read)}


# ---- the child -----------------------------------------------------------------------------------


def serve() -> None:
    """Open a window on each file that is named, as a start does."""
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    for line in sys.stdin:
        print(_opened(app, Path(line.rstrip("\n"))), flush=True)


def _opened(app: object, file: Path) -> str:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from iae_studio.app import Studio
    from iae_studio.settings import settings_at, switch
    from iae_studio.style import theme

    assert isinstance(app, QApplication)
    wrong: list[str] = []
    sys.excepthook = lambda kind, error, _: wrong.append(f"{kind.__name__}: {error}")
    try:
        settings, told = settings_at(file)
        theme.apply(app, switch(settings, "dark") is not False)
        studio = Studio(settings)
        studio._last_recipe()
        studio.data.folders.now()
        studio.window.show()
        app.processEvents()
        studio.window.close()
        studio.window.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        settings.sync()
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
    words = " ".join((wrong[0] if wrong else told).split())
    return f"{'failed' if wrong else 'opened'} {words}"


if __name__ == "__main__":
    serve()
