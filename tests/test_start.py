"""Starting the program where the window cannot open, and what ships with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from iae_studio.__main__ import main
from iae_studio.state.model_files import SHIPPED, list_runs, model_recipe
from trainer.inference.render import render
from trainer.messages import Probe, UserError, column_seeds
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.specs import DATA_SETS

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(sys.platform != "linux", reason="a screen is always there elsewhere")
def test_without_a_screen_it_says_what_to_use_instead() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "no screen" in done.stderr
    assert "python -m trainer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="X11 only")
def test_a_screen_that_does_not_answer_is_named(monkeypatch, capfd) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4242")
    monkeypatch.setattr("iae_studio.platform_check.missing_libraries", list)
    assert main() == 1
    assert ":4242" in capfd.readouterr().err


def test_a_missing_library_is_named_with_the_package(monkeypatch, capfd) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("sys.platform", "linux")
    lacks = ["libxcb-cursor.so.0"]
    monkeypatch.setattr("iae_studio.platform_check.missing_libraries", lambda: lacks)
    assert main() == 1
    told = capfd.readouterr().err
    assert "libxcb-cursor.so.0" in told
    assert "apt-get install libxcb-cursor0" in told


TURNED = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from iae_studio.running import run
from iae_studio.diagnostics.start import Diagnostics
from iae_studio.style import theme
from iae_studio.window import Window

app = QApplication([])

def turn():
    (window,) = (each for each in app.topLevelWidgets() if isinstance(each, Window))
    print("dark" if theme.current() is theme.DARK else "light", flush=True)
    window.toggle_theme()
    window.close()

# After the start, before the engine is loaded.
QTimer.singleShot(0, lambda: QTimer.singleShot(0, turn))
run(app, Diagnostics())
"""


def test_the_theme_that_was_chosen_is_there_at_the_next_start() -> None:
    command = [sys.executable, "-c", f"{TURNED}import os; os._exit(0)"]
    first, second = (
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    )
    assert {first, second} == {"dark", "light"}


def test_the_shipped_models_fit_their_recipes_and_stay_small() -> None:
    import torch

    from trainer.inference.model_files import load_snapshot

    models = SHIPPED
    assert "drawn-10" in models
    for name, path in models.items():
        assert path.stat().st_size <= 3 * 2**20, name
        recipe = model_recipe(path)
        assert recipe.name == name
        assert name in CATALOGUE
        snapshot = load_snapshot(path, torch.device("cpu"))
        assert snapshot.step > 0
        if not recipe.two_dimensional:
            import numpy as np

            shape = recipe.image_shape
            probe = Probe(0, np.zeros((1, *shape), np.uint8), column_seeds(0, 2))
            assert render(snapshot, probe).tiles.shape == (1, 2, *shape)


SHIPPED_KINDS = {
    "IAE, no noise": lambda r: r.model.kind == "iae" and not r.categorical and not r.model.noise,
    "IAE, noise": lambda r: r.model.kind == "iae" and not r.categorical and r.model.noise > 0,
    "clusters": lambda r: r.model.kind == "iae" and r.categorical and not r.two_dimensional,
    "CycleIAE, stochastic decoder": lambda r: r.translates and r.model.noise > 0,
    "CycleIAE, stochastic encoder": lambda r: r.translates and r.model.encoder_noise > 0,
    "FIAE": lambda r: r.model.kind == "fiae" and not r.two_dimensional,
    "seven Gaussians": lambda r: r.data.name == "mog" and r.model.kind == "iae",
    "four points": lambda r: r.data.name == "four-points",
}


@pytest.mark.parametrize("kind", SHIPPED_KINDS)
def test_every_kind_of_exploration_has_a_model_that_ships(kind: str) -> None:
    recipes = [model_recipe(path) for path in SHIPPED.values()]
    assert any(SHIPPED_KINDS[kind](recipe) for recipe in recipes)


def test_what_ships_is_small_and_of_data_that_may_be_shared() -> None:
    models = SHIPPED
    sizes = [path.stat().st_size for path in models.values()]
    assert max(sizes) <= 3e6 and sum(sizes) <= 32e6
    for name, path in models.items():
        data = DATA_SETS[model_recipe(path).data.name]
        assert data.shippable, f"{name} was trained on {data.title}"


def test_what_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "other.safetensors"
    file.write_bytes(b"nonsense")
    with pytest.raises(UserError, match=r"other\.safetensors"):
        model_recipe(file)
    with pytest.raises(UserError, match="is not a run folder"):
        model_recipe(tmp_path)


def test_damaged_runs_do_not_hide_the_others(tmp_path: Path) -> None:
    from trainer.training.checkpoint import RunFolder

    RunFolder.create(tmp_path / "good", CATALOGUE["mog-iae"])
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "recipe.json").write_text("{")
    assert [run.path.name for run in list_runs(tmp_path)] == ["good"]
