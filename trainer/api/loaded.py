"""A trained model in a script or notebook: what it reconstructs, encodes and decodes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from trainer.api.draws import columns_of
from trainer.api.images import Images, as_batch, is_one
from trainer.data.folders.trained_on import TrainedOn
from trainer.data.loading import load_data
from trainer.data.progress import OnProgress, unheard
from trainer.devices.choice import choose_device
from trainer.evaluation import evaluate as evaluate_snapshot
from trainer.inference.model_files import known_metrics, load_snapshot, trained_on_of
from trainer.inference.render import column_noise, decode_codes, encode_image, render
from trainer.inference.snapshot import Snapshot
from trainer.messages import (
    Floats,
    Pixels,
    Probe,
    Rendering,
    UserError,
)
from trainer.recipe.grey_range import GreyRange
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS
from trainer.storage.faults import in_words
from trainer.storage.paths import full_path, runs_root, shipped_models, typed_path

PathLike = str | os.PathLike[str]


@in_words()
def load(
    name_or_path: PathLike,
    device: str = "auto",
    data: PathLike | None = None,
    images: PathLike | None = None,
    images_b: PathLike | None = None,
) -> LoadedModel:
    """Load a model: one that came with the program, a run folder, or a model file.

    A path that exists goes before a shipped name. `device` is auto, cpu, cuda, mps or xpu, or one
    of several GPUs, as in cuda:1; `data` is the folder of the data sets, `images` and `images_b`
    are where own images lie now that it was trained on.
    Raises UserError where there is no such model, or it is damaged.
    """
    path = _find(name_or_path)
    root = None if data is None else typed_path(data)
    snapshot = load_snapshot(path, choose_device(device), root)
    snapshot = replace(snapshot, recipe=_with_images(snapshot.recipe, images, images_b))
    known = trained_on_of(path, snapshot.recipe)
    return LoadedModel(snapshot, known_metrics(path), root, known)


def evaluate(
    model: LoadedModel | PathLike, data: PathLike | None = None, seed: int = 0, device: str = "auto"
) -> dict[str, Any]:
    """Measure a model, or what `load` makes of its name or path, on the test images of its data.

    Raises UserError as `load` does, and DataMissingError where the data are not at hand.
    """
    loaded = model if isinstance(model, LoadedModel) else load(model, device, data)
    return loaded.evaluate(data, seed)


class LoadedModel:
    """A trained model, its averaged weights frozen; every answer follows from them and a seed."""

    def __init__(
        self,
        snapshot: Snapshot,
        metrics: Mapping[str, Any],
        data: Path | None,
        known: TrainedOn | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.trained_on = known  # of own images
        self.metrics = dict(metrics)  # as last measured; empty where it never was
        self._data = data

    @property
    def recipe(self) -> Recipe:
        """The experiment that the model was trained by."""
        return self.snapshot.recipe

    @property
    def step(self) -> int:
        """The number of steps that it was trained."""
        return self.snapshot.step

    def __repr__(self) -> str:
        return f"<LoadedModel {self.recipe.name}, step {self.step:,}, {self.snapshot.device}>"

    def prepare(self, images: Images, grey_range: GreyRange | None = None) -> Pixels:
        """Images as the network sees them: uint8 [N, H, W, C], N of 1 for a single image.

        `images` is one or several: a path, a PIL image, or an array of uint8, [H, W], [H, W, C] or
        [N, H, W, C], of any size. Grey of 16 or 32 bits is scaled as in the training; where that
        had none by `grey_range`, or all files by one. Raises UserError where one cannot be read.
        """
        return as_batch(images, self.recipe, grey_range)

    def reconstruct(self, images: Images, draws: int = 8, seed: int = 0) -> Pixels:
        """Stochastic reconstructions: uint8 [N, draws, H, W, C], the very pixels of the window.

        `images` as for `prepare`; for one image without a batch dimension [draws, H, W, C]. Where
        a CycleIAE's encoder is the stochastic end, the pictures are its translations. Raises
        UserError where an image cannot be read, or `draws` or `seed` make no sense.
        """
        seeds = columns_of(seed, draws)
        tiles = self.render(Probe(0, self.prepare(images), seeds)).tiles
        return tiles[0] if is_one(images) else tiles

    @in_words()
    def render(self, probe: Probe) -> Rendering:
        """The window's answer to a probe: pictures, codes, and how much of them noise makes.

        The probe's images are uint8 [N, H, W, C] as `prepare` gives them.
        """
        return render(self.snapshot, probe)

    @in_words()
    def encode(self, images: Images, seed: int = 0) -> Floats:
        """Codes float32 [N, K], those of the first draw of `reconstruct` with this seed.

        A CycleIAE's are pictures, float32 [N, H, W, C] from 0 to 1. For one image without a batch
        dimension there is no N. Raises UserError where an image cannot be read.
        """
        seen = self.prepare(images)
        _, eps = self._noise(seed, 1)
        with torch.inference_mode():
            codes = [encode_image(self.snapshot, picture, eps)[0] for picture in seen]
        if not codes:
            return np.empty((0, *self._code_shape), np.float32)
        together = torch.stack(codes).cpu()
        if self.recipe.translates:
            together = together.permute(0, 2, 3, 1)
        found: Floats = together.contiguous().numpy()
        return found[0] if is_one(images) else found

    @in_words()
    def decode(self, codes: npt.ArrayLike, draws: int | None = None, seed: int = 0) -> Pixels:
        """Pictures of codes as `encode` gives them: uint8 [N, H, W, C], no N for a single code.

        With a number of `draws`, that many of each code with noise of its own: [N, draws, H, W, C];
        without edits these are the columns of `reconstruct` with the same seed, where the encoder
        is deterministic. Raises UserError where the codes are not of this model's shape.
        """
        rows, single = self._checked(codes)
        noise, _ = self._noise(seed, 1 if draws is None else draws)
        with torch.inference_mode():
            made = [
                decode_codes(self.snapshot, row.expand(len(noise), *row.shape), noise)
                for row in rows
            ]
        shape = self.recipe.image_shape
        pictures = np.stack(made) if made else np.empty((0, len(noise), *(shape or ())), np.uint8)
        if draws is None:
            pictures = pictures[:, 0]
        return pictures[0] if single else pictures

    @in_words()
    def evaluate(
        self, data: PathLike | None = None, seed: int = 0, loading: OnProgress = unheard
    ) -> dict[str, Any]:
        """The measures of the model on the test images of its data, as plain numbers.

        One that cannot be measured, of too few images say, is None; `not_measured` has the reasons.
        `data` is the folder of the data sets, if another than at `load`; `loading` is told how many
        images are read, and of how many. Raises DataMissingError.
        """
        columns_of(seed, 1)  # or it is told
        root = self._data if data is None else typed_path(data)
        loaded = load_data(self.recipe, root, loading, self.trained_on)
        listed = loaded.image_list()
        if listed is not None and self.trained_on is not None:
            self.trained_on.check_against(listed)
        return evaluate_snapshot(self.snapshot, loaded, seed)

    @property
    def _code_shape(self) -> tuple[int, ...]:
        shape = self.recipe.image_shape
        return shape if self.recipe.translates and shape is not None else (self.recipe.model.code,)

    def _noise(self, seed: int, draws: int) -> tuple[Tensor, Tensor]:
        """The decoder's noise [draws, n] and the encoder's [draws, eps]."""
        pairs = [column_noise(self.snapshot.model, each) for each in columns_of(seed, draws)]
        noise, eps = (
            torch.stack(vectors).to(self.snapshot.device) for vectors in zip(*pairs, strict=True)
        )
        return noise, eps

    def _checked(self, codes: npt.ArrayLike) -> tuple[Tensor, bool]:
        """Codes [N, ...] on the device, and whether it was a single one."""
        if self.recipe.two_dimensional:
            raise UserError(f"{self.recipe.name} is a model of points in the plane, not of images.")
        wanted = self._code_shape
        try:
            values = np.asarray(codes, np.float32)
        except (TypeError, ValueError) as error:
            raise UserError(f"Codes are numbers in an array: {error}.") from error
        single = values.ndim == len(wanted)
        rows = values[None] if single else values
        if rows.shape[1:] != wanted:
            shape = f"[N, {', '.join(map(str, wanted))}]"
            raise UserError(
                f"Codes of {self.recipe.name} have the shape {shape}, not {list(values.shape)}."
            )
        tensor = torch.from_numpy(rows.copy())
        if self.recipe.translates:
            tensor = tensor.permute(0, 3, 1, 2)
        return tensor.to(self.snapshot.device), single


def _with_images(recipe: Recipe, images: PathLike | None, images_b: PathLike | None) -> Recipe:
    """The recipe where its own images are now."""
    given = {"data.images": images, "data.images_b": images_b}
    named = {key: str(full_path(typed_path(path))) for key, path in given.items() if path}
    if named and not DATA_SETS[recipe.data.name].own:
        raise UserError(f"{recipe.name} was not trained on images of your own: leave them out.")
    return recipe.but(named) if named else recipe


def _find(name_or_path: PathLike) -> Path:
    path = typed_path(name_or_path)
    if path.exists():
        return path
    shipped = shipped_models()
    if str(path) in shipped:
        return shipped[str(path)]
    raise UserError(
        f"{path} does not exist. Name a run folder (yours are in {runs_root()}), a .safetensors "
        f"file, or a model that came with the program: {', '.join(shipped)}."
    )
