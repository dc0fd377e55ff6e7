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
    for file in (ROOT / folder).glob("[a-z]*.py")
)
HEAVY = ("torch", "torchvision", "scipy", "sklearn", "matplotlib", "pandas", "cv2")


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_all_window_modules_together_load_nothing_heavy() -> None:
    assert not loaded_by(", ".join(LIGHT)) & set(HEAVY)


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
    """What the render thread loads to show a shipped model."""
    loaded = loaded_by("trainer.model_files, trainer.explore, trainer.devices")
    assert "torch" in loaded
    assert not loaded & {*HEAVY, "PySide6"} - {"torch"}
