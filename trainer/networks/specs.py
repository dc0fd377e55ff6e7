"""The families' records. No torch: the builders are imported when one is asked for."""

from __future__ import annotations

from trainer.recipe.specs import FAMILIES, FamilySpec

# Tables 2 and 3 take no encoder noise: see `table23.ConvEncoder`.
CONVOLUTIONAL = frozenset({"conditioning", "discriminator_norm"})
TABLE_1 = CONVOLUTIONAL | {"encoder_noise"}
SMALL = TABLE_1 | {"width"}

for family in (
    FamilySpec(
        "toy",
        "trainer.networks.toy:toy_networks",
        points=True,
        options=frozenset({"width", "encoder_noise"}),
    ),
    FamilySpec(
        "mnist",
        "trainer.networks.table1:table1_networks",
        size=28,
        colour=False,
        full_size=True,
        options=TABLE_1,
    ),
    FamilySpec(
        "svhn",
        "trainer.networks.table23:svhn_networks",
        size=32,
        colour=True,
        full_size=True,
        options=CONVOLUTIONAL,
    ),
    FamilySpec(
        "celeba",
        "trainer.networks.table23:celeba_networks",
        size=48,
        colour=True,
        full_size=True,
        options=CONVOLUTIONAL,
    ),
    FamilySpec(
        "resnet",
        "trainer.networks.resnet:resnet_networks",
        translates=True,
        full_size=True,
        options=frozenset({"encoder_noise"}),
    ),
    FamilySpec("small", "trainer.networks.small:small_networks", options=SMALL),
    FamilySpec(
        "small-colour",
        "trainer.networks.small_colour:small_colour_networks",
        options=SMALL | {"upsampling"},
    ),
    FamilySpec(
        "small-resnet",
        "trainer.networks.small_resnet:small_resnet_networks",
        translates=True,
        options=frozenset({"width", "encoder_noise"}),
        revision=2,  # discriminators that see every pixel
    ),
):
    FAMILIES.register(family)
