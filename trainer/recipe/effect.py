"""Which options have an effect on an experiment: one that has none is refused, never swallowed."""

from __future__ import annotations

from collections.abc import Callable

from trainer.messages import UserError
from trainer.recipe.composition import Composition
from trainer.recipe.options import changed, defaults, short_name, value_at
from trainer.recipe.specs import DATA_SETS

Rule = tuple[Callable[[Composition], bool], str]  # has it an effect? and what is missing if not


def _reads(option: str) -> Callable[[Composition], bool]:
    return lambda recipe: option in recipe.family.options


def _plays(recipe: Composition) -> bool:
    """Whether the reconstruction is a game."""
    return recipe.objective.reconstruction.kind in ("adversarial", "marginal")


def _regulates(recipe: Composition) -> bool:
    """Whether the regularisation is a game."""
    return recipe.objective.regularisation.kind == "adversarial"


def _pairs(recipe: Composition) -> bool:
    return recipe.objective.reconstruction.kind == "adversarial"


def _judges_images(recipe: Composition) -> bool:
    """Whether a discriminator of the family's own shape reads images."""
    return _pairs(recipe) or (
        _plays(recipe) if recipe.model_spec.source == "data" else _regulates(recipe)
    )


def _inverse(recipe: Composition) -> bool:
    return recipe.model_spec.inverse


def _views(recipe: Composition) -> bool:
    return bool(recipe.data.labels or recipe.objective.penalties.consistency)


def _images(recipe: Composition) -> bool:
    return not recipe.two_dimensional


NO_INVERSE = "this model has no way back"
NO_PAIRS = "no discriminator reads pairs here"
NO_GAME = "there is no such game here"
RULES: dict[str, Rule] = {
    "data.size": (_images, "points have no size"),
    "data.colour": (_images, "points have no colour"),
    "data.pad": (lambda r: DATA_SETS[r.data.name].own, "only own images are padded"),
    "data.classes": (lambda r: DATA_SETS[r.data.name].own, "only own images lie in class folders"),
    "data.grey_range": (lambda r: DATA_SETS[r.data.name].own, "only own images may be deep grey"),
    "data.second": (
        lambda r: r.translates and not r.data.images_b,
        "a second domain is for a cycleiae without a folder for it",
    ),
    "model.width": (_reads("width"), "these networks have a width of their own"),
    "model.conditioning": (
        lambda r: _pairs(r) and "conditioning" in r.family.options,
        "no discriminator of these networks adds a code to an image",
    ),
    "model.discriminator_norm": (
        lambda r: _judges_images(r) and "discriminator_norm" in r.family.options,
        "these discriminators have no batch norm",
    ),
    "model.upsampling": (_reads("upsampling"), "these decoders have a way of their own"),
    "model.posterior": (_inverse, NO_INVERSE),
    "model.encoder_noise": (
        lambda r: _inverse(r) and "encoder_noise" in r.family.options,
        "these encoders take no noise",
    ),
    "model.code_blur": (
        lambda r: r.model_spec.source == "data" and not (r.translates or r.categorical),
        "only a Gaussian code that the encoder makes is blurred",
    ),
    "model.noise_scale": (
        lambda r: bool(r.model.noise or r.varies_code),
        "there is no noise to scale",
    ),
    "objective.reconstruction.weight": (
        lambda r: r.objective.reconstruction.kind != "none",
        "there is no reconstruction",
    ),
    "objective.reconstruction.r1": (_plays, NO_GAME),
    "objective.reconstruction.instance_noise": (_plays, NO_GAME),
    "objective.reconstruction.mismatched": (_pairs, NO_PAIRS),
    "objective.reconstruction.mismatched_last": (_pairs, NO_PAIRS),
    "objective.reconstruction.input_noise": (
        lambda r: r.flipped,
        "only a fiae's encoder reads what was decoded",
    ),
    "objective.regularisation.weight": (
        lambda r: r.objective.regularisation.kind != "none",
        "there is no regularisation",
    ),
    "objective.regularisation.r1": (_regulates, NO_GAME),
    "objective.regularisation.instance_noise": (_regulates, NO_GAME),
    "objective.penalties.label_weight": (lambda r: r.data.labels > 0, "no image has a label"),
    "objective.penalties.euclidean": (_inverse, NO_INVERSE),
    "objective.penalties.euclidean_until": (
        lambda r: r.objective.penalties.euclidean > 0,
        "there is no Euclidean term: set euclidean too",
    ),
    "objective.penalties.augment": (_views, "there are neither labels nor consistency"),
    "objective.penalties.recolour": (_views, "there are neither labels nor consistency"),
    "objective.penalties.diversity_weight": (
        lambda r: r.varies_code,
        "it is for a cycleiae whose encoder has noise: set encoder_noise too",
    ),
    "objective.penalties.first_moment": (
        lambda r: _inverse(r) and not r.flipped and r.model.noise > 0,
        "it is for an iae or a cycleiae whose decoder has noise: set noise too",
    ),
    "schedule.warm": (_inverse, NO_INVERSE),
    "schedule.warm_batch": (lambda r: r.schedule.warm > 0, "there is no warm start: set warm too"),
    "optim.discriminator_rate": (lambda r: _plays(r) or _regulates(r), "there is no game"),
    "optim.encoder_rate": (_inverse, NO_INVERSE),
    "optim.joint_batch": (
        lambda r: (
            _judges_images(r)
            and r.model.discriminator_norm
            and "discriminator_norm" in r.family.options
        ),
        "it matters to discriminators with batch norm alone",
    ),
    "optim.r1_every": (
        lambda r: bool(r.objective.reconstruction.r1 or r.objective.regularisation.r1),
        "there is no gradient penalty: set r1 too",
    ),
}


def _idle(recipe: Composition) -> list[str]:
    """The options that are set and have no effect."""
    return [
        path
        for path, (applies, _) in RULES.items()
        if value_at(recipe, path) != defaults()[path] and not applies(recipe)
    ]


def check_effects(recipe: Composition) -> None:
    """Raises UserError where an option is set that changes nothing in this experiment."""
    for path in _idle(recipe):
        name, why = short_name(path), RULES[path][1]
        raise UserError(
            f"{name}={value_at(recipe, path)} would have no effect on {recipe.name}: {why}. "
            f"Leave {name} at {defaults()[path]}."
        )


def at_rest(recipe: Composition, kept: frozenset[str] = frozenset()) -> Composition:
    """The same, options without effect at their defaults, but for those of the paths `kept`."""
    while idle := [path for path in _idle(recipe) if path not in kept]:
        recipe = changed(recipe, {path: defaults()[path] for path in idle})
    return recipe
