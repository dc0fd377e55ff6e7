"""The small networks: of any size and colour, and what each head of their discriminators sees."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.steps import (
    layers_of,
)
from tests.tiny import (
    recipe_of,
    sides,
)
from trainer.models.building import build_model
from trainer.networks.building import build_networks
from trainer.recipe.catalogue import find_recipe
from trainer.training.state import parameters


@pytest.mark.parametrize("family", ["small", "small-colour"])
@pytest.mark.parametrize("size", [16, 20, 28, 32, 48, 64, 100])
@pytest.mark.parametrize("colour", ["false", "true"])
def test_small_networks_fit_any_size_and_colour(family: str, size: int, colour: str) -> None:
    recipe = find_recipe("mnist-10-small").with_images("mine")
    settings = [f"networks={family}", f"size={size}", f"colour={colour}", "width=4"]
    recipe = recipe.with_settings([*settings, "encoder_noise=2"])
    model, (x, _) = build_model(recipe), sides(recipe)
    code = model.encode(x, torch.randn(3, 2))
    assert code.shape == (3, 10)
    drawn = model.decode(code, torch.randn(3, 100))
    assert drawn.shape == x.shape and drawn.min() >= 0 and drawn.max() <= 1
    logits = model.discriminators["reconstruction"](drawn, code)
    assert logits.shape == ((3,) if family == "small" else (3, 2 * size * size))
    logits.sum().backward()
    for network in (model.encoder, model.decoder, model.discriminators["reconstruction"]):
        assert all(p.grad is not None for p in network.parameters())


@pytest.mark.parametrize("size", [24, 28, 32, 36, 48, 64])
@pytest.mark.parametrize("colour", ["false", "true"])
def test_small_translators_fit_any_size_and_colour(size: int, colour: str) -> None:
    recipe = find_recipe("shoes-small").with_images("mine")
    recipe = recipe.with_settings([f"size={size}", f"colour={colour}", "width=4"])
    model, (x, _) = build_model(recipe), sides(recipe)
    code = model.encode(x, torch.empty(3, 0))
    assert code.shape == x.shape and code.min() >= 0 and code.max() <= 1
    drawn = model.decode(code, torch.randn(3, 32))
    assert drawn.shape == x.shape
    logits = model.discriminators["reconstruction"](drawn, code)
    assert logits.shape == model.discriminators["regularisation"](code).shape


def test_the_small_networks_are_small() -> None:
    for name in ("mnist-10-small", "svhn-75-small"):
        model = build_model(find_recipe(name))
        assert parameters(model) < 3e6
        # A compact file has a byte for each weight: what is shipped has to stay below 3 MB.
        assert parameters(model.encoder) + parameters(model.decoder) < 2.5e6
    assert parameters(build_model(find_recipe("shoes-small")).decoder) < 2e5


# ---- at full resolution ----


def test_small_colour_networks_work_at_full_resolution() -> None:
    model = build_model(find_recipe("svhn-semi-small").with_settings(["width=4"]))
    x, none = torch.rand(2, 3, 32, 32), torch.empty(2, 0)
    down = [("conv", 5, 1, 4), ("conv", 3, 1, 8), ("conv", 3, 1, 16)]
    assert layers_of(model.encoder, x, none) == down
    assert sum(isinstance(layer, nn.MaxPool2d) for layer in model.encoder.modules()) == 3
    up = [("conv", 3, 1, 8), ("conv", 3, 1, 4), ("conv", 3, 1, 3)]
    assert layers_of(model.decoder, torch.randn(2, 10), torch.randn(2, 10)) == up


def test_convolutions_at_full_resolution_have_their_channels_inside() -> None:
    inside = torch.channels_last
    for name, wanted in (("svhn-75-small", True), ("shoes-small", True), ("drawn-10", False)):
        layers = [m for m in build_model(recipe_of(name)).modules() if isinstance(m, nn.Conv2d)]
        found = {w.is_contiguous(memory_format=inside) for w in (m.weight for m in layers)}
        assert found == {True} if wanted else False in found, name


def test_a_flipped_models_pair_discriminator_has_no_head_for_the_image_alone() -> None:
    """Both of its sides show the same image, so such a head could tell nothing."""
    recipe = recipe_of("fiae-mnist-small", "networks=small-colour")
    x, z = sides(recipe)
    assert build_networks(recipe).pair_discriminator()(x, z).shape == (3,)


def test_one_head_of_the_colour_discriminator_sees_speckles_and_not_the_code() -> None:
    """Each pixel's logit follows from its neighbours; the whole's is one, and reads the code."""
    model = build_model(find_recipe("svhn-75-small").with_settings(["width=4"]))
    discriminator = model.discriminators["reconstruction"]
    even = torch.full((1, 3, 32, 32), 0.5)
    speckled, z = even.clone(), torch.randn(1, 16)
    speckled[0, :, 10, 20] = 0.9
    with torch.inference_mode():
        plain, other, coded = (
            discriminator(even, z),
            discriminator(speckled, z),
            discriminator(even, -z),
        )
    pixels, whole = plain.unflatten(1, (2, 32, 32)).unbind(1)
    changed = (other.unflatten(1, (2, 32, 32))[:, 0] != pixels)[0].nonzero()
    assert changed.min(0).values.tolist() == [8, 18] and changed.max(0).values.tolist() == [12, 22]
    assert torch.equal(coded.unflatten(1, (2, 32, 32))[:, 0], pixels)
    assert (whole == whole[0, 0, 0]).all()
    assert (coded.unflatten(1, (2, 32, 32))[:, 1] != whole).all()


def test_the_small_discriminator_sees_pixels_patches_and_the_whole() -> None:
    """A third of the logits each; the reach of one in the middle, in px."""
    recipe = recipe_of("shoes-small")
    with torch.random.fork_rng():
        discriminator = build_networks(recipe).code_discriminator()
    x = torch.rand(1, 3, 24, 24, requires_grad=True)
    heads = discriminator(x)[0].unflatten(0, (3, 24, 24))
    reach = []
    for head in heads:
        (slope,) = torch.autograd.grad(head[12, 12], x, retain_graph=True)
        seen = slope[0].abs().sum(0) > 0
        reach.append((int(seen.any(0).sum()), int(seen.any(1).sum())))
    assert reach == [(5, 5), (20, 20), (24, 24)]


def test_bilinear_maps_are_smoother_with_the_same_weights() -> None:
    recipe = find_recipe("celeba-50-small").but(width=4)
    drawn = []
    for upsampling in ("nearest", "bilinear"):
        torch.manual_seed(0)
        model = build_model(recipe.but(upsampling=upsampling))
        _, code = sides(recipe)
        drawn.append(model.decode(code, torch.randn(3, recipe.model.noise)))
    assert drawn[0].shape == drawn[1].shape
    steps, smooth = (picture.diff(dim=3).diff(dim=3).abs().mean() for picture in drawn)
    assert smooth < 0.9 * steps
