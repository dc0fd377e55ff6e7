"""Whether Qt's X11 plugin can be loaded: Qt itself would abort, naming no package."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path


def missing_libraries() -> list[str]:
    """Shared libraries that the plugin asks for and this system lacks, and a screen that is not."""
    if os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY"):
        return []
    import PySide6

    plugin = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not plugin.exists():
        return []
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return [str(error).split(":")[0]]
    return []


def screen_answers() -> bool:
    """Whether the X server that DISPLAY names can be reached; True where that cannot be told."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    broken = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not broken
