"""Recipes: plain data that are read back as they were, or refused with the cause."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.options import additions, leaves, value_at
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

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
        assert differing(f"faces{small}", f"faces-marginal{small}") == {reconstruction}
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


def test_no_name_stands_for_two_settings() -> None:
    """What the experiments are made of: no recipe is derived from another's."""
    for name, recipe in CATALOGUE.items():
        assert recipe.but() == recipe, name
        assert recipe.about.name == name


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


# ---- reading and writing ----


@pytest.mark.parametrize("name", CATALOGUE)
def test_json_round_trip(name: str) -> None:
    recipe = CATALOGUE[name]
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert json.loads(recipe.to_json()) == {"format": 2} | recipe.to_mapping()


def test_unknown_recipes_name_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"no recipe 'mnist-11'.*mnist-10"):
        find_recipe("mnist-11")


# A recipe as a version before the parts wrote it, with options that have no effect on it.
FORMAT_1 = json.loads((Path(__file__).parent / "recorded" / "recipe-format-1.json").read_text())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"color": 1}, "Unknown recipe option 'color'.*batch"),
        ({"regularise": True}, "made by an earlier version"),
        ({"code": 2.5}, "code is of type int, not 2.5"),
        ({"code": True}, "code is of type int, not True"),
        ({"code": "ten"}, "code is of type int, not 'ten'"),
        ({"code": None}, "code is of type int, not None"),
        ({"pad": 1}, "pad is of type bool, not 1"),
        ({"regularisation": True}, "regularisation.kind is one of adversarial, divergence, none"),
        ({"ema": "much"}, "ema is a number, not 'much'"),
        ({"ema": False}, "ema is a number, not False"),
        ({"player_rate": float("nan")}, "generator_rate is a number, not nan"),
        ({"r1": float("inf")}, "reconstruction.r1 is a number, not inf"),
        ({"r1": -1.0}, "reconstruction.r1 must not be negative"),
        ({"beta1": 1.0}, "beta1 must be below 1"),
        ({"model": "vae"}, "no model 'vae'. Choose one of: iae, cycleiae, fiae, gan"),
        ({"model": ["iae"]}, "kind is of type str"),
        ({"conditioning": ""}, "conditioning is one of"),
        ({"title": 7}, "title is of type str, not 7"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"width": 0}, "width must be at least 1"),
        ({"r1_every": 0}, "r1_every must be at least 1"),
        ({"batch": 1}, "batch must be at least 2"),
        ({"warm_batch": 1}, "batch must be at least 2"),
        ({"noise": -1}, "noise must not be negative"),
        ({"encoder_noise": -1}, "encoder_noise must not be negative"),
        ({"labels": -1}, "labels must not be negative"),
        ({"code": -1}, "code must not be negative"),
        ({"seed": -1}, "seed must not be negative"),
        ({"seed": 2**64}, "seed must be below"),
        ({"ema": 1.0}, "ema must be below 1"),
    ],
)
def test_wrong_values_are_refused_with_the_cause(change: dict[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told):
        Recipe.from_mapping(FORMAT_1["mnist-10-small"] | change)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_flat_recipe_of_an_older_version_means_the_same(name: str) -> None:
    assert Recipe.from_mapping(FORMAT_1[name]) == CATALOGUE[name]


def test_missing_values_are_named_and_defaults_are_filled_in() -> None:
    nested = CATALOGUE["mog-iae"].to_mapping()
    whole = {"about": nested["about"], "data": nested["data"], "model": nested["model"]}
    with pytest.raises(UserError, match=r"lacks model\."):
        Recipe.from_mapping({key: whole[key] for key in ("about", "data")})
    with pytest.raises(UserError, match=r"lacks model\.kind\."):
        Recipe.from_mapping(whole | {"model": {"networks": "toy"}})
    with pytest.raises(UserError, match=r"'data\.colour_'"):
        Recipe.from_mapping(whole | {"data": {"name": "mog", "colour_": True}})
    with pytest.raises(UserError, match=r"data is a group of options, not 'mog'"):
        Recipe.from_mapping(whole | {"data": "mog"})
    assert Recipe.from_mapping(whole).optim.batch == 100


@pytest.mark.parametrize(("text", "told"), [("{", "not valid JSON"), ("[1]", "not a JSON object")])
def test_texts_that_are_no_recipe_are_refused(text: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        Recipe.from_json(text)


def test_settings_are_read_by_the_type_of_their_option() -> None:
    changed = CATALOGUE["mnist-10"].with_settings(
        ["code=12", "optim.ema=0.9", "discriminator_norm=False", "conditioning=invariant"]
    )
    model = changed.model
    assert (model.code, changed.optim.ema, model.discriminator_norm) == (12, 0.9, False)
    assert model.conditioning == "invariant"
    with pytest.raises(UserError, match="a word about the recipe"):
        changed.with_settings(["about.name=other"])
    assert CATALOGUE["mnist-10"].with_settings([]) == CATALOGUE["mnist-10"]


@pytest.mark.parametrize(
    ("name", "setting", "path"),
    [
        ("mnist-10", "critic_rate=0.5", "optim.discriminator_rate"),
        ("mnist-10", "r1=0.5", "objective.reconstruction.r1"),
        ("fiae-mnist", "r1=0.5", "objective.regularisation.r1"),
        ("fiae-toy", "code_noise=0.5", "objective.reconstruction.instance_noise"),
        ("shoes-l1", "distance_weight=0.5", "objective.reconstruction.weight"),
        ("faces", "variety=0.5", "objective.penalties.diversity_weight"),
    ],
)
def test_an_older_versions_names_of_options_still_work(name: str, setting: str, path: str) -> None:
    changed = CATALOGUE[name].with_settings([setting])
    assert value_at(changed, path) == 0.5
    assert changed == CATALOGUE[name].but({path: 0.5})


def test_a_name_that_stands_for_several_options_is_asked_about() -> None:
    with pytest.raises(UserError, match=r"weight could be .*reconstruction.*regularisation"):
        CATALOGUE["mog-iae"].with_settings(["weight=2"])


WITHOUT_EFFECT = [
    ("shoes-small", "discriminator_norm=false", "no batch norm"),
    ("shoes-small", "conditioning=projection", "adds a code to an image"),
    ("mog-iae", "discriminator_norm=false", "no batch norm"),
    ("mog-iae", "conditioning=invariant", "adds a code to an image"),
    ("mnist-10", "width=8", "a width of their own"),
    ("fiae-mnist-small", "code_blur=0.2", "that the encoder makes"),
    ("mog-gan", "euclidean=1", "no way back"),
    ("mog-gan", "warm=0.5", "no way back"),
    ("mnist-10-small", "input_noise=0.1", "only a fiae"),
    ("drawn-10", "pad=true", "only own images"),
    ("drawn-10", "second=edges", "for a cycleiae"),
    ("mnist-det", "noise_scale=0.5", "no noise to scale"),
    ("aae-small", "mismatched=0.5", "no discriminator reads pairs"),
    ("shoes-l1-small", "objective.reconstruction.r1=1", "no such game"),
    ("mnist-10-small", "label_weight=2", "no image has a label"),
    ("mnist-10-small", "augment=1", "neither labels nor consistency"),
    ("vae-small", "discriminator_rate=0.1", "no game"),
    ("vae-small", "r1_every=4", "no gradient penalty"),
    ("shoes-small", "warm_batch=8", "set warm too"),
    ("mog-iae", "euclidean_until=0.9", "set euclidean too"),
    ("mog-gan", "encoder_noise=3", "take no noise"),
    ("shoes-small", "diversity_weight=1", "set encoder_noise too"),
    ("mog-iae", "joint_batch=false", "batch norm alone"),
]


@pytest.mark.parametrize(("name", "setting", "why"), WITHOUT_EFFECT)
def test_an_option_without_effect_is_refused_and_never_swallowed(
    name: str, setting: str, why: str
) -> None:
    key = setting.partition("=")[0]
    with pytest.raises(UserError, match=rf"{key}.* would have no effect on {name}.*{why}"):
        CATALOGUE[name].with_settings([setting])


def test_what_loses_its_effect_by_a_change_goes_back_to_its_default() -> None:
    cold = CATALOGUE["mnist-clusters-small"].with_settings(["warm=0"])
    assert cold.schedule.warm_batch == 0
    marginal = CATALOGUE["drawn-10"].with_settings(["reconstruction=marginal"])
    assert marginal.objective.reconstruction.mismatched == 0


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("color=1", r"--set color=1.*Unknown recipe option 'color'.*batch.*paper"),
        ("paper", "--set paper: expected KEY=VALUE"),
        ("paper=yes", "paper is true or false, not 'yes'"),
        ("batch", r"--set batch: expected KEY=VALUE"),
        ("=3", r"--set =3: Unknown"),
        ("batch=", "batch is a whole number, not ''"),
        ("batch=2.5", "batch is a whole number, not '2.5'"),
        ("ema=high", "ema is a number, not 'high'"),
        ("ema=nan", "ema is a number"),
        ("discriminator_norm=maybe", "discriminator_norm is true or false, not 'maybe'"),
        ("networks=huge", "no family of networks 'huge'. Choose one of: toy"),
        ("batch=1", "batch must be at least 2"),
    ],
)
def test_bad_settings_are_refused_with_the_cause(setting: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        CATALOGUE["mnist-10"].with_settings([setting])


def test_a_recipe_cannot_be_changed() -> None:
    for field in fields(Recipe):
        with pytest.raises(AttributeError):
            setattr(CATALOGUE["mog-iae"], field.name, 1)


# ---- parts that do not fit together: the cause, and a way out ----

GAUSSIAN = ["posterior=gaussian", "noise=0"]
IMPOSSIBLE: list[tuple[str, list[str], str]] = [
    # networks and data
    ("mnist-10-small", ["networks=toy"], "networks toy do not fit the data mnist.*toy networks"),
    ("mnist-10-small", ["data=mog"], "networks small do not fit the data mog"),
    ("mog-iae", ["networks=small"], "networks small do not fit the data mog"),
    ("mnist-10-small", ["networks=resnet"], "networks resnet do not fit the model iae"),
    ("shoes-small", ["networks=small"], "networks small do not fit the model cycleiae"),
    ("svhn-75-small", ["networks=mnist"], "networks mnist are for images of 28 px"),
    ("svhn-75", ["networks=celeba"], "networks celeba are for images of 48 px"),
    ("svhn-75-small", ["size=28", "networks=mnist"], "networks mnist are for grey"),
    ("mnist-10-small", ["data=folder", "images=x", "size=32", "networks=svhn"], "are for colour"),
    ("svhn-75-small", ["size=12"], "size must be a multiple of 4 from 16 to 256, not 12"),
    ("svhn-75-small", ["size=260"], "multiple of 4 from 16 to 256, not 260"),
    ("svhn-75-small", ["size=33"], "multiple of 4 from 16 to 256, not 33"),
    # data and looks
    ("mnist-10-small", ["size=32"], "mnist has images of 28 px in grey"),
    ("mnist-10-small", ["colour=true"], "mnist has images of 28 px in grey"),
    ("svhn-75-small", ["data=svhn", "size=48"], "svhn has images of 32 px in colour"),
    ("svhn-75-small", ["colour=false"], "drawn-numbers has images in colour"),
    ("mnist-10-small", ["data=folder"], "data=folder and images=DIR"),
    ("mnist-10-small", ["images=mine"], "data=folder and images=DIR"),
    ("mnist-10-small", ["data=folder", "images=a", "images_b=b"], "second folder.* for a CycleIAE"),
    ("shoes-small", ["second=none"], "a folder for each, with --images and --images-b"),
    # model
    ("mnist-10-small", ["code=0"], "code of a iae must be at least 1; it is 0"),
    ("shoes-small", ["code=5"], "code of a cycleiae is an image, so code is 0; it is 5"),
    ("mog-iae", ["model=gan"], "no way back: set reconstruction=none"),
    ("mnist-10-small", ["model=gan", "reconstruction=none"], "networks small have no GAN"),
    ("mog-iae", ["reconstruction=none", "regularisation=none"], "nothing to train"),
    ("mog-gan", ["regularisation=none"], "nothing to train"),
    ("mog-gan", ["consistency=1"], "a GAN has none"),
    ("aae-small", [*GAUSSIAN, "encoder_noise=3"], "no other encoder noise"),
    ("mnist-clusters-small", GAUSSIAN, "a Gaussian code"),
    ("shoes-small", GAUSSIAN, "a Gaussian code"),
    ("aae-small", ["reconstruction=likelihood"], "needs model=fiae and posterior=gaussian"),
    ("fiae-toy", ["reconstruction=likelihood"], "needs model=fiae and posterior=gaussian"),
    ("aae-small", ["regularisation=divergence"], "needs model=iae and posterior=gaussian"),
    ("infogan-toy", ["regularisation=divergence"], "needs model=iae and posterior=gaussian"),
    ("mnist-10-small", ["labels=100"], "need code_kind=categorical"),
    ("mnist-10-small", ["consistency=1"], "need code_kind=categorical"),
    ("mnist-10-small", ["balance=1"], "need code_kind=categorical"),
    ("mnist-clusters-small", ["confidence=0.9"], "confidence .* needs labels and consistency"),
    ("mnist-semi-small", ["consistency=0", "confidence=0.9"], "needs labels and consistency"),
    ("mnist-semi-small", ["confidence=1"], "confidence must be below 1"),
    # Without these, the training fails in its midst.
    ("shoes-small", ["code_kind=categorical"], "code"),
    ("mog-iae", ["augment=1", "consistency=1"], "augment"),
    ("shoes-small", ["size=20"], "drawn-shoes.*24"),
    ("faces-small", ["size=132"], "drawn-faces.*128"),
]


@pytest.mark.parametrize(
    ("name", "settings", "told"), IMPOSSIBLE, ids=[f"{n} {' '.join(s)}" for n, s, _ in IMPOSSIBLE]
)
def test_parts_that_do_not_fit_are_refused(name: str, settings: list[str], told: str) -> None:
    with pytest.raises(UserError, match=told):
        CATALOGUE[name].with_settings(settings)


def test_own_images_take_the_place_of_the_data() -> None:
    one = CATALOGUE["mnist-10-small"].with_images("mine")
    assert (one.data.name, one.data.images, one.data.images_b) == ("folder", "mine", "")
    two = CATALOGUE["faces-small"].with_images("mine", "yours")
    assert (two.data.name, two.data.images, two.data.images_b) == ("folder", "mine", "yours")
    larger = one.with_settings(["size=64", "colour=true"])
    assert larger.image_shape == (64, 64, 3)
    with pytest.raises(UserError, match=r"points in the plane"):
        CATALOGUE["mog-iae"].with_images("mine")
    with pytest.raises(UserError, match=r"second folder.* for a CycleIAE"):
        CATALOGUE["mnist-10-small"].with_images("mine", "yours")


def test_clothes_are_no_digits_but_as_large() -> None:
    clothes = find_recipe("mnist-10-small").with_settings(["data=fashion-mnist"])
    assert not DATA_SETS[clothes.data.name].ink and clothes.image_shape == (28, 28, 1)
    with pytest.raises(UserError, match="28 px"):
        clothes.with_settings(["size=32"])
