"""What the library reads of the disk: runs, data that are at hand, folders that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from iae_studio.state.datasets import title_of
from iae_studio.state.folders import ChosenFolders, Folders
from iae_studio.state.library import read_contents
from tests.tiny import write_mnist
from trainer.data.at_hand import with_data_at_hand
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import RunFolder


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    return write_mnist(tmp_path / "digits")


def test_the_library_knows_runs_data_and_what_is_wrong(tmp_path: Path, digits: Path) -> None:
    RunFolder.create(runs_root() / "it", CATALOGUE["mog-iae"])
    torn = runs_root() / "torn"
    torn.mkdir()
    (torn / "recipe.json").write_text("{")
    file = tmp_path / "file"
    file.write_text("no folder")
    found = read_contents(Folders({"mnist": str(digits), "svhn": str(file)}))
    assert [run.path.name for run in found.runs] == ["it"] and set(found.damaged) == {"torn"}
    assert found.ready["mnist"] and not found.ready["svhn"] and found.ready["drawn-digits"]
    assert set(found.ready) == {recipe.data.name for recipe in CATALOGUE.values()}
    (problem,) = found.problems
    assert str(file) in problem


def test_where_there_are_no_runs_and_no_folders_nothing_is_wrong() -> None:
    found = read_contents(Folders())
    assert (found.runs, found.problems, found.damaged) == ((), (), {})
    assert not found.ready["mnist"]


def test_a_folder_of_runs_that_is_none_is_a_problem() -> None:
    runs_root().parent.mkdir(parents=True)
    runs_root().write_text("a file")
    (problem,) = read_contents(Folders()).problems
    assert problem.startswith("The runs are not there: ")


def test_drawn_data_stand_in_for_those_that_are_not_at_hand(digits: Path) -> None:
    recipe = CATALOGUE["mnist-10-small"]
    assert with_data_at_hand(recipe, digits) is recipe
    drawn = with_data_at_hand(recipe, digits.parent / "nowhere")
    assert drawn.data.name != "mnist" and with_data_at_hand(drawn, None) is drawn
    assert drawn.model == recipe.model


def test_a_recipe_is_titled_by_its_data_or_its_folders() -> None:
    assert title_of(CATALOGUE["mnist-10-small"]) == "MNIST"
    one = CATALOGUE["shoes-small"].with_images("/a/pairs.zip")
    assert title_of(one) == "pairs.zip"


def test_a_folder_chosen_in_the_settings_is_where_a_set_lies(tmp_path: Path, digits: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    chosen = ChosenFolders(settings)
    assert chosen.now().of("mnist") is None
    chosen.remember("svhn", digits)
    assert chosen.now().of("mnist") == digits, "it holds this set as well"
    chosen.remember("mnist", tmp_path)
    assert chosen.now().chosen == {"svhn": str(digits), "mnist": str(tmp_path)}
    assert chosen.now().of("mnist") == digits
