"""Comparisons that are offered ready-made: what is in them, or why they cannot be had yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from iae_studio.state.comparing import Compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.library import Library
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe

FIGURE_2 = {
    "mnist-det-small": "Code 20",
    "mnist-10-small": "Code 10 + noise",
    "mnist-5-small": "Code 5 + noise",
}
FIGURE_5 = {"mog-iae": "IAE", "mog-gan": "GAN"}
FIGURE_12 = {"fiae-toy": "Noise in the generator", "fiae-toy-plain": "No noise in the generator"}
CYCLEIAE = {"shoes-small": "CycleIAE", "shoes-l1-small": "L1 distance"}


@dataclass(frozen=True)
class ReadyMade:
    """A comparison by its title; where it cannot be had `lacking` says why."""

    name: str
    title: str
    models: tuple[Compared, ...] = ()
    lacking: str = ""


def ready_made(library: Library) -> tuple[ReadyMade, ...]:
    """All of them, with the weights that there are now."""
    return (
        figure_2(library),
        _of("figure5", "Figure 5: seven Gaussians by IAE and GAN", FIGURE_5, library),
        _of("figure12", "Figure 12: posteriors with noise and without", FIGURE_12, library),
        _to_the_letter(library),
        _of("cycleiae", "CycleIAE against L1", CYCLEIAE, library),
    )


def figure_2(library: Library) -> ReadyMade:
    """The one with a button of its own: alone, for it is looked for at every change."""
    return _of("figure2", "Figure 2: codes of 20, 10 and 5", FIGURE_2, library)


def _of(name: str, title: str, labels: dict[str, str], library: Library) -> ReadyMade:
    """Of experiments with their weights, by the names of their recipes."""
    found = {key: library.weights_of(CATALOGUE[key]) for key in labels}
    missing = [key for key, model in found.items() if model.path is None]
    if missing:
        return ReadyMade(name, title, lacking=f"Train {' and '.join(missing)} first.")
    return ReadyMade(name, title, tuple(_compared(found[key], labels[key]) for key in labels))


def _compared(model: DisplayedModel, label: str) -> Compared:
    return Compared(model.recipe, model.path, label=label)


def _to_the_letter(library: Library) -> ReadyMade:
    """The first experiment that was trained both as the paper has it and with additions."""
    name, title = "letter", "To the letter against with additions"
    for recipe in CATALOGUE.values():
        entry = library.entry(recipe)
        shown = [entry.model] if entry.model.path is not None else []
        models = [*shown, *(DisplayedModel(run.recipe, run.path) for run in entry.runs if run.step)]
        letter = next((model for model in models if is_to_the_letter(model.recipe)), None)
        other = next((model for model in models if not is_to_the_letter(model.recipe)), None)
        if letter is not None and other is not None:
            pair = (_compared(letter, "To the letter"), _compared(other, "With additions"))
            return ReadyMade(name, title, pair)
    lacking = "No experiment was trained both ways: train one with --set paper=true too."
    return ReadyMade(name, title, lacking=lacking)


@lru_cache(maxsize=2048)  # recipes of runs: they stay, and there may be hundreds
def is_to_the_letter(recipe: Recipe) -> bool:
    """Whether a recipe has none of our additions."""
    try:
        return recipe == recipe.to_the_letter()
    except UserError:
        return False
