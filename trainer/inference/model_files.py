"""Models to explore: a run folder's averaged weights, or one safetensors file that is shared."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from trainer.data.loading import load_data
from trainer.inference.directions import Directions
from trainer.inference.render import CLOUD, Snapshot, publish
from trainer.messages import DataMissingError, UserError
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.recipe.recipe import Recipe
from trainer.storage.files import write_bytes
from trainer.storage.paths import runs_root
from trainer.training.checkpoint import RunFolder

KIND = "iae-studio model 1"


def export_model(snapshot: Snapshot, path: Path, metrics: dict[str, Any]) -> None:
    """Write a snapshot as one file: fp16 weights, recipe, directions and metrics inside."""
    tensors = {f"model.{k}": _halved(v) for k, v in _maps(snapshot.model).items()}
    if snapshot.directions is not None:
        known = snapshot.directions.tensors()
        tensors |= {f"directions.{k}": v.cpu().contiguous() for k, v in known.items()}
    meta = {
        "kind": KIND,
        "recipe": json.dumps(asdict(_shareable(snapshot.recipe))),
        "step": str(snapshot.step),
        "metrics": json.dumps(metrics),
    }
    write_bytes(path, to_bytes(tensors, meta))


def _shareable(recipe: Recipe) -> Recipe:
    """Without the folders' full paths, which are nobody else's business."""
    given = {key: getattr(recipe, key) for key in ("images", "images_b")}
    names = {key: path and (Path(path).resolve().name or "images") for key, path in given.items()}
    return recipe.but(**names)  # type: ignore[arg-type]


def _maps(model: Model) -> dict[str, Tensor]:
    return {k: v for k, v in model.state_dict().items() if not k.startswith("discriminators.")}


def _halved(value: Tensor) -> Tensor:
    """Matrices and kernels as fp16; biases and batch-norm statistics as they are."""
    halve = value.is_floating_point() and value.dim() > 1
    return (value.half() if halve else value).detach().cpu().contiguous()


def load_snapshot(path: Path, device: torch.device, root: Path | None = None) -> Snapshot:
    """The snapshot of a run folder or a model file. Raises UserError naming what is wrong."""
    if path.is_dir():
        run = RunFolder(path)
        recipe = run.recipe()
        if not run.has_state():
            raise UserError(f"{path} holds no checkpoint yet. Train it with --resume first.")
        state = run.load(device)
        try:
            batches = load_data(recipe, root).batches(recipe, device)
        except DataMissingError:  # enough to reconstruct with; only the directions are unknown
            model = state.ema.eval().requires_grad_(False)
            return Snapshot(recipe, state.step, model, None, device)
        return publish(state.ema, state.step, device, batches)
    if not path.exists():
        raise UserError(
            f"{path} does not exist. Name a run folder (yours are in {runs_root()}) or a "
            ".safetensors file, for instance assets/models/drawn-10.safetensors."
        )
    return _load_file(path, device, root)


def _load_file(path: Path, device: torch.device, root: Path | None) -> Snapshot:
    try:
        with safe_open(str(path), "pt") as file:
            meta = file.metadata() or {}
            tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path} cannot be read as a model: {error}.") from error
    if meta.get("kind") != KIND:
        raise UserError(f"{path} is a safetensors file, but not a model of IAE Studio.")
    try:
        text, step = meta["recipe"], int(meta["step"])
    except (KeyError, ValueError) as error:
        raise UserError(f"{path} names no recipe or step: {error}.") from error
    model = build_model(Recipe.from_json(text))
    model.discriminators.clear()
    weights = {k[6:]: v.float() for k, v in tensors.items() if k.startswith("model.")}
    try:
        model.load_state_dict(weights)
        directions = _directions(tensors, device)
    except (RuntimeError, KeyError) as error:
        raise UserError(f"{path} does not fit the recipe it names: {error}.") from error
    model.to(device).eval().requires_grad_(False)
    points = None
    if model.recipe.two_dimensional:
        points = load_data(model.recipe, root).train.images[:CLOUD]
    return Snapshot(model.recipe, step, model, directions, device, points)


def _directions(tensors: dict[str, Tensor], device: torch.device) -> Directions | None:
    if "directions.code_mean" not in tensors:
        return None
    names = [field.name for field in fields(Directions)]
    return Directions(*(tensors[f"directions.{name}"].to(device) for name in names))


def file_metrics(path: Path) -> dict[str, Any]:
    """The metrics inside a model file."""
    with safe_open(str(path), "pt") as file:
        metrics: dict[str, Any] = json.loads((file.metadata() or {}).get("metrics", "{}"))
    return metrics
