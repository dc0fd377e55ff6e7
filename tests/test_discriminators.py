"""Discriminators of pairs, of images and of vectors, and how they read a code."""

from __future__ import annotations

import pytest
import torch

from tests.tiny import recipe_of, sides
from trainer.networks.building import build_networks
from trainer.networks.conditioning import LocationDependent, LocationInvariant
from trainer.networks.resnet import PatchDiscriminator
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe

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
