"""The networks are those of the paper's Table 1, and what reads them can rely on their ranges."""

from __future__ import annotations

import pytest
import torch

from tests.tiny import recipe_of, source_of
from trainer.models import build_model
from trainer.networks.conditioning import LocationDependent, LocationInvariant
from trainer.recipes import Recipe, find_recipe
from trainer.training import parameters

TABLE = ["critic_norm=true", "conditioning=location"]


def linear(into: int, out: int) -> int:
    return into * out + out


def conv(into: int, out: int) -> int:
    return 4 * 4 * into * out + out


@pytest.fixture(scope="module")
def table1() -> torch.nn.Module:
    return build_model(find_recipe("mnist-10").with_settings(TABLE))


def test_table_1_counted_by_hand(table1: torch.nn.Module) -> None:
    code, noise, image, places = 10, 100, 28 * 28, 128 * 7 * 7
    encoder = linear(image, 2000) + linear(2000, 2000) + linear(2000, code) + 2 * code
    assert parameters(table1.encoder) == encoder == 5_592_030
    decoder = linear(code + noise, 1024) + 2 * 1024 + linear(1024, places) + 2 * places
    decoder += conv(128, 64) + 2 * 64 + conv(64, 1)
    assert parameters(table1.decoder) == decoder == 6_689_345
    critic = conv(1, 64) + 2 * 64 + conv(64, 128) + 2 * 128
    critic += linear(places, 1024) + 2 * 1024 + linear(1024, 1)
    critic += linear(code, 1000) + linear(1000, 14 * 14)  # the adaptive bias
    assert parameters(table1.critics["reconstruction"]) == critic == 6_766_493
    code_critic = linear(code, 2000) + linear(2000, 2000) + linear(2000, 1)
    assert parameters(table1.critics["regularisation"]) == code_critic == 4_026_001


def test_location_invariant_conditioning_is_one_linear_map() -> None:
    recipe = find_recipe("mnist-10").with_settings(["critic_norm=true", "conditioning=invariant"])
    critic = build_model(recipe).critics["reconstruction"]
    assert parameters(critic) == 6_766_493 - linear(10, 1000) - linear(1000, 196) + linear(10, 64)


def test_the_deterministic_model_has_no_noise() -> None:
    model = build_model(find_recipe("mnist-det"))
    assert model.decoder.body[0].in_features == 20
    assert model.encoder.body[1].in_features == 784
    assert parameters(model.encoder) == 5_592_030 + linear(2000, 10) + 2 * 10


def test_the_small_networks_are_small() -> None:
    model = build_model(find_recipe("mnist-10-small"))
    assert parameters(model) < 3e6
    # Two bytes for each weight: what is shipped has to stay below 3 MB.
    assert 2 * (parameters(model.encoder) + parameters(model.decoder)) < 3e6


def test_location_dependent_bias_differs_by_place_not_by_channel() -> None:
    torch.manual_seed(0)
    bias = LocationDependent(5, 14, 14)(torch.zeros(2, 8, 14, 14), torch.randn(2, 5))
    assert bias.shape == (2, 8, 14, 14)
    assert (bias == bias[:, :1]).all()
    assert (bias[:, 0].flatten(1).std(1) > 0).all()
    assert not torch.equal(bias[0], bias[1])  # it depends on the code


def test_location_invariant_bias_differs_by_channel_not_by_place() -> None:
    torch.manual_seed(0)
    bias = LocationInvariant(5, 8)(torch.zeros(2, 8, 14, 14), torch.randn(2, 5))
    assert bias.shape == (2, 8, 14, 14)
    assert (bias == bias[:, :, :1, :1]).all()
    assert (bias[:, :, 0, 0].std(1) > 0).all()
    assert not torch.equal(bias[0], bias[1])


def test_the_bias_is_added_to_the_features() -> None:
    features, code = torch.randn(2, 8, 14, 14), torch.randn(2, 5)
    for layer in (LocationDependent(5, 14, 14), LocationInvariant(5, 8)):
        bias = layer(torch.zeros_like(features), code)
        torch.testing.assert_close(layer(features, code), features + bias)


KINDS = [
    recipe_of("mog-iae"),
    recipe_of("mog-iae", "code_kind=gaussian", "encoder_noise=3"),
    recipe_of("drawn-10", "encoder_noise=3"),
    recipe_of("drawn-10", "code_kind=categorical", "conditioning=invariant", "critic_norm=true"),
    recipe_of("drawn-10", "noise=0", "conditioning=location"),
    recipe_of("mnist-10", "networks=mnist", "encoder_noise=3"),
]


@pytest.mark.parametrize("recipe", KINDS, ids=range(len(KINDS)))
def test_shapes_and_ranges(recipe: Recipe) -> None:
    model, rng = build_model(recipe).train(), torch.Generator().manual_seed(0)
    x = source_of(recipe).sample(16, rng)
    code = model.encode(x, model.eps.sample(16, rng))
    assert code.shape == (16, recipe.code) == model.prior.sample(16, rng).shape
    if recipe.code_kind == "categorical":
        assert (code >= 0).all()
        torch.testing.assert_close(code.sum(1), torch.ones(16))
    elif not recipe.two_dimensional:  # batch norm: the codes look like the prior's from the start
        torch.testing.assert_close(code.mean(0), torch.zeros(recipe.code), atol=1e-5, rtol=0)
        torch.testing.assert_close(code.std(0), torch.ones(recipe.code), atol=0.1, rtol=0)
    returned = model.decode(model.prior.sample(16, rng), model.noise.sample(16, rng))
    assert returned.shape == x.shape
    if not recipe.two_dimensional:
        assert ((returned >= 0) & (returned <= 1)).all()
    assert model.critics["reconstruction"](x, code).shape == (16,)
    assert model.critics["regularisation"](code).shape == (16,)


@pytest.mark.parametrize("recipe", KINDS, ids=range(len(KINDS)))
def test_noise_is_heard_where_there_is_some(recipe: Recipe) -> None:
    model, rng = build_model(recipe).eval(), torch.Generator().manual_seed(0)
    x = source_of(recipe).sample(8, rng)
    codes = [model.encode(x, model.eps.sample(8, rng)) for _ in range(2)]
    assert torch.equal(*codes) is (recipe.encoder_noise == 0)
    tiles = [model.decode(codes[0], model.noise.sample(8, rng)) for _ in range(2)]
    assert torch.equal(*tiles) is (recipe.noise == 0)


def test_the_noise_scale_multiplies_the_decoders_noise() -> None:
    loud = build_model(recipe_of("drawn-10", "noise_scale=1")).eval()
    quiet = build_model(recipe_of("drawn-10", "noise_scale=0.25")).eval()
    z, n = torch.randn(4, 4), torch.randn(4, 6)
    assert torch.equal(loud.decode(z, n), quiet.decode(z, 4 * n))


def test_weights_follow_from_the_seed() -> None:
    one, two = build_model(recipe_of("drawn-10")), build_model(recipe_of("drawn-10"))
    other = build_model(recipe_of("drawn-10", "seed=1"))
    pairs = zip(one.parameters(), two.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not torch.equal(next(iter(one.parameters())), next(iter(other.parameters())))
