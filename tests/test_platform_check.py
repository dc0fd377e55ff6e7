"""The start check names what is in the way, and the way out; told by faked surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from iae_studio import platform_check as check
from iae_studio.threads.engine import no_engine
from tests.tiny import ROOT


def other_qt(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


@pytest.mark.parametrize(
    ("variable", "file"),
    [
        ("LD_LIBRARY_PATH", "libQt6Core.so.6"),
        ("LD_LIBRARY_PATH", "libQt6Core.so.6.4.2"),
        ("DYLD_LIBRARY_PATH", "libQt6Core.6.dylib"),
        ("DYLD_FRAMEWORK_PATH", "QtCore.framework"),
        ("QT_QPA_PLATFORM_PLUGIN_PATH", "libqxcb.so"),
        ("QT_QPA_PLATFORM_PLUGIN_PATH", "qwindows.dll"),
        ("QT_PLUGIN_PATH", "platforms"),
    ],
)
def test_another_qt_is_found_by_its_variable(variable: str, file: str, tmp_path: Path) -> None:
    """As conda, OpenCV and desktops set them."""
    folder = other_qt(tmp_path / "other", file)
    harmless = other_qt(tmp_path / "harmless", "libfoo.so")
    value = os.pathsep.join([str(harmless), "", str(tmp_path / "gone"), str(folder)])
    assert check.foreign_qt({variable: value, "PATH": str(folder)}) == {variable: str(folder)}


def test_its_own_qt_and_other_libraries_are_no_matter(tmp_path: Path) -> None:
    import PySide6

    own = Path(PySide6.__file__).parent / "Qt"
    surroundings = {
        "QT_PLUGIN_PATH": str(own / "plugins"),
        "LD_LIBRARY_PATH": f"{own / 'lib'}{os.pathsep}{tmp_path}{os.pathsep}a\0b",
    }
    assert check.foreign_qt(surroundings) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="the variables of Linux")
def test_plugins_that_end_qt_are_named_before_it_starts(tmp_path: Path) -> None:
    """OpenCV's variable is the usual one; Qt itself aborts, and says to reinstall."""
    plugins = other_qt(tmp_path / "cv2" / "plugins", "libqxcb.so", "libqoffscreen.so")
    surroundings = {"QT_QPA_PLATFORM_PLUGIN_PATH": str(plugins), "QT_QPA_PLATFORM": "vnc9"}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=os.environ | surroundings, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, "it does not abort"
    assert f"QT_QPA_PLATFORM_PLUGIN_PATH leads to {plugins}" in done.stderr
    assert "env -u QT_QPA_PLATFORM_PLUGIN_PATH python main.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_qt_that_does_no_harm_is_not_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("QT_PLUGIN_PATH", str(other_qt(tmp_path / "kde", "platforms")))
    assert check.problem() == "", "a desktop may set it"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_a_qt_that_cannot_be_loaded_is_told_in_the_words_of_the_system(
    platform: str, monkeypatch, capfd
) -> None:
    broken = ImportError("DLL load failed while importing QtCore: The specified module")
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(check.missing_runtime, "__defaults__", (platform,))
    told = check._no_qt(broken)
    assert ("apt-get" in told) == (platform == "linux")
    assert ("vc_redist" in told) == (platform == "win32")
    assert ("force-reinstall PySide6" in told) == (platform == "darwin")
    capfd.readouterr()


class WindowsError(OSError):
    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.winerror = number


RUNTIME = [
    (WindowsError(126, "[WinError 126] module not found: c10.dll"), "is missing"),
    (ImportError("DLL load failed while importing _C"), "is missing"),
    (WindowsError(1114, "[WinError 1114] A DLL initialization routine failed"), "older"),
    (OSError('[WinError 1114] ... Error loading "C:\\torch\\lib\\c10.dll"'), "older"),
]


@pytest.mark.parametrize(("error", "words"), RUNTIME)
def test_a_missing_or_old_runtime_of_windows_is_named(error: Exception, words: str) -> None:
    told = check.missing_runtime(error, "win32")
    assert words in told and "Visual C++ Redistributable" in told and "https://aka.ms/" in told
    assert check.missing_runtime(error, "linux") == ""


def test_the_engine_says_what_it_lacks(monkeypatch) -> None:
    monkeypatch.setattr(check.missing_runtime, "__defaults__", ("win32",))
    assert "vc_redist" in str(no_engine(RUNTIME[2][0]))
    plain = no_engine(ImportError("no torch"))
    assert "force-reinstall torch" in str(plain) and plain.trace


def test_the_runtime_in_use_is_nowhere_but_on_windows() -> None:
    assert (check.runtime_loaded() != "") <= (sys.platform == "win32")


# ---- OpenMP --------------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path, monkeypatch) -> list[Path]:
    places = [
        other_qt(tmp_path / "conda", "libiomp5.so"),
        other_qt(tmp_path / "torch", "libomp.so"),
    ]
    monkeypatch.setattr(check, "_places", lambda: places)
    return places


ABORTS = (False, "OMP: Error #15: Initializing libomp.so, but found libiomp5.so already")


def test_two_openmp_libraries_that_collide_are_named(two, monkeypatch) -> None:
    monkeypatch.setattr(check, "_tried", lambda _: ABORTS)
    told = check.openmp_conflict({})
    assert all(str(place) in told for place in two)
    assert "pip install" in told and "KMP_DUPLICATE_LIB_OK=TRUE" in told
    assert check.openmp_conflict({"KMP_DUPLICATE_LIB_OK": "TRUE"}) == "", "the user wants it so"


@pytest.mark.parametrize("answer", [(True, ""), (False, "Segmentation fault")])
def test_two_that_get_along_are_no_matter(answer, two, monkeypatch) -> None:
    monkeypatch.setattr(check, "_tried", lambda _: answer)
    assert check.openmp_conflict({}) == ""


def test_one_library_under_two_names_is_one(tmp_path: Path, monkeypatch) -> None:
    conda = other_qt(tmp_path / "conda", "libiomp5.so")
    torch = other_qt(tmp_path / "torch")
    try:
        (torch / "libiomp5.so").symlink_to(conda / "libiomp5.so")
    except OSError:
        pytest.skip("needs links")
    assert len(check.openmp_libraries([conda, torch, tmp_path / "gone"])) == 1


def test_a_child_that_dies_is_heard() -> None:
    ended, said = check._tried(
        "import os, sys; print('OMP: Error #15', file=sys.stderr); os.abort()"
    )
    assert not ended and "Error #15" in said
    assert check._tried("pass")[0]


def test_the_start_check_passes_here(monkeypatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert check.problem() == "" and check.openmp_conflict() == ""
