"""The networks are those of the paper's tables, and what reads them can rely on their shapes."""

from __future__ import annotations

import pytest
import torch

from tests.steps import (
    layers_of,
    linear,
)
from tests.tiny import (
    recipe_of,
    sides,
)
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.networks.building import build_networks
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.training.state import parameters

TABLE = ["discriminator_norm=true", "conditioning=location"]


def conv(into: int, out: int, kernel: int = 4) -> int:
    return kernel * kernel * into * out + out


def norm(channels: int) -> int:
    return 2 * channels


def in_the_paper(name: str, *settings: str) -> Model:
    return build_model(find_recipe(name).with_settings(["paper=true", *settings]))


# ---- the tables, counted by hand ----


@pytest.fixture(scope="module")
def table1() -> Model:
    return build_model(find_recipe("mnist-10").with_settings(TABLE))


def test_table_1_counted_by_hand(table1: Model) -> None:
    code, noise, image, places = 10, 100, 28 * 28, 128 * 7 * 7
    encoder = linear(image, 2000) + linear(2000, 2000) + linear(2000, code) + norm(code)
    assert parameters(table1.encoder) == encoder == 5_592_030
    decoder = linear(code + noise, 1024) + norm(1024) + linear(1024, places) + norm(places)
    decoder += conv(128, 64) + norm(64) + conv(64, 1)
    assert parameters(table1.decoder) == decoder == 6_689_345
    discriminator = conv(1, 64) + norm(64) + conv(64, 128) + norm(128)
    discriminator += linear(places, 1024) + norm(1024) + linear(1024, 1)
    discriminator += linear(code, 1000) + linear(1000, 14 * 14)  # the adaptive bias
    assert parameters(table1.discriminators["reconstruction"]) == discriminator == 6_766_493
    code_discriminator = linear(code, 2000) + linear(2000, 2000) + linear(2000, 1)
    assert parameters(table1.discriminators["regularisation"]) == code_discriminator == 4_026_001


TABLES_2_AND_3 = {
    "svhn-75": (75, 1000, 4, [64, 128, 256], 4, 16),
    "celeba-50": (50, 1000, 6, [128, 256, 512], 6, 24),
}


@pytest.mark.parametrize("name", TABLES_2_AND_3)
def test_tables_2_and_3_counted_by_hand(name: str) -> None:
    code, noise, kernel, (one, two, three), least, half = TABLES_2_AND_3[name]
    model, places = in_the_paper(name), three * least * least
    convs = conv(3, one, kernel) + norm(one) + conv(one, two, kernel) + norm(two)
    convs += conv(two, three, kernel) + norm(three)
    assert parameters(model.encoder) == convs + linear(places, code) + norm(code)
    decoder = linear(code + noise, places) + norm(places)
    decoder += conv(three, two, kernel) + norm(two) + conv(two, one, kernel) + norm(one)
    assert parameters(model.decoder) == decoder + conv(one, 3, kernel)
    bias = linear(code, 1000) + linear(1000, half * half)
    discriminator = convs + bias + linear(places, 1)
    assert parameters(model.discriminators["reconstruction"]) == discriminator
    code_discriminator = linear(code, 2000) + linear(2000, 2000) + linear(2000, 1)
    assert parameters(model.discriminators["regularisation"]) == code_discriminator


@pytest.mark.parametrize("name", TABLES_2_AND_3)
def test_tables_2_and_3_layer_by_layer(name: str) -> None:
    code, noise, kernel, (one, two, three), _, half = TABLES_2_AND_3[name]
    model = in_the_paper(name)
    x, z, n = torch.rand(2, 3, 2 * half, 2 * half), torch.randn(2, code), torch.randn(2, noise)
    down = [("conv", kernel, 2, channels) for channels in (one, two, three)]
    assert layers_of(model.encoder, x, torch.empty(2, 0)) == down
    assert layers_of(model.discriminators["reconstruction"], x, z) == down
    up = [("up", kernel, 2, channels) for channels in (two, one, 3)]
    assert layers_of(model.decoder, z, n) == up
    with torch.inference_mode():
        assert model.decoder(z, n).shape == x.shape
        assert model.discriminators["reconstruction"](x, z).shape == (2,)


def test_location_invariant_conditioning_is_one_linear_map() -> None:
    recipe = find_recipe("mnist-10").with_settings(
        ["discriminator_norm=true", "conditioning=invariant"]
    )
    discriminator = build_model(recipe).discriminators["reconstruction"]
    assert parameters(discriminator) == 6_766_493 - linear(10, 1000) - linear(1000, 196) + linear(
        10, 64
    )


def test_the_deterministic_model_has_no_noise() -> None:
    model = build_model(find_recipe("mnist-det"))
    assert model.decoder.body[0].in_features == 20
    assert model.encoder.body[1].in_features == 784
    assert parameters(model.encoder) == 5_592_030 + linear(2000, 10) + 2 * 10


@pytest.mark.parametrize("name", ["svhn-75", "celeba-50", "mnist-clusters", "fiae-mnist"])
def test_the_codes_discriminator_has_two_layers_of_2000_whatever_the_images(name: str) -> None:
    recipe = find_recipe(name)
    with torch.random.fork_rng():
        discriminator = build_networks(recipe).code_discriminator()
    wanted = linear(recipe.model.code, 2000) + linear(2000, 2000) + linear(2000, 1)
    assert parameters(discriminator) == wanted


def test_a_categorical_code_comes_from_a_softmax() -> None:
    model = in_the_paper("mnist-clusters")
    wanted = linear(784, 2000) + linear(2000, 2000) + linear(2000, 30)  # no batch norm after it
    assert parameters(model.encoder) == wanted
    with torch.inference_mode():
        code = model.eval().encode(torch.rand(3, 1, 28, 28), torch.empty(3, 0))
    torch.testing.assert_close(code.sum(1), torch.ones(3))


# ---- all of them ----


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_recipe_of_the_catalogue_can_be_built_and_used(name: str) -> None:
    recipe = CATALOGUE[name]
    model = build_model(recipe).eval()
    x, _ = sides(recipe, 1)
    with torch.inference_mode():
        code = model.encode(x, torch.randn(1, model.eps.size))
        drawn = model.decode(code, torch.randn(1, model.noise.size))
        assert drawn.shape == x.shape
        for game, discriminator in model.discriminators.items():
            flipped = recipe.model.kind in ("fiae", "gan")
            judged = (code, x) if flipped else (x, code)
            logits = (
                discriminator(*judged) if game == "reconstruction" else discriminator(judged[1])
            )
            assert len(logits) == 1 and logits.isfinite().all()


# ---- noise and seed ----


def test_the_noise_scale_multiplies_the_decoders_noise() -> None:
    loud = build_model(recipe_of("drawn-10", "noise_scale=1")).eval()
    quiet = build_model(recipe_of("drawn-10", "noise_scale=0.25")).eval()
    z, n = torch.randn(4, 4), torch.randn(4, 6)
    assert torch.equal(loud.decode(z, n), quiet.decode(z, 4 * n))


def test_in_a_translation_it_multiplies_the_encoders_noise() -> None:
    loud = build_model(recipe_of("faces-small", "noise_scale=1")).eval()
    quiet = build_model(recipe_of("faces-small", "noise_scale=0.25")).eval()
    quiet.load_state_dict(loud.state_dict())
    x, eps = torch.rand(4, 3, 24, 24), torch.randn(4, loud.recipe.model.encoder_noise)
    torch.testing.assert_close(quiet.encode(x, eps), loud.encode(x, 0.25 * eps))
    assert not torch.allclose(quiet.encode(x, eps), loud.encode(x, eps))


def test_weights_follow_from_the_seed() -> None:
    one, two = build_model(recipe_of("drawn-10")), build_model(recipe_of("drawn-10"))
    other = build_model(recipe_of("drawn-10", "seed=1"))
    pairs = zip(one.parameters(), two.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not torch.equal(next(iter(one.parameters())), next(iter(other.parameters())))
