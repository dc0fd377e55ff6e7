"""The window never waits for torch: nothing it is made of imports the engine's heavy parts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
LIGHT = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for file in (ROOT / "iae_studio").rglob("*.py")
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
    assert "iae_studio.__main__" in LIGHT and "iae_studio.explore" in LIGHT
    code = (
        "import importlib, sys\n"
        f"for name in {order}:\n"
        "    importlib.import_module(name)\n"
        f"    found = {set(HEAVY)} & set(sys.modules)\n"
        "    if found: sys.exit(f'{name} loads {found}')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_shown_model_does_not_wait_for_torchs_compiler() -> None:
    """To load it takes a second, longer than all else between torch and the first picture."""
    code = """
import sys, torch
from trainer.inference.moulds import mould_of
from trainer.models.size import blank_model
from trainer.recipe.catalogue import CATALOGUE
for recipe in CATALOGUE.values():
    blank_model(recipe)
mould_of(CATALOGUE["shoes-64"])
sys.exit("torch._dynamo" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_window_shows_before_what_loads_slowly() -> None:
    """The plots' library and the engine come after the first painting, or after a while."""
    code = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from iae_studio import leaving
from iae_studio.app import Studio
app = QApplication([])
studio = Studio(QSettings(sys.argv[1], QSettings.Format.IniFormat))
slow = lambda: sorted({"pyqtgraph", "torch", "PIL.PngImagePlugin"} & set(sys.modules))
studio.window.painted.disconnect(studio._complete)
studio.window.painted.connect(lambda: print("painted", *slow()))
studio.window.painted.connect(studio._complete)
studio.window.painted.connect(lambda: print("then", *slow()))
studio.window.painted.connect(studio.window.close)
studio.start()
app.exec()
leaving.end_now(0)  # the engine may still be loading
"""
    with tempfile.TemporaryDirectory() as home:
        folders = dict.fromkeys(("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), home)
        done = subprocess.run(
            [sys.executable, "-c", code, f"{home}/settings.ini"],
            cwd=ROOT,
            env=os.environ | folders | {"QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            check=True,
        )
    painted, then = done.stdout.splitlines()
    assert painted == "painted"
    assert "pyqtgraph" in then


@pytest.mark.parametrize(
    "module",
    ["messages", "recipe", "recipe.catalogue", "storage.paths", "data.image_files", "cli"],
)
def test_what_a_window_takes_from_the_engine_is_light(module: str) -> None:
    assert not loaded_by(f"trainer.{module}") & {*HEAVY, "PySide6"}


def test_the_engine_loads_no_qt() -> None:
    modules = sorted(
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in (ROOT / "trainer").rglob("[a-z]*.py")
    )
    assert "trainer.networks.resnet" in modules and "trainer.data.drawing.shoes" in modules
    assert not loaded_by(", ".join(modules)) & {"PySide6", "pyqtgraph", "iae_studio"}


def test_a_first_picture_waits_for_torch_alone() -> None:
    """What the render thread loads, and uses, to show a shipped model."""
    code = """
import sys
import numpy as np
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.model_files import SHIPPED
from iae_studio.threads.engine import load_engine
from iae_studio.threads.weights import load_newest
from trainer.recipe.catalogue import CATALOGUE
from trainer.messages import Probe, column_seeds
load_engine()
from trainer.inference.render import render
shown = DisplayedModel(CATALOGUE["drawn-10"], SHIPPED["drawn-10"])
snapshot = load_newest(shown, Folders(), "auto")
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


def test_no_modules_import_each_other() -> None:
    """Not in a circle either, nor for their types alone."""
    graph = grimp.build_graph("iae_studio", "trainer")
    needs = {m: set(graph.find_modules_directly_imported_by(m)) for m in graph.modules}
    while free := {module for module, wanted in needs.items() if not wanted}:
        needs = {m: wanted - free for m, wanted in needs.items() if m not in free}
    assert not needs
