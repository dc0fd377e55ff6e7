"""A home, disk or folder that refuses: one sentence with a way out, whatever command meets it."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bad_paths import a_file, a_loop, a_pipe, in_a_file, not_writable, too_long
from tests.commands import WAYS_OUT, make_runs, told_by
from tests.tiny import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of digits, one of points, and a picture."""
    return make_runs(tmp_path_factory.mktemp("made"))


OWN = {
    "list": "list",
    "train": "train mog-iae --set width=16 --set batch=16 --steps 2",
    "train digits": "train drawn-10 --set width=4 --set batch=8 --steps 2",
    "resume": "train mog-iae --resume",
    "evaluate": "evaluate MADE/toy",
    "reconstruct": "reconstruct drawn-10 MADE/picture.png --out NEW",
    "figure": "figure drawn-10 --out NEW.png",
    "reproduce": "reproduce mog-iae --out NEW --minutes 0.0001",
}


@pytest.mark.parametrize("bad", [a_file, in_a_file, too_long, a_loop, not_writable])
@pytest.mark.parametrize("command", OWN)
def test_a_home_that_cannot_be_written_is_told(
    command: str,
    bad: Callable[[Path], str],
    made: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "bad").mkdir()
    place = bad(tmp_path / "bad")
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", place)
    command = OWN[command].replace("NEW", str(tmp_path / "new")).replace("MADE", str(made))
    code, told = told_by(command.split(), capfd)
    assert code in (0, 2)
    if code == 2:
        assert told.splitlines()[-1].startswith("trainer: ") and re.search(WAYS_OUT, told), told
    if OWN["train"] == command:
        # Of a name that is too long the beginning is enough.
        assert code == 2 and place.removesuffix("/x.png")[: len(str(tmp_path)) + 30] in told


@pytest.mark.parametrize("bad", [a_file, too_long, a_loop, a_pipe])
def test_the_variable_of_the_data_may_name_anything(
    bad: Callable[[Path], str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IAE_STUDIO_DATA", bad(tmp_path))
    code, told = told_by(["list"], capfd)
    assert code == 0 and "cannot be read" in told
    code, told = told_by(["train", "mnist-10-small"], capfd)
    assert code == 2 and "cannot be read" in told


def test_a_folder_that_is_gone_under_our_feet_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    train = f"train svhn-75-small --images . --out {tmp_path / 'run'}"
    command = f"cd gone && rmdir ../gone && {sys.executable} -m trainer {train}"
    place = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=place, capture_output=True, text=True
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_full_disk_under_the_output_is_told() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no such device here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "trainer", "list"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "No space left" in done.stderr and "Free some space" in done.stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_is_told_with_the_file(
    number: int,
    made: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    out = tmp_path / "new.png"
    for command in (f"figure {made}/toy --out {out}", f"export {made}/toy {out}"):
        code, told = told_by(command.split(), capfd)
        assert code == 2 and "new.png" in told and os.strerror(number) in told
        assert not list(tmp_path.glob("*.png"))
