"""Which tests reach which line, and how long each takes: one run of all of them, in a fork."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 20.0  # s of tests a line, the quickest first


@dataclass(frozen=True)
class Reached:
    """Of each file and line the tests that reach it, and how long each test takes in s."""

    tests: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def nearest(self, file: str, line: int, first: int) -> list[str]:
        """Those that reach the line, else its function up to it, else the file, else all."""
        lines = self.tests.get(file, {})
        found = set(lines.get(line, ()))
        for start, stop in ((first, line), (0, sys.maxsize)):
            if not found:
                inside = (each for each in lines if start <= each <= stop)
                found = {name for each in inside for name in lines[each]}
        found = found or set(self.seconds)  # what runs when a module is imported is of no test
        quick, spent = [], 0.0
        for name in sorted(found, key=lambda name: (self.seconds[name], name)):
            spent += self.seconds[name]
            if quick and spent > PATIENCE:
                break
            quick.append(name)
        return quick


def in_a_child(work: Callable[[], int], limit: float) -> int | None:
    """What a fork's work returns; None where it did not end in time."""
    child = os.fork()
    if not child:
        os.setsid()
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            os._exit(int(work()))
    end = time.monotonic() + limit
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def pytest_on(names: list[str], *plugins: object) -> int:
    import pytest

    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *names], plugins=plugins))


def reached_by(tests: list[str], sources: list[str]) -> Reached:
    """Run the tests once; one that fails before anything is changed counts for nothing."""
    out = Path("reached.json").absolute()

    def work() -> int:
        import coverage

        measured = coverage.Coverage(data_file=None, include=sources)
        seconds: dict[str, float] = {}
        failed: list[str] = []

        class Noted:
            def pytest_runtest_logstart(self, nodeid: str) -> None:
                measured.switch_context(nodeid)
                seconds[nodeid] = time.monotonic()

            def pytest_runtest_logfinish(self, nodeid: str) -> None:
                seconds[nodeid] = time.monotonic() - seconds[nodeid]

            def pytest_runtest_logreport(self, report: Any) -> None:
                if not report.passed:
                    failed.append(report.nodeid)

        measured.start()
        pytest_on(["--maxfail=99", *tests], Noted())
        measured.stop()
        data = measured.get_data()
        lines = {
            str(Path(name).relative_to(Path.cwd())): data.contexts_by_lineno(name)
            for name in data.measured_files()
        }
        out.write_text(json.dumps({"tests": lines, "seconds": seconds, "failed": failed}))
        return 0

    assert in_a_child(work, 3600) == 0
    read = json.loads(out.read_text())
    if read["failed"]:
        print(f"Left out, for they fail or are skipped: {read['failed']}", flush=True)
    tables: dict[str, dict[int, list[str]]] = defaultdict(dict)
    for name, lines in read["tests"].items():
        for line, known in lines.items():
            tables[name][int(line)] = [
                test for test in known if test and test not in read["failed"]
            ]
    return Reached(tables, read["seconds"])
