"""What a trial gave: one small JSON file for each seed, kept beside the page it goes into."""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

from trainer.messages import UserError
from trainer.recipe.migration import recipe_values
from trainer.recipe.recipe import Recipe
from trainer.storage.files import write_bytes

# Raised where code, not a setting, changes what these networks become; older results are stale.
REVISIONS = {"small-resnet": 2}  # 2: discriminators that see every pixel

_DEFAULTS = {f.name: f.default for f in fields(Recipe) if f.default is not MISSING} | {
    "revision": 1
}


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

    def is_of(self, recipe: Recipe) -> bool:
        """Whether it was measured with the settings that the trial has now.

        An option that came later had its default then.
        """
        return _DEFAULTS | recipe_values(self.recipe) == _DEFAULTS | described(recipe)


def described(recipe: Recipe) -> dict[str, Any]:
    """What decides a result: not the words about it, nor where on this computer the images lie."""
    told = asdict(recipe)
    for key in ("title", "story", "figure"):
        del told[key]
    for key in ("images", "images_b"):
        told[key] = Path(told[key]).name
    return told | {"revision": REVISIONS.get(recipe.model.networks, 1)}


def mark_of(recipe: Recipe) -> str:
    """Eight letters that differ where results would; options at their defaults do not count."""
    told = described(recipe)
    chosen = {k: v for k, v in told.items() if k not in _DEFAULTS or v != _DEFAULTS[k]}
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()[:8]


def write_record(folder: Path, record: Record) -> None:
    """Into FOLDER/TRIAL/SEED.json; an older one of the same seed is replaced."""
    text = json.dumps(asdict(record), indent=1) + "\n"
    write_bytes(folder / record.trial / f"{record.seed}.json", text.encode())


def read_records(folder: Path, trial: str) -> list[Record]:
    """Those of a trial, by their seeds. Raises UserError naming a file that is damaged."""
    found = []
    for file in (folder / trial).glob("*.json"):
        try:
            found.append(Record(**json.loads(file.read_text("utf-8"))))
        except (OSError, ValueError, TypeError) as error:
            raise UserError(
                f"{file} cannot be read: {error}. Delete it, and the seed is run again."
            ) from error
    return sorted(found, key=lambda record: record.seed)
