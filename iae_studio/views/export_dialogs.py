"""Dialogs that ask where something is to be written; they begin where the last one ended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from iae_studio.settings import text

FACTORS = (1, 2, 4, 8)  # how many pixels of a file a pixel may be wide
FOLDER = "saveFolder"  # in the settings


def _kind(factor: int) -> str:
    return "PNG (*.png)" if factor == 1 else f"PNG, {factor} times as large (*.png)"


_KINDS = {_kind(factor): factor for factor in FACTORS}
_OTHERS = "Other pictures (*.jpg *.webp *.tif *.bmp)"
EXACT = "Exact, 32 bits (*.safetensors)"
_MODELS = f"Small, 16 bits (*.safetensors);;{EXACT}"
_TABLES, _ARRAYS = "Tables (*.csv)", "Arrays of NumPy (*.npz)"


class SaveDialogs:
    """Each returns None where nothing was chosen."""

    def __init__(self, window: QWidget, settings: QSettings) -> None:
        self._window, self._settings = window, settings

    def picture(self, title: str, name: str) -> tuple[Path, int] | None:
        """A file for a picture, and how many pixels wide each of its pixels is to be."""
        found = self._file(title, name, ";;".join([*_KINDS, _OTHERS]))
        return found and (found[0], _KINDS.get(found[1], 1))

    def model(self, name: str) -> tuple[Path, bool] | None:
        """A file for a model, and whether it is to keep all bits of the weights."""
        found = self._file("Save the model", name, _MODELS)
        return found and (found[0], found[1] == EXACT)

    def table(self, title: str, name: str, arrays: bool = False) -> Path | None:
        """A file for a table."""
        found = self._file(title, name, f"{_TABLES};;{_ARRAYS}" if arrays else _TABLES)
        return found and found[0]

    def folder(self, title: str) -> Path | None:
        """A folder that is there, or is made in the dialog."""
        start = text(self._settings, FOLDER)
        chosen = QFileDialog.getExistingDirectory(self._window, title, start)
        return self._remembered(Path(chosen), Path(chosen)) if chosen else None

    def _file(self, title: str, name: str, kinds: str) -> tuple[Path, str] | None:
        start = str(Path(text(self._settings, FOLDER)) / name)
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, start, kinds)
        path = Path(chosen)
        return (self._remembered(path, path.parent), kind) if chosen else None

    def _remembered(self, path: Path, folder: Path) -> Path:
        self._settings.setValue(FOLDER, str(folder))
        return path
