"""Every example of CONTRIBUTING.md runs as it stands, and does what the text says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

import trainer
from iae_studio.middle.spec import VIEWS
from iae_studio.panels.spec import PANELS
from tests.studio import LONG, newest, press, running, wait_for_tiles
from tests.tiny import ROOT, recipe_of, trained
from trainer.data.loading import forget_data
from trainer.evaluation.specs import MEASURES
from trainer.messages import UserError
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.effect import RULES
from trainer.recipe.options import additions
from trainer.recipe.specs import DATA_SETS, FAMILIES, MODELS

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
REGISTRIES: tuple[Any, ...] = (DATA_SETS, MODELS, FAMILIES, MEASURES, PANELS, VIEWS)
Example = Callable[[str], dict[str, Any]]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Example]:
    """Runs the example under a heading, in an empty folder; what it registered goes at the end."""
    for registry in REGISTRIES:
        registry.names()  # loads it
        monkeypatch.setattr(registry, "_records", dict(registry._records))
    monkeypatch.chdir(tmp_path)

    def run(heading: str) -> dict[str, Any]:
        (block,) = re.findall(rf"^## {heading}.*?^```python\n(.*?)^```", TEXT, re.S | re.M)
        names: dict[str, Any] = {"__name__": "example"}
        exec(compile(block, heading, "exec", dont_inherit=True), names)
        return names

    yield run
    forget_data()


def test_every_example_has_its_test() -> None:
    assert TEXT.count("```python") == len(re.findall(r"^## An? ", TEXT, re.M)) == 7
    assert max(map(len, TEXT.splitlines())) <= 100


def test_the_data_set_trains(example: Example) -> None:
    example("A data set")
    loaded = trainer.load("checks-run", "cpu")
    assert loaded.snapshot.step == 3 and loaded.recipe.data.name == "checks"


def test_the_model_trains_and_resumes(example: Example) -> None:
    names = example("A model")
    again = trainer.train("mog-iae", out="sparse-run", resume=True, steps=6, device="cpu")
    assert [progress.step for progress in again][-1] == 6
    assert type(trainer.load("sparse-run", "cpu").snapshot.model) is names["SparseIAE"]


def test_the_family_builds_and_trains(example: Example) -> None:
    names = example("A family of networks")
    assert names["model"].recipe.family.name == "shallow"
    assert trained(names["recipe"], 2)[0].step == 2
    with pytest.raises(UserError, match="points go with toy networks"):
        find_recipe("drawn-10").with_settings(["networks=shallow"])


def test_the_option_is_as_the_program_has_it(example: Example) -> None:
    names = example("An option")
    assert additions()["model.code_blur"] == names["Model"]().code_blur == 0
    applies, why = names["rule"]["model.code_blur"]
    assert RULES["model.code_blur"][1] == why
    assert applies(names["blurred"]) and not applies(find_recipe("fiae-toy"))
    assert names["blurred"].model.code_blur == 0.1 and names["papers"].model.code_blur == 0
    with pytest.raises(UserError, match=why):
        find_recipe("fiae-toy").with_settings(["code_blur=0.1"])


def test_the_measure_is_taken(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    example("A data set")
    example("A measure")
    (measure,) = [each for each in MEASURES if each.name == "brightness"]
    monkeypatch.setattr(MEASURES, "_records", {"brightness": measure})
    assert 0.3 < trainer.evaluate("checks-run", device="cpu")["brightness"] < 0.7
    assert not measure.applies(recipe_of("mog-iae"), None)


def test_the_panel_docks_and_has_its_job_done(example: Example, qtbot, own_folders) -> None:
    example("A panel")
    with running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        assert studio.window.findChild(QDockWidget, "dock Brightness").isVisible()
        press(studio, qtbot, "measureBrightness")
        messages = studio.state.messages
        qtbot.waitUntil(lambda: messages.current is not None, timeout=LONG)
        seen = [known.seen.mean() for known in studio.state.inputs.images]
        assert messages.current.text == f"Brightness {sum(seen) / len(seen):.1f}"


def test_the_view_is_looked_at_by_its_key_and_its_question_answered(
    example: Example, qtbot, own_folders
) -> None:
    example("A view of the middle")
    with running(own_folders, qtbot) as studio:
        wait_for_tiles(studio, qtbot)
        qtbot.keyClick(studio.window, Qt.Key.Key_9)
        view = studio.window.explore.view("brightness")
        assert view.isVisible()
        studio.state.query.resample()
        rendering = newest(studio, qtbot)
        mean = f"Brightness {rendering.tiles.mean() / 255:.1%}"
        qtbot.waitUntil(lambda: view.text() == mean, timeout=LONG)
