"""Which options a branch has of its parent, as its weights fit no others. No torch."""

from __future__ import annotations

OF_ENCODER_AND_DECODER = frozenset(
    {
        "data.size",
        "data.colour",
        "model.networks",
        "model.code",
        "model.code_kind",
        "model.noise",
        "model.encoder_noise",
        "model.posterior",
        "model.width",
    }
)
OF_DISCRIMINATORS = frozenset(
    {
        "model.kind",
        "model.conditioning",
        "model.discriminator_norm",
        "objective.reconstruction.kind",
        "objective.regularisation.kind",
    }
)


def held_in_branch(whole: bool) -> frozenset[str]:
    """The paths of options that stay; `whole`: from a checkpoint, with its discriminators."""
    return OF_ENCODER_AND_DECODER | OF_DISCRIMINATORS if whole else OF_ENCODER_AND_DECODER
