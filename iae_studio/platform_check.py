"""The start check: what of this computer keeps Qt or the engine from running, and the way out.

Qt itself would abort, naming no package; a second OpenMP library ends the program in mid-import.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

INSTEAD = "Without a window there is:  python -m trainer --help"
SECONDS = 60  # a child that takes longer is not what fails
REDISTRIBUTABLE = "https://aka.ms/vs/17/release/vc_redist.x64.exe"
# Where a loader looks first, and what it would take there in place of our own Qt.
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "LD_PRELOAD")
_QT_CORE = ("libQt6Core.so*", "libQt6Core*.dylib", "QtCore.framework", "Qt6Core.dll")
_PLUGIN_PATHS = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_PLUGIN_PATH")
_PLUGINS = ("libqxcb.so", "libqcocoa.dylib", "qwindows.dll", "libqwayland*.so", "platforms")
# Intel's and LLVM's: the second of them in a process ends it. GNU's does not mind.
_OPENMP = ("libiomp5md.dll", "libiomp5.so", "libiomp5.dylib", "libomp.so", "libomp.dylib")


def problem() -> str:
    """Why the window cannot open, and the way out; empty if it can."""
    try:
        from PySide6 import QtWidgets

        assert QtWidgets
    except ImportError as error:
        return f"{_no_qt(error)}\n{INSTEAD}"
    if sys.platform == "linux" and not os.environ.get("QT_QPA_PLATFORM"):
        why = _no_screen()
        if why:
            return f"{why}\n{INSTEAD}"
    others = foreign_qt(os.environ)
    if others and not qt_starts():
        return f"{_of_another_qt(others)}\n{INSTEAD}"
    return ""


def _no_qt(error: ImportError) -> str:
    if "PySide6" in str(error) and "No module" in str(error):
        return "PySide6 is missing. Install it with:  pip install -e ."
    others = foreign_qt(os.environ)
    if others:
        return _of_another_qt(others)
    why = missing_runtime(error)
    if why:
        return why
    library = str(error).split(":")[0]
    if sys.platform != "linux":
        again = "pip install --force-reinstall PySide6-Essentials"
        return f"PySide6 cannot be loaded ({library}). Install it again with:  {again}"
    return (
        f"a library that Qt needs is missing ({library}). On Debian or Ubuntu:  "
        "sudo apt-get install libgl1 libegl1 libxkbcommon0 libdbus-1-3"
    )


def _no_screen() -> str:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set."
    missing = missing_libraries()
    if missing:
        return (
            f"Qt's window plugin lacks {', '.join(missing)}. On Debian or Ubuntu:  "
            "sudo apt-get install libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 "
            "libxcb-keysyms1 libxcb-render-util0 libxcb-xinerama0"
        )
    if os.environ.get("DISPLAY") and not screen_answers():
        return f"the screen {os.environ['DISPLAY']} does not answer."
    return ""


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


# ---- another Qt ----------------------------------------------------------------------------------


def foreign_qt(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that lead to another Qt than PySide6's own, and where; that alone does no harm."""
    own = importlib.util.find_spec("PySide6")
    home = Path(own.origin).parent.resolve() if own is not None and own.origin else None
    found: dict[str, str] = {}
    for names, looks in ((_LIBRARY_PATHS, _QT_CORE), (_PLUGIN_PATHS, _PLUGINS)):
        for name in names:
            for folder in filter(None, environment.get(name, "").split(os.pathsep)):
                if _holds(Path(folder), looks, home):
                    found.setdefault(name, folder)
    return found


def _holds(folder: Path, names: Iterable[str], home: Path | None) -> bool:
    with suppress(OSError, ValueError):
        if home is not None and (folder.resolve() == home or home in folder.resolve().parents):
            return False
        if folder.is_file():
            return any(folder.match(name) for name in names)
        return any(any(folder.glob(name)) for name in names)
    return False


def _of_another_qt(others: Mapping[str, str]) -> str:
    where = " and ".join(f"{name} leads to {folder}" for name, folder in others.items())
    if os.name == "nt":
        way = " & ".join(f"set {name}=" for name in others) + " & python main.py"
    else:
        way = f"env {' '.join(f'-u {name}' for name in others)} python main.py"
    return f"another Qt is in the way of PySide6's own: {where}. Start it without:  {way}"


def qt_starts() -> bool:
    """Whether Qt finds its plugins: tried by a child, for it would abort."""
    code = "from PySide6.QtWidgets import QApplication; QApplication([])"
    return _tried(code)[0]


def _tried(code: str) -> tuple[bool, str]:
    """Whether a child gets to the end of some Python, and what it says."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return True, ""
    return done.returncode == 0, done.stderr.decode("utf-8", "replace")


# ---- libraries of Windows, and OpenMP ------------------------------------------------------------


def missing_runtime(error: BaseException, platform: str = sys.platform) -> str:
    """What an import that failed on Windows lacks, and the way out; empty elsewhere."""
    number, text = getattr(error, "winerror", None), str(error)
    failed = number in (126, 127, 1114) or "DLL load failed" in text or "WinError 1114" in text
    if platform != "win32" or not failed:
        return ""
    install = f"install the newest Microsoft Visual C++ Redistributable ({REDISTRIBUTABLE})"
    if number != 1114 and "1114" not in text:
        return f"a library of Windows is missing: {install}, then start again."
    older = runtime_loaded() or "msvcp140.dll"
    return (
        f"an older {older} was loaded first: {install}, update PySide6 with  "
        "pip install --upgrade PySide6-Essentials  and start again."
    )


def runtime_loaded() -> str:
    """Where this process has its msvcp140.dll from; empty where there is none."""
    windows = getattr(ctypes, "WinDLL", None)
    if windows is None:
        return ""
    with suppress(OSError, AttributeError):
        kernel = windows("kernel32")
        kernel.GetModuleHandleW.restype = ctypes.c_void_p
        handle = kernel.GetModuleHandleW("msvcp140.dll")
        name = ctypes.create_unicode_buffer(1024)
        if handle and kernel.GetModuleFileNameW(ctypes.c_void_p(handle), name, 1024):
            return name.value
    return ""


def openmp_libraries(places: Iterable[Path]) -> list[Path]:
    """The OpenMP libraries that end a process which loads two of them; each file once."""
    found: dict[Path, Path] = {}
    for place in places:
        for name in _OPENMP:
            with suppress(OSError):
                if (place / name).is_file():
                    found.setdefault((place / name).resolve(), place / name)
    return list(found.values())


def openmp_conflict(environment: Mapping[str, str] = os.environ) -> str:
    """What is wrong where numpy and torch bring an OpenMP each, and the way out. Takes a while.

    Two files alone do no harm: a child tries whether both are loaded.
    """
    known = openmp_libraries(_places())
    if len(known) < 2 or "KMP_DUPLICATE_LIB_OK" in environment:
        return ""
    fits, said = _tried("import numpy, torch; torch.ones(64, 64) @ torch.ones(64, 64)")
    if fits or "Error #15" not in said:
        return ""
    which = " and ".join(map(str, known))
    return (
        f"Two OpenMP libraries are in each other's way: {which}. Install numpy and torch from one "
        "source, best in a new environment:  pip install -e .  "
        "KMP_DUPLICATE_LIB_OK=TRUE lets it start, but numbers may be wrong."
    )


def _places() -> list[Path]:
    places = [Path(sys.prefix) / "lib", Path(sys.prefix) / "Library" / "bin"]
    for name, inside in (("torch", "lib"), ("numpy", ".libs"), ("numpy", "../numpy.libs")):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin:
            places.append(Path(spec.origin).parent / inside)
    return places
