"""Where each data set lies on this computer, as the user chose it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QSettings

from trainer.data.at_hand import data_ready, why_unreadable
from trainer.recipe.specs import DATA_SETS

LONGEST = 4096  # letters: no path is longer


@dataclass(frozen=True)
class Folders:
    """The folders chosen for data sets. To be asked on a thread: it looks at the disk."""

    chosen: Mapping[str, str] = field(default_factory=dict)  # by data set
    common: str = ""  # one for all, which earlier versions asked for

    def of(self, name: str) -> Path | None:
        """The folder chosen for a set, or for another that holds it too; None is our own."""
        others = [text for key, text in self.chosen.items() if key != name]
        for text in (self.chosen.get(name, ""), self.common, *others):
            if text and data_ready(name, Path(text)):
                return Path(text)
        return None

    def problems(self) -> tuple[str, ...]:
        """A sentence on each that was chosen and cannot be looked into."""
        chosen = {text for text in (self.common, *self.chosen.values()) if text}
        return tuple(filter(None, (why_unreadable(Path(text)) for text in sorted(chosen))))


class ChosenFolders:
    """The user's choices in the settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def now(self) -> Folders:
        """The choices as they stand."""
        keys = set(self._settings.allKeys())
        chosen = {spec.name: self._text(f"data/{spec.name}") for spec in DATA_SETS}
        known = {name: text for name, text in chosen.items() if f"data/{name}" in keys}
        return Folders(known, self._text("data"))

    def _text(self, key: str) -> str:
        """A setting; empty where the file holds something else there."""
        value = self._settings.value(key, "")
        return value if isinstance(value, str) and len(value) <= LONGEST else ""

    def remember(self, name: str, root: Path) -> None:
        """Use a folder for a set from now on."""
        self._settings.setValue(f"data/{name}", str(root))
