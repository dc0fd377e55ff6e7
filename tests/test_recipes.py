"""Recipes: plain data that are read back as they were, or refused with the cause."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.odd import ODD_JSON
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.options import leaves, value_at
from trainer.recipe.recipe import Recipe


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
        ({"color": 1}, "newer version.*the option 'color'"),
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
        ({"model": "vae"}, "newer version.*model.kind 'vae'"),
        ({"model": ["iae"]}, "kind is of type str"),
        ({"conditioning": ""}, "newer version.*conditioning ''"),
        ({"conditioning": 1}, "conditioning is one of"),
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


# They are trained in other ways by now: what was tuned has its old value, all else is the same.
TUNED_SINCE = {
    *("mnist-det-small", "mnist-10-small", "mnist-5-small", "fiae-mnist-small"),
    *(
        "faces-marginal-small",
        "svhn-semi",
        "svhn-det-small",
        "svhn-75-small",
        "celeba-det-small",
        "celeba-50-small",
    ),
} | {
    f"{name}{size}"
    for name in ("mnist-clusters", "mnist-semi", "fiae-clusters")
    for size in ("", "-small")
}
TUNED = (
    *("schedule.", "optim.", "objective.penalties.", "objective.reconstruction.r1"),
    *("objective.reconstruction.instance_noise", "objective.reconstruction.mismatched"),
    *("model.networks", "model.width", "model.code_blur", "model.upsampling"),
)
PATHS = [path for path, _, _ in leaves() if path != "about.story"]  # may be worded better
GROUPS = sorted({path.rpartition(".")[0] for path in PATHS})


@pytest.mark.parametrize("name", sorted(FORMAT_1))
def test_a_flat_recipe_of_an_older_version_means_the_same(name: str) -> None:
    old, new = Recipe.from_mapping(FORMAT_1[name]), CATALOGUE[name]
    changed = [path for path in PATHS if value_at(old, path) != value_at(new, path)]
    if name not in TUNED_SINCE:
        assert not changed
    for path in changed:
        assert path.startswith(TUNED), path
        leaf = path.rpartition(".")[2]
        if not path.startswith("objective.reconstruction") and leaf in FORMAT_1[name]:
            assert value_at(old, path) == FORMAT_1[name][leaf], path
    assert replace(old.about, story="") == replace(new.about, story="")


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


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(CATALOGUE)),
    st.dictionaries(
        st.sampled_from([*PATHS, *GROUPS, "format", "model.heads"]),
        ODD_JSON,
        min_size=1,
        max_size=3,
    ),
)
def test_whatever_a_file_holds_is_a_recipe_or_told(name: str, changes: dict[str, object]) -> None:
    values = json.loads(CATALOGUE[name].to_json())
    for path in sorted(changes):
        *above, last = path.split(".")
        part = values
        for group in above:
            part = part[group] if isinstance(part.get(group), dict) else {}
        part[last] = changes[path]
    try:
        recipe = Recipe.from_json(json.dumps(values))
    except UserError as error:
        assert len(str(error)) < 600
        return
    assert Recipe.from_json(recipe.to_json()) == recipe


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FORMAT_1)), st.data(), ODD_JSON)
def test_whatever_an_older_file_holds_is_a_recipe_or_told(
    name: str, data: st.DataObject, value: object
) -> None:
    values = dict(FORMAT_1[name])
    values[data.draw(st.sampled_from([*sorted(values), "about", "color"]))] = value
    with suppress(UserError):
        Recipe.from_mapping(values)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", 3),
        ("format", 10**400),
        ("model.heads", 8),
        ("model.kind", "diffusion"),
        ("model.networks", "transformer"),
        ("data.name", "imagenet"),
        ("model.posterior", "flow"),
        ("novelty", {}),
    ],
)
def test_what_a_newer_version_wrote_is_told_as_such(path: str, value: object) -> None:
    values = json.loads(CATALOGUE["mnist-10"].to_json())
    *above, last = path.split(".")
    part = values[above[0]] if above else values
    part[last] = value
    with pytest.raises(UserError, match=r"newer version of IAE Studio.*update to open it"):
        Recipe.from_json(json.dumps(values))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"about":' * 100_000, "9" * 5000, "\0", "NaN"])
def test_texts_that_no_reader_survives_are_told(text: str) -> None:
    with pytest.raises(UserError, match="The recipe is damaged"):
        Recipe.from_json(text)


@pytest.mark.parametrize(("text", "told"), [("{", "not valid JSON"), ("[1]", "not a JSON object")])
def test_texts_that_are_no_recipe_are_refused(text: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        Recipe.from_json(text)


def test_a_recipe_cannot_be_changed() -> None:
    for field in fields(Recipe):
        with pytest.raises(AttributeError):
            setattr(CATALOGUE["mog-iae"], field.name, 1)
