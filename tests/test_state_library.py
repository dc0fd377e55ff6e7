"""What the state knows of the disk: experiments and runs, folders, data; and loading it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings

from iae_studio.state.cancelling import CancellableProgress, CancelledError
from iae_studio.state.datasets import gone_images, missing, title_of
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import ChosenFolders, Folders
from iae_studio.state.library import Contents
from iae_studio.state.model_files import SHIPPED, Run, Runs, is_model, list_runs
from iae_studio.state.test_request import data_of
from iae_studio.state.training import State
from tests.widgets import heard_of
from trainer.data.at_hand import with_data_at_hand
from trainer.recipe.catalogue import CATALOGUE
from trainer.training.checkpoint import RunFolder

# ---- the library ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment that did not come with weights."""
    monkeypatch.delitem(SHIPPED, "aae-small")


def a_run(name: str, folder: str, step: int = 5, **changes: object) -> Run:
    return Run(Path(folder), CATALOGUE[name].but(**changes), "2026-11-27", step)


def test_an_experiment_is_shown_by_what_ships_else_by_its_newest_run(state) -> None:
    library, plain = state.library, CATALOGUE["aae-small"]
    assert library.weights_of(plain) == DisplayedModel(plain)
    runs = (
        a_run("aae-small", "runs/begun", step=0),
        a_run("aae-small", "runs/new", width=8),
        a_run("aae-small", "runs/old"),
        a_run("drawn-10", "runs/other"),
    )
    library.set_contents(Contents(runs, {"mnist": False}))
    assert library.weights_of(plain) == DisplayedModel(runs[1].recipe, Path("runs/new"))
    assert library.entry(plain).runs == runs[1:3]
    assert library.entry(plain).ready is library.ready(plain.data.name)
    assert not library.ready("mnist") and library.ready("svhn"), "until the disk was read"
    shipped = library.weights_of(CATALOGUE["drawn-10"])
    assert shipped.path == SHIPPED["drawn-10"]


def test_the_first_model_gives_way_to_better_weights_unless_another_was_chosen(state) -> None:
    newest = a_run("aae-small", "runs/new")
    refreshes = heard_of(state.library.refreshWanted)
    state.library.start("aae-small")
    assert len(refreshes) == 1
    state.library.set_contents(Contents((newest,)))
    assert state.displayed.model.path == Path("runs/new")
    state.library.start("aae-small")
    state.displayed.select(DisplayedModel(CATALOGUE["mog-iae"]))
    state.library.set_contents(Contents((newest, a_run("aae-small", "runs/newer"))))
    assert state.displayed.recipe.name == "mog-iae"


def test_of_what_trains_the_live_weights_are_shown(state) -> None:
    recipe = CATALOGUE["aae-small"]
    state.displayed.select(DisplayedModel(recipe))
    state.training.start()
    state.training.began(Path("runs/it"), recipe, np.empty((0, 14), np.float32))
    state.training.set_state(State.TRAINING)
    live = DisplayedModel(recipe, Path("runs/it"), live=True)
    for chosen in (DisplayedModel(recipe, Path("runs/it")), DisplayedModel(recipe)):
        state.library.choose(DisplayedModel(CATALOGUE["mog-iae"]))
        state.library.choose(chosen, any_weights=chosen.path is None)
        assert state.displayed.model == live
    state.library.choose(DisplayedModel(recipe, Path("runs/other")))
    assert state.displayed.model == DisplayedModel(recipe, Path("runs/other"))


def test_a_run_that_has_weights_is_not_just_begun(state) -> None:
    recipe, path = CATALOGUE["aae-small"], Path("runs/it")
    state.library.set_contents(Contents((Run(path, recipe, "2026-01-01T10:00:00", 0),)))
    changed, saved = heard_of(state.library.changed), heard_of(state.library.saved)
    state.training.saved(path, 80)
    assert state.library.run_at(path).step == 80 and len(changed) == 1
    for step in (160, 160, 240):
        state.training.saved(path, step)
    (run,) = state.library.runs
    assert run.step == 240 and state.library.run_at(path) == run
    assert [each.step for (each,) in saved] == [80, 160, 240]
    assert len(changed) == 1, "lists are not built anew at every checkpoint"
    state.training.saved(Path("elsewhere"), 300)
    assert len(saved) == 3


def test_what_cannot_be_read_is_told_once(state) -> None:
    logged = heard_of(state.messages.logged)
    torn = Contents(problems=("The disk is gone.",), damaged={"a": "torn"})
    state.library.start("drawn-10")
    state.library.set_contents(torn)
    assert state.messages.current.text == "1 run cannot be read: a (torn). The disk is gone."
    assert ("a: torn.",) in logged
    state.messages.show_message(None)
    state.library.set_contents(torn)
    assert state.messages.current is None
    state.messages.show_error("Something else.")
    state.library.set_contents(Contents(damaged={"a": "torn", "b": "torn"}))
    assert state.messages.current.text == "Something else."
    assert ("1 run cannot be read: b (torn).",) in logged


# ---- loading, and the disk -----------------------------------------------------------------------


def test_loading_tells_how_far_it_is_ten_times_a_second_until_it_is_cancelled() -> None:
    told: list[tuple[int, int]] = []
    progress = CancellableProgress(lambda done, total: told.append((done, total)))
    progress(0, 0)  # somebody else loads the same
    began = time.monotonic()
    progress(1, 9)
    progress(2, 9)
    if time.monotonic() - began < 0.1:
        assert told == [(1, 9)]
    time.sleep(0.11)
    progress(3, 9)
    assert told[0] == (1, 9) and told[-1] == (3, 9)
    progress.cancel()
    with pytest.raises(CancelledError):
        progress(4, 9)


def test_where_no_folder_was_chosen_none_is_a_problem() -> None:
    assert Folders().problems() == () and Folders().of("mnist") is None


def test_folders_that_were_chosen_are_remembered_and_nonsense_is_none(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    chosen = ChosenFolders(settings)
    assert chosen.now() == Folders()
    chosen.remember("mnist", tmp_path / "digits")
    settings.setValue("data/svhn", ["not", "one"])
    settings.setValue("data", ["nor", "here"])
    assert chosen.now() == Folders({"mnist": str(tmp_path / "digits"), "svhn": ""}, "")


def test_the_first_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    here, gone, recipe = str(tmp_path), str(tmp_path / "gone"), CATALOGUE["shoes-small"]
    assert gone_images(recipe) == gone_images(recipe.with_images(here, here)) == ""
    assert gone_images(recipe.with_images(here, gone)) == gone
    assert gone_images(recipe.with_images(gone, here)) == gone


def test_who_lacks_data_is_told_what_to_do() -> None:
    what, way = missing("svhn")
    assert what.startswith("SVHN") and what.endswith("is not on this computer yet.")
    assert way.startswith("Download it at the left, or choose a folder that holds it; ")
    assert "needs no data" in way
    _, way = missing("celeba")
    assert way.startswith("Get it from http") and "then choose the folder that holds" in way
    plain = CATALOGUE["drawn-10"]
    assert with_data_at_hand(plain, None) is plain
    assert title_of(plain.with_images("/my/photos")) == "photos"
    assert title_of(CATALOGUE["shoes-small"].with_images("/a/one", "/a/two")) == "one and two"


def test_what_decides_the_test_images() -> None:
    drawn = CATALOGUE["drawn-10"]
    own = drawn.with_images("/photos")
    one, other = Path("runs/one"), Path("runs/other")
    assert data_of(drawn, one) == data_of(drawn, other)
    assert data_of(own, one) != data_of(own, other)
    assert data_of(own, one)[:-1] == data_of(own, other)[:-1]
    assert data_of(own, one) != data_of(drawn.with_images("/others"), one)


def test_runs_and_model_files_are_models_and_pictures_are_not(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", CATALOGUE["mog-iae"])
    (tmp_path / "photos").mkdir()
    assert is_model(tmp_path / "run") and is_model(Path("gone.SAFETENSORS"))
    assert not is_model(tmp_path / "photos") and not is_model(Path("photo.png"))
    ((path, step),) = [(run.path, run.step) for run in list_runs(tmp_path)]
    assert (path, step) == (tmp_path / "run", 0)


def test_damaged_runs_are_counted_and_the_first_is_explained() -> None:
    run = Run(Path("good"), CATALOGUE["mog-iae"], "2026-11-27", 1)
    assert str(Runs()) == str(Runs((run,))) == ""
    assert str(Runs(damaged={"a": "torn"})) == "1 run cannot be read: a (torn)."
    five = dict.fromkeys("abcde", "torn")
    assert str(Runs((run,), five)) == "5 of 6 runs cannot be read: a (torn), b, c and 2 more."
    assert str(Runs(problem="The runs are not there.")) == "The runs are not there."
