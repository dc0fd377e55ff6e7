"""Answers `KeepWeights`: the weights that are shown, in a file that stays."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.keeping import KeepWeights, Kept
from trainer.inference.model_files import export_model, fingerprint
from trainer.inference.snapshot import Snapshot
from trainer.storage.faults import in_words
from trainer.storage.snapshots import snapshot_path


def keep(snapshot: Snapshot, question: KeepWeights, told: Circumstances) -> Kept:
    """Where the weights lie from now on. Raises UserError where they cannot be written."""
    if told.moment is not None and told.path is not None:
        return _kept(_copied(told.moment, told.path, snapshot.step), snapshot.step)
    if told.path is None or not snapshot.step:
        return Kept(None, 0)
    if not told.path.is_dir():
        return _kept(told.path, snapshot.step)
    file = snapshot_path(told.path, snapshot.step, kept=True)
    if not file.is_file():
        export_model(snapshot, file, {}, exact=True)
    return _kept(file, snapshot.step)


def _copied(moment: Path, run: Path, step: int) -> Path:
    """The kept file of a moment: the same bytes under another name."""
    file = snapshot_path(run, step, kept=True)
    if file == moment or file.is_file():
        return file
    with in_words(file, "cannot be written"):
        temporary = file.with_suffix(f".{os.getpid()}.partial")
        shutil.copyfile(moment, temporary)
        temporary.replace(file)
    return file


def _kept(file: Path, step: int) -> Kept:
    return Kept(file, step, fingerprint(file))
