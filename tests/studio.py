"""The real program with its real threads, for the tests of the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.widgets.loss_plot import LossPlot
from trainer.data import loading as data
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe

LONG = 60_000  # ms: how long a busy machine may take
COUNTS = {"train": 400, "test": 80, "few": 80, "many": 80}  # of drawn images
PICTURES = {"width": 4, "batch": 4, "size": 24}  # a CycleIAE of a moment


@contextmanager
def running(
    folder: Path,
    qtbot,
    recipe: str = "drawn-10",
    size=(1280, 800),
    session: Path | None = None,
) -> Iterator[Studio]:
    """A started studio whose engine is loaded; closed, and its widgets gone, at the end."""
    app = QApplication.instance()
    theme.apply(app, True)
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("recipe", recipe)
    studio = Studio(settings, session)
    studio.window.resize(*size)
    studio.start()
    try:
        qtbot.waitUntil(lambda: studio.state.training.state is not State.STARTING, timeout=LONG)
        yield studio
    finally:
        studio.window.close()
        for thread in (studio.training, studio.session.worker, *studio.threads()):
            thread.wait()  # on a busy machine longer than the program itself would
        studio.window.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_for_tiles(studio: Studio, qtbot, stamp: int = 0):
    """The rendering of a probe as new as `stamp`."""

    def there() -> bool:
        rendering = studio.state.answers.rendering
        return rendering is not None and rendering.stamp >= stamp

    qtbot.waitUntil(there, timeout=LONG)
    return studio.state.answers.rendering


def newest(studio: Studio, qtbot):
    """The answer to the question as it stands now."""
    return wait_for_tiles(studio, qtbot, studio.state.answers.probe().stamp)


def press(studio: Studio, qtbot, name: str) -> None:
    """Click the push button of that name."""
    qtbot.mouseClick(studio.window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def wait_state(studio: Studio, qtbot, state: State) -> None:
    qtbot.waitUntil(lambda: studio.state.training.state is state, timeout=LONG)


def steps(studio: Studio) -> int:
    """How many steps the loss plot shows."""
    return studio.window.findChild(LossPlot, "lossPlot").steps()


@contextmanager
def little_data(monkeypatch) -> Iterator[None]:
    """Few drawn images in every set, and none left over for other tests."""
    monkeypatch.setattr("trainer.data.drawn.COUNTS", COUNTS)
    data.forget_data()
    yield
    data.forget_data()


def cycle(name: str) -> Recipe:
    """A CycleIAE of the catalogue made small."""
    noise = "encoder_noise" if CATALOGUE[name].model.encoder_noise else "noise"
    return CATALOGUE[name].but(**PICTURES, **{noise: 4})


def show(studio, qtbot, recipe) -> None:
    """Select a recipe and wait for its first pictures."""
    studio.state.displayed.select(DisplayedModel(recipe))
    qtbot.waitUntil(lambda: len(studio.state.inputs.images) > 0, timeout=LONG)
    wait_for_tiles(studio, qtbot, studio.state.answers.probe().stamp)


def train(studio, qtbot, count: int = 2) -> None:
    """A few steps of the shown recipe."""
    press(studio, qtbot, "startButton")
    qtbot.waitUntil(lambda: steps(studio) >= count, timeout=LONG)
    press(studio, qtbot, "stopButton")
    wait_state(studio, qtbot, State.IDLE)


def find(studio, kind: type, name: str):
    """The widget of that name."""
    return studio.window.findChild(kind, name)


def photos(folder: Path, count: int, colour=(200, 40, 40)) -> Path:
    """A folder of small pictures, each a little different."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        pixels = np.full((20, 24, 3), 255, np.uint8)
        pixels[4:16, 2 + k % 8 : 12 + k % 8] = colour
        Image.fromarray(pixels).save(folder / f"{k}.png")
    return folder


def colour_photo(path: Path) -> Path:
    """Red at the left, blue at the right."""
    pixels = np.zeros((90, 120, 3), np.uint8)
    pixels[:, :60] = (220, 30, 30)
    pixels[:, 60:] = (20, 60, 200)
    Image.fromarray(pixels).save(path)
    return path
