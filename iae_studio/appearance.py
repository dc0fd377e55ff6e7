"""How the window looks: dark or light, and the size of all text. Both are remembered."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from iae_studio.settings import whole
from iae_studio.style import theme

SIZES = (80, 90, 100, 110, 125, 150, 175, 200)  # % of what the system asks for
_OWN = 100


def restore(settings: QSettings) -> None:
    """As it was chosen last."""
    theme.set_zoom(_app(), whole(settings, "text", SIZES[0], SIZES[-1], _OWN) / 100)


def change(settings: QSettings, steps: int) -> None:
    """Larger or smaller by so many sizes; 0 is its own size."""
    now = min(range(len(SIZES)), key=lambda k: abs(SIZES[k] - 100 * theme.zoom()))
    place = min(max(now + steps, 0), len(SIZES) - 1) if steps else SIZES.index(_OWN)
    theme.set_zoom(_app(), SIZES[place] / 100)
    settings.setValue("text", SIZES[place])


def turn(settings: QSettings) -> None:
    """Dark to light and back."""
    dark = theme.current() is not theme.DARK
    theme.apply(_app(), dark)
    settings.setValue("dark", dark)


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # a window needs one
    return app
