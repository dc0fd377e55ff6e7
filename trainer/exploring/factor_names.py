"""Which known factor of drawn images each direction moves: slant, thickness, hue, ..."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.data.loading import load_data
from trainer.evaluation.formulas.factor_probe import FactorProbe
from trainer.evaluation.measurable import CannotMeasureError
from trainer.evaluation.measures.factors import factor_probe
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.directions import STRIP, Factor, Factors, WhichFactors
from trainer.inference.snapshot import Snapshot
from trainer.recipe.specs import DATA_SETS

IMAGES = 24  # test images that are moved
READABLE = 0.5  # R^2: of a factor that the probe reads worse, it says nothing


def name_factors(
    snapshot: Snapshot, question: WhichFactors, circumstances: Circumstances
) -> Factors:
    """The factor whose reading follows the offset most, for each direction; none of other data."""
    recipe = snapshot.recipe
    if not DATA_SETS[recipe.data.name].drawn or recipe.two_dimensional:
        return Factors()
    data = load_data(recipe, circumstances.root, circumstances.progress)
    names = tuple(sorted(data.test.factors))
    if not names:
        return Factors()
    try:
        probe = factor_probe(data, names, circumstances.progress)
    except CannotMeasureError:
        return Factors()
    images = data.test.images[:IMAGES]
    return factors_of(snapshot, question, images, probe, names, circumstances)


def factors_of(
    snapshot: Snapshot,
    question: WhichFactors,
    images: Tensor,
    probe: FactorProbe,
    names: tuple[str, ...],
    circumstances: Circumstances,
) -> Factors:
    """The same, of images uint8 [N, C, H, W] and with a probe that reads `names`."""
    clear = torch.tensor([score >= READABLE for score in probe.held_out])
    total = len(question.code) + len(question.noise)
    found: list[Factor | None] = []
    for side in ("code", "noise"):
        for axis in torch.from_numpy(getattr(question, side)):
            circumstances.progress(len(found), total)
            seen = _moved(snapshot, images, axis, side == "noise")
            readings = torch.stack([probe.read(each) for each in seen], 1)  # [N, 5, F]
            found.append(_most(correlations(readings, torch.tensor(STRIP)), clear, names))
    codes = len(question.code)
    return Factors(tuple(found[:codes]), tuple(found[codes:]))


def correlations(readings: Tensor, offsets: Tensor) -> Tensor:
    """Of readings [N, O, F] with the offsets [O], within each image; 0 where nothing moves."""
    steps = (offsets - offsets.mean()).double()[None, :, None]
    moved = readings.double() - readings.double().mean(1, keepdim=True)
    both = (moved * steps).sum((0, 1))
    of_steps = steps.square().sum() * len(readings)
    scale = (moved.square().sum((0, 1)) * of_steps).sqrt()
    return torch.where(scale > 1e-9, both / scale.clamp_min(1e-9), 0.0)


def _most(found: Tensor, clear: Tensor, names: tuple[str, ...]) -> Factor | None:
    if not clear.any():
        return None
    place = int(torch.where(clear, found.abs(), -1.0).argmax())
    return Factor(names[place], round(float(found[place]), 3))


@torch.inference_mode()
def _moved(snapshot: Snapshot, images: Tensor, axis: Tensor, of_noise: bool) -> list[Tensor]:
    """The pictures [N, C, H, W] of all images at each offset along an axis; the noise is fixed."""
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(0)
    x = images.to(device).float() / 255
    eps = model.eps.sample(len(x), rng).to(device)
    noise = model.noise.sample(len(x), rng).to(device)
    decoders = of_noise and model.noise.size > 0 and not snapshot.recipe.varies_code
    seen = []
    for offset in STRIP:
        step = offset * axis.to(device)
        codes = model.encode(x, eps + step if of_noise and not decoders else eps)
        if not snapshot.recipe.varies_code:
            moved = codes if of_noise else codes + step
            codes = model.decode(moved, noise + step if decoders else noise)
        seen.append(codes.cpu())
    return seen
