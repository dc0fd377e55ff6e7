"""A model that cannot be loaded is told, and leaves the shown one."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.model_files import SHIPPED
from tests.crafted import with_option
from tests.own_images import said
from tests.studio import LONG, newest, running
from tests.tiny import recipe_of, trained
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import STATE, RunFolder

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a file in use cannot be changed there"
)


def rewritten(path: Path, **meta: str) -> Path:
    with safe_open(str(SHIPPED["drawn-10"]), "pt") as file:
        known = file.metadata()
    save_file(load_file(SHIPPED["drawn-10"]), path, known | meta)
    return path


def other_weights(path: Path) -> Path:
    """Whole, and of another recipe than it says."""
    with safe_open(str(SHIPPED["drawn-10"]), "pt") as file:
        recipe = file.metadata()["recipe"]
    return rewritten(path, recipe=with_option(recipe, "model.width", 5))


def damaged(path: Path, content: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(content(SHIPPED["drawn-10"].read_bytes()))
    return path


def flipped(data: bytes) -> bytes:
    """One bit of the header."""
    return data[:20] + bytes([data[20] ^ 1]) + data[21:]


MODELS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "newer": (lambda p: rewritten(p, kind="iae-studio model 3"), "newer version.*update"),
    "a newer recipe": (lambda p: rewritten(p, recipe='{"format": 3}'), "newer version.*update"),
    "no step": (lambda p: rewritten(p, step="9" * 400), "damaged"),
    "deep": (lambda p: rewritten(p, recipe="[" * 100_000), "damaged"),
    "cut": (lambda p: damaged(p, lambda data: data[:-1000]), "damaged or cut short.*copy"),
    "cut early": (lambda p: damaged(p, lambda data: data[:100]), "damaged or cut short.*copy"),
    "empty": (lambda p: damaged(p, lambda data: b""), "damaged or cut short.*copy"),
    "a web page": (lambda p: damaged(p, lambda _: b"<!doctype html><p>404"), "damaged or cut"),
    "a flipped bit": (lambda p: damaged(p, flipped), "damaged|does not fit"),
    "others' weights": (other_weights, "does not fit"),
}


@pytest.mark.parametrize("kind", MODELS)
def test_a_model_that_cannot_be_loaded_leaves_the_shown_one(
    kind: str, qtbot, own_folders: Path, tmp_path: Path
) -> None:
    make, told = MODELS[kind]
    file = make(tmp_path / "shared.safetensors")
    with running(own_folders, qtbot) as studio:
        before = newest(studio, qtbot)
        model = studio.state.displayed.model
        studio.state.drops.open_files([file])
        messages = studio.state.messages
        qtbot.waitUntil(lambda: bool(messages.current and messages.current.error), timeout=LONG)
        assert re.search(told, messages.current.text)
        assert "shared.safetensors" in messages.current.text
        assert studio.state.displayed.model == model
        assert studio.state.answers.rendering is before


def test_a_run_that_was_damaged_since_leaves_the_shown_model(qtbot, own_folders: Path) -> None:
    state, _ = trained(recipe_of("drawn-10"), 2)
    run = runs_root() / "run"
    RunFolder.create(run, recipe_of("drawn-10")).save(state)
    with running(own_folders, qtbot) as studio:
        before = newest(studio, qtbot)
        model = studio.state.displayed.model
        (run / STATE).write_bytes((run / STATE).read_bytes()[:-500])
        studio.state.library.choose(DisplayedModel(recipe_of("drawn-10"), run))
        qtbot.waitUntil(lambda: "damaged or cut short" in said(studio), timeout=LONG)
        qtbot.waitUntil(lambda: studio.state.displayed.model == model, timeout=LONG)
        after = newest(studio, qtbot)
        assert after.step == before.step and np.array_equal(after.tiles[0], before.tiles[0])
        assert "damaged or cut short" in said(studio), "and it is still told"
        shutil.rmtree(run)
        studio.state.library.choose(DisplayedModel(recipe_of("drawn-10"), run))
        qtbot.waitUntil(lambda: "does not exist" in said(studio), timeout=LONG)
        qtbot.waitUntil(lambda: studio.state.displayed.model == model, timeout=LONG)
        newest(studio, qtbot)
        assert "does not exist" in said(studio)
