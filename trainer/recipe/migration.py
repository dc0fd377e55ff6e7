"""What older versions wrote, in today's words: recipes, losses, and the weights of run folders.

Everything that reads an older format goes through this one file, and what a newer version wrote is
told here. No torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trainer.messages import UserError
from trainer.recipe.specs import MODELS

FORMAT = 2  # of a recipe; format 1 was flat
RUN_FORMAT = 2  # of a run folder; format 1 had Adam's moments by their places, no directions
MOST_SHOWN = 60  # letters of a value in a message

# Format 1's options by the path that each has now, but for those of the two games' sides.
_GROUPS = {
    "about": ("name", "title", "story", "figure"),
    "data": ("size", "colour", "images", "images_b", "second", "pad", "hold_out", "labels"),
    "model": (
        *("networks", "code", "code_kind", "noise", "encoder_noise", "posterior"),
        *("conditioning", "width", "code_blur", "noise_scale"),
    ),
    "objective.reconstruction": ("mismatched", "mismatched_last", "input_noise"),
    "objective.penalties": (
        *("label_weight", "euclidean", "euclidean_until", "augment", "recolour"),
        *("consistency", "balance", "confidence"),
    ),
    "schedule": ("steps", "decay_from", "warm", "warm_batch"),
    "optim": (
        *("batch", "seed", "precision", "beta1", "ema", "encoder_rate", "joint_batch"),
        "r1_every",
    ),
}
ALIASES = {
    "data": "data.name",
    "model": "model.kind",
    "critic_norm": "model.discriminator_norm",
    "reconstruction": "objective.reconstruction.kind",
    "reconstruction_weight": "objective.reconstruction.weight",
    "distance_weight": "objective.reconstruction.weight",
    "regularisation": "objective.regularisation.kind",
    "regularisation_weight": "objective.regularisation.weight",
    "variety": "objective.penalties.diversity_weight",
    "critic_rate": "optim.discriminator_rate",
    "player_rate": "optim.generator_rate",
}
# Of the game that judges data, and of the one that judges codes.
_JUDGES = {
    "r1": ("data", "r1"),
    "r1_code": ("code", "r1"),
    "instance_noise": ("data", "instance_noise"),
    "code_noise": ("code", "instance_noise"),
}

# Losses that had other names.
LOSSES = {"sameness": "diversity penalty", "Euclidean error": "Euclidean or cross-entropy error"}


def newer(what: str) -> UserError:
    """What is said of a file that this version cannot know yet, and by `what` it was seen."""
    return UserError(f"It was made by a newer version of IAE Studio ({what}): update to open it.")


def check_age(values: Mapping[str, Any], known: int = FORMAT) -> None:
    """Raises UserError where a mapping that tells its format is of a newer one, or of none."""
    number = values.get("format", known)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise UserError(f"Its format is a whole number from 1 up, not {brief(number)}.")
    if number > known:
        raise newer(f"format {brief(number)}")


def brief(value: object) -> str:
    """A value in a message: what a damaged file holds may be of any length."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of too many digits, lists in lists
        return f"a {type(value).__name__}"
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}\N{HORIZONTAL ELLIPSIS}"


def brief_error(error: BaseException) -> str:
    """What a library says of a file, which may quote a part of it of any length."""
    text = " ".join(str(error).split())
    return (
        text if len(text) <= 2 * MOST_SHOWN else f"{text[: 2 * MOST_SHOWN]}\N{HORIZONTAL ELLIPSIS}"
    )


def alias_path(key: str, source: str) -> str:
    """The path of an option by a name that format 1 gave it; "" where it knew none such.

    `source` is the end that the autoencoder starts from, which its reconstruction game judges.
    """
    if key in _JUDGES:
        judged, name = _JUDGES[key]
        game = "reconstruction" if judged == source else "regularisation"
        return f"objective.{game}.{name}"
    return ALIASES.get(key, "")


def from_format_1(values: Mapping[str, Any]) -> dict[str, Any]:
    """A flat recipe's values as nested mappings. Raises UserError for what it did not know."""
    if "regularise" in values:
        raise UserError(
            "This was made by an earlier version of IAE Studio, which this one cannot go on "
            "with. Train it again."
        )
    paths = {name: f"{group}.{name}" for group, names in _GROUPS.items() for name in names}
    kind = values.get("model")
    source = MODELS[kind].source if isinstance(kind, str) and kind in MODELS else "data"
    distance = values.get("reconstruction", "adversarial") not in ("adversarial", "marginal")
    unused = "reconstruction_weight" if distance else "distance_weight"
    nested: dict[str, Any] = {"about": {}, "data": {}, "model": {}}
    for key, value in values.items():
        path = paths.get(key) or alias_path(key, source)
        if not path:
            raise newer(f"it has the option {brief(key)}")
        if key != unused:
            _put(nested, path.split("."), value)
    return nested


def _put(nested: dict[str, Any], names: list[str], value: Any) -> None:
    for name in names[:-1]:
        nested = nested.setdefault(name, {})
    nested[names[-1]] = value


def loss_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of the columns of a run's curves."""
    return tuple(
        LOSSES.get(name, name.replace("critic", "discriminator").replace("player", "generator"))
        for name in names
    )


def state_name(name: str) -> str:
    """The name of one tensor of a checkpoint."""
    first, *rest = name.split(".")
    words = {"critic": "discriminator", "critics": "discriminators", "players": "generators"}
    if first in ("model", "critics", "players"):
        return ".".join(words.get(part, part) for part in (first, *rest))
    return name


def optimiser_name(name: str, weights: Sequence[str]) -> str:
    """The name of one of Adam's tensors: its weight's and its own, "encoder.0.weight.exp_avg".

    Run folders of format 1 have the weight's place among `weights` there: "3.exp_avg".
    """
    first, _, rest = name.partition(".")
    place = int(first) if first.isdecimal() and len(first) < 6 else len(weights)
    return f"{weights[place]}.{rest}" if place < len(weights) else name
