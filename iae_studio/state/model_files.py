"""Models as they lie on the disk: those that ship with the program, and run folders. No torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from safetensors import SafetensorError, safe_open

from iae_studio.state.displayed import MODEL_SUFFIX
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root

STATE_FILE = f"state{MODEL_SUFFIX}"  # of a run: the folder is the model


@dataclass(frozen=True)
class Run:
    """A run folder: its recipe, when it began, and the step of its last checkpoint."""

    path: Path
    recipe: Recipe
    began: str
    step: int


def _assets() -> Path:
    """The folder of the assets: the installed package's, or the checkout's."""
    checkout = Path(__file__).parent.parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "assets"
    return Path(str(files("iae_studio_assets")))


# The models that came with the program, by the name of their recipe. Known once this is imported,
# so that the first view need not wait for a disk.
SHIPPED = {path.stem: path for path in sorted((_assets() / "models").glob(f"*{MODEL_SUFFIX}"))}


def list_runs(root: Path | None = None) -> list[Run]:
    """The runs on this computer, newest first. Damaged ones are left out."""
    found = []
    for file in (root or runs_root()).glob("*/recipe.json"):
        try:
            content = json.loads(file.read_text("utf-8"))
            recipe = Recipe.from_mapping(content["recipe"])
            found.append(Run(file.parent, recipe, content["began"], _step(file.parent)))
        except (OSError, ValueError, KeyError, TypeError, UserError):
            continue
    return sorted(found, key=lambda run: run.began, reverse=True)


def _step(folder: Path) -> int:
    return int(model_meta(folder / STATE_FILE).get("step", 0))


def model_meta(path: Path) -> dict[str, str]:
    """The text inside a safetensors file; empty where it cannot be read."""
    try:
        with safe_open(str(path), "np") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError):
        return {}


def is_model(path: Path) -> bool:
    """Whether a path is a model file or a run folder, and no image."""
    return path.suffix == MODEL_SUFFIX or (path / "recipe.json").is_file()


def model_recipe(path: Path) -> Recipe:
    """The recipe of a run folder or a model file. Raises UserError where there is none."""
    try:
        if path.is_dir():
            text = (path / "recipe.json").read_text("utf-8")
            return Recipe.from_mapping(json.loads(text)["recipe"])
        return Recipe.from_json(model_meta(path)["recipe"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path.name} is not a model or a run of IAE Studio.") from error
