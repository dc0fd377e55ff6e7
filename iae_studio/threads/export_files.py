"""Tables and events, written on a thread."""

from __future__ import annotations

from pathlib import Path

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.shared_state import without_folders
from trainer.exploring.questions.exports import Table
from trainer.messages import UserError
from trainer.reporting.tables import csv_bytes, measures_csv, npz_bytes, table_path
from trainer.storage.faults import in_words
from trainer.storage.files import is_missing, write_bytes

UNMEASURED = (
    "This model was never measured. Measure it with: python -m trainer evaluate MODEL, where "
    "MODEL is its file or run folder."
)


def free(path: Path, typed: Path) -> Path:
    """The path; raises UserError where it is another name than was typed, and taken."""
    if path != typed and not is_missing(path):
        raise UserError(f"{path} is there already: choose it by its full name to replace it.")
    return path


def save_table(path: Path, table: Table) -> Path:
    """Write a table as its ending says; returns its path. Raises UserError."""
    target = free(table_path(path), path)
    if target.suffix.lower() == ".npz":
        data = npz_bytes(table.about, table.arrays)
    else:
        data = csv_bytes(table.about, table.columns())
    with in_words(target, "cannot be written"):
        write_bytes(target, data)
    return target


def save_measures(path: Path, model: DisplayedModel) -> Path:
    """Write what was measured of a model file or a run; returns its path. Raises UserError."""
    from trainer.inference.model_files import known_metrics

    metrics = {} if model.path is None else known_metrics(model.path)
    if not metrics:
        raise UserError(UNMEASURED)
    target = free(table_path(path, (".csv",)), path)
    recipe = without_folders(model.recipe)
    about = {"recipe": recipe.name, "step": str(metrics.get("step", "unknown"))}
    if model.path is not None and model.path.is_file():
        from trainer.recipe.fingerprint import fingerprint_of

        about["fingerprint"] = fingerprint_of(model.path)
    about["options"] = recipe.to_json()
    with in_words(target, "cannot be written"):
        write_bytes(target, measures_csv(about, metrics))
    return target


def save_events(run: Path, folder: Path) -> Path:
    """Write the losses of a run for TensorBoard; returns the folder. Raises UserError."""
    from trainer.reporting.events import write_events

    return write_events(run, folder)
