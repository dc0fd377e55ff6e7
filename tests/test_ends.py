"""Whatever is under way, and however it is ended: saved and gone within a moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from benchmarks.ends import NO_SCREEN, end
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.own_images import on_own_images
from iae_studio.state.training import State
from tests.own_images import DIGITS, dropped, said
from tests.studio import (
    LONG,
    find,
    little_data,
    photos,
    press,
    running,
    show,
    steps,
    wait_for_tiles,
    wait_state,
)
from tests.tiny import kept_losses
from trainer.data import arriving
from trainer.data.arriving import Cancelled, chunks_of
from trainer.data.folders.stores import in_threads
from trainer.recipe.catalogue import CATALOGUE
from trainer.training import checkpoint

ROOT = Path(__file__).parent.parent
AT_ONCE = 1.5  # seconds: one, and what a busy machine adds
posix = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals are sent otherwise there")


# ---- processes -----------------------------------------------------------------------------------


# `python -m benchmarks.ends` goes through all states and ways.
@posix
@pytest.mark.parametrize(("state", "way"), [("loads_tests", "SIGHUP"), ("asks", "quit")])
def test_it_is_saved_and_gone(state: str, way: str) -> None:
    over = end(state, way)
    assert over.seconds < 4 and over.code == 0 and not over.said, over


def start(state: str, folder: Path) -> subprocess.Popen[str]:
    """A process that has reached a state."""
    folder.mkdir(exist_ok=True)
    program = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ending_program", state, "by us", str(folder)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "ready" in program.stdout.readline()
    return program


@posix
def test_nobody_is_asked_where_nobody_can_answer(tmp_path: Path) -> None:
    """The disk is full as the desktop ends us: told on stderr and by the exit code."""
    program = start("full", tmp_path / "full")
    program.send_signal(signal.SIGTERM)
    _, told = program.communicate(timeout=20)
    assert program.returncode == 1
    assert "No space left" in told and "Traceback" not in told


@posix
def test_a_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    """The first asks what is to become of what cannot be saved."""
    program = start("full", tmp_path / "full")
    program.send_signal(signal.SIGINT)
    time.sleep(1)
    assert program.poll() is None, "the question waits"
    program.send_signal(signal.SIGINT)
    _, told = program.communicate(timeout=5)
    assert program.returncode == 130
    assert all(NO_SCREEN in line for line in told.splitlines())


# ---- the window ----------------------------------------------------------------------------------


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as started:
        yield started


@contextmanager
def busy(thread):
    """A work thread that is deep in a library or a network, as far as anybody can tell."""
    deep, back = threading.Event(), threading.Event()

    def look() -> None:
        deep.set()
        back.wait(20)

    thread.submit(look)
    assert deep.wait(5)
    try:
        yield
    finally:
        back.set()


def close(studio) -> float:
    began = time.monotonic()
    studio.window.close()
    return time.monotonic() - began


def test_threads_that_do_not_answer_are_not_waited_for(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) > 5, timeout=LONG)
    with busy(studio.work), busy(studio.data.library), busy(studio.own_images.looking):
        assert close(studio) < 3, "one after the other"
        assert studio.work.isRunning()
        assert not studio.training.isRunning()
    assert kept_losses(studio.state.training.run_path) >= steps(studio) > 5


def test_a_save_is_waited_for_however_long_it_takes(studio, qtbot, monkeypatch) -> None:
    """On a slow disk; a small window says so."""
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) > 5, timeout=LONG)
    write = checkpoint.write_bytes

    def slowly(path: Path, data: bytes) -> None:
        time.sleep(3)
        write(path, data)

    monkeypatch.setattr(checkpoint, "write_bytes", slowly)
    assert close(studio) > 3
    assert kept_losses(studio.state.training.run_path) >= steps(studio)


def test_images_that_were_asked_for_again_do_not_load_on(studio, qtbot, tmp_path) -> None:
    """What loads for an earlier question is ended too."""
    studio.state.displayed.select(own(photos(tmp_path / "many", 2500)))
    qtbot.waitUntil(lambda: studio.state.training.loading is not None, timeout=LONG)
    for _ in range(3):
        studio.state.inputs.want_tests()
    studio.window.close()
    assert not studio.data.reading.isRunning()


def test_the_end_of_the_desktops_session_saves_and_goes_on(studio, qtbot) -> None:
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) > 5, timeout=LONG)
    studio.commit()
    saved = kept_losses(studio.state.training.run_path)
    assert saved > 5
    qtbot.waitUntil(lambda: steps(studio) > saved, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


# ---- long loads ----------------------------------------------------------------------------------


def own(place: Path) -> DisplayedModel:
    return DisplayedModel(on_own_images(DIGITS, str(place), "", "none", 28, False))


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return folder.with_suffix(".zip")


@pytest.mark.parametrize(("packed", "trains"), [(True, True), (False, False)])
def test_a_long_load_is_seen_and_stops_within_a_second(
    studio, qtbot, tmp_path, packed, trains
) -> None:
    many = photos(tmp_path / "many", 2500)
    studio.state.displayed.select(own(zipped(many) if packed else many))
    if trains:
        press(studio, qtbot, "startButton")
    loading = studio.state.training
    qtbot.waitUntil(lambda: loading.loading is not None and loading.loading.done > 0, timeout=LONG)
    assert find(studio, QPushButton, "stopButton").isVisible()
    began = time.monotonic()
    press(studio, qtbot, "stopButton")
    qtbot.waitUntil(lambda: loading.loading is None and not loading.busy, timeout=LONG)
    assert time.monotonic() - began < AT_ONCE


def test_drawing_data_is_seen_and_stops_within_a_second(qtbot, own_folders) -> None:
    with running(own_folders, qtbot, "mog-iae") as studio:
        studio.state.displayed.select(DisplayedModel(CATALOGUE["faces-small"]))
        press(studio, qtbot, "startButton")
        loading = studio.state.training
        qtbot.waitUntil(lambda: loading.loading is not None, timeout=LONG)
        began = time.monotonic()
        press(studio, qtbot, "stopButton")
        wait_state(studio, qtbot, State.IDLE)
        assert time.monotonic() - began < AT_ONCE


def test_stop_answers_at_once_whatever_the_thread_is_at(studio, qtbot, tmp_path) -> None:
    show(studio, qtbot, DIGITS)
    studio.state.inputs.clear()
    for thread in (studio.own_images.opening, studio.own_images.looking):
        with busy(thread):
            dropped(studio.window, photos(tmp_path / "few", 20))
            qtbot.waitUntil(lambda: said(studio).startswith(("Opening", "Looking")), timeout=LONG)
            began = time.monotonic()
            press(studio, qtbot, "messageButton0")
            qtbot.waitUntil(
                lambda: not said(studio).startswith(("Opening", "Looking")), timeout=LONG
            )
            assert time.monotonic() - began < AT_ONCE
    wait_for_tiles(studio, qtbot)


def test_one_image_that_takes_long_does_not_hold_up_who_gives_up() -> None:
    back = threading.Event()

    class Enough(Exception):  # noqa: N818  not an error
        pass

    def give_up(*_: int) -> None:
        raise Enough

    began = time.monotonic()
    with pytest.raises(Enough):
        list(in_threads(lambda _: back.wait(10), map(str, range(50)), give_up))
    assert time.monotonic() - began < AT_ONCE
    back.set()
    assert list(in_threads(lambda name: name * 2, map(str, range(600)))) == [
        str(number) * 2 for number in range(600)
    ]


# ---- downloads -----------------------------------------------------------------------------------

SILENT = {
    "no word": b"",
    "half a header": b"HTTP/1.1 200 OK\r\nContent-Le",
    "half of the file": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc",
}


@pytest.mark.parametrize("sent", SILENT.values(), ids=SILENT)
def test_a_server_that_says_nothing_more_is_left_at_once(sent: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        calls = []

        def answer() -> None:
            call, _ = server.accept()
            call.sendall(sent)
            calls.append(call)

        helper = threading.Thread(target=answer)
        helper.start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            list(
                chunks_of(
                    f"http://127.0.0.1:{server.getsockname()[1]}/x",
                    lambda: bool(calls) and time.monotonic() - began > 0.3,
                )
            )
        assert time.monotonic() - began < AT_ONCE
        helper.join()
        calls[0].close()
    wait_until_read(5)


def test_a_server_that_does_not_take_the_call_is_left_at_once(monkeypatch) -> None:
    monkeypatch.setattr(arriving, "TIMEOUT", 2.0)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        waiting = []
        for _ in range(4):  # more than it will ever take
            call = socket.socket()
            call.setblocking(False)
            call.connect_ex(address)
            waiting.append(call)
        began = time.monotonic()
        with pytest.raises(Cancelled):
            list(
                chunks_of(
                    f"http://127.0.0.1:{address[1]}/x", lambda: time.monotonic() > began + 0.3
                )
            )
        assert time.monotonic() - began < AT_ONCE
        for call in waiting:
            call.close()
    wait_until_read(10)


def wait_until_read(seconds: float) -> None:
    """The thread that read is gone as well."""
    for thread in threading.enumerate():
        if thread.name == "download":
            thread.join(seconds)
            assert not thread.is_alive()


# ---- questions -----------------------------------------------------------------------------------


def test_what_cannot_be_saved_is_asked_about_once_nobody_waits(studio, qtbot, monkeypatch) -> None:
    """Ctrl-C has somebody at the terminal; SIGTERM has nobody."""
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) > 5, timeout=LONG)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    def asked(*_: object) -> None:
        raise AssertionError("nobody is there")

    monkeypatch.setattr(checkpoint, "write_bytes", full)
    monkeypatch.setattr(QMessageBox, "critical", asked)
    studio.closing.unattended = True
    assert close(studio) < 3
    assert "No space left" in studio.closing.lost
    assert not studio.training.isRunning()
