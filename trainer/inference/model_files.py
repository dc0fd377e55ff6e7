"""Models to explore: a run folder's EMA weights, or one safetensors file that is shared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from trainer.data.folders.trained_on import TrainedOn
from trainer.data.loading import load_data
from trainer.inference.eight_bits import packed, unpacked, worth_it
from trainer.inference.moulds import Mould, maps, mould_of, needed
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import UserError
from trainer.models.base import Model
from trainer.models.directions import (
    CLOUD,
    Directions,
    read_directions,
)
from trainer.models.fitting import check_finite, in_file, read_fitting
from trainer.models.placing import placed
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import COMPACT_FORMAT, KIND, MODEL_FORMAT, ModelMeta, read_meta
from trainer.recipe.specs import DATA_SETS
from trainer.storage.faults import in_words
from trainer.storage.files import read_object, write_bytes
from trainer.storage.paths import full_path, runs_root
from trainer.storage.regular import check_regular
from trainer.training.checkpoint import RunFolder
from trainer.training.run_images import trained_on

BY_CONTENT, BY_ORDER = "content", "order"  # what own images were split by


def export_model(
    snapshot: Snapshot,
    path: Path,
    metrics: dict[str, Any],
    images: TrainedOn | None = None,
    exact: bool = False,
    compact: bool = False,
) -> None:
    """Write a snapshot as one file: fp16 weights, recipe, directions and metrics inside.

    `images` says which own images it was trained on. `exact` keeps all bits of the weights;
    `compact` matrices have eight.
    """
    tensors = _tensors(snapshot, _whole if exact else _compact if compact else _halved)
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise UserError(
            f"{path} is not written: the model has weights that are no numbers, or too large for "
            "16 bits. Its training diverged: train it anew with smaller learning rates."
        )
    meta = {
        "kind": f"{KIND} {COMPACT_FORMAT if compact else MODEL_FORMAT}",
        "recipe": shareable(snapshot.recipe).to_json(),
        "step": str(snapshot.step),
        "metrics": json.dumps(metrics),
        "split": BY_ORDER if images is not None and images.unlisted else BY_CONTENT,
        "checksum": _checksum(tensors),
    }
    write_bytes(path, to_bytes(tensors, meta))


def _tensors(
    snapshot: Snapshot, written: Callable[[str, Tensor], dict[str, Tensor]]
) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for name, value in maps(snapshot.model).items():
        tensors |= written(f"model.{name}", value.detach().cpu().contiguous())
    if snapshot.directions is not None:
        known = snapshot.directions.tensors()
        tensors |= {f"directions.{k}": v.cpu().contiguous() for k, v in known.items()}
    return tensors


def fingerprint_of_snapshot(snapshot: Snapshot) -> str:
    """The fingerprint that an exact file of it would have."""
    return _checksum(_tensors(snapshot, _whole))


def _checksum(tensors: Mapping[str, Tensor]) -> str:
    """What is another one as soon as one bit of a tensor is: a picture would not show that."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        value = tensors[name]
        digest.update(f"{name} {value.dtype} {list(value.shape)}".encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def shareable(recipe: Recipe) -> Recipe:
    """Without the folders' full paths, which are nobody else's business."""
    given = {"images": recipe.data.images, "images_b": recipe.data.images_b}
    return recipe.but(
        {key: full_path(Path(path)).name or "images" for key, path in given.items() if path}
    )


def _halved(name: str, value: Tensor) -> dict[str, Tensor]:
    """Matrices and kernels as fp16; biases and batch-norm statistics as they are."""
    halve = value.is_floating_point() and value.dim() > 1
    return {name: value.half() if halve else value}


def _compact(name: str, value: Tensor) -> dict[str, Tensor]:
    """Large matrices in eight bits, all else as in other files."""
    return packed(name, value) if worth_it(value) else _halved(name, value)


def _whole(name: str, value: Tensor) -> dict[str, Tensor]:
    return {name: value}


@in_words()
def load_snapshot(path: Path, device: torch.device, root: Path | None = None) -> Snapshot:
    """The snapshot of a run folder or a model file. Raises UserError naming what is wrong."""
    if path.is_dir():
        return _load_run(RunFolder(path), device, root)
    if not path.exists():
        raise UserError(
            f"{path} does not exist. Name a run folder (yours are in {runs_root()}) or a "
            ".safetensors file, for instance assets/models/drawn-10.safetensors."
        )
    return _load_file(path, device, root)


@in_words()
def check_model(path: Path) -> None:
    """Raises UserError where the weights in a run folder or model file cannot be loaded.

    No data set is read for it.
    """
    device = torch.device("cpu")
    if not path.is_dir():
        _weights_of(path, read_meta(path), device)
    elif RunFolder(path).has_state():
        RunFolder(path).load_shown(device)


def _load_run(run: RunFolder, device: torch.device, root: Path | None) -> Snapshot:
    recipe = run.recipe()
    if not run.has_state():
        raise UserError(f"{run.path} holds no checkpoint yet. Train it with --resume first.")
    shown = run.load_shown(device)
    if shown.seen:
        points = shown.seen.get("points")
        known = read_directions(shown.seen, device)
        return Snapshot(recipe, shown.step, shown.ema, known, device, points)
    try:  # an older version saved it
        data = load_data(recipe, root, trained_on=trained_on(run))
        batches = data.batches(recipe, device)
    except UserError:  # enough to reconstruct with; only the directions are unknown
        return Snapshot(recipe, shown.step, shown.ema, None, device)
    return publish(shown.ema, shown.step, device, batches)


@in_words()
def load_moment(path: Path, device: torch.device, root: Path | None = None) -> Snapshot:
    """The same of a model file, in a fraction of the time where others of its recipe were loaded.

    Raises UserError.
    """
    meta = read_meta(path)
    with in_file(path, "open another one"):
        mould = mould_of(meta.recipe)
    return _from_file(path, meta, device, root, mould)


def _load_file(path: Path, device: torch.device, root: Path | None) -> Snapshot:
    return _from_file(path, read_meta(path), device, root)


def _from_file(
    path: Path,
    meta: ModelMeta,
    device: torch.device,
    root: Path | None,
    mould: Mould | None = None,
) -> Snapshot:
    model, directions = _weights_of(path, meta, device, mould)
    points = None
    if model.recipe.two_dimensional:
        points = load_data(model.recipe, root).train.images[:CLOUD]
    return Snapshot(model.recipe, meta.step, model, directions, device, points)


def _weights_of(
    path: Path, meta: ModelMeta, device: torch.device, mould: Mould | None = None
) -> tuple[Model, Directions | None]:
    """A model file's weights and directions. Raises UserError where they do not fit its recipe."""
    with in_file(path, "open another one"):
        mould = mould or needed(meta.recipe)
        check_regular(path)
        with safe_open(str(path), "pt") as file:
            tensors = read_fitting(file, mould.wanted, mould.known)
        if meta.checksum and meta.checksum != _checksum(tensors):
            raise UserError(f"{path} is damaged: download or copy it again.")
        check_finite(tensors)
        model = mould.cast(meta.recipe)
        model.load_state_dict({name[6:]: unpacked(tensors, name) for name in mould.wanted})
        directions = read_directions(tensors, device)
    return placed(model, device).eval().requires_grad_(False), directions


def trained_on_of(path: Path, recipe: Recipe) -> TrainedOn | None:
    """The own images that a run folder, or a model file of this recipe, was trained on.

    A file does not list them: which are for testing follows from the images.
    """
    if not DATA_SETS[recipe.data.name].own:
        return None
    if path.is_dir():
        return trained_on(RunFolder(path))
    return None if read_meta(path).split == BY_CONTENT else TrainedOn(unlisted=True)


def known_metrics(path: Path) -> dict[str, Any]:
    """The metrics of a run folder or a model file; none where it was never measured."""
    if not path.is_dir():
        return dict(read_meta(path).metrics)
    try:
        return read_object(path / "metrics.json")
    except UserError:  # or nobody can read how
        return {}
