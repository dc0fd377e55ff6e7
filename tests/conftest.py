"""What every test shares: no screen, no user's folders, one torch thread."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# More threads than free cores make small networks wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What trains in a test keeps nobody's computer awake.
os.environ.setdefault("WAKEPY_FAKE_SUCCESS", "yes")


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test of the window its widgets and threads have ended, its files are closed."""
    if "qapp" not in request.fixturenames:
        yield
        return
    from tests.leaks import Alive, left_behind  # not for the tests that need no window

    before, failed = Alive.now(), request.session.testsfailed
    yield
    if request.session.testsfailed == failed:  # the trace of one that failed holds on to much
        left = left_behind(before)
        assert not left, f"left behind: {', '.join(left)}"


@pytest.fixture(autouse=True)
def own_folders(nothing_left_behind: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs, data, caches and settings of each test lie in a folder of its own."""
    # What is left behind is looked for last, when nothing is patched any more.
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    monkeypatch.delenv("IAE_STUDIO_DATA", raising=False)
    return tmp_path


@pytest.fixture
def state(qapp):
    """The window's state without a window, as it is once the engine is loaded."""
    from iae_studio.state.studio_state import StudioState  # not for the tests that need no window
    from trainer.recipe.catalogue import CATALOGUE

    made = StudioState.create(CATALOGUE["drawn-10"])
    made.training.engine_ready()
    return made


@pytest.fixture
def dark(qapp) -> Iterator[None]:
    """The dark theme, whatever a test makes of it."""
    from iae_studio.style import theme  # not for the tests that need no window

    theme.apply(qapp, True)
    yield
    theme.apply(qapp, True)


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes torch see GPUs: of each, what its trial says."""
    from tests.gpus import see_gpus  # not for the tests that need no device

    return partial(see_gpus, monkeypatch)


@pytest.fixture
def no_heif(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a computer without pillow-heif, whether it was loaded already or not."""
    from PIL import Image

    from trainer.data import image_kinds

    image_kinds.suffixes()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    for ending in [key for key, kind in Image.EXTENSION.items() if kind == "HEIF"]:
        monkeypatch.delitem(Image.EXTENSION, ending)
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    image_kinds.suffixes.cache_clear()
    yield
    image_kinds.suffixes.cache_clear()
