"""From outside: a data set, a model, a measure and a panel are added, and all have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDockWidget

import trainer
from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.views.recipe_list import RecipeList
from tests.studio import LONG, press, running, wait_for_tiles
from tests.test_data_sets import STRIPES
from tests.test_model_specs import SparseIAE
from tests.test_panels import BrightnessView
from tests.tiny import recipe_of
from trainer.cli import main
from trainer.data.loading import forget_data
from trainer.evaluation import MEASURES, MeasureSpec, Subject, reference_classifier
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.specs import DATA_SETS, MODELS, ModelSpec

NAME = "sparse-stripes"
CPU = ["--device", "cpu"]


def spread(subject: Subject) -> dict[str, float]:
    return {"spread": float(subject.data.test.images.float().std())}


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All four, and a recipe of them, for one test."""
    monkeypatch.setattr(reference_classifier, "STEPS", 5)
    with ExitStack() as stack:
        for registry, record in (
            (DATA_SETS, STRIPES),
            (MODELS, ModelSpec("sparse", "Sparse IAE", "Variants", SparseIAE)),
            (MEASURES, MeasureSpec("spread", lambda recipe, data: data.classes == 2, spread)),
            (PANELS, PanelSpec("brightness", "Brightness", "right", BrightnessView)),
        ):
            stack.enter_context(registry.registered(record))  # type: ignore[attr-defined]
        recipe = recipe_of("drawn-10", "data=stripes", "size=16", "model=sparse", "steps=5")
        about = replace(recipe.about, name=NAME, title="Stripes")
        monkeypatch.setitem(CATALOGUE, NAME, replace(recipe, about=about))
        yield
    forget_data()


@pytest.mark.usefixtures("added")
def test_what_is_added_is_listed_trained_measured_loaded_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], qtbot, own_folders: Path
) -> None:
    run = str(tmp_path / "run")
    assert main(["list"]) == 0
    assert NAME in capsys.readouterr().out
    assert main(["train", NAME, "--out", run, *CPU]) == 0
    capsys.readouterr()
    assert main(["evaluate", run, "--json", *CPU]) == 0
    assert json.loads(capsys.readouterr().out)["spread"] > 0

    loaded = trainer.load(run, "cpu")
    assert type(loaded.snapshot.model) is SparseIAE and loaded.recipe.data.name == "stripes"

    with running(own_folders, qtbot, NAME) as studio:
        assert studio.state.displayed.recipe.name == NAME
        listed = studio.window.findChild(RecipeList, "recipeList").recipe_items()
        assert "Stripes" in [item.text(0) for item in listed]
        assert studio.window.findChild(QDockWidget, "dock Brightness").isVisible()
        wait_for_tiles(studio, qtbot)
        assert all(known.seen.shape == (16, 16, 1) for known in studio.state.inputs.images)
        view = studio.window.view("brightness")
        press(studio, qtbot, "brightnessButton")
        qtbot.waitUntil(lambda: len(view.threads) == 2, timeout=LONG)
        assert view.threads[0] is not view.threads[1]
