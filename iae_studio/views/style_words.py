"""What is said of tiles and of what can be done with them: plain data in, sentences out."""

from __future__ import annotations

from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import has_noise
from iae_studio.views.words import heads
from trainer.exploring.questions.style import Moves
from trainer.recipe.recipe import Recipe

NOTHING = "Nothing is selected: drop an image into the grid, or press R for test images."
UNTRAINED = "Untrained: these pictures mean nothing yet. Press Train."


def column_name(state: StudioState, column: int) -> str:
    """The head of a column of draws; "" where they are all the same."""
    recipe, query = state.displayed.recipe, state.query
    if not has_noise(recipe):
        return ""
    names = heads(recipe, query.wanted_columns)
    return names[min(column, len(names) - 1)]


def tile_name(state: StudioState, row: int, column: int) -> str:
    """An input and its draw: "test 44, n3"."""
    known = state.inputs.images[row].name
    return ", ".join(filter(None, (known, column_name(state, column))))


def seed_name(state: StudioState, seed: int) -> str:
    """A column's noise by where it was drawn: "n3 of seed 12"."""
    letter = column_name(state, 0)[:1]
    return f"{letter}{seed % 1000 + 1} of seed {seed // 1000}"  # see column_seeds


def draws_by_noise(recipe: Recipe) -> bool:
    """Whether noise enters the map that draws the tiles."""
    return recipe.model.noise > 0 or recipe.varies_code


def draws_codes(recipe: Recipe) -> bool:
    """Whether the encoder draws: an image has another code in each column."""
    return recipe.model.encoder_noise > 0 or recipe.model.posterior == "gaussian"


def moves_of(recipe: Recipe) -> tuple[Moves, ...]:
    """What can go from one tile to another."""
    if recipe.translates:
        return ("noise",) if draws_by_noise(recipe) else ()
    return ("both", "code", "noise") if draws_by_noise(recipe) else ("code",)


def no_way(recipe: Recipe) -> str:
    """Why nothing lies between two tiles; "" where something does."""
    if moves_of(recipe):
        return ""
    return "The code is a picture, and pictures do not blend; there is no noise to move either."


def no_sum(recipe: Recipe) -> str:
    """Why codes have no sums; "" where they have."""
    if recipe.translates:
        return "The code is a picture: pictures added and subtracted are no picture of that kind."
    if recipe.categorical:
        return "The code is one of a few categories: A − B + C would be none of them."
    return ""


def no_walk(recipe: Recipe, has_directions: bool, scale: float) -> str:
    """Why there is nothing to walk along, and what to do about it; "" where there is."""
    if draws_by_noise(recipe):
        if scale == 0:
            return "The noise scale is 0, and noise of no length goes nowhere: raise the scale."
        return ""
    if recipe.translates:
        return "There is nothing to walk along: no noise, and a picture for a code."
    if recipe.categorical:
        return "There is nothing to walk along: no noise, and no way between categories."
    if not has_directions:
        return "The code of this model has no directions yet: press Train, and they appear."
    return ""


def translations(state: StudioState) -> str:
    """Said where the grid shows the way back: what is drawn here is on the way there."""
    return " Translations, not their way back." if state.query.shows_way_back else ""


def way_words(state: StudioState, start: tuple[int, int], end: tuple[int, int], moves: str) -> str:
    """What an interpolation shows."""
    images, recipe = state.inputs.images, state.displayed.recipe
    one, other = tile_name(state, *start), tile_name(state, *end)
    first, last = column_name(state, start[1]), column_name(state, end[1])
    content, spread = images[start[0]].name, draws_codes(recipe)
    if moves == "both":
        return f"{one} to {other}: the code goes straight, the noise over the sphere."
    if moves == "code":
        same = f", both with {first}" if draws_by_noise(recipe) else ""
        whole = f"{content} to {images[end[0]].name}{same}" if not spread else f"{one} to {other}"
        return f"{whole}: the code goes straight."
    why = " Its code is a picture, and pictures do not blend." if recipe.translates else ""
    if recipe.varies_code:
        why = f" What goes in are pictures, and pictures do not blend.{translations(state)}"
    return f"{content}, {first} to {last}: the noise goes over the sphere.{why}"


def same_ends(recipe: Recipe, start: tuple[int, int], end: tuple[int, int], moves: str) -> str:
    """What to do where both ends would be the same picture; "" where they are not."""
    if start == end:
        return "This is the other end. Now select the tile to begin with."
    if moves == "noise" and start[1] == end[1]:
        return "Both tiles have the same noise: select one of another column."
    if moves == "code" and start[0] == end[0] and not draws_codes(recipe):
        return "Both tiles have the same code: select one of another row."
    return ""
