"""Answers `KeepWeights`: the weights that are shown, in a file that stays."""

from __future__ import annotations

from pathlib import Path

from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.keeping import Drawn, KeepAndDraw, KeepWeights, Kept
from trainer.inference.model_files import export_model
from trainer.inference.render import render, render_clusters, sample_cloud
from trainer.inference.snapshot import Snapshot
from trainer.recipe.fingerprint import fingerprint_of
from trainer.storage.faults import in_words
from trainer.storage.files import write_bytes
from trainer.storage.snapshots import snapshot_path


def keep_and_draw(snapshot: Snapshot, question: KeepAndDraw, told: Circumstances) -> Drawn:
    """Keep the weights, and draw with them. Raises UserError where they cannot be written."""
    kept, probe, recipe = keep(snapshot, KeepWeights(), told), question.probe, snapshot.recipe
    if recipe.two_dimensional:
        seed = probe.noise_seeds[0] if probe.noise_seeds else 0
        return Drawn(kept, cloud=sample_cloud(snapshot, probe.stamp, seed, probe.noise_scale))
    if question.clusters and recipe.categorical:
        return Drawn(kept, clusters=render_clusters(snapshot, probe))
    if len(probe.images) and probe.images.shape[1:] == recipe.image_shape:
        return Drawn(kept, render(snapshot, probe))
    return Drawn(kept)


def keep(snapshot: Snapshot, question: KeepWeights, told: Circumstances) -> Kept:
    """Where the weights lie from now on. Raises UserError where they cannot be written."""
    run = told.path
    if run is not None and not run.is_dir():
        return Kept(run, snapshot.step, fingerprint_of(run))
    if run is None or _untrained(snapshot):
        return Kept(None, 0)
    wanted = snapshot_path(run, snapshot.step, kept=True)
    if told.moment == wanted:
        return Kept(wanted, snapshot.step, fingerprint_of(wanted))
    fresh = wanted.with_suffix(".fresh")
    try:
        if told.moment is not None and told.moment.is_file():
            _copy(told.moment, fresh)
        else:  # the newest weights, or a moment that was thinned out while it was looked at
            export_model(snapshot, fresh, {}, exact=True)
        known = fingerprint_of(fresh)
        file = _free(wanted, known)
        with in_words(file, "cannot be written"):
            fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return Kept(file, snapshot.step, known)


def _untrained(snapshot: Snapshot) -> bool:
    """Whether the recipe's seed makes the same; of a run's first step the directions are known."""
    points = snapshot.recipe.two_dimensional
    return not snapshot.step and snapshot.directions is None and not points


def _free(wanted: Path, known: str) -> Path:
    """The name for these weights: another one where others of the same step are kept already.

    They may be: a moment has 16 bits of what the newest weights have 32.
    """
    if not wanted.is_file() or fingerprint_of(wanted) == known:
        return wanted
    return wanted.with_name(f"{wanted.name.split('.')[0]}.{known[:12]}.kept.safetensors")


def _copy(moment: Path, file: Path) -> None:
    with in_words(file, "cannot be written"):
        write_bytes(file, moment.read_bytes())
