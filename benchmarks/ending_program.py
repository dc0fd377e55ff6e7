"""The program, brought into a state and then ended from inside where no signal does it.

python -m benchmarks.ending_program STATE WAY FOLDER
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from iae_studio import __main__
from iae_studio import app as studio_app
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.own_images import on_own_images
from iae_studio.state.training import State
from trainer.recipe.catalogue import CATALOGUE

Studio = studio_app.Studio
Until = Callable[[Studio], bool]  # whether the state is reached; asked again and again
PHOTOS = 500
LOOK = 10  # ms between two looks


def photos(folder: Path) -> Path:
    """Many that each take a while: progressive JPEGs of 12 megapixels."""
    place = folder / "photos"
    place.mkdir()
    rng = np.random.default_rng(0)
    small = Image.fromarray(rng.integers(0, 256, (378, 504, 3), np.uint8))
    small.resize((4032, 3024)).save(place / "0.jpg", progressive=True, quality=90)
    for number in range(1, PHOTOS):
        os.link(place / "0.jpg", place / f"{number}.jpg")
    return place


def starting(studio: Studio, _: Path) -> Until:
    return lambda _: True


def idle(studio: Studio, _: Path) -> Until:
    return lambda studio: studio.state.answers.rendering is not None


def trains(studio: Studio, _: Path) -> Until:
    studio.state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    studio.state.training.start()
    steps: list[int] = []
    studio.state.training.progressed.connect(lambda progress: steps.append(progress.step))
    return lambda _: len(steps) > 5


def pauses(studio: Studio, folder: Path) -> Until:
    under_way = trains(studio, folder)

    def paused(studio: Studio) -> bool:
        if studio.state.training.state is State.TRAINING and under_way(studio):
            studio.state.training.command("pause")
        return studio.state.training.state is State.PAUSED

    return paused


def unsaved(studio: Studio, folder: Path) -> Until:
    """Stopped on a full disk, on which there is room again by then."""
    from trainer.training import checkpoint

    write = checkpoint.write_bytes
    full: list[bool] = []

    def write_bytes(path: Path, data: bytes) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, data)

    checkpoint.write_bytes = write_bytes  # type: ignore[attr-defined]
    under_way = trains(studio, folder)

    def stopped(studio: Studio) -> bool:
        if studio.state.training.state is State.TRAINING and under_way(studio) and not full:
            full.append(True)
            studio.state.training.command("stop")
        if studio.state.training.state is State.UNSAVED:
            full.clear()
            return True
        return False

    return stopped


def full(studio: Studio, folder: Path) -> Until:
    """Trains on a disk that takes nothing any more."""
    from trainer.training import checkpoint

    def write_bytes(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    under_way = trains(studio, folder)

    def trained(studio: Studio) -> bool:
        if under_way(studio):
            checkpoint.write_bytes = write_bytes  # type: ignore[attr-defined]
        return under_way(studio)

    return trained


def own(folder: Path) -> DisplayedModel:
    small = CATALOGUE["mnist-10-small"].but(width=4, batch=8)
    return DisplayedModel(on_own_images(small, str(photos(folder)), "", "none", 28, False))


def loads_photos(studio: Studio, folder: Path) -> Until:
    """To train on, after they were asked for twice to be looked at."""
    studio.state.displayed.select(own(folder))
    studio.state.inputs.want_tests()
    studio.state.inputs.want_tests()
    studio.state.training.start()
    return lambda studio: studio.state.training.loading is not None


def loads_tests(studio: Studio, folder: Path) -> Until:
    studio.state.displayed.select(own(folder))
    QTimer.singleShot(200, studio.state.inputs.want_tests)
    began = time.monotonic()
    return lambda studio: time.monotonic() - began > 1 and studio.state.training.loading is not None


def draws(studio: Studio, _: Path) -> Until:
    studio.state.displayed.select(DisplayedModel(CATALOGUE["faces-small"]))
    studio.state.training.start()
    return lambda studio: studio.state.training.loading is not None


def downloads(studio: Studio, _: Path) -> Until:
    """From a server that takes the call and then says nothing."""
    from torchvision.datasets import MNIST

    server = socket.create_server(("127.0.0.1", 0))
    MNIST.mirrors = [f"http://127.0.0.1:{server.getsockname()[1]}/"]
    calls: list[object] = []
    threading.Thread(target=lambda: calls.append(server.accept()), daemon=True).start()
    studio.data.download("mnist")
    return lambda _: bool(calls)


def opens_photos(studio: Studio, folder: Path) -> Until:
    studio.state.drops.open_files([photos(folder)])
    return lambda studio: studio.state.messages.current is not None


def opens_huge(studio: Studio, folder: Path) -> Until:
    """Images near the largest that are opened at all."""
    Image.new("RGB", (13_000, 9_000), (255, 0, 0)).save(folder / "huge.png", compress_level=1)
    for number in range(8):
        os.link(folder / "huge.png", folder / f"huge{number}.png")
    studio.state.drops.open_files(sorted(folder.glob("huge?.png")))
    return lambda studio: studio.state.messages.current is not None


def renders(studio: Studio, folder: Path) -> Until:
    studio.state.displayed.select(DisplayedModel(CATALOGUE["celeba-50"]))
    return lambda studio: len(studio.state.inputs.images) > 0


def hangs(studio: Studio, _: Path) -> Until:
    """A folder on a network that does not answer: a thread is deep in the system."""
    deep = threading.Event()

    def look() -> None:
        deep.set()
        time.sleep(60)

    for thread in studio.threads():
        if thread is not studio.render:
            thread.submit(look)  # type: ignore[union-attr]
    return lambda _: deep.is_set()


def asks(studio: Studio, _: Path) -> Until:
    QTimer.singleShot(0, studio.window.dialogs.choose_own_images)
    return lambda _: QApplication.activeModalWidget() is not None


def asks_a_file(studio: Studio, _: Path) -> Until:
    QTimer.singleShot(0, studio.window.dialogs.open_images)
    return lambda _: QApplication.activeModalWidget() is not None


def tells(studio: Studio, _: Path) -> Until:
    QTimer.singleShot(0, studio.window.dialogs.show_about)
    return lambda _: QApplication.activeModalWidget() is not None


def opens_a_menu(studio: Studio, _: Path) -> Until:
    menu = studio.window.menuBar().actions()[0].menu()
    QTimer.singleShot(0, lambda: menu.exec())
    return lambda _: QApplication.activePopupWidget() is not None


STATES = {
    made.__name__: made
    for made in (
        starting, idle, trains, pauses, unsaved, loads_photos, loads_tests, draws, downloads,
        opens_photos, opens_huge, renders, hangs, asks, asks_a_file, tells, opens_a_menu,
    )
}  # fmt: skip


# Of which an end is not orderly; not among those that are measured.
OTHERS = {"full": full}


class Driven(Studio):
    """Brings itself into the state; says so on stdout, and is ended where the way is ours."""

    def start(self) -> None:
        super().start()
        self._name, self._way, self._folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
        if self._name == "starting":
            self.window.painted.connect(self._arrived)
            return
        self._until: Until | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK)

    def _look(self) -> None:
        if self.state.training.state is State.STARTING:
            return
        if self._until is None:
            self._until = (STATES | OTHERS)[self._name](self, self._folder)
        elif self._until(self):
            self._timer.stop()
            self._arrived()

    def _arrived(self) -> None:
        sys.stdout.write(f"{time.time()} ready\n")
        sys.stdout.flush()
        if self._way == "close":
            self.window.close()
        elif self._way == "quit":
            QApplication.quit()


if __name__ == "__main__":
    studio_app.Studio = Driven  # type: ignore[misc]
    sys.exit(__main__.main())
