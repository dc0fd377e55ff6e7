"""Where each data set lies on this computer, as the user chose it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QSettings

from trainer.data.at_hand import data_ready


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


class ChosenFolders:
    """The user's choices in the settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def now(self) -> Folders:
        """The choices as they stand."""
        keys = [key for key in self._settings.allKeys() if key.startswith("data/")]
        chosen = {key.removeprefix("data/"): str(self._settings.value(key, "")) for key in keys}
        return Folders(chosen, str(self._settings.value("data", "")))

    def remember(self, name: str, root: Path) -> None:
        """Use a folder for a set from now on."""
        self._settings.setValue(f"data/{name}", str(root))
