"""Files are whole or not there, whoever is killed or holds them, and theirs whose they are."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tiny import ROOT
from trainer.storage import files
from trainer.storage.files import create_bytes, write_bytes
from trainer.storage.half_written import remove_half_written

posix = pytest.mark.skipif(sys.platform == "win32", reason="of POSIX systems")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


@posix
@pytest.mark.parametrize(("mask", "wanted"), [(0o077, 0o600), (0o027, 0o640), (0o002, 0o664)])
def test_a_new_file_is_as_open_as_its_user_wants(tmp_path: Path, mask: int, wanted: int) -> None:
    with umask(mask):
        write_bytes(tmp_path / "written", b"1")
        create_bytes(tmp_path / "created", b"1")
    assert mode(tmp_path / "written") == mode(tmp_path / "created") == wanted
    (tmp_path / "written").chmod(0o604)  # what its user made of it stays
    write_bytes(tmp_path / "written", b"2")
    assert mode(tmp_path / "written") == 0o604


def test_a_file_that_a_scanner_holds_is_written_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes(tmp_path / "a", b"old")
    replace, held = os.replace, []

    def scanned(*names: object) -> None:
        held.append(names)
        if len(held) < 4:
            raise PermissionError(errno.EACCES, "held by another process")
        replace(*names)

    monkeypatch.setattr(os, "replace", scanned)
    write_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new" and len(held) == 4
    monkeypatch.setattr(files, "HELD_SECONDS", 0.1)

    def held_for_good(*_: object) -> None:
        raise PermissionError(errno.EACCES, "held by another process")

    monkeypatch.setattr(os, "replace", held_for_good)
    with pytest.raises(PermissionError):
        write_bytes(tmp_path / "a", b"newer")
    assert (tmp_path / "a").read_bytes() == b"new" and not hidden(tmp_path)


WRITES = """
import sys
from pathlib import Path
from trainer.storage.files import replacing

with replacing(Path(sys.argv[1])) as file:
    file.write(b"theirs")
    file.flush()
    print("half", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_that_writes(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of writing; it goes on when it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stdout.readline() == "half\n"
        yield process


@posix
@pytest.mark.parametrize("name", ["state.safetensors", "n" * 250, "Bild [1]*?.png"])
def test_what_a_killed_process_left_goes_when_the_file_is_written_anew(
    tmp_path: Path, name: str
) -> None:
    mine = tmp_path / f".{name[:100]}.original"
    mine.write_bytes(b"not half written")
    for write in (write_bytes, create_bytes):
        with another_that_writes(tmp_path / name) as process:
            process.kill()
        assert len(hidden(tmp_path)) == 2
        (tmp_path / name).unlink(missing_ok=True)
        write(tmp_path / name, b"whole")
        assert (tmp_path / name).read_bytes() == b"whole"
        assert hidden(tmp_path) == [mine.name]


@posix
def test_what_another_process_still_writes_stays(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with another_that_writes(path) as process:
        write_bytes(path, b"ours")
        remove_half_written(path)
        assert path.read_bytes() == b"ours" and len(hidden(tmp_path)) == 1
        process.communicate("go on\n")
    assert process.returncode == 0
    assert path.read_bytes() == b"theirs" and not hidden(tmp_path)


@posix
def test_without_locks_only_what_is_old_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    for name in (".a.0.part", ".a.1.part", ".a.x1y2z3ab"):
        (tmp_path / name).write_bytes(b"half")
    os.utime(tmp_path / ".a.1.part", (0, time.time() - 4000))
    write_bytes(tmp_path / "a", b"whole")
    assert hidden(tmp_path) == [".a.0.part", ".a.x1y2z3ab"]
    for name in hidden(tmp_path):
        os.utime(tmp_path / name, (0, 0))
    remove_half_written(tmp_path / "a")
    assert not hidden(tmp_path) and (tmp_path / "a").read_bytes() == b"whole"


def test_nothing_is_written_through_a_link_that_lies_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / ".a.0.part").symlink_to(tmp_path / "mine")
    (tmp_path / ".a.1.part").mkdir()
    write_bytes(tmp_path / "a", b"whole")
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert (tmp_path / "a").read_bytes() == b"whole" and not (tmp_path / "a").is_symlink()


@pytest.mark.parametrize("links", [True, False])
def test_of_many_that_make_a_file_at_once_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:  # as on FAT

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EPERM, "no hard links here")

        monkeypatch.setattr(os, "link", refuse)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # so that they get in each other's way
    try:
        for attempt in range(25):
            _make_at_once(tmp_path / str(attempt))
    finally:
        sys.setswitchinterval(before)


def _make_at_once(folder: Path) -> None:
    won, lost, start = [], [], threading.Barrier(8)

    def make(number: int) -> None:
        start.wait()
        try:
            create_bytes(folder / "a", bytes([number]) * 9)
            won.append(number)
        except FileExistsError:
            lost.append(number)
        write_bytes(folder / "b", b"whole")

    threads = [threading.Thread(target=make, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and len(lost) == 7
    assert (folder / "a").read_bytes() == bytes(won) * 9 and not hidden(folder)
    assert (folder / "b").read_bytes() == b"whole"
