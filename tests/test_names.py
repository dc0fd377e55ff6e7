"""A recipe's name becomes a folder: it is never a way to another place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

import trainer
from iae_studio.state.model_files import find_runs, model_recipe
from tests.steps import saved_run
from tests.tiny import CPU, ROOT, recipe_of
from trainer.inference.model_files import check_model, load_snapshot
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.storage.names import is_name
from trainer.storage.paths import new_run_folder, runs_root
from trainer.training.checkpoint import RunFolder

BAD = [
    *("../../../x", "..", ".", "", " ", "/etc", "a/b", "a\\b", "C:", "C:\\x", "a\0b", "a\nb"),
    *(".hidden", "dot.", "blank ", " blank", "x" * 300, "\u00e9" * 150),
    *("CON", "nul.txt", "com1", "LPT9.tar.gz", "COM\u00b9", "aux .x", "\uff23\uff2f\uff2e"),
    *(
        "a\u202etxt.exe",
        "\u200bx",
        "\uff0e\uff0e\uff0fx",
        "\u2024\u2024",
        "\ud800",
        "\x1b[2J",
        "a*?",
    ),
]
GOOD = [
    *CATALOGUE,
    "my run (2)",
    "K\u00f6ln 3.5",
    "e\u0301t\u00e9",
    "\u65e5\u672c\u8a9e",
    "aux-2",
    "console",
]


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_a_name_that_leads_elsewhere_is_refused_wherever_it_is_read(
    name: str, tmp_path: Path
) -> None:
    values = CATALOGUE["mog-iae"].to_mapping()
    values["about"]["name"] = name
    with pytest.raises(UserError, match="choose one of letters, digits"):
        Recipe.from_mapping(values)
    with pytest.raises(UserError, match="choose one of letters, digits"):
        replace(CATALOGUE["mog-iae"], about=replace(CATALOGUE["mog-iae"].about, name=name))
    with pytest.raises(UserError, match="choose one of letters, digits"):
        new_run_folder(name)
    assert not runs_root().exists() and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", GOOD, ids=ascii)
def test_other_names_make_a_folder_among_the_runs(name: str) -> None:
    folder = new_run_folder(name)
    assert folder.parent == runs_root() and folder.is_dir() and folder.name.startswith(name)


def test_runs_and_models_of_such_a_name_are_told_and_nothing_is_made(tmp_path: Path) -> None:
    run, _ = saved_run(runs_root() / "mine", recipe_of("mog-iae"), steps=2)
    saved_run(runs_root() / "other", recipe_of("mog-iae"), steps=2)
    content = json.loads((run.path / "recipe.json").read_text())
    content["recipe"]["about"]["name"] = "../../../x"
    (run.path / "recipe.json").write_text(json.dumps(content))
    for use in (
        lambda: RunFolder(run.path).load(CPU),
        lambda: trainer.train("mog-iae", out=run.path, resume=True),
        lambda: load_snapshot(run.path, CPU),
    ):
        with pytest.raises(UserError, match=r"recipe\.json: The recipe's name '\.\./"):
            use()
    runs = find_runs()
    assert [each.path.name for each in runs.readable] == ["other"]
    assert "mine (recipe.json: The recipe's name" in str(runs)


def test_a_model_file_of_such_a_name_is_told(tmp_path: Path) -> None:
    shipped, file = ROOT / "assets" / "models" / "mog-iae.safetensors", tmp_path / "a.safetensors"
    with safe_open(str(shipped), "pt") as opened:
        meta = opened.metadata()
    recipe = json.loads(meta["recipe"])
    (recipe.get("about") or recipe)["name"] = "NUL"
    save_file(load_file(shipped), file, meta | {"recipe": json.dumps(recipe)})
    for use in (model_recipe, trainer.load):
        with pytest.raises(UserError, match="The recipe's name 'NUL' cannot be a folder's"):
            use(file)


def test_what_a_name_may_be_is_the_same_on_every_system() -> None:
    assert all(map(is_name, GOOD)) and not any(map(is_name, BAD))


@pytest.mark.parametrize(
    "path", ["a\0b", "\0.safetensors", "\ud800", "x" * 300, "/y/" + "y/" * 3000]
)
def test_a_path_that_is_none_is_told_whoever_is_asked(path: str) -> None:
    """As a name in a file has it, or an address that is dropped."""
    named = Path(path)
    uses: list[Callable[[], object]] = [
        lambda: model_recipe(named),
        lambda: load_snapshot(named, CPU),
        lambda: check_model(named),
        lambda: RunFolder(named).load(CPU),
        lambda: RunFolder(named).curves(),
        lambda: RunFolder.create(named, recipe_of("mog-iae")),
        lambda: trainer.load(path),
        lambda: trainer.train("mog-iae", out=path, device="cpu"),
        lambda: trainer.train("svhn-75-small", images=path, device="cpu"),
    ]
    for use in uses:
        with pytest.raises(UserError) as told:
            use()
        assert len(str(told.value)) < 1000
    assert not find_runs(named).readable
