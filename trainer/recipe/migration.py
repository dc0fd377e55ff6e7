"""What older versions wrote, in today's words: recipes, losses, and the weights of run folders.

Everything that reads an older format goes through this one file. No torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trainer.messages import UserError

# Options that had other names.
OPTIONS = {
    "critic_rate": "discriminator_rate",
    "player_rate": "generator_rate",
    "critic_norm": "discriminator_norm",
    "variety": "diversity_weight",
}

# Losses that had other names.
LOSSES = {"sameness": "diversity penalty", "Euclidean error": "Euclidean or cross-entropy error"}


def recipe_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's values as an older version may have written them, under today's names.

    Raises UserError where it is too old.
    """
    if "regularise" in values:
        raise UserError(
            "This was made by an earlier version of IAE Studio, which this one cannot go on "
            "with. Train it again."
        )
    return {OPTIONS.get(key, key): value for key, value in values.items()}


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
    return f"{weights[int(first)]}.{rest}" if first.isdigit() else name
