"""How much of each known factor of drawn images the code carries, and how much the noise makes."""

from __future__ import annotations

import threading
from typing import Any

import torch
from torch import Tensor

from trainer.data.dataset import DataSet, Rows
from trainer.data.progress import OnProgress, unheard
from trainer.evaluation.formulas.content import carried, kept, noise_part
from trainer.evaluation.formulas.factor_probe import FactorProbe
from trainer.evaluation.measurable import at_least, finite, some_of
from trainer.evaluation.measures.reconstructions import BATCH, TEST_IMAGES, reconstructions
from trainer.evaluation.specs import MEASURES, MeasureSpec
from trainer.inference.snapshot import Snapshot

PROBED = 8000  # images that the probe learns from


def evaluate_factors(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """Shares from 0 to 1 for each factor of drawn test images.

    code: how well it can be read off the code (not where the code is a picture).
    kept: how much of what a probe reads off the tiles follows the input's own factor.
    noise: the part of that reading's variance that the noise makes.
    probe: how well the probe itself reads it off real images; where it is low, the others mean
        little.
    Tiles are reconstructions; or translations, where the encoder is the stochastic one. Raises
    CannotMeasureError where there are too few images.
    """
    at_least(2, len(data.test), "test images")
    rows = some_of(data.test, TEST_IMAGES)
    names = sorted(rows.factors)
    probe = factor_probe(data, tuple(names))
    codes, readings = _read(snapshot, rows.images, probe, seed)
    figures: dict[str, Any] = {}
    for place, name in enumerate(names):
        truth, seen = rows.factors[name], readings[:, :, place]
        figures[name] = {
            "kept": round(kept(seen, truth), 3),
            "noise": round(noise_part(seen), 3),
            "probe": round(probe.held_out[place], 3),
        }
        if codes is not None:
            figures[name]["code"] = round(carried(codes, truth, "number", seed), 3)
    return figures


_fitted: list[tuple[DataSet, tuple[str, ...], FactorProbe]] = []
_fitting = threading.Lock()


def factor_probe(
    data: DataSet, names: tuple[str, ...], progress: OnProgress = unheard
) -> FactorProbe:
    """The probe that reads the factors of these names off the images of a data set.

    The last two are kept: several models of the same data are often measured in a row. What
    `progress` raises ends the fitting. Raises CannotMeasureError where there are too few images.
    """
    with _fitting:
        for known, read, probe in _fitted:
            if known is data and read == names:
                return probe
        parts = [data.train]
        if data.other_train is not None and data.other_train.edges is None:
            parts.append(data.other_train)  # translations are read by the same probe
        each = PROBED // len(parts)
        images = torch.cat([part.images[:each] for part in parts])
        factors = torch.cat([_table(part, names)[:each] for part in parts])
        made = FactorProbe.fit(images, factors, seed=0, progress=progress)
        _fitted[:] = [*_fitted[-1:], (data, names, made)]
        return made


def _table(rows: Rows, names: tuple[str, ...]) -> Tensor:
    return torch.stack([rows.factors[name] for name in names], 1)


@torch.inference_mode()
def _read(
    snapshot: Snapshot, images: Tensor, probe: FactorProbe, seed: int
) -> tuple[Tensor | None, Tensor]:
    """Codes [N, K], None for pictures; and the probe's readings of the tiles [N, 8, F]."""
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(seed)
    codes, readings = [], []
    for rows in images.split(BATCH):
        x = (rows.float() / 255).to(device)
        if snapshot.recipe.varies_code:
            draws = [model.encode(x, model.eps.sample(len(x), rng).to(device)) for _ in range(8)]
        else:
            draws = list(reconstructions(snapshot, x, rng))
        readings.append(torch.stack([probe.read(draw.cpu()) for draw in draws], 1))
        if not snapshot.recipe.translates:
            eps = model.eps.sample(len(x), rng).to(device)
            codes.append(model.encode(x, eps).cpu())
    readable = finite(torch.cat(readings), "pictures")
    return (finite(torch.cat(codes), "codes") if codes else None), readable


MEASURES.register(
    MeasureSpec(
        "factors",
        applies=lambda recipe, data: bool(data.test.factors) and not recipe.two_dimensional,
        measure=lambda subject: {
            "factors": evaluate_factors(subject.snapshot, subject.data, subject.seed)
        },
        order=2,
    )
)
