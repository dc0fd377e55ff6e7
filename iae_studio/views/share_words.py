"""What to try where the noise has no part in the pictures, or all of it."""

from __future__ import annotations

from trainer.exploring.questions.shares import Share
from trainer.recipe.recipe import Recipe


def advice(share: Share, recipe: Recipe) -> str:
    """What is wrong and what helped in docs/EXPERIMENTS.md; empty where all is well."""
    if share.verdict == "ignores":
        return f"{_map(recipe)} ignores its noise. {_for_more(recipe)}"
    if share.verdict == "drowns":
        return f"The noise drowns the code. {_for_less(recipe)}"
    return ""


def _map(recipe: Recipe) -> str:
    if recipe.varies_code or not recipe.model.noise:
        return "The encoder"
    return "The generator" if recipe.model_spec.source == "code" else "The decoder"


def _for_more(recipe: Recipe) -> str:
    """More noise, or less for the code to say."""
    kind = recipe.objective.reconstruction.kind
    if kind in ("l1", "euclidean"):
        return (
            "A distance leaves it nothing to say: try the adversarial reconstruction game "
            "(reconstruction=adversarial)."
        )
    if recipe.translates and recipe.varies_code:
        return (
            "Try a diversity penalty (diversity_weight=20), a larger noise_scale, or a smaller "
            "Euclidean term (euclidean)."
        )
    if recipe.translates:
        return "Try a larger noise_scale, or a smaller code_blur and Euclidean term."
    if recipe.categorical:
        return "Try a larger noise_scale, or a smaller Euclidean term (euclidean)."
    return (
        "Try a larger noise_scale, code_blur=0.3, so that the code holds less, or a smaller "
        "Euclidean term (euclidean)."
    )


def _for_less(recipe: Recipe) -> str:
    """A code that must be listened to."""
    negatives = (
        "negatives with another image's code (mismatched=0.5), "
        if recipe.objective.reconstruction.kind == "adversarial" and not recipe.translates
        else ""
    )
    return f"Try a smaller noise_scale (0.3), {negatives}or a larger Euclidean term (euclidean)."
