"""Recipes: plain data that are read back as they were, or refused with the cause."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.odd import ODD_JSON
from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.options import leaves, value_at
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

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
    *("mnist-det-small", "mnist-10-small", "fiae-mnist-small"),
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
    *("model.networks", "model.width", "model.code_blur"),
)
PATHS = [path for path, _, _ in leaves()]
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
    assert old.about == new.about


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
    ("aae-small", "discriminator_norm=false", "no batch norm"),
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
    ("mnist-det-small", "first_moment=1", "set noise too"),
    ("fiae-mnist-small", "first_moment=1", "it is for an iae or a cycleiae"),
    ("mog-iae", "joint_batch=false", "batch norm alone"),
]


@pytest.mark.parametrize(("name", "setting", "why"), WITHOUT_EFFECT)
def test_an_option_without_effect_is_refused_and_never_swallowed(
    name: str, setting: str, why: str
) -> None:
    key = setting.partition("=")[0]
    with pytest.raises(UserError, match=rf"{key}.* would have no effect on {name}.*{why}"):
        CATALOGUE[name].with_settings([setting])


@pytest.mark.parametrize(
    ("name", "reconstruction"),
    [("drawn-10", "marginal"), ("fiae-mnist-small", "euclidean")],
)
def test_whatever_judges_images_may_do_without_a_norm(name: str, reconstruction: str) -> None:
    recipe = CATALOGUE[name].with_settings([f"reconstruction={reconstruction}"])
    recipe = recipe.with_settings(["discriminator_norm=false"])
    assert not recipe.model.discriminator_norm


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


def test_points_have_no_image_shape() -> None:
    assert CATALOGUE["mog-iae"].image_shape is None
    assert CATALOGUE["mnist-10-small"].image_shape == (28, 28, 1)
    assert CATALOGUE["svhn-75-small"].image_shape == (32, 32, 3)


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
