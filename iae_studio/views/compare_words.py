"""What is said below the pictures of a comparison: what they share, and what they do not."""

from __future__ import annotations

from collections.abc import Sequence

from iae_studio.state.comparing import Compared

ABOUT_POINTS = "Grey: the data, or the prior of the codes. All are drawn by the same seed."


def about_columns(models: Sequence[Compared], moves_one_alone: bool) -> str:
    """`moves_one_alone`: directions are followed, which are the shown model's own."""
    every = [model.recipe.model for model in models if not model.recipe.two_dimensional]
    noises = sorted({each.noise or each.encoder_noise for each in every} - {0})
    words = ["The same images, and in each column the same noise seed for every model."]
    if len(noises) > 1:
        sizes = " and ".join(map(str, noises))
        words.append(f"Where the noise has {sizes} numbers, one seed gives different vectors.")
    if moves_one_alone:
        words.append("Directions are a model's own: their sliders move the shown model alone.")
    return " ".join(words)
