"""Dialogs that ask where something is to be written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

FACTORS = (1, 2, 4, 8)  # how many pixels of a file a pixel may be wide


def _kind(factor: int) -> str:
    return "PNG (*.png)" if factor == 1 else f"PNG, {factor} times as large (*.png)"


_KINDS = {_kind(factor): factor for factor in FACTORS}


def ask_for_picture(window: QWidget, title: str, name: str) -> tuple[Path, int] | None:
    """A file for a picture, and how many pixels wide each of its pixels is to be."""
    kinds = ";;".join([*_KINDS, "Other pictures (*.jpg *.webp *.tif *.bmp)"])
    chosen, kind = QFileDialog.getSaveFileName(window, title, name, kinds)
    return (Path(chosen), _KINDS.get(kind, 1)) if chosen else None


EXACT = "Exact, 32 bits (*.safetensors)"


def ask_for_model(window: QWidget, name: str) -> tuple[Path, bool] | None:
    """A file for a model, and whether it is to keep all bits of the weights."""
    kinds = f"Small, 16 bits (*.safetensors);;{EXACT}"
    chosen, kind = QFileDialog.getSaveFileName(window, "Save the model", name, kinds)
    return (Path(chosen), kind == EXACT) if chosen else None


def ask_for_table(window: QWidget, title: str, name: str, arrays: bool = False) -> Path | None:
    """A file for a table."""
    kinds = "Tables (*.csv);;Arrays of NumPy (*.npz)" if arrays else "Tables (*.csv)"
    chosen, _ = QFileDialog.getSaveFileName(window, title, name, kinds)
    return Path(chosen) if chosen else None


def ask_for_folder(window: QWidget, title: str) -> Path | None:
    """A folder that is there, or is made in the dialog."""
    chosen = QFileDialog.getExistingDirectory(window, title)
    return Path(chosen) if chosen else None
