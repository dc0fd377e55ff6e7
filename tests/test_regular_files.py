"""Pipes, devices and sockets are neither read nor waited for."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from trainer.messages import UserError
from trainer.storage.files import read_object
from trainer.storage.regular import NotAFileError, check_regular, open_regular

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture(params=["a pipe", "a device", "a folder", "a link to a pipe"])
def odd_file(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """Something that is no file, and what it is called."""
    kind = str(request.param)
    path = tmp_path / "odd"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        os.mkfifo(tmp_path / "pipe")
        path.symlink_to(tmp_path / "pipe")
    return path, kind.removeprefix("a link to ")


@unix
@pytest.mark.timeout(10)
def test_only_regular_files_are_opened(odd_file: tuple[Path, str]) -> None:
    path, kind = odd_file
    with pytest.raises(NotAFileError, match=f"odd is {kind}, not a file: move it away"):
        open_regular(path)
    with pytest.raises(NotAFileError, match="choose another"):
        check_regular(path, "choose another")
    with pytest.raises(UserError, match=f"odd is {kind}"):
        read_object(path)


@unix
@pytest.mark.timeout(10)
def test_a_socket_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("odd")
        with pytest.raises(NotAFileError, match="odd is a socket"):
            open_regular(Path("odd"))


def test_a_file_is_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1\r\n2\x1a3")
    try:
        (tmp_path / "link").symlink_to(tmp_path / "file")
    except OSError:
        pytest.skip("no right to make links")
    with open_regular(tmp_path / "link") as file:
        assert file.read() == b"1\r\n2\x1a3"


def test_what_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "gone")
