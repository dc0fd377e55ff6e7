"""What a server sends, chunk by chunk, and an end at once where nobody waits for it any more."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

CHUNK = 1 << 16
TIMEOUT = 20.0  # seconds without a byte
TURN = 0.1  # seconds between two looks whether somebody has given up
AHEAD = 64  # chunks that may wait to be written


class Cancelled(Exception):  # noqa: N818  not an error
    """The user stopped a download; nothing half-written is left behind."""


def chunks_of(url: str, cancelled: Callable[[], bool]) -> Generator[bytes]:
    """The bytes behind an address. Raises OSError, ValueError, HTTPException or Cancelled.

    Looking up a name, connecting and waiting for a byte cannot be broken off on every system. They
    happen on a thread that nobody waits for: where it is not wanted any more, it is left.
    """
    line = _Line(url)
    try:
        while True:
            if cancelled():
                raise Cancelled
            try:
                sent = line.sent.get(timeout=TURN)
            except queue.Empty:
                continue
            if isinstance(sent, Exception):
                raise sent
            if not sent:
                return
            yield sent
    finally:
        line.hang_up()


class _Line:
    """One connection, read by a thread of its own; b"" or an exception is the last that it sends.

    The thread does not keep the program from ending.
    """

    def __init__(self, url: str) -> None:
        self.sent: queue.Queue[bytes | Exception] = queue.Queue(AHEAD)
        self._url = url
        self._left = threading.Event()
        self._answer: Any = None  # there is none before the server answers, nor after its last byte
        threading.Thread(target=self._read, name="download", daemon=True).start()

    def hang_up(self) -> None:
        """Nobody listens any more."""
        self._left.set()
        # Wakes the thread from its wait for a byte; where that fails, its patience ends.
        with suppress(OSError, ValueError, AttributeError):
            end = socket.socket(fileno=os.dup(self._answer.fileno()))
            with end:
                end.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        # Here, as they load slowly, and no start of a program waits for a download.
        import urllib.request
        from http.client import HTTPException
        from urllib.error import HTTPError

        try:
            with urllib.request.urlopen(self._url, timeout=TIMEOUT) as answer:
                self._answer = answer
                while not self._left.is_set() and (chunk := answer.read1(CHUNK)):
                    self._send(chunk)
                self._send(b"")
        except (OSError, ValueError, HTTPException) as error:
            if isinstance(error, HTTPError):  # which is an answer, and has a connection
                error.close()
            self._send(error)

    def _send(self, what: bytes | Exception) -> None:
        while not self._left.is_set():
            with suppress(queue.Full):
                return self.sent.put(what, timeout=TURN)
