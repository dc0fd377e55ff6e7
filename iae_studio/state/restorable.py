"""What a picture carried, once the weights for it are found: all of it can be shown again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from iae_studio.state.found_weights import Found
from iae_studio.state.input_list import Input, KeptInputs, spec_of
from iae_studio.state.shared_state import Shared
from iae_studio.state.test_request import TestRequest
from iae_studio.state.turned import Settings
from trainer.messages import Pixels, UserError
from trainer.recipe.recipe import Recipe

NOISE = ("seed", "seeds", "locked", "noise_scale", "noise_offsets", "noise_axes", "noise_here")


@dataclass(frozen=True, eq=False)
class Restorable:
    """What a picture carried, and the weights that were found for it on this computer."""

    shared: Shared
    found: Found
    picture: str  # the name of its file

    def inputs(self) -> KeptInputs:
        """Its inputs, as its network saw them. Raises UserError where that sees otherwise."""
        made, model = self.shared, self.found.model
        spec = spec_of(model.recipe)
        if spec is None:
            return KeptInputs(())
        if len(made.images) and made.images.shape[1:] != spec.shape:
            raise UserError(f'The images in "{self.picture}" are not of the model\'s size.')
        inputs = tuple(
            Input(name, seen, spec, None if test else _in_colour(seen), test)
            for name, test, seen in zip(made.names, made.tests, made.images, strict=True)
        )
        request = TestRequest(model.recipe, 0, model.path) if any(made.tests) else None
        return KeptInputs(inputs, request, 1)

    def settings(self, noise: Settings | None = None) -> Settings:
        """What was turned; with the `noise` of other settings, where such are given."""
        if noise is None:
            return self.shared.settings
        return replace(self.shared.settings, **{key: getattr(noise, key) for key in NOISE})


def _in_colour(seen: Pixels) -> Pixels:
    return np.repeat(seen, 3, 2) if seen.shape[2] == 1 else seen


def fits(made: Shared, recipe: Recipe) -> bool:
    """Whether images that a network saw are those that the found weights' network sees."""
    return made.recipe.image_shape == recipe.image_shape


def missing(made: Shared, picture: Path) -> str:
    """What is said where the weights are not on this computer."""
    name, step = made.weights.name, f"{made.weights.step:,}"
    return (
        f'The model of "{picture.name}" is not on this computer: it was trained by {name} to step '
        f"{step}. Train it, or ask who sent the picture for its model file."
    )
