"""Parts of a recipe that do not fit together, or would have no effect: the cause, and a way out."""

from __future__ import annotations

import pytest

from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.specs import DATA_SETS

# ---- options without effect ----

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


def test_a_gan_has_no_posterior() -> None:
    gan = CATALOGUE["mog-gan"].with_settings(["code_kind=gaussian"])
    with pytest.raises(UserError, match=r"posterior.* would have no effect on .*no way back"):
        gan.with_settings(["posterior=gaussian"])


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


# ---- parts that do not fit together ----

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
