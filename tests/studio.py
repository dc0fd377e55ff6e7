"""The real program with its real threads, for the tests of the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication

from iae_studio import theme
from iae_studio.app import Studio
from iae_studio.session import State

LONG = 60_000  # ms: how long a busy machine may take


@contextmanager
def running(folder: Path, qtbot, recipe: str = "drawn-10", size=(1280, 800)) -> Iterator[Studio]:
    """A started studio whose engine is loaded; closed, and its widgets gone, at the end."""
    app = QApplication.instance()
    theme.apply(app, True)
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("recipe", recipe)
    studio = Studio(settings)
    studio.window.resize(*size)
    studio.start()
    try:
        qtbot.waitUntil(lambda: studio.session.state is not State.STARTING, timeout=LONG)
        yield studio
    finally:
        studio.window.close()
        studio.window.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_for_tiles(studio: Studio, qtbot, stamp: int = 0):
    """The rendering of a probe as new as `stamp`."""

    def there() -> bool:
        rendering = studio.session.rendering
        return rendering is not None and rendering.stamp >= stamp

    qtbot.waitUntil(there, timeout=LONG)
    return studio.session.rendering


def newest(studio: Studio, qtbot):
    """The answer to the question as it stands now."""
    return wait_for_tiles(studio, qtbot, studio.session.probe().stamp)
