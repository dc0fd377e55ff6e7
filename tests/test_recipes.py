"""Recipes: plain data that are read back as they were, or refused with the cause."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace

import pytest

from trainer.messages import UserError
from trainer.recipes import CATALOGUE, Recipe, find_recipe

REQUIRED = {
    "mog-iae",
    "mog-gan",
    "drawn-10",
    "mnist-det",
    "mnist-10",
    "mnist-5",
    "mnist-10-small",
}


def test_the_catalogue_holds_the_promised_recipes() -> None:
    assert set(CATALOGUE) >= REQUIRED
    for name, recipe in CATALOGUE.items():
        assert recipe.name == name and find_recipe(name) is recipe
        assert recipe.title and recipe.story.endswith(".") and "Fig" in recipe.figure


@pytest.mark.parametrize("name", CATALOGUE)
def test_json_round_trip(name: str) -> None:
    recipe = CATALOGUE[name]
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert json.loads(recipe.to_json()) == asdict(recipe)


def test_sizes_follow_the_figures_of_the_paper() -> None:
    sizes = {name: (recipe.code, recipe.noise) for name, recipe in CATALOGUE.items()}
    assert sizes["mnist-det"] == (20, 0)
    assert sizes["mnist-10"] == sizes["mnist-10-small"] == (10, 100)
    assert sizes["mnist-5"] == (5, 100)
    assert CATALOGUE["mog-iae"].code == 7
    assert CATALOGUE["mog-iae"].code_kind == "categorical"


def test_the_gan_differs_from_its_iae_only_by_its_game() -> None:
    iae, gan = CATALOGUE["mog-iae"], CATALOGUE["mog-gan"]
    same = {"model": "iae", "reconstruction": iae.reconstruction, "name": iae.name}
    texts = {"title": iae.title, "story": iae.story, "figure": iae.figure}
    assert replace(gan, **same, **texts) == iae


def test_unknown_recipes_name_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"no recipe 'mnist-11'.*mnist-10"):
        find_recipe("mnist-11")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": 1}, "Unknown recipe option 'colour'.*batch"),
        ({"code": 2.5}, "code is of type int, not 2.5"),
        ({"code": True}, "code is of type int, not True"),
        ({"code": "ten"}, "code is of type int, not 'ten'"),
        ({"code": None}, "code is of type int, not None"),
        ({"regularise": 1}, "regularise is of type bool, not 1"),
        ({"ema": "much"}, "ema is a number, not 'much'"),
        ({"ema": False}, "ema is a number, not False"),
        ({"player_rate": float("nan")}, "player_rate is a number, not nan"),
        ({"r1": float("inf")}, "r1 is a number, not inf"),
        ({"r1": -1.0}, "r1 must not be negative"),
        ({"beta1": 1.0}, "beta1 must be below 1"),
        ({"model": "vae"}, "model is one of iae, gan, not 'vae'"),
        ({"model": ["iae"]}, "model is one of iae, gan"),
        ({"conditioning": ""}, "conditioning is one of"),
        ({"title": 7}, "title is of type str, not 7"),
        ({"code": 0}, "code must be at least 1"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"batch": 1}, "batch must be at least 2"),
        ({"noise": -1}, "noise must not be negative"),
        ({"seed": -1}, "seed must not be negative"),
        ({"seed": 2**64}, "seed must be below"),
        ({"networks": "toy"}, "networks toy do not fit the data mnist"),
        ({"data": "mog"}, "networks small do not fit the data mog"),
        ({"model": "gan"}, "networks small have no GAN"),
        ({"reconstruction": "none", "regularise": False}, "nothing to train"),
    ],
)
def test_wrong_values_are_refused_with_the_cause(change: dict[str, object], told: str) -> None:
    values = asdict(CATALOGUE["mnist-10-small"]) | change
    with pytest.raises(UserError, match=told):
        Recipe.from_mapping(values)


def test_missing_values_are_named_and_defaults_are_filled_in() -> None:
    values = asdict(CATALOGUE["mog-iae"])
    required = {name: values[name] for name in list(values)[:9]}
    with pytest.raises(UserError, match=r"lacks model, code\."):
        Recipe.from_mapping({k: v for k, v in required.items() if k not in ("model", "code")})
    assert Recipe.from_mapping(required).batch == 100


@pytest.mark.parametrize(("text", "told"), [("{", "not valid JSON"), ("[1]", "not a JSON object")])
def test_texts_that_are_no_recipe_are_refused(text: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        Recipe.from_json(text)


def test_settings_are_read_by_the_type_of_their_field() -> None:
    changed = CATALOGUE["mnist-10"].with_settings(
        ["code=12", "ema=0.9", "regularise=False", "conditioning=invariant"]
    )
    assert (changed.code, changed.ema, changed.regularise) == (12, 0.9, False)
    assert changed.conditioning == "invariant"
    with pytest.raises(UserError, match="KEY=VALUE"):
        changed.with_settings(["name=other"])
    assert CATALOGUE["mnist-10"].with_settings([]) == CATALOGUE["mnist-10"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("colour=1", r"--set colour=1.*KEY=VALUE.*batch"),
        ("batch", r"--set batch: expected KEY=VALUE"),
        ("=3", r"--set =3: expected"),
        ("batch=", "batch is a whole number, not ''"),
        ("batch=2.5", "batch is a whole number, not '2.5'"),
        ("ema=high", "ema is a number, not 'high'"),
        ("ema=nan", "ema is a number"),
        ("regularise=maybe", "regularise is true or false, not 'maybe'"),
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
