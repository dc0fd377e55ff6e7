"""Doing a trial: train it to its end, measure it, draw it. It can be stopped and goes on there."""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from trainer.data.batches import Supply
from trainer.data.loading import load_data
from trainer.evaluation import evaluate
from trainer.inference.model_files import export_model
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import DataMissingError, DivergedError
from trainer.recipe.recipe import Recipe
from trainer.reporting.figures import figure
from trainer.reporting.reproduce.claims import CLAIMS
from trainer.reporting.reproduce.records import (
    Record,
    described,
    mark_of,
    read_records,
    write_record,
)
from trainer.reporting.reproduce.trials import Trial
from trainer.reporting.sheets import to_png
from trainer.storage.files import write_bytes
from trainer.storage.paths import data_root
from trainer.training.aside import Course
from trainer.training.checkpoint import RunFolder
from trainer.training.progress_bar import tell_above_bar, train_with_bar
from trainer.training.saving import run_saved
from trainer.training.state import TrainState, parameters

SECONDS = "seconds"  # a file of a run: how long it has trained


@dataclass(frozen=True)
class Workplace:
    """Where a reproduction reads and writes, on what, and until when."""

    docs: Path  # RESULTS.md, results/ and figures/ go here
    runs: Path
    data: Path | None
    device: torch.device
    where: str  # the device in words
    deadline: float = float("inf")  # of time.monotonic()
    weights: Path | None = None  # the first seed's models go here

    @property
    def records(self) -> Path:
        return self.docs / "results"


def planned(names: Sequence[str], seeds: Sequence[int] | None) -> Iterator[tuple[Trial, int]]:
    """The trials of those names, or all, a seed of each before the next.

    `seeds` of None are as many as each claim is worth.
    """
    chosen = [
        (trial, seeds if seeds is not None else range(claim.seeds))
        for claim in CLAIMS
        for trial in claim.trials
        if not names or trial.name in names
    ]
    for seed in sorted({seed for _, wanted in chosen for seed in wanted}):
        for trial, wanted in chosen:
            if seed in wanted:
                yield trial, seed


def suited(
    plan: Iterable[tuple[Trial, int]], place: Workplace, named: bool
) -> list[tuple[Trial, int]]:
    """What was asked for by name, as it is; else on a CPU the small ones, on a GPU those last."""
    if named:
        return list(plan)
    if place.device.type == "cpu":
        return [(trial, seed) for trial, seed in plan if not trial.full_size]
    return sorted(plan, key=lambda pair: not pair[0].full_size)


def is_done(trial: Trial, seed: int, place: Workplace) -> bool:
    """Whether there is a record of this seed with the settings that the trial has now."""
    recipe = trial.made(data_root(place.data), seed)
    known = read_records(place.records, trial.name)
    return any(record.seed == seed and record.is_of(recipe) for record in known)


def carry_out(trial: Trial, seed: int, place: Workplace) -> bool:
    """Train, measure, draw, write the record; False where time was up, or Ctrl-C, before the end.

    Raises DataMissingError; DivergedError, of which there is a record too; and UserError where
    somebody else is training it.
    """
    root = data_root(place.data)
    if trial.images and not (root / trial.images).exists():
        raise DataMissingError(f"there is no {trial.images} in {root}.")
    recipe = trial.made(root, seed)
    data = load_data(recipe, place.data)  # before anything is written
    batches = data.batches(recipe, place.device)
    run = _run_folder(trial, recipe, place.runs)
    with run.alone():
        state = _trained(trial, run, Course(run, data, batches), place)
        if state.step < state.terms.end:
            return False
        snapshot = publish(state.ema, state.step, place.device, batches)
        metrics = evaluate(snapshot, data)
        write_bytes(run.path / "metrics.json", json.dumps(metrics, indent=1).encode())
        if seed == 0:
            _show(trial, snapshot, metrics, place)
        write_record(place.records, _record(trial, state, metrics, run.path, place))
    return True


def _trained(trial: Trial, run: RunFolder, batches: Supply, place: Workplace) -> TrainState:
    """The run's state at its end, or as far as it went. Raises DivergedError, after a record."""
    state = run.load(place.device)
    recipe = state.recipe
    if state.step < state.terms.end:
        sys.stderr.write(
            f"{trial.name}, seed {recipe.optim.seed}, on {place.where} into {run.path}\n"
        )
        note = partial(_note_seconds, run.path, _seconds(run.path), time.monotonic())
        try:
            training = run_saved(
                state,
                batches,
                state.terms.end,
                run,
                deadline=place.deadline,
                saving=note,
                not_saved=tell_above_bar,
            )
            train_with_bar(training, state.step, state.terms.end)
        except DivergedError:  # a result as well
            metrics = {"diverged": state.step}
            write_record(place.records, _record(trial, state, metrics, run.path, place))
            raise
    return state


def _run_folder(trial: Trial, recipe: Recipe, runs: Path) -> RunFolder:
    """The run of these very settings, perhaps begun already; other settings have another folder."""
    path = runs / f"{trial.name}-{recipe.optim.seed}-{mark_of(recipe)}"
    if (path / "recipe.json").exists():
        return RunFolder(path)
    return RunFolder.create(path, recipe)


def _seconds(run: Path) -> float:
    """How long a run has trained so far."""
    try:
        return float((run / SECONDS).read_text("utf-8"))
    except (OSError, ValueError):
        return 0.0


def _note_seconds(run: Path, before: float, began: float) -> None:
    write_bytes(run / SECONDS, f"{before + time.monotonic() - began:.1f}".encode())


def _show(trial: Trial, snapshot: Snapshot, metrics: dict[str, Any], place: Workplace) -> None:
    """The picture and the weights of the first seed, whatever came of it."""
    if trial.pictures:
        picture = to_png(figure(snapshot, place.data))
        write_bytes(place.docs / "figures" / f"{trial.name}.png", picture)
    if place.weights is not None and trial.weights and not trial.images:
        file = place.weights / f"{trial.name}.safetensors"
        compact = not snapshot.recipe.two_dimensional
        export_model(snapshot, file, metrics, compact=compact)


def _record(
    trial: Trial,
    state: TrainState,
    metrics: dict[str, Any],
    run: Path,
    place: Workplace,
) -> Record:
    return Record(
        trial.name,
        state.recipe.optim.seed,
        described(state.recipe),
        metrics,
        place.where,
        round(_seconds(run) / 60, 1),
        time.strftime("%Y-%m-%d"),
        f"Python {platform.python_version()}, PyTorch {torch.__version__.split('+')[0]}",
        parameters(state.ema.encoder) + parameters(state.ema.decoder),
        state.terms.amendments.plain(),
    )
