"""The catalogue: the paper's experiments in their sizes, and what the project added to them."""

from __future__ import annotations

import re

import pytest

from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.catalogue.categorical import CATEGORICAL
from trainer.recipe.catalogue.colour import COLOUR
from trainer.recipe.catalogue.content_style import DRAWN, MNIST
from trainer.recipe.catalogue.flipped import BASELINES, FLIPPED
from trainer.recipe.catalogue.plane import PLANE
from trainer.recipe.catalogue.translations import TRANSLATIONS
from trainer.recipe.options import additions, leaves, value_at
from trainer.recipe.recipe import Recipe

# The paper's experiments: model, data, networks, code, its kind, n, eps, labels. "shoes" stands
# for any pairs of photos and edges: those of the paper cannot be downloaded.
PAPER: dict[str, tuple[str, str, str, int, str, int | None, int, int]] = {
    "mnist-det": ("iae", "mnist", "mnist", 20, "gaussian", 0, 0, 0),
    "mnist-10": ("iae", "mnist", "mnist", 10, "gaussian", 100, 0, 0),
    "mnist-5": ("iae", "mnist", "mnist", 5, "gaussian", 100, 0, 0),
    "svhn-det": ("iae", "svhn", "svhn", 150, "gaussian", 0, 0, 0),
    "svhn-75": ("iae", "svhn", "svhn", 75, "gaussian", 1000, 0, 0),
    "celeba-det": ("iae", "celeba", "celeba", 150, "gaussian", 0, 0, 0),
    "celeba-50": ("iae", "celeba", "celeba", 50, "gaussian", 1000, 0, 0),
    "mog-gan": ("gan", "mog", "toy", 7, "categorical", 10, 0, 0),
    "mog-iae": ("iae", "mog", "toy", 7, "categorical", 10, 0, 0),
    "mnist-clusters": ("iae", "mnist", "mnist", 30, "categorical", 10, 0, 0),
    "mnist-semi": ("iae", "mnist", "mnist", 10, "categorical", None, 0, 100),
    "svhn-semi": ("iae", "svhn", "svhn", 10, "categorical", None, 0, 1000),
    "shoes": ("cycleiae", "drawn-shoes", "resnet", 0, "gaussian", 100, 0, 0),
    "faces": ("cycleiae", "celeba", "resnet", 0, "gaussian", 0, 100, 0),
    "infogan-toy": ("fiae", "four-points", "toy", 2, "gaussian", None, 0, 0),
    "fiae-mnist": ("fiae", "mnist", "mnist", 15, "gaussian", 0, 0, 0),
    "fiae-clusters": ("fiae", "mnist", "mnist", 10, "categorical", 10, 20, 0),
}
FULL_SIZE = [
    name
    for name, recipe in CATALOGUE.items()
    if recipe.model.networks in ("mnist", "svhn", "celeba", "resnet")
]
# What the project adds to the paper, and the paper's own choice.
ADDITIONS: dict[str, object] = {
    "model.discriminator_norm": True,
    "model.upsampling": "nearest",
    "model.code_blur": 0.0,
    "model.noise_scale": 1.0,
    "objective.reconstruction.r1": 0.0,
    "objective.reconstruction.instance_noise": 0.0,
    "objective.reconstruction.mismatched": 0.0,
    "objective.reconstruction.mismatched_last": 0.0,
    "objective.reconstruction.input_noise": 0.0,
    "objective.regularisation.weight": 1.0,
    "objective.regularisation.r1": 0.0,
    "objective.regularisation.instance_noise": 0.0,
    "objective.penalties.euclidean": 0.0,
    "objective.penalties.euclidean_until": 0.5,
    "objective.penalties.augment": 0.0,
    "objective.penalties.recolour": 0.0,
    "objective.penalties.consistency": 0.0,
    "objective.penalties.balance": 0.0,
    "objective.penalties.confidence": 0.0,
    "objective.penalties.diversity_weight": 0.0,
    "objective.penalties.first_moment": 0.0,
    "schedule.warm": 0.0,
    "schedule.warm_batch": 0,
    "optim.ema": 0.0,
    "optim.encoder_rate": 1.0,
    "optim.joint_batch": True,
    "optim.r1_every": 1,
}


def values(recipe: Recipe) -> dict[str, object]:
    """Every option by its path."""
    return {path: value_at(recipe, path) for path, _, _ in leaves()}


# ---- the catalogue ----


@pytest.mark.parametrize("name", PAPER)
def test_every_experiment_of_the_paper_has_its_sizes(name: str) -> None:
    recipe = CATALOGUE[name]
    model, data, networks, code, kind, noise, eps, labels = PAPER[name]
    assert (recipe.model.kind, recipe.data.name, recipe.model.networks) == (model, data, networks)
    assert (recipe.model.code, recipe.model.code_kind) == (code, kind)
    assert noise is None or recipe.model.noise == noise
    assert (recipe.model.encoder_noise, recipe.data.labels) == (eps, labels)


def test_the_flipped_toy_has_noise_at_both_ends() -> None:
    recipe = CATALOGUE["fiae-toy"]
    assert (recipe.model.kind, recipe.data.name, recipe.model.code, recipe.model.code_kind) == (
        "fiae",
        "four-points",
        2,
        "gaussian",
    )
    assert (
        recipe.model.noise > 0
        and recipe.model.encoder_noise > 0
        and recipe.model.posterior == "implicit"
    )


def test_images_have_the_papers_sizes() -> None:
    sides = {"mnist": (28, False), "svhn": (32, True), "celeba": (48, True)}
    for name in FULL_SIZE:
        recipe = CATALOGUE[name]
        if recipe.model.networks in sides:
            assert (recipe.data.size, recipe.data.colour) == sides[recipe.model.networks], name
        else:
            assert recipe.data.colour, name


def test_conditioning_is_by_place_for_pictures_and_by_channel_for_categories() -> None:
    for name in FULL_SIZE:
        recipe = CATALOGUE[name]
        if not recipe.translates:
            assert recipe.model.conditioning == (
                "invariant" if recipe.categorical else "location"
            ), name


def test_every_entry_says_what_it_is() -> None:
    for name, recipe in CATALOGUE.items():
        assert recipe.name == name and find_recipe(name) is recipe
        assert recipe.about.title and re.match(r"[A-Z].*[.?!]$", recipe.about.story), name
        assert re.search(r"Fig|text|Section", recipe.about.figure), name
    titles = [recipe.about.title for recipe in CATALOGUE.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", FULL_SIZE)
def test_full_size_experiments_have_a_small_partner(name: str) -> None:
    full, small = CATALOGUE[name], CATALOGUE[f"{name}-small"]
    for path in (
        "model.kind",
        "model.code_kind",
        "model.posterior",
        "objective.reconstruction.kind",
        "objective.regularisation.kind",
        "data.second",
    ):
        assert value_at(small, path) == value_at(full, path), path
    for path in ("model.noise", "model.encoder_noise", "data.labels"):
        assert bool(value_at(small, path)) == bool(value_at(full, path)), path
    assert full.full_size and not small.full_size
    assert small.schedule.steps < full.schedule.steps


def test_small_experiments_need_no_download_beyond_mnist() -> None:
    for recipe in CATALOGUE.values():
        if recipe.name.endswith("-small"):
            assert recipe.data.name == "mnist" or recipe.data.name.startswith("drawn-"), recipe.name


def test_baselines_differ_from_their_models_only_by_what_stands_in() -> None:
    """Tuned each for itself, but with the same networks and data, and trained as long."""
    tuned = {"objective.reconstruction.weight", *ADDITIONS}

    def differing(one: str, other: str) -> set[str]:
        a, b = values(CATALOGUE[one]), values(CATALOGUE[other])
        return {path for path in a if a[path] != b[path] and path[:5] != "about"} - tuned

    reconstruction = "objective.reconstruction.kind"
    assert differing("mog-iae", "mog-gan") == {"model.kind", reconstruction}
    for small in ("", "-small"):
        assert differing(f"shoes{small}", f"shoes-l1{small}") == {reconstruction}
        # The small one is as long as its rival in the results, the paper's objective alone.
        apart = differing(f"faces{small}", f"faces-marginal{small}") - {"schedule.steps"}
        assert apart == {reconstruction}
        # Without the terms that stand in for what its discriminator is to show.
        penalties = CATALOGUE[f"faces-marginal{small}"].objective.penalties
        assert (penalties.diversity_weight, penalties.euclidean) == (0, 0)
    wanted = {reconstruction, "model.posterior", "model.encoder_noise"}
    assert differing("fiae-toy", "infogan-toy") == wanted
    wanted = {"model.posterior", "objective.regularisation.kind"}
    assert differing("aae-small", "vae-small") == wanted
    aae, cycle = CATALOGUE["aae-small"], CATALOGUE["shoes-l1"]
    assert (aae.objective.reconstruction.kind, aae.model.noise) == ("euclidean", 0)
    assert (cycle.objective.reconstruction.kind, cycle.model.noise) == ("l1", 100)


def test_no_name_stands_for_two_experiments() -> None:
    entries = [*MNIST, *COLOUR, *CATEGORICAL, *TRANSLATIONS, *FLIPPED, *PLANE, *BASELINES, DRAWN]
    assert len(entries) == len(CATALOGUE)


# ---- the paper to the letter ----


def test_what_the_project_added_is_known_here() -> None:
    assert additions() == ADDITIONS
    for path, entry, _ in leaves():
        assert entry.metadata["meaning"], path
        if entry.metadata["addition"]:
            assert not str(entry.metadata["source"]).startswith("Section"), path


@pytest.mark.parametrize("name", CATALOGUE)
def test_to_the_letter_takes_back_every_addition_and_nothing_else(name: str) -> None:
    recipe = CATALOGUE[name]
    plain = values(recipe.to_the_letter())
    for path, before in values(recipe).items():
        if path in ADDITIONS:
            assert plain[path] == ADDITIONS[path], path
        elif path == "model.conditioning" and before == "projection":
            assert plain[path] == ("invariant" if recipe.categorical else "location")
        else:
            assert plain[path] == before, path
    assert recipe.with_settings(["paper=true"]) == recipe.to_the_letter()
    assert recipe.to_the_letter().to_the_letter() == recipe.to_the_letter()


@pytest.mark.parametrize("order", [["paper=true", "r1=0.7"], ["r1=0.7", "paper=true"]])
def test_other_settings_win_over_the_papers(order: list[str]) -> None:
    recipe = CATALOGUE["mnist-10-small"].with_settings([*order, "width=5"])
    pairs = recipe.objective.reconstruction
    assert (pairs.r1, recipe.model.width, pairs.mismatched) == (0.7, 5, 0.0)
    assert recipe == CATALOGUE["mnist-10-small"].to_the_letter().but(r1=0.7, width=5)


def test_not_the_paper_is_no_change() -> None:
    recipe = CATALOGUE["mnist-10-small"]
    assert recipe.with_settings(["paper=false"]) == recipe
