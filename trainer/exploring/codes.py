"""The codes of many images, or, where the code is a picture, features of the encoder's middle."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from trainer.data.progress import OnProgress, unheard
from trainer.exploring.features import features, middle_of
from trainer.inference.pixels import to_tensor
from trainer.inference.snapshot import Snapshot
from trainer.messages import Floats, Pixels, UserError

BATCH = 100


@torch.inference_mode()
def codes_of(
    snapshot: Snapshot, pictures: Pixels, eps: Tensor, progress: OnProgress = unheard
) -> Floats:
    """Codes [N, K] of images uint8 [N, H, W, C], each with its noise of the encoder [N, e].

    Raises UserError where they are no numbers, and what `progress` raises.
    """
    model, device = snapshot.model, snapshot.device
    parts: list[Tensor] = []
    middle = None
    for first in range(0, len(pictures), BATCH):
        progress(first, len(pictures))
        x = to_tensor(pictures[first : first + BATCH]).to(device)
        noise = eps[first : first + BATCH].to(device)
        if not snapshot.recipe.translates:
            parts.append(model.encode(x, noise))
            continue
        if middle is None:
            middle = middle_of(model.encoder, x[:1], noise[:1])
        parts.append(features(model.encoder, middle, x, noise))
    if not parts:
        return np.zeros((0, snapshot.recipe.model.code), np.float32)
    codes: Floats = torch.cat(parts).float().cpu().numpy()
    if not np.isfinite(codes).all():
        raise UserError("The codes of this model are no numbers: it diverged. Train it anew.")
    return codes


def noise_of(snapshot: Snapshot, count: int, seed: int = 0) -> Tensor:
    """Noise [count, e] for the encoder; none where it gives features, which are to be steady."""
    model = snapshot.model
    if snapshot.recipe.translates:
        return torch.zeros(count, model.eps.size)
    return model.eps.sample(count, torch.Generator().manual_seed(seed))
