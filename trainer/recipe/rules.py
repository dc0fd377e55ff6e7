"""Which parts of a recipe fit together, and what to say where they do not."""

from __future__ import annotations

from trainer.messages import UserError
from trainer.recipe.composition import Composition
from trainer.recipe.grey_range import GreyRange
from trainer.recipe.specs import DATA_SETS, DataSpec


def check_parts(recipe: Composition) -> None:
    """Raises UserError where a recipe's parts do not fit together."""
    _check_networks(recipe)
    _check_data(recipe)
    _check_domains(recipe)
    _check_code(recipe)
    _check_games(recipe)
    _check_posterior(recipe)
    _check_categories(recipe)


def _check_networks(recipe: Composition) -> None:
    family, data = recipe.family, recipe.data
    if family.points != recipe.two_dimensional:
        raise UserError(
            f"The networks {family.name} do not fit the data {data.name}: "
            "points go with toy networks, images with the others."
        )
    if recipe.translates != family.translates:
        raise UserError(f"The networks {family.name} do not fit the model {recipe.model.kind}.")
    if family.size and data.size != family.size:
        raise UserError(f"The networks {family.name} are for images of {family.size} px.")
    if family.colour is not None and data.colour != family.colour:
        raise UserError(
            f"The networks {family.name} are for {'colour' if family.colour else 'grey'}."
        )
    if not recipe.two_dimensional and (not 16 <= data.size <= 256 or data.size % 4):
        raise UserError(f"size must be a multiple of 4 from 16 to 256, not {data.size}.")


def _check_data(recipe: Composition) -> None:
    data, spec = recipe.data, DATA_SETS[recipe.data.name]
    if not spec.points:
        _check_images(recipe, spec)
    GreyRange.parse(data.grey_range)
    if spec.own != bool(data.images):
        raise UserError("Own images go together: data=folder and images=DIR (or --images DIR).")


def _check_images(recipe: Composition, spec: DataSpec) -> None:
    data = recipe.data
    size = data.size if spec.size is None else spec.size
    colour = data.colour if spec.colour is None else spec.colour
    kind = "colour" if colour else "grey"
    if (data.size, data.colour) != (size, colour) and spec.size is not None:
        raise UserError(f"{spec.name} has images of {size} px in {kind}.")
    if not spec.smallest <= data.size <= spec.largest:
        raise UserError(
            f"{spec.name} has images of {spec.smallest} to {spec.largest} px, not {data.size}."
        )
    if data.colour != colour:
        raise UserError(f"{spec.name} has images in {kind}.")


def _check_domains(recipe: Composition) -> None:
    data = recipe.data
    if data.second == "class" and not DATA_SETS[data.name].class_pair:
        raise UserError(f"{data.name} does not hold two classes to translate between.")
    if data.images_b and not (data.images and recipe.translates):
        raise UserError("A second folder of images is for a CycleIAE, beside the first.")
    if recipe.translates and data.second == "none" and not data.images_b:
        raise UserError(
            f"{recipe.name} translates between two domains: name a folder for each, "
            "with --images and --images-b."
        )


def _check_code(recipe: Composition) -> None:
    penalties, code = recipe.objective.penalties, recipe.model.code
    if recipe.translates and recipe.categorical:
        raise UserError("The code of a cycleiae is an image: leave code_kind at gaussian.")
    if (penalties.augment or penalties.recolour) and recipe.two_dimensional:
        raise UserError("augment turns and shifts images; for points set augment=0, recolour=0.")
    if recipe.translates == bool(code):
        kind = "is an image, so code is 0" if recipe.translates else "must be at least 1"
        raise UserError(f"The code of a {recipe.model.kind} {kind}; it is {code}.")


def _check_games(recipe: Composition) -> None:
    reconstruction, regularisation = (
        recipe.objective.reconstruction,
        recipe.objective.regularisation,
    )
    if not recipe.model_spec.inverse and reconstruction.kind != "none":
        raise UserError("A GAN has no way back: set reconstruction=none.")
    if not recipe.model_spec.inverse and not recipe.two_dimensional:
        raise UserError(f"The networks {recipe.model.networks} have no GAN; only toy ones have.")
    if reconstruction.kind == "none" and regularisation.kind == "none":
        raise UserError("Without reconstruction and regularisation there is nothing to train.")


def _check_categories(recipe: Composition) -> None:
    penalties, labels = recipe.objective.penalties, recipe.data.labels
    if labels or penalties.consistency or penalties.balance:
        if not recipe.categorical:
            raise UserError("labels, consistency and balance need code_kind=categorical.")
        if not recipe.model_spec.inverse:
            raise UserError("labels, consistency and balance need an encoder: a GAN has none.")
    if penalties.confidence and not (labels and penalties.consistency):
        raise UserError(
            "confidence makes labels of guesses: it needs labels and consistency, or set it to 0."
        )


def _check_posterior(recipe: Composition) -> None:
    model, objective, spec = recipe.model, recipe.objective, recipe.model_spec
    gaussian = model.posterior == "gaussian"
    if gaussian and (model.encoder_noise or recipe.categorical or recipe.translates):
        raise UserError("A Gaussian posterior has a Gaussian code and no other encoder noise.")
    if objective.reconstruction.kind == "likelihood" and not (recipe.flipped and gaussian):
        raise UserError("reconstruction=likelihood needs model=fiae and posterior=gaussian.")
    straight = spec.source == "data" and not spec.translates
    if objective.regularisation.kind == "divergence" and not (straight and gaussian):
        raise UserError("regularisation=divergence needs model=iae and posterior=gaussian.")
