"""Where every exception ends that nobody caught, and what Qt has to say: in the log, and told."""

from __future__ import annotations

import re
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from iae_studio.diagnostics.log import logger
from iae_studio.state.messages import FAULT, REPORT, SHOW_LOG, Message, Messages, short

OFTEN = 3  # how many times the same is written down in full; then at 10, 100, 1000...
PAUSE = 1000  # ms between two things that are told
LONGEST = 160  # letters of what an exception says
_LEVELS = {
    QtMsgType.QtDebugMsg: 10,
    QtMsgType.QtInfoMsg: 20,
    QtMsgType.QtWarningMsg: 30,
    QtMsgType.QtCriticalMsg: 40,
    QtMsgType.QtFatalMsg: 50,
}


@dataclass(frozen=True)
class _Fault:
    """An exception; another of its kind, from the same place, is the same."""

    kind: str
    place: str
    what: str = field(compare=False)


class Watch(QObject):
    """Python's and Qt's hooks, from `install` to `remove`."""

    _caught = Signal()  # on any thread

    def __init__(self, last_words: Callable[[str], None], parent: QObject | None = None) -> None:
        """`last_words` are written at once: Qt ends the program after them."""
        super().__init__(parent)
        self._last_words = last_words
        self._lock = threading.Lock()
        self._seen: Counter[object] = Counter()
        self._fresh: dict[_Fault, str] = {}  # what is to be told, each with its trace once
        self._told: list[_Fault] = []
        self._telling = False
        self._messages: Messages | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._tell)
        # Queued: it may come from within a painting, in which nothing may be shown or hidden.
        self._caught.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """From here on nothing is lost, and nothing is printed."""
        sys.excepthook = self._exception
        threading.excepthook = self._of_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(self._qt)

    def remove(self) -> None:
        """The hooks as they were."""
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        self._timer.stop()
        self._messages = None

    def tell(self, messages: Messages) -> None:
        """Say there what goes wrong from now on, and what did before."""
        self._messages = messages
        messages.logged.connect(self._copy)
        self._hear()

    def _copy(self, text: str) -> None:
        """What the window's log says; of faults the file has it already."""
        if not self._telling:
            logger.info("%s", text)

    # ---- on any thread -----------------------------------------------------------------------

    def _exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        fault = _Fault(kind.__name__, _innermost(trace), _said(error))
        words = self._write(fault, lambda: "".join(traceback.format_exception(error)))
        with self._lock:
            waits = bool(self._fresh)
            self._fresh[fault] = self._fresh.get(fault) or words
        if not waits:  # a thousand a second are one signal
            self._caught.emit()

    def _of_thread(self, failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None and not issubclass(failed.exc_type, SystemExit):
            self._exception(failed.exc_type, failed.exc_value, failed.exc_traceback)

    def _unraisable(self, failed: sys.UnraisableHookArgs) -> None:
        """In a destructor, say: of interest to nobody but us."""
        fault = _Fault(failed.exc_type.__name__, _innermost(failed.exc_traceback), "")
        self._write(fault, lambda: _unraised(failed))

    def _qt(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            self._last_words(f"Qt: {text}")
        count = self._count(text)
        if _counts(count):
            logger.log(_LEVELS.get(kind, 30), "Qt: %s%s", text, _times(count))

    def _write(self, fault: _Fault, words: Callable[[], str]) -> str:
        """Into the log, in full the first times; returns what was written."""
        count = self._count(fault)
        if count > OFTEN:
            if _counts(count):
                logger.error("%s at %s%s", fault.kind, fault.place, _times(count))
            return ""
        try:
            text = words().rstrip().encode("utf-8", "backslashreplace").decode()  # half letters
        except Exception as error:  # an exception that cannot even be printed
            text = f"{fault.kind} at {fault.place} ({type(error).__name__} while printing it)"
        logger.error("%s", text)
        return text if count == 1 else ""

    def _count(self, what: object) -> int:
        with self._lock:
            if len(self._seen) > 1000:
                self._seen.clear()
            self._seen[what] += 1
            return self._seen[what]

    # ---- on the GUI thread -------------------------------------------------------------------

    def _hear(self) -> None:
        if not self._timer.isActive():
            self._tell()

    def _tell(self) -> None:
        """Each fault once, in a sentence; while that stands, how often it came."""
        if self._messages is None:
            return
        with self._lock:
            fresh, self._fresh = self._fresh, {}
            counts = {fault: self._seen[fault] for fault in fresh}
        self._telling = True
        for fault, count in counts.items():
            if fault not in self._told:
                self._told.append(fault)
                self._messages.show_message(_message(fault, count))
            elif fault == self._told[-1]:
                self._messages.amend(_message(fault, count))
        for trace in filter(None, fresh.values()):
            self._messages.logged.emit(trace)
        self._telling = False
        if fresh:
            self._timer.start()


def _message(fault: _Fault, count: int) -> Message:
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", fault.kind).lower()  # ZeroDivisionError
    what = f"{kind}: {fault.what}" if fault.what else kind
    told = f"Something failed inside the window{_times(count)} ({what})."
    return Message(f"{told} It works on; what was saved is kept.", True, (SHOW_LOG, REPORT), FAULT)


def _times(count: int) -> str:
    return f", {count:,} times" if count > 1 else ""


def _counts(count: int) -> bool:
    """Whether the so many-th time is worth a line."""
    return count <= OFTEN or str(count).rstrip("0") == "1"


def _said(error: BaseException) -> str:
    try:
        return short(" ".join(str(error).split()), LONGEST)
    except Exception:
        return ""


def _innermost(trace: TracebackType | None) -> str:
    """File and line where it was raised."""
    if trace is None:
        return "an unknown place"
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _unraised(failed: sys.UnraisableHookArgs) -> str:
    trace = traceback.format_exception(failed.exc_type, failed.exc_value, failed.exc_traceback)
    return f"{failed.err_msg or 'Nobody could be told of this'}:\n{''.join(trace)}"
