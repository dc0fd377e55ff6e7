"""Answers that are written into files: tables of codes, and the model itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trainer.exploring.codes import codes_of, noise_of
from trainer.exploring.map_images import map_images
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.exports import SaveModel, Table, TableOfCodes
from trainer.inference.model_files import (
    export_model,
    fingerprint_of_snapshot,
    known_metrics,
    shareable,
    trained_on_of,
)
from trainer.inference.noise_share import noise_share
from trainer.inference.pixels import to_tensor
from trainer.inference.render import probe_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import Floats, Pixels, UserError
from trainer.recipe.fingerprint import fingerprint_of
from trainer.recipe.saved import MODEL_SUFFIX
from trainer.storage.faults import in_words
from trainer.storage.paths import full_path

BATCH = 25  # images whose draws are made at once
DRAWS = 8  # at the most, of each image


def table_of_codes(snapshot: Snapshot, question: TableOfCodes, told: Circumstances) -> Table:
    """The inputs first, then test images; without data at hand the inputs alone.

    Raises UserError where there are neither, and what `told.progress` raises.
    """
    recipe = snapshot.recipe
    if recipe.image_shape is None or not recipe.model_spec.inverse:
        raise UserError(f"{recipe.name} has no encoder that gives images a code.")
    pictures, names, labels = _pictures(snapshot, question, told)
    if not len(pictures):
        raise UserError("There are no images whose codes could be written: open some first.")
    count = len(question.names)
    codes = codes_of(snapshot, pictures, _encoder_noise(snapshot, question, len(pictures)))
    shares, errors = _judged(snapshot, pictures, question, told)
    arrays: dict[str, Any] = {
        "name": np.array(names),
        "input": np.arange(len(pictures)) < count,
        "label": labels,
        "feature" if recipe.translates else "code": codes,
        "noise share": shares,
        "error": errors,
    }
    if recipe.categorical:
        arrays["cluster"] = codes.argmax(1) + 1  # as they are called in the window
    about = {
        "recipe": recipe.name,
        "step": str(snapshot.step),
        "fingerprint": _fingerprint(snapshot, told),
        "noise seeds": " ".join(map(str, question.probe.noise_seeds[:DRAWS])),
        "noise scale": str(question.probe.noise_scale),
        "options": shareable(recipe).to_json(),
    }
    return Table(about, arrays)


def _encoder_noise(snapshot: Snapshot, question: TableOfCodes, count: int) -> Tensor:
    """That of the first column for every image; features of a picture are steady."""
    if snapshot.recipe.translates:
        return noise_of(snapshot, count)
    _, eps = probe_noise(snapshot, question.probe)
    return eps[:1].expand(count, -1)


def _fingerprint(snapshot: Snapshot, told: Circumstances) -> str:
    file = told.moment or told.path
    from_file = file is not None and file.is_file()
    return fingerprint_of(file) if file and from_file else fingerprint_of_snapshot(snapshot)


def _pictures(
    snapshot: Snapshot, question: TableOfCodes, told: Circumstances
) -> tuple[Pixels, list[str], np.ndarray[Any, Any]]:
    """Images [N, H, W, C], their names, and labels, -1 of the inputs."""
    own = question.probe.images
    unknown = np.full(len(own), -1, np.int64)
    try:
        tests = map_images(snapshot.recipe, question.most, told)
    except UserError:  # the inputs are there all the same
        return own, list(question.names), unknown
    if not len(own):
        return tests.pictures, list(tests.names), tests.labels
    return (
        np.concatenate([own, tests.pictures]),
        [*question.names, *tests.names],
        np.concatenate([unknown, tests.labels]),
    )


@torch.inference_mode()
def _judged(
    snapshot: Snapshot, pictures: Pixels, question: TableOfCodes, told: Circumstances
) -> tuple[Floats, Floats]:
    """For each image the share of the noise in its draws, and the mean squared error of these.

    Of a CycleIAE the error of the way back; the share of its translations where those vary.
    """
    noise, eps = (each[:DRAWS] for each in probe_noise(snapshot, question.probe))
    centre = to_tensor(pictures).mean(0) if len(pictures) < 2 else _mean(snapshot, pictures)
    shares, errors = [], []
    for first in range(0, len(pictures), BATCH):
        told.progress(first, len(pictures))
        x = to_tensor(pictures[first : first + BATCH]).to(snapshot.device)
        drawn, back = _drawn(snapshot, x, noise, eps)
        errors.append((back - x[:, None]).square().flatten(1).mean(1).cpu().numpy())
        within = (drawn.var(1) if drawn.shape[1] > 1 else drawn[:, 0] * 0).sum((1, 2, 3))
        of_means = (drawn.mean(1) - centre.to(x.device)).square().sum((1, 2, 3))
        share = noise_share(within.cpu().numpy(), of_means.cpu().numpy(), max(drawn.shape[1], 2))
        shares.append(share)
    return np.concatenate(shares).astype(np.float32), np.concatenate(errors).astype(np.float32)


def _mean(snapshot: Snapshot, pictures: Pixels) -> Tensor:
    known = snapshot.directions
    return to_tensor(pictures).mean(0) if known is None else known.mean_image


def _drawn(snapshot: Snapshot, x: Tensor, noise: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
    """What varies, and what comes back, of images [N, ...]: each [N, draws, C, H, W]."""
    model, draws = snapshot.model, len(noise)
    codes = model.encode(x.repeat_interleave(draws, 0), eps.repeat(len(x), 1))
    back = model.decode(codes, noise.repeat(len(x), 1))
    varied = codes if snapshot.recipe.varies_code else back
    return (
        varied.reshape(len(x), draws, *varied.shape[1:]),
        back.reshape(len(x), draws, *back.shape[1:]),
    )


def save_model(snapshot: Snapshot, question: SaveModel, told: Circumstances) -> Path:
    """Write the model; returns its path. Raises UserError where that cannot be done."""
    file = question.file
    if file.suffix.lower() != MODEL_SUFFIX:
        file = file.with_name(file.name + MODEL_SUFFIX)
    check_place(file)
    if file != question.file and file.exists():  # the dialog asked about another name
        raise UserError(f"{file} is there already: choose it by its full name to replace it.")
    if told.path is not None and full_path(told.path) == full_path(file):
        raise UserError(f"{file} is the model that is shown: choose another name.")
    images = None if told.path is None else trained_on_of(told.path, snapshot.recipe)
    with in_words(file, "cannot be written"):
        export_model(snapshot, file, _metrics(snapshot, told), images, question.exact)
    return file


def _metrics(snapshot: Snapshot, told: Circumstances) -> dict[str, Any]:
    """As last measured, at this very step."""
    known = {} if told.path is None else known_metrics(told.path)
    return known if known.get("step") == snapshot.step else {}


def check_place(file: Path) -> None:
    """Raises UserError for a place among the files of a run."""
    if file.parent.is_dir() and (file.parent / "recipe.json").is_file():
        raise UserError(f"{file} would lie in a run folder, among its own files: choose another.")
