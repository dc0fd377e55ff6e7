"""The models' records. No torch: the classes are imported when one is built."""

from __future__ import annotations

from trainer.recipe.specs import MODELS, ModelSpec

MODELS.register(ModelSpec("iae", "IAE", "Implicit autoencoders", "trainer.models.iae:IAE"))
MODELS.register(
    ModelSpec(
        "cycleiae",
        "CycleIAE",
        "CycleIAE: two domains",
        "trainer.models.cycleiae:CycleIAE",
        translates=True,
    )
)
MODELS.register(
    ModelSpec("fiae", "FIAE", "FIAE: flipped", "trainer.models.fiae:FIAE", source="code")
)
MODELS.register(
    ModelSpec("gan", "GAN", "Baselines", "trainer.models.gan:GAN", source="code", inverse=False)
)
