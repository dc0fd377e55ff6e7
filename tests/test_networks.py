"""The networks are those of the paper's tables, and what reads them can rely on their shapes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tests.tiny import layers_of, linear, recipe_of, sides
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.networks.building import build_networks
from trainer.networks.conditioning import LocationDependent, LocationInvariant
from trainer.networks.resnet import ConditionalNorm, PatchDiscriminator, ResNet
from trainer.networks.small_resnet import SmallGenerator
from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.recipe import Recipe
from trainer.training.step import parameters

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


# ---- CycleGAN's generator with conditional batch norm (Appendix B.2) ----

CONVS = 3 + 6 * 2 + 2  # each followed by a norm; the last one, c7s1-3, by a tanh


@pytest.fixture(scope="module")
def shoes() -> Model:
    return build_model(find_recipe("shoes"))


def test_both_maps_are_cyclegans_generator(shoes: Model) -> None:
    """c7s1-64, d128, d256, six R256, u128, u64, c7s1-3."""
    x, n = torch.rand(1, 3, 32, 32), torch.randn(1, 100)
    wanted = [("conv", 7, 1, 64), ("conv", 3, 2, 128), ("conv", 3, 2, 256)]
    wanted += [("conv", 3, 1, 256)] * 12
    wanted += [("up", 3, 2, 128), ("up", 3, 2, 64), ("conv", 7, 1, 3)]
    assert layers_of(shoes.decoder, x, n) == wanted
    assert layers_of(shoes.encoder, x, n[:, :0]) == wanted
    with torch.inference_mode():
        assert shoes.decode(x, n).shape == x.shape == shoes.encode(x, n[:, :0]).shape


def test_the_generator_counted_by_hand(shoes: Model) -> None:
    convs = conv(3, 64, 7) + conv(64, 128, 3) + conv(128, 256, 3) + 12 * conv(256, 256, 3)
    convs += conv(256, 128, 3) + conv(128, 64, 3) + conv(64, 3, 7)
    channels = 64 + 128 + 256 + 12 * 256 + 128 + 64
    assert parameters(shoes.encoder) == convs + 2 * channels  # deterministic: plain batch norm
    assert parameters(shoes.decoder) == convs + linear(100, 1) * 2 * channels


def norms(network: nn.Module) -> list[ConditionalNorm]:
    return [layer for layer in network.modules() if isinstance(layer, ConditionalNorm)]


GENERATORS = {
    "resnet": ("shoes", ResNet, CONVS),
    "small-resnet": ("shoes-small", SmallGenerator, 1 + 2 + 2 * 2 + 2),
}


@pytest.mark.parametrize("family", GENERATORS)
def test_the_noise_enters_through_every_norm_layer(family: str) -> None:
    name, kind, count = GENERATORS[family]
    model = build_model(recipe_of(name) if family == "small-resnet" else find_recipe(name))
    decoder = model.decoder.eval()
    assert isinstance(decoder, kind) and len(norms(decoder)) == count
    assert not [m for m in decoder.modules() if isinstance(m, nn.BatchNorm2d) and m.affine]
    heard: list[Tensor] = []
    for layer in norms(decoder):
        layer.register_forward_hook(lambda module, inputs, output: heard.append(inputs[1]))
    x, n = torch.rand(1, 3, 24, 24), torch.randn(1, model.noise.size)
    with torch.inference_mode():
        model.decode(x, n)
        assert len(heard) == count and all(torch.equal(noise, n) for noise in heard)
        # Each of them makes a difference of its own to the picture.
        weights = [layer.affine.weight.detach().clone() for layer in norms(decoder)]
        for layer in norms(decoder):
            layer.affine.weight.zero_()
        assert torch.equal(model.decode(x, n), model.decode(x, -n))
        for layer, weight in zip(norms(decoder), weights, strict=True):
            layer.affine.weight.copy_(weight)
            assert not torch.equal(model.decode(x, n), model.decode(x, -n))
            layer.affine.weight.zero_()


def test_a_map_without_noise_has_plain_batch_norm(shoes: Model) -> None:
    assert len(norms(shoes.encoder)) == CONVS
    assert all(layer.affine is None and layer.norm.affine for layer in norms(shoes.encoder))


def test_gamma_and_beta_are_linear_in_the_noise() -> None:
    layer = ConditionalNorm(4, 3).eval()
    x, n = torch.randn(2, 4, 5, 5), torch.randn(2, 3)
    still, once, twice = (layer(x, scale * n) for scale in (0.0, 1.0, 2.0))
    torch.testing.assert_close(twice - still, 2 * (once - still), atol=1e-5, rtol=1e-4)
    slope = (once - still)[:, :, 1, 1] - (once - still)[:, :, 0, 0]
    assert (slope.abs() > 0).all()  # gamma: more of what is there, not of everything alike
    flat = layer(torch.zeros(2, 4, 5, 5), n)
    assert (flat == flat[:, :, :1, :1]).all() and (flat[:, :, 0, 0].abs() > 0).any()  # beta


def test_each_image_of_a_batch_hears_its_own_noise() -> None:
    model = build_model(recipe_of("shoes-small")).eval()
    x = torch.rand(1, 3, 24, 24).expand(2, -1, -1, -1)
    drawn = model.decode(x, torch.randn(2, 6))
    assert not torch.equal(drawn[0], drawn[1])


# ---- discriminators ----


SMALL_ONES = ["mog-iae", "drawn-10", "svhn-75-small", "celeba-50-small", "fiae-clusters-small"]


@pytest.mark.parametrize("name", [*SMALL_ONES, "mnist-10", "svhn-75"])
def test_discriminators_read_a_pair_row_by_row(name: str) -> None:
    """One logit a row, or in small colour two a pixel."""
    recipe = recipe_of(name)
    logits = (3, 2 * recipe.data.size**2) if recipe.model.networks == "small-colour" else (3,)
    networks, (x, z) = build_networks(recipe), sides(recipe)
    with torch.random.fork_rng():
        pair, code, data = (
            networks.pair_discriminator(),
            networks.code_discriminator(),
            networks.data_discriminator(),
        )
    assert pair(x, z).shape == data(x).shape == logits and code(z).shape == (3,)
    # The pair discriminator reads both, and so can tell a code from another.
    x, z = x.requires_grad_(), z.requires_grad_()
    pair.eval()(x, z).sum().backward()
    assert x.grad is not None and x.grad.abs().sum() > 0
    assert z.grad is not None and z.grad.abs().sum() > 0


@pytest.mark.parametrize("recipe", [recipe_of("shoes-small"), find_recipe("shoes")])
def test_discriminators_of_two_images_give_one_logit_for_each_place(recipe: Recipe) -> None:
    networks, (x, z) = build_networks(recipe), sides(recipe)
    with torch.random.fork_rng():
        pair, code = networks.pair_discriminator(), networks.code_discriminator()
    logits = pair(x, z)
    assert logits.dim() == 2 and len(logits) == 3 and logits.shape == code(z).shape
    assert logits.shape[1] > 1
    x, z = x.requires_grad_(), z.requires_grad_()
    pair(x, z)[0].sum().backward()
    for side in (x, z):
        assert side.grad is not None
        assert side.grad[0].abs().sum() > 0 and not side.grad[1:].any()  # its own pair alone


def test_a_patch_discriminators_place_sees_a_patch_and_not_the_whole() -> None:
    discriminator = PatchDiscriminator(3, 8)
    x = torch.rand(1, 3, 160, 160, requires_grad=True)
    logits = discriminator(x)[0]
    side = round(len(logits) ** 0.5)
    logits.unflatten(0, (side, side))[side // 2, side // 2].backward()
    assert x.grad is not None
    seen = x.grad[0].abs().sum(0) > 0
    assert seen.any(0).sum() == seen.any(1).sum() == 70  # px


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


# ---- conditioning ----


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
