"""The CycleIAE: from one domain of images to another (Section 3)."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.data.batches import Batch
from trainer.models.iae import IAE


class CycleIAE(IAE):
    """Source: one domain of images; target: another one, unpaired (Section 3)."""

    def target(self, batch: Batch, rng: torch.Generator) -> Tensor:
        assert batch.other is not None, "a CycleIAE needs a second domain"
        return batch.other
