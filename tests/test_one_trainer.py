"""A run is begun once and trained by one process at a time, also on disks that know no locks."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tiny import ROOT, recipe_of
from trainer.messages import UserError
from trainer.storage import run_lock
from trainer.storage.paths import runs_root
from trainer.storage.run_lock import RunLock
from trainer.storage.trash import in_trash, throw_away
from trainer.training.checkpoint import RunFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="flock is Unix's")
HOLDS = """
import errno, fcntl, sys
from pathlib import Path

def refuse(*_):
    raise OSError(errno.ENOLCK, "No locks available")

fcntl.flock = refuse
from trainer.storage.run_lock import RunLock

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


@contextmanager
def held_elsewhere(run: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process of this computer trains it, until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(run)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process


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
    with held_elsewhere(tmp_path) as process:
        with pytest.raises(UserError, match=f"by process {process.pid} on"):
            RunLock(tmp_path).acquire()
        process.kill()
    before = time.monotonic()
    mine = RunLock(tmp_path)
    mine.acquire()
    assert time.monotonic() - before < 1


def test_without_locks_what_trains_elsewhere_is_not_thrown_away(
    own_folders: Path, no_locks: None
) -> None:
    run = RunFolder.create(runs_root() / "mog-iae-1", recipe_of("mog-iae")).path
    with held_elsewhere(run) as process:
        with pytest.raises(UserError, match=f"being trained already, by process {process.pid} on"):
            throw_away(run)
        assert run.is_dir() and in_trash() == ()
        process.kill()
    trashed = throw_away(run)
    assert in_trash() == (trashed,) and not run.exists()
    assert not (trashed.path / "lock.owner").exists()


def test_who_holds_it_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    """A decision about a run that rests is written in a moment; two may come at once."""
    theirs, mine = RunLock(tmp_path), RunLock(tmp_path)
    theirs.acquire()
    over = threading.Timer(0.1, theirs.release)
    over.start()
    mine.acquire()
    over.join()
    mine.release()


@pytest.mark.parametrize("alive", [True, False])
def test_without_locks_another_computer_holds_it_while_it_gives_signs_of_life(
    tmp_path: Path, no_locks: None, monkeypatch: pytest.MonkeyPatch, alive: bool
) -> None:
    monkeypatch.setattr(run_lock, "LEASE", 1.0)
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
