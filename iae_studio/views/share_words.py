"""What to try where the noise has no part in the pictures, or all of it."""

from __future__ import annotations

from trainer.exploring.questions.shares import Share
from trainer.recipe.recipe import Recipe


def advice(share: Share, recipe: Recipe) -> str:
    """What is wrong and what helped in docs/EXPERIMENTS.md; empty where all is well."""
    if share.verdict == "ignores":
        return f"{_map(recipe)} ignores its noise. {_for_more(recipe)}"
    # A category says which digit it is, and no more: colours and handwriting are the noise's.
    if share.verdict == "drowns" and not recipe.categorical:
        return f"The noise drowns the code. {_for_less(recipe)}"
    return ""


def _map(recipe: Recipe) -> str:
    if recipe.varies_code or not recipe.model.noise:
        return "The encoder"
    return "The generator" if recipe.model_spec.source == "code" else "The decoder"


def _for_more(recipe: Recipe) -> str:
    """More noise, or less for the code to say."""
    if recipe.objective.reconstruction.kind in ("l1", "euclidean"):
        return (
            "A distance leaves it nothing to say: try the adversarial reconstruction game "
            "(reconstruction=adversarial)."
        )
    tries = [*_scaled(recipe, "larger")]
    if recipe.translates and recipe.varies_code:
        tries.append("a diversity penalty (diversity_weight=20)")
    elif recipe.model.kind == "iae" and not recipe.categorical:
        tries.append("a code that holds less (code_blur=0.3)")
    return _try([*tries, "a smaller Euclidean term (euclidean)"])


def _for_less(recipe: Recipe) -> str:
    """A code that must be listened to."""
    tries = [*_scaled(recipe, "smaller")]
    if recipe.objective.reconstruction.kind == "adversarial" and not recipe.translates:
        tries.append("negatives with another image's code (mismatched=0.5)")
    if recipe.objective.reconstruction.kind == "euclidean":
        return _try([*tries, "a larger weight of the distance"])
    return _try([*tries, "a larger Euclidean term (euclidean)"])


def _scaled(recipe: Recipe, how: str) -> list[str]:
    scaled = recipe.model.noise or recipe.model.encoder_noise
    return [f"a {how} noise_scale"] if scaled else []


def _try(tries: list[str]) -> str:
    return f"Try {', '.join(tries[:-1])}{' or ' if tries[1:] else ''}{tries[-1]}."
