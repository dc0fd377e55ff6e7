"""What a trial gave: one small JSON file for each seed, kept beside the page it goes into."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from trainer.messages import UserError
from trainer.recipe.options import defaults, value_at
from trainer.recipe.recipe import Recipe
from trainer.storage.files import read_object, write_bytes


@dataclass(frozen=True)
class Record:
    """One seed of a trial, trained to its end and measured on the test images."""

    trial: str
    seed: int
    recipe: dict[str, Any]
    metrics: dict[str, Any]  # of one that diverged: only "diverged", the step
    device: str
    minutes: float  # of training, by the clock
    date: str
    versions: str
    parameters: int  # of encoder and decoder
    # What was changed in its recipe on the way: step, option and value of each.
    amendments: list[dict[str, Any]] = field(default_factory=list)

    def is_of(self, recipe: Recipe) -> bool:
        """Whether it was measured with the settings that the trial has now.

        An option that came later had its default then, and one without effect does not count.
        """
        try:
            measured = Recipe.from_mapping(
                {key: value for key, value in self.recipe.items() if key != "revision"}
            )
        except UserError:  # of options that are no more
            return False
        revision = self.recipe.get("revision", 1)
        return described(measured) | {"revision": revision} == described(recipe)


def described(recipe: Recipe) -> dict[str, Any]:
    """What decides a result: not the words about it, nor where on this computer the images lie."""
    values = recipe.to_mapping()
    values["about"] = {"name": recipe.name}
    for key in ("images", "images_b"):
        values["data"][key] = Path(values["data"][key]).name
    return values | {"revision": recipe.family.revision}


def mark_of(recipe: Recipe) -> str:
    """Eight letters that differ where results would; options at their defaults do not count."""
    chosen = {
        path: value_at(recipe, path)
        for path, default in defaults().items()
        if not path.startswith("about.") and value_at(recipe, path) != default
    }
    for key in ("data.images", "data.images_b"):
        if key in chosen:
            chosen[key] = Path(chosen[key]).name
    named = [recipe.name, recipe.data.name, recipe.model.kind, recipe.model.networks]
    text = json.dumps([named, recipe.family.revision, chosen], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def write_record(folder: Path, record: Record) -> None:
    """Into FOLDER/TRIAL/SEED.json; an older one of the same seed is replaced."""
    text = json.dumps(asdict(record), indent=1) + "\n"
    write_bytes(folder / record.trial / f"{record.seed}.json", text.encode())


def read_records(folder: Path, trial: str) -> list[Record]:
    """Those of a trial, by their seeds. Raises UserError naming a file that is damaged."""
    found = []
    for file in (folder / trial).glob("*.json"):
        try:
            found.append(Record(**read_object(file)))
        except (UserError, TypeError) as error:
            raise UserError(
                f"{file} cannot be read: {error} Delete it, and the seed is run again."
            ) from error
    return sorted(found, key=lambda record: record.seed)
