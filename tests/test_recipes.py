"""Recipes: plain data that are read back as they were, or refused with the cause."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields, replace

import pytest

from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.recipe import DIGITS, Recipe

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
    "ema": 0.0,
    "discriminator_norm": True,
    "joint_batch": True,
    "code_blur": 0.0,
    "noise_scale": 1.0,
    "r1": 0.0,
    "r1_code": 0.0,
    "r1_every": 1,
    "instance_noise": 0.0,
    "code_noise": 0.0,
    "mismatched": 0.0,
    "mismatched_last": 0.0,
    "warm": 0.0,
    "warm_batch": 0,
    "euclidean": 0.0,
    "euclidean_until": 0.5,
    "encoder_rate": 1.0,
    "reconstruction_weight": 1.0,
    "regularisation_weight": 1.0,
    "input_noise": 0.0,
    "augment": 0.0,
    "recolour": 0.0,
    "consistency": 0.0,
    "balance": 0.0,
    "confidence": 0.0,
    "diversity_weight": 0.0,
}


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
    for key in ("model", "code_kind", "reconstruction", "regularisation", "posterior", "second"):
        assert getattr(small, key) == getattr(full, key), key
    for key in ("noise", "encoder_noise", "labels"):
        assert bool(getattr(small, key)) == bool(getattr(full, key)), key
    assert full.full_size and not small.full_size and small.steps < full.steps


def test_small_experiments_need_no_download_beyond_mnist() -> None:
    for recipe in CATALOGUE.values():
        if recipe.name.endswith("-small"):
            assert recipe.data.name == "mnist" or recipe.data.name.startswith("drawn-"), recipe.name


def test_baselines_differ_from_their_models_only_by_what_stands_in() -> None:
    """Tuned each for itself, but with the same networks and data, and trained as long."""
    tuned = {"name", "title", "story", "figure", "distance_weight", *ADDITIONS}

    def differing(one: str, other: str) -> set[str]:
        a, b = asdict(CATALOGUE[one]), asdict(CATALOGUE[other])
        return {key for key in a if a[key] != b[key]} - tuned

    assert differing("mog-iae", "mog-gan") == {"model", "reconstruction"}
    for small in ("", "-small"):
        assert differing(f"shoes{small}", f"shoes-l1{small}") == {"reconstruction"}
        assert differing(f"faces{small}", f"faces-marginal{small}") == {"reconstruction"}
        # Without the terms that stand in for what its discriminator is to show.
        marginal = CATALOGUE[f"faces-marginal{small}"]
        assert (marginal.diversity_weight, marginal.euclidean) == (0, 0)
    wanted = {"reconstruction", "posterior", "encoder_noise"}
    assert differing("fiae-toy", "infogan-toy") == wanted
    assert differing("aae-small", "vae-small") == {"posterior", "regularisation"}
    aae, cycle = CATALOGUE["aae-small"], CATALOGUE["shoes-l1"]
    assert (aae.reconstruction, aae.noise) == ("euclidean", 0)
    assert (cycle.reconstruction, cycle.noise) == ("l1", 100)


# ---- the paper to the letter ----


def test_what_the_project_added_is_known_here() -> None:
    names = [field.name for field in fields(Recipe)]
    assert names[-len(ADDITIONS) :] == list(ADDITIONS)


@pytest.mark.parametrize("name", CATALOGUE)
def test_to_the_letter_takes_back_every_addition_and_nothing_else(name: str) -> None:
    recipe = CATALOGUE[name]
    plain = asdict(recipe.to_the_letter())
    for key, before in asdict(recipe).items():
        if key in ADDITIONS:
            assert plain[key] == ADDITIONS[key], key
        elif key == "conditioning" and before == "projection":
            assert plain[key] == ("invariant" if recipe.categorical else "location")
        else:
            assert plain[key] == before, key
    assert recipe.with_settings(["paper=true"]) == recipe.to_the_letter()
    assert recipe.to_the_letter().to_the_letter() == recipe.to_the_letter()


@pytest.mark.parametrize("order", [["paper=true", "r1=0.7"], ["r1=0.7", "paper=true"]])
def test_other_settings_win_over_the_papers(order: list[str]) -> None:
    recipe = CATALOGUE["mnist-10-small"].with_settings([*order, "width=5"])
    assert (recipe.r1, recipe.model.width, recipe.objective.reconstruction.mismatched) == (
        0.7,
        5,
        0.0,
    )
    assert recipe == replace(CATALOGUE["mnist-10-small"].to_the_letter(), r1=0.7, width=5)


def test_not_the_paper_is_no_change() -> None:
    recipe = CATALOGUE["mnist-10-small"]
    assert recipe.with_settings(["paper=false"]) == recipe


# ---- reading and writing ----


@pytest.mark.parametrize("name", CATALOGUE)
def test_json_round_trip(name: str) -> None:
    recipe = CATALOGUE[name]
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert json.loads(recipe.to_json()) == asdict(recipe)


def test_unknown_recipes_name_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"no recipe 'mnist-11'.*mnist-10"):
        find_recipe("mnist-11")


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
        ({"regularisation": True}, "regularisation is one of adversarial, divergence, none"),
        ({"ema": "much"}, "ema is a number, not 'much'"),
        ({"ema": False}, "ema is a number, not False"),
        ({"generator_rate": float("nan")}, "generator_rate is a number, not nan"),
        ({"r1": float("inf")}, "r1 is a number, not inf"),
        ({"r1": -1.0}, "r1 must not be negative"),
        ({"beta1": 1.0}, "beta1 must be below 1"),
        ({"model": "vae"}, "model is one of iae, cycleiae, fiae, gan, not 'vae'"),
        ({"model": ["iae"]}, "model is one of iae, cycleiae, fiae, gan"),
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
    values = asdict(CATALOGUE["mnist-10-small"]) | change
    with pytest.raises(UserError, match=told):
        Recipe.from_mapping(values)


def test_missing_values_are_named_and_defaults_are_filled_in() -> None:
    values = asdict(CATALOGUE["mog-iae"])
    required = {name: values[name] for name in list(values)[:8]}
    with pytest.raises(UserError, match=r"lacks model, networks\."):
        Recipe.from_mapping({k: v for k, v in required.items() if k not in ("model", "networks")})
    assert Recipe.from_mapping(required).batch == 100


@pytest.mark.parametrize(("text", "told"), [("{", "not valid JSON"), ("[1]", "not a JSON object")])
def test_texts_that_are_no_recipe_are_refused(text: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        Recipe.from_json(text)


def test_settings_are_read_by_the_type_of_their_field() -> None:
    changed = CATALOGUE["mnist-10"].with_settings(
        ["code=12", "ema=0.9", "discriminator_norm=False", "conditioning=invariant"]
    )
    assert (changed.code, changed.ema, changed.discriminator_norm) == (12, 0.9, False)
    assert changed.conditioning == "invariant"
    with pytest.raises(UserError, match="KEY=VALUE"):
        changed.with_settings(["name=other"])
    assert CATALOGUE["mnist-10"].with_settings([]) == CATALOGUE["mnist-10"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("color=1", r"--set color=1.*KEY=VALUE.*batch.*paper"),
        ("paper", "paper is true or false, not ''"),
        ("paper=yes", "paper is true or false, not 'yes'"),
        ("batch", r"--set batch: expected KEY=VALUE"),
        ("=3", r"--set =3: expected"),
        ("batch=", "batch is a whole number, not ''"),
        ("batch=2.5", "batch is a whole number, not '2.5'"),
        ("ema=high", "ema is a number, not 'high'"),
        ("ema=nan", "ema is a number"),
        ("discriminator_norm=maybe", "discriminator_norm is true or false, not 'maybe'"),
        ("networks=huge", "networks is one of toy"),
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
    ("mnist-10-small", ["reconstruction=marginal"], "set mismatched=0, mismatched_last=0"),
    ("mnist-10-small", ["labels=100"], "need code_kind=categorical"),
    ("mnist-10-small", ["consistency=1"], "need code_kind=categorical"),
    ("mnist-10-small", ["balance=1"], "need code_kind=categorical"),
    ("mnist-clusters-small", ["confidence=0.9"], "confidence .* needs labels and consistency"),
    ("mnist-semi-small", ["consistency=0", "confidence=0.9"], "needs labels and consistency"),
    ("mnist-semi-small", ["confidence=1"], "confidence must be below 1"),
    ("faces-small", ["encoder_noise=0"], "set diversity_weight=0"),
    ("shoes-small", ["diversity_weight=1"], "encoder_noise"),
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
    assert (one.data, one.images, one.images_b) == ("folder", "mine", "")
    two = CATALOGUE["faces-small"].with_images("mine", "yours")
    assert (two.data, two.images, two.images_b) == ("folder", "mine", "yours")
    larger = one.with_settings(["size=64", "colour=true"])
    assert larger.image_shape == (64, 64, 3)
    with pytest.raises(UserError, match=r"points in the plane"):
        CATALOGUE["mog-iae"].with_images("mine")
    with pytest.raises(UserError, match=r"second folder.* for a CycleIAE"):
        CATALOGUE["mnist-10-small"].with_images("mine", "yours")


def test_clothes_are_no_digits_but_as_large() -> None:
    clothes = find_recipe("mnist-10-small").with_settings(["data=fashion-mnist"])
    assert clothes.data not in DIGITS and clothes.image_shape == (28, 28, 1)
    with pytest.raises(UserError, match="28 px"):
        clothes.with_settings(["size=32"])
