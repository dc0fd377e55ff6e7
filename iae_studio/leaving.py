"""How the process ends: what the system wishes by signals, and an end nothing holds up. No Qt.

Exit codes: 0 after an orderly end, by a signal too, for everything was saved; 1 where something
could not be saved; 130 after a second Ctrl-C, which waits for nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

# SIGHUP: the terminal was closed, or the connection broke off; on Windows Ctrl-Break.
NUMBERS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)
SECOND = 128 + signal.SIGINT  # exit code after a second Ctrl-C
ECHO = 0.3  # seconds: some starters hand on a Ctrl-C that the terminal sent us as well

_mouths: list[socket.socket] = []  # what Python tells of signals; kept open to the end


@contextmanager
def at_once() -> Iterator[None]:
    """Until the window is there a signal ends the program on the spot: nothing is to be saved."""
    before = _listen_to(lambda *_: os._exit(0))
    try:
        yield
    finally:
        if not _mouths:  # it never was there
            for number, handler in before.items():
                signal.signal(number, handler)


def listen(wished: Callable[[int], object]) -> None:
    """From now on `wished(number)` is called for each signal, on a thread of its own.

    Python runs its handlers on the main thread, once that comes back from Qt. This thread hears of
    a signal at once, whatever the others do, and so the second Ctrl-C ends the program always.
    """
    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    _listen_to(lambda *_: None)
    signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    _mouths.append(mouth)
    threading.Thread(target=_hear, args=(ear, wished), name="signals", daemon=True).start()


def _listen_to(handler: Callable[..., object]) -> dict[signal.Signals, Any]:
    """Set the handlers; those that were there before."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    for number, known in before.items():
        if known is not signal.SIG_IGN or number is not getattr(signal, "SIGHUP", None):  # nohup
            signal.signal(number, handler)
    return before


def _hear(ear: socket.socket, wished: Callable[[int], object]) -> None:
    interrupted: float | None = None
    while numbers := ear.recv(64):
        for number in numbers:
            if number not in NUMBERS:
                continue
            now = time.monotonic()
            if number == signal.SIGINT:
                if interrupted is not None and now - interrupted > ECHO:
                    os._exit(SECOND)
                if interrupted is not None:
                    continue
                interrupted = now
            with suppress(RuntimeError):  # the window is gone already
                wished(number)


def end_now(code: int) -> NoReturn:
    """End the process on the spot, whatever still runs; what was written is on the disk.

    An orderly end comes here too. Taking Python, Qt and torch to pieces takes a second or more on
    a busy machine, in which threads that read or draw could hold it up, or crash it.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # without a console there is none
            stream.flush()
    os._exit(code)
