"""Which parts of a recipe fit together, and what to say where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer.messages import UserError
from trainer.recipe.specs import DATA_SETS

if TYPE_CHECKING:
    from trainer.recipe.recipe import Recipe
    from trainer.recipe.specs import DataSpec

_SIDES = {"mnist": (28, 28), "svhn": (32, 32), "celeba": (48, 48)}


def check_parts(recipe: Recipe) -> None:
    """Raises UserError where a recipe's parts do not fit together."""
    _check_networks(recipe)
    _check_data(recipe)
    _check_model(recipe)
    _check_categories(recipe)
    _check_diversity(recipe)


def _check_networks(recipe: Recipe) -> None:
    name = recipe.networks
    if (name == "toy") != recipe.two_dimensional:
        raise UserError(
            f"The networks {name} do not fit the data {recipe.data}: "
            "points go with toy networks, images with the others."
        )
    if recipe.translates != (name in ("resnet", "small-resnet")):
        raise UserError(f"The networks {name} do not fit the model {recipe.model}.")
    if name in _SIDES and recipe.size != _SIDES[name][0]:
        raise UserError(f"The networks {name} are for images of {_SIDES[name][0]} px.")
    if (name == "mnist" and recipe.colour) or (name in ("svhn", "celeba") and not recipe.colour):
        raise UserError(f"The networks {name} are for {'grey' if recipe.colour else 'colour'}.")
    if not recipe.two_dimensional and (not 16 <= recipe.size <= 256 or recipe.size % 4):
        raise UserError(f"size must be a multiple of 4 from 16 to 256, not {recipe.size}.")


def _check_data(recipe: Recipe) -> None:
    spec = DATA_SETS[recipe.data]
    if not spec.points:
        _check_images(recipe, spec)
    if spec.own != bool(recipe.images):
        raise UserError("Own images go together: data=folder and images=DIR (or --images DIR).")
    if recipe.images_b and not (recipe.images and recipe.translates):
        raise UserError("A second folder of images is for a CycleIAE, beside the first.")
    if recipe.second == "class" and not spec.class_pair:
        raise UserError(f"{spec.name} does not hold two classes to translate between.")
    if recipe.translates and recipe.second == "none" and not recipe.images_b:
        raise UserError(
            f"{recipe.name} translates between two domains: name a folder for each, "
            "with --images and --images-b."
        )


def _check_images(recipe: Recipe, spec: DataSpec) -> None:
    size = recipe.size if spec.size is None else spec.size
    colour = recipe.colour if spec.colour is None else spec.colour
    kind = "colour" if colour else "grey"
    if (recipe.size, recipe.colour) != (size, colour) and spec.size is not None:
        raise UserError(f"{spec.name} has images of {size} px in {kind}.")
    if not spec.smallest <= recipe.size <= spec.largest:
        raise UserError(
            f"{spec.name} has images of {spec.smallest} to {spec.largest} px, not {recipe.size}."
        )
    if recipe.colour != colour:
        raise UserError(f"{spec.name} has images in {kind}.")


def _check_model(recipe: Recipe) -> None:
    if recipe.translates and recipe.categorical:
        raise UserError("The code of a cycleiae is an image: leave code_kind at gaussian.")
    if (recipe.augment or recipe.recolour) and recipe.two_dimensional:
        raise UserError("augment turns and shifts images; for points set augment=0, recolour=0.")
    if recipe.translates == bool(recipe.code):
        kind = "is an image, so code is 0" if recipe.translates else "must be at least 1"
        raise UserError(f"The code of a {recipe.model} {kind}; it is {recipe.code}.")
    if recipe.model == "gan" and recipe.reconstruction != "none":
        raise UserError("A GAN has no way back: set reconstruction=none.")
    if recipe.model == "gan" and not recipe.two_dimensional:
        raise UserError(f"The networks {recipe.networks} have no GAN; only toy ones have.")
    if recipe.reconstruction == "none" and recipe.regularisation == "none":
        raise UserError("Without reconstruction and regularisation there is nothing to train.")
    _check_posterior(recipe)
    if recipe.reconstruction == "marginal" and recipe.mismatched + recipe.mismatched_last:
        raise UserError(
            "A marginal discriminator reads no code: set mismatched=0, mismatched_last=0."
        )


def _check_diversity(recipe: Recipe) -> None:
    if recipe.diversity_weight and not recipe.varies_code:
        raise UserError(
            "diversity_weight is for a cycleiae whose encoder has noise: set diversity_weight=0, "
            "or raise encoder_noise."
        )


def _check_categories(recipe: Recipe) -> None:
    if recipe.labels or recipe.consistency or recipe.balance:
        if not recipe.categorical:
            raise UserError("labels, consistency and balance need code_kind=categorical.")
        if recipe.model == "gan":
            raise UserError("labels, consistency and balance need an encoder: a GAN has none.")
    if recipe.confidence and not (recipe.labels and recipe.consistency):
        raise UserError(
            "confidence makes labels of guesses: it needs labels and consistency, or set it to 0."
        )


def _check_posterior(recipe: Recipe) -> None:
    gaussian = recipe.posterior == "gaussian"
    if gaussian and (recipe.encoder_noise or recipe.categorical or recipe.translates):
        raise UserError("A Gaussian posterior has a Gaussian code and no other encoder noise.")
    if recipe.reconstruction == "likelihood" and not (recipe.model == "fiae" and gaussian):
        raise UserError("reconstruction=likelihood needs model=fiae and posterior=gaussian.")
    if recipe.regularisation == "divergence" and not (recipe.model == "iae" and gaussian):
        raise UserError("regularisation=divergence needs model=iae and posterior=gaussian.")
