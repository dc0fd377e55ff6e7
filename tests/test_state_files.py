"""What the state reads of the disk: runs and models, chosen folders, own images, a session."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from safetensors.numpy import save_file

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import LONGEST, ChosenFolders, Folders
from iae_studio.state.input_list import MAX_INPUTS, Input
from iae_studio.state.model_files import STATE_FILE, find_runs, is_model, model_recipe
from iae_studio.state.own_images import on_own_images, usable_path
from iae_studio.state.session import Explored, Picture, explored, parsed, session_of
from iae_studio.state.turned import MAX_SEED, Settings
from tests.tiny import write_mnist
from tests.widgets import fresh_state
from trainer.messages import ModelFacts, UserError, column_seeds
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import RunFolder

# ---- runs ----------------------------------------------------------------------------------------


def a_run(folder: Path, name: str, began: str, step: int | None = None) -> Path:
    """A run folder that began then, with what the list reads of a checkpoint."""
    RunFolder.create(folder, CATALOGUE[name])
    noted = json.loads((folder / "recipe.json").read_text())
    (folder / "recipe.json").write_text(json.dumps({**noted, "began": began}))
    if step is not None:
        save_file({"none": np.zeros(1)}, folder / STATE_FILE, {"step": str(step)})
    return folder


def test_the_newest_run_is_first_and_each_tells_its_step() -> None:
    root = runs_root()
    assert find_runs().readable == () and find_runs().problem == "", "nothing was trained yet"
    a_run(root / "b", "mog-iae", "2026-11-25 10:00:00")
    a_run(root / "a", "aae-small", "2026-11-27 10:00:00", 1234)
    a_run(root / "c", "drawn-10", "2026-11-26 10:00:00", 0)
    (root / "notes").mkdir()
    found = find_runs()
    assert [(run.path.name, run.step) for run in found.readable] == [
        ("a", 1234),
        ("c", 0),
        ("b", 0),
    ]
    assert found.readable[0].recipe == CATALOGUE["aae-small"] and not found.damaged


def test_a_damaged_run_is_told_by_its_name_alone(tmp_path: Path) -> None:
    good = a_run(tmp_path / "good", "mog-iae", "2026-11-25 10:00:00")
    torn = a_run(tmp_path / "torn", "mog-iae", "2026-11-25 10:00:00")
    (torn / STATE_FILE).write_bytes(b"nonsense")
    a_run(tmp_path / "when", "mog-iae", "once upon a time")
    found = find_runs(tmp_path)
    assert [run.path for run in found.readable] == [good]
    assert set(found.damaged) == {"torn", "when"}
    assert found.damaged["torn"].startswith(f"{STATE_FILE} ")
    assert "does not tell when the run began" in found.damaged["when"]
    assert not any(str(tmp_path) in why or why.endswith(".") for why in found.damaged.values())


def test_where_runs_cannot_be_looked_for_it_is_told_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    found = find_runs(tmp_path / "file")
    assert found.problem.startswith(f"The runs are not there: {tmp_path / 'file'} cannot be read")
    assert "is no path" in find_runs(Path("a\0b")).problem and not found.readable


def test_a_model_without_weights_is_explained(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", "mog-iae", "2026-11-25 10:00:00")
    with pytest.raises(UserError, match=r"holds no weights .*copy the whole folder"):
        model_recipe(run)
    a_run(tmp_path / "done", "aae-small", "2026-11-25 10:00:00", 7)
    assert model_recipe(tmp_path / "done") == CATALOGUE["aae-small"]
    (run / STATE_FILE).write_bytes(b"nonsense")
    with pytest.raises(UserError, match="damaged"):
        model_recipe(run)
    with pytest.raises(UserError, match=r"gone\.safetensors cannot be read"):
        model_recipe(tmp_path / "gone.safetensors")
    (run / "recipe.json").unlink()
    assert is_model(run), "a run that lost its recipe is no folder of images"


# ---- folders -------------------------------------------------------------------------------------


def test_a_set_lies_where_it_was_chosen_else_where_another_was(tmp_path: Path) -> None:
    one, other = (str(write_mnist(tmp_path / name)) for name in ("one", "other"))
    empty = str(tmp_path / "empty")
    assert Folders({"mnist": one, "svhn": other}, other).of("mnist") == Path(one)
    assert Folders({"mnist": empty}, other).of("mnist") == Path(other), "chosen for all"
    assert Folders({"svhn": one}).of("mnist") == Path(one), "it holds this one too"
    assert Folders({"mnist": empty, "svhn": ""}, "").of("mnist") is None
    file = tmp_path / "file"
    file.write_text("no folder")
    (problem,) = Folders({"mnist": str(file), "svhn": str(file)}, one).problems()
    assert str(file) in problem


def test_the_longest_path_is_remembered_and_no_longer_one(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("data/mnist", "x" * LONGEST)
    for common, kept_of_it in (("y" * (LONGEST + 1), ""), ("/all", "/all")):
        settings.setValue("data", common)
        assert ChosenFolders(settings).now() == Folders({"mnist": "x" * LONGEST}, kept_of_it)


# ---- own images ----------------------------------------------------------------------------------


def test_own_images_are_seen_as_it_was_chosen(tmp_path: Path) -> None:
    one, other = (tmp_path / name for name in ("one", "other"))
    one.mkdir()
    other.mkdir()
    data = on_own_images(CATALOGUE["drawn-10"], str(one), "", "edges", 48, True, True, "outer").data
    assert (data.name, data.images, data.images_b) == ("folder", str(one), "")
    assert (data.size, data.colour, data.pad, data.classes) == (48, True, True, "outer")
    shoes = CATALOGUE["shoes-small"]
    paired = on_own_images(shoes, str(one), "", "edges", 64, True).data
    assert (paired.second, paired.pad, paired.classes) == ("edges", False, "auto")
    two = on_own_images(shoes, str(one), str(other), "edges", 64, True).data
    assert (two.second, two.images_b) == ("none", str(other)), "its folder is the second domain"
    with pytest.raises(UserError, match="second domain"):
        on_own_images(shoes, str(one), "", "none", 64, True)


def test_a_file_is_no_folder_but_a_zip_is_like_one(tmp_path: Path) -> None:
    for name in ("photo.png", "photos.ZIP"):
        (tmp_path / name).write_bytes(b"")
    assert usable_path(str(tmp_path / "photos.ZIP")) == tmp_path / "photos.ZIP"
    with pytest.raises(UserError, match=r'"photo\.png" is one file: choose the folder it is in'):
        usable_path(str(tmp_path / "photo.png"))
    with pytest.raises(UserError, match="is not there"):
        usable_path(str(tmp_path / "gone"))


# ---- a session -----------------------------------------------------------------------------------

TURNED = Settings(
    *(MAX_SEED, column_seeds(9, 16), 16, frozenset({0, 15}), 2.0, (100.0, -100.0), (1.5,), True),
    *(((1e4, -1e4),) * 64, ((1.0,),), "clusters", True),
)


def kept() -> dict:
    """A session at the limits of what is taken."""
    model = DisplayedModel(CATALOGUE["drawn-10"], Path("/models/digits.safetensors"))
    now = Explored(model, 1 << 62, 1 << 31, (), TURNED)
    pictures = [Picture("p" * 4096, "/a/b.png", "kept.png", "0 4095")] * MAX_INPUTS
    return json.loads(json.dumps(session_of(now, pictures).to_mapping()))


def test_a_session_at_its_limits_is_taken() -> None:
    read = parsed(kept())
    assert (read.step, read.tests, read.settings) == (1 << 62, 1 << 31, TURNED)
    assert len(read.pictures) == MAX_INPUTS
    first = read.pictures[0]
    assert (first.place, first.kept, first.grey_range) == ("/a/b.png", "kept.png", "0 4095")
    assert read.path == str(Path("/models/digits.safetensors").absolute())


def test_a_session_of_an_older_version_is_taken() -> None:
    """It had eight columns, two ways to look, and the model's own directions alone."""
    content = kept()
    settings = content["settings"]
    settings["seeds"] = settings["seeds"][:8]
    for name in ("wanted_columns", "code_axes", "noise_axes", "view"):
        del settings[name]
    for clusters, view in ((True, "clusters"), (False, "pictures")):
        settings["wants_clusters"] = clusters
        read = parsed(content).settings
        assert read.view == view and read.wanted_columns == 0 and not read.code_axes
        assert read.seeds == (*column_seeds(9, 8), *column_seeds(MAX_SEED, 16)[8:])


BEYOND = {
    "step": ((1 << 62) + 1, True, 1.0),
    "tests": ((1 << 31) + 1, -1),
    "path": ("p" * 4097, "a\0b"),
    "pictures": ([kept()["pictures"][0]] * (MAX_INPUTS + 1), "none"),
    "settings": ([], None),
    "recipe": ("drawn-10",),
    "settings.seed": (MAX_SEED + 1, "7", -1),
    "settings.seeds": ([0] * 7, [0] * 9, [0] * 17, [(1 << 31) + 1] * 8),
    "settings.wanted_columns": (17, -1, True, "8"),
    "settings.locked": ([16], [-1], [0] * 17),
    "settings.noise_scale": (2.01, -0.01, True, None),
    "settings.noise_offsets": ([100.5], [0.0] * 4097),
    "settings.code_offsets": ([-100.5], [0.0] * 4097),
    "settings.raw_code": (1,),
    "settings.code_axes": ([[0.0], [0.0, 0.0]], [[1e5]], [1.0], [[0.0]] * 513),
    "settings.noise_axes": ("none", [[None]]),
    "settings.view": (1, "v" * 4097),
    "settings.wants_way_back": ("yes",),
}


@pytest.mark.parametrize("name", BEYOND)
def test_one_value_beyond_its_limit_is_named(name: str) -> None:
    for value in BEYOND[name]:
        content = kept()
        *above, last = name.split(".")
        (content[above[0]] if above else content)[last] = value
        with pytest.raises(UserError, match=f"damaged: {last} "):
            parsed(content)


def test_what_is_explored_is_remembered_with_its_test_images(qapp) -> None:
    state = fresh_state()
    state.training.engine_ready()
    recipe, file = CATALOGUE["mnist-10-small"], Path("digits.safetensors")
    state.displayed.select(DisplayedModel(recipe, file))
    pixels = np.zeros((28, 28, 1), np.uint8)
    mine = Input("mine", pixels, state.inputs.spec)
    test = replace(mine, name="test", test=True)
    state.inputs.add([mine, test])
    assert explored(state).step == 0, "nothing has answered yet"
    facts = ModelFacts(recipe.name, 1234, (28, 28, 1), 10, False, 32)
    state.answers.set_facts(facts, state.answers.probe().stamp)
    now = explored(state)
    assert (now.model.path, now.step, now.inputs, now.tests) == (file, 1234, (mine, test), 0)
    for other in (DisplayedModel(recipe, Path("runs/it")), DisplayedModel(recipe, live=True)):
        state.displayed.select(other)
        assert explored(state).step == 0, "it goes on, and its sliders keep their sense"
    assert session_of(explored(state), []).path == "", "fresh weights have none"
