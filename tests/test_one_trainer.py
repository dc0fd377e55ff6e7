"""A run is begun once and trained by one process at a time, also on disks that know no locks."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.tiny import ROOT, recipe_of
from trainer.messages import UserError
from trainer.training import run_lock
from trainer.training.checkpoint import RunFolder
from trainer.training.run_lock import RunLock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="flock is Unix's")
HOLDS = """
import errno, fcntl, sys
from pathlib import Path

def refuse(*_):
    raise OSError(errno.ENOLCK, "No locks available")

fcntl.flock = refuse
from trainer.training.run_lock import RunLock

lock = RunLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some network file systems."""
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_of_two_starts_at_once_one_wins_and_its_recipe_stands(tmp_path: Path) -> None:
    recipes = [recipe_of("mog-iae", f"seed={k}") for k in range(6)]
    for attempt in range(5):
        path, start = tmp_path / str(attempt), threading.Barrier(len(recipes))
        won, told = [], []

        def begin(number: int, path: Path = path, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                RunFolder.create(path, recipes[number])
                won.append(number)  # noqa: B023
            except UserError as error:
                told.append(str(error))  # noqa: B023

        threads = [threading.Thread(target=begin, args=(k,)) for k in range(len(recipes))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1 and RunFolder(path).recipe() == recipes[won[0]]
        assert len(told) == 5 and all("already holds a run" in why for why in told)
        assert [file.name for file in path.iterdir()] == ["recipe.json"]


def test_without_locks_the_second_is_told_who_trains_it(tmp_path: Path, no_locks: None) -> None:
    path = RunFolder.create(tmp_path / "run", recipe_of("mog-iae")).path
    with RunFolder(path).alone():
        who = f"process {os.getpid()} on {socket.gethostname()}"
        with (
            pytest.raises(UserError, match=f"being trained already, by {who}"),
            RunFolder(path).alone(),
        ):
            pass
    with RunFolder(path).alone():  # it was given back
        pass


def test_without_locks_a_killed_process_holds_nothing(tmp_path: Path, no_locks: None) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=f"by process {process.pid} on"):
            RunLock(tmp_path).acquire()
        process.kill()
    before = time.monotonic()
    mine = RunLock(tmp_path)
    mine.acquire()
    assert time.monotonic() - before < 1


@pytest.mark.parametrize("alive", [True, False])
def test_without_locks_another_computer_holds_it_while_it_gives_signs_of_life(
    tmp_path: Path, no_locks: None, monkeypatch: pytest.MonkeyPatch, alive: bool
) -> None:
    monkeypatch.setattr(run_lock, "LEASE", 0.4)
    lock = RunLock(tmp_path)
    lock.acquire()
    mine = (tmp_path / "lock.owner").read_text()
    theirs = mine.replace(f"host={socket.gethostname()}", "host=elsewhere")
    assert theirs != mine
    owner = tmp_path / "elsewhere" / "lock.owner"
    owner.parent.mkdir()
    owner.write_text(theirs)
    if not alive:
        os.utime(owner, (time.time() - 60, time.time() - 60))
        taken = RunLock(owner.parent)
        taken.acquire()
        assert "elsewhere" not in owner.read_text()
        return
    with pytest.raises(UserError, match="on elsewhere"):
        RunLock(owner.parent).acquire()
