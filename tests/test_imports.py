"""The window never waits for torch: nothing it is made of imports the engine's heavy parts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LIGHT = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for folder in ("iae_studio", "iae_studio/views", "iae_studio/widgets")
    for file in (ROOT / folder).glob("*.py")
    if file.stem != "__init__"
)
HEAVY = ("torch", "torchvision", "scipy", "sklearn", "matplotlib", "pandas", "cv2")


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_no_module_of_the_window_loads_anything_heavy() -> None:
    """One after another, views and widgets first, so that the one that does is named."""
    order = sorted(LIGHT, key=lambda name: -name.count("."))
    assert "iae_studio.__main__" in LIGHT and "iae_studio.views.explore" in LIGHT
    code = (
        "import importlib, sys\n"
        f"for name in {order}:\n"
        "    importlib.import_module(name)\n"
        f"    found = {set(HEAVY)} & set(sys.modules)\n"
        "    if found: sys.exit(f'{name} loads {found}')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "module",
    [f"trainer.{name}" for name in ("messages", "recipes", "catalogue", "places", "cli")],
)
def test_what_a_window_takes_from_the_engine_is_light(module: str) -> None:
    assert not loaded_by(module) & {*HEAVY, "PySide6"}


def test_the_engine_loads_no_qt() -> None:
    modules = sorted(
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in (ROOT / "trainer").rglob("[a-z]*.py")
    )
    assert "trainer.networks.resnet" in modules and "trainer.data.shoes" in modules
    assert not loaded_by(", ".join(modules)) & {"PySide6", "pyqtgraph", "iae_studio"}


def test_a_first_picture_waits_for_torch_alone() -> None:
    """What the render thread loads, and uses, to show a shipped model."""
    code = """
import sys
import numpy as np
from iae_studio.library import shipped_models
from iae_studio.render_thread import _load, _load_engine
from iae_studio.session import Shown
from trainer.catalogue import CATALOGUE
from trainer.messages import Probe, column_seeds
_load_engine()
from trainer.explore import render
snapshot = _load(Shown(CATALOGUE["drawn-10"], shipped_models()["drawn-10"]), None)
answer = render(snapshot, Probe(1, np.zeros((2, 28, 28, 1), np.uint8), column_seeds(0, 8)))
assert answer.tiles.shape == (2, 8, 28, 28, 1)
print(*{name.split(".")[0] for name in sys.modules})
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "torch" in loaded
    assert not loaded & set(HEAVY) - {"torch"}
