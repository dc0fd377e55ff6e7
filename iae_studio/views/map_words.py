"""What the map says: plain data in, sentences out."""

from __future__ import annotations

from trainer.exploring.plane import Plane
from trainer.exploring.questions.map import STAGES, CodeMap
from trainer.messages import Floats
from trainer.recipe.recipe import Recipe

PLANE, NEAR = "plane", "neighbourhoods"
FEWEST = 3  # images of which a map is made


def about(
    recipe: Recipe, tests: str, kind: str, found: CodeMap, plane: Plane | None, stages: int
) -> str:
    """One line above the map. `tests`: what the images are."""
    count = f"{len(found.codes):,} {tests}"
    feature = "the encoder's middle layer"
    if kind == NEAR:
        done = "" if stages >= STAGES else f" Stage {stages} of {STAGES}."
        near = f"alike in {feature}" if recipe.translates else "near each other in the code"
        return f"{count}: what lies together is {near}. Click one to send it to the grid.{done}"
    shares = "" if plane is None else " and ".join(f"{100 * s:.0f} %" for s in plane.share)
    of = feature if recipe.translates else "their codes"
    seen = f"{count} along the two main directions of {of}: {shares} of variance."
    way = "Click or drag to decode." if found.decodable else "Click one to send it to the grid."
    return f"{seen} {way}"


def told(found: CodeMap, number: int, shares: Floats | None) -> str:
    """What is known of a point."""
    parts = [found.images.names[number]]
    if found.clusters is not None:
        parts.append(f"cluster {int(found.clusters[number]) + 1} of {found.codes.shape[1]}")
    if shares is not None and len(shares) == len(found.codes):
        parts.append(f"noise share {100 * float(shares[number]):.0f} %")
    return " · ".join(parts)


def empty(found: CodeMap | None, lacks: bool, kind: str) -> tuple[str, str]:
    """Why there is no map, and the button that mends it; nothing where there is one."""
    if found is None:
        if lacks:
            return "There is no map: see the message above.", "Try again"
        return "Looking at the test images…", ""
    if found.step == 0:
        return "This model is untrained: its map would mean nothing yet.", "Train"
    if len(found.codes) < FEWEST:
        return f"A map needs {FEWEST} test images or more; here are {len(found.codes)}.", ""
    if kind == PLANE and found.plane is None:
        return "The code is a single number: there is no plane through it.", "Neighbourhoods"
    return "", ""
