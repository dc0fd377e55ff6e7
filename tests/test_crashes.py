"""After a crash the next start says so, once; an orderly run says nothing and leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from iae_studio.diagnostics.crashes import LAST, Crash, Marker, last_crash
from iae_studio.diagnostics.notes import leave_note, take_note
from iae_studio.diagnostics.start import crash_message
from iae_studio.state.messages import OPEN_RUN, REPORT, SHOW_LOG
from tests.crashing import log_folder, program
from tests.tiny import ROOT

ASK = "print('said:', said()); print('log:', log())"


def test_a_crash_is_told_by_the_next_start_and_only_there(own_folders: Path) -> None:
    assert program("faulthandler._sigsegv()").returncode not in (0, 1)
    after = program("print('said:', said())\npress(0)\nprint('log:', log())")
    assert after.returncode == 0 and after.stderr == ""
    assert "said: IAE Studio crashed last time" in after.stdout
    assert "layout" not in after.stdout, "its window was there"
    assert "Segmentation fault" in after.stdout and "in then" in after.stdout, "the trace"
    folder = log_folder(own_folders)
    assert sorted(path.name for path in folder.iterdir()) == ["iae-studio.log", LAST]
    assert "said: \n" in program(ASK).stdout, "once"
    assert "did not end in order" in (folder / "iae-studio.log").read_text()


def test_a_crash_before_the_window_is_followed_by_its_first_layout(own_folders: Path) -> None:
    hide = "window._docks['drawing'].hide()\nwindow.resize(790, 600)"
    hidden = "print('hidden', window._docks['drawing'].isHidden()); print('said:', said())"
    assert program(hide).stderr == ""
    assert "hidden True" in program(hidden).stdout, "as it was left"
    assert program("os.abort()", early=True).returncode not in (0, 1)
    after = program(hidden).stdout
    assert "hidden False" in after
    assert "had not opened its window yet, so this one has its first layout again" in after
    assert "hidden False" in program(hidden).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="ends otherwise there")
def test_a_program_stopped_by_force_is_no_crash_of_ours(own_folders: Path) -> None:
    assert program("os.kill(os.getpid(), 9)").returncode == -9
    after = program(ASK).stdout
    assert "it was stopped by force, or the computer went off" in after


def test_the_program_works_on_says_it_and_ends_in_order(own_folders: Path) -> None:
    body = """\
def slot(): [][1]
def thread(): threading.Thread(target=lambda: {}['x']).start()
def wrong(): window.setMinimumSize('x')
waits = [(slot, 'index error'), (thread, 'key error'), (wrong, 'type error')]
def begin_next():
    if not waits:
        return window.close()
    QTimer.singleShot(0, studio, waits[0][0])
    look()
def look():
    if waits[0][1] not in said():
        return QTimer.singleShot(50, studio, look)
    print('said:', said())
    del waits[0]
    begin_next()
begin_next()
"""
    done = program(body, ms=40_000)
    assert done.returncode == 0 and done.stderr == ""
    for kind in ("index error", "key error: 'x'", "type error"):
        assert f"said: Something failed inside the window ({kind}" in done.stdout
    log = (log_folder(own_folders) / "iae-studio.log").read_text()
    assert log.count("Traceback") == 3 and log.rstrip().endswith("It ends.")
    assert "said: \n" in program(ASK).stdout, "no crash"


def test_an_error_before_the_window_is_one_line_and_in_the_log(own_folders: Path) -> None:
    done = program("raise KeyError('at the start')", early=True)
    log = (log_folder(own_folders) / "iae-studio.log").read_text()
    assert "at the start" in log and "Traceback" in log
    assert done.returncode == 1, "it does not run on without a window"
    assert "KeyError: 'at the start'" in done.stderr and "iae-studio.log" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "said: \n" in program(ASK).stdout, "no crash"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a link")
def test_without_a_place_for_the_log_it_runs_all_the_same(own_folders: Path) -> None:
    for name in ("state", "data"):  # where other systems have it
        (own_folders / f"xdg_{name}_home").write_text("a file")
    done = program("print('it runs')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "it runs\n", "")


def test_an_end_on_the_spot_that_is_meant_is_no_crash(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from iae_studio.diagnostics.crashes import Marker, ended_in_order\n"
        "marker = Marker(Path(sys.argv[1]))\n"
        "if len(sys.argv) > 2: ended_in_order()\n"
        "os._exit(0)"
    )
    for more, crashed in ((["meant"], False), ([], True)):
        subprocess.run([sys.executable, "-c", code, str(tmp_path), *more], cwd=ROOT, check=True)
        assert (last_crash(tmp_path) is not None) is crashed


# ---- two windows ---------------------------------------------------------------------------------


def test_a_window_that_runs_is_not_taken_for_one_that_crashed(tmp_path: Path) -> None:
    marker = _left_by_another(tmp_path, "2026-01-01 10:00:00 IAE Studio\nFatal Python error: x\n")
    marker._lock.acquire()
    assert last_crash(tmp_path) is None
    marker._lock.release()
    crash = last_crash(tmp_path)
    assert crash is not None and crash.began == "2026-01-01 10:00" and not crash.painted
    assert last_crash(tmp_path) is None, "once"


def _left_by_another(folder: Path, text: str) -> Marker:
    """A marker as another process has it: this one's own is no matter here."""
    marker = Marker.__new__(Marker)
    from filelock import FileLock

    path = folder / "running-1.txt"
    path.write_text(text)
    marker._lock = FileLock(f"{path}.lock", is_singleton=False)
    return marker


@pytest.mark.skipif(os.name != "posix", reason="elsewhere locks are always there")
def test_on_a_disk_without_locks_processes_are_asked_for(tmp_path: Path, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NotImplementedError("no locks here")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    (tmp_path / f"running-{os.getpid()}.txt").write_text("2026-01-01 10:00:00\n")
    (tmp_path / "running-somebody.txt").write_text("2026-01-01 10:00:00\n")
    assert last_crash(tmp_path) is None
    (tmp_path / "running-4194999.txt").write_text("2026-01-02 10:00:00\n")
    crash = last_crash(tmp_path)
    assert crash is not None and crash.began == "2026-01-02 10:00"


@pytest.mark.parametrize("bad", ["a folder", "a pipe", "bytes", "empty", "huge"])
def test_no_file_of_an_earlier_start_is_in_the_way(bad: str, tmp_path: Path) -> None:
    file = tmp_path / "running-4194998.txt"
    if bad == "a folder":
        file.mkdir()
    elif bad == "a pipe":
        if sys.platform == "win32":
            pytest.skip("no pipes there")
        os.mkfifo(file)
    else:
        content = {"bytes": bytes(range(256)), "empty": b"", "huge": b"x" * (1 << 22)}[bad]
        file.write_bytes(content)
    crash = last_crash(tmp_path)
    if crash is not None:
        message = crash_message(crash)
        assert len(message.text) < 400 and len(crash.text) <= 1 << 18
        assert [one.name for one in message.actions] == [SHOW_LOG.name, REPORT.name]


def test_a_crash_says_how_far_it_came() -> None:
    crash = Crash("2026-01-01 10:00:00 IAE Studio\nThe window was painted.\nFatal: x\n")
    assert crash.painted and crash.trace == "Fatal: x"
    assert "layout" not in crash_message(crash).text and crash_message(crash).error
    cut = crash_message(Crash("2026-01-01 10:00:00 IAE Studio\nThe window was painted.\n"))
    assert "stopped by force" in cut.text and not cut.error


def test_what_nobody_could_read_is_told_at_the_next_start_once(tmp_path: Path) -> None:
    run = tmp_path / "rescued" / "run"
    leave_note(tmp_path, f"The run was saved in {run}.", run)
    told = take_note(tmp_path)
    assert told is not None and str(run) in told.text
    (action,) = told.actions
    assert action.asks_for(OPEN_RUN) and action.about == run
    assert take_note(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"text": 5, "run": "x"}', b'{"text": "a"}'])
def test_a_note_that_is_none_is_passed_over(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "next-start.json").write_bytes(content)
    assert take_note(tmp_path) is None
    assert not list(tmp_path.iterdir())
