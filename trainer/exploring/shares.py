"""How much of a model's pictures of test images the noise makes, and whether that is well."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.data.at_hand import with_data_at_hand
from trainer.data.loading import some_test_images
from trainer.exploring.data_at_hand import trained_on
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.shares import FEW, MOST, Share, Verdict, WhichShare
from trainer.inference.noise_share import noise_share
from trainer.inference.snapshot import Snapshot
from trainer.messages import UserError

IMAGES, DRAWS = 32, 8


def share_of_batch(snapshot: Snapshot, question: WhichShare, circumstances: Circumstances) -> Share:
    """The share over some test images, or over drawn ones where the model's are not at hand."""
    recipe = snapshot.recipe
    noisy = snapshot.model.noise.size or snapshot.model.eps.size
    if not snapshot.step or not noisy or recipe.two_dimensional:
        return Share(None)
    try:
        images = _few_test_images(snapshot, circumstances)
    except UserError:  # own images that are gone, say: the picture's own share is there still
        return Share(None)
    if len(images) < 2:
        return Share(None)
    share = batch_share(snapshot, images.float() / 255, circumstances)
    return Share(share, verdict_on(share))


def verdict_on(share: float) -> Verdict:
    """Whether the noise has a part that is worth having."""
    return "ignores" if share < FEW else "drowns" if share > MOST else "fine"


def _few_test_images(snapshot: Snapshot, circumstances: Circumstances) -> Tensor:
    """Test images uint8 [N, C, H, W] of all classes, always the same: few are drawn at once.

    Raises UserError where they cannot be read, and what the progress raises.
    """
    root, progress = circumstances.root, circumstances.progress
    recipe = with_data_at_hand(snapshot.recipe, root)
    before = trained_on(recipe, circumstances)
    return some_test_images(recipe, root, IMAGES, 0, progress, before).images


@torch.inference_mode()
def batch_share(snapshot: Snapshot, images: Tensor, circumstances: Circumstances) -> float:
    """W / (B + W) over images float32 [N, C, H, W], each drawn 8 times; a function of the weights.

    Of translations where the encoder is the stochastic one, else of what the decoder draws.
    """
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(0)
    within, means = [], []
    for done, image in enumerate(images):
        circumstances.progress(done, len(images))
        eps, noise = model.eps.sample(DRAWS, rng), model.noise.sample(DRAWS, rng)
        draws = model.encode(image.expand(DRAWS, -1, -1, -1).to(device), eps.to(device))
        if not snapshot.recipe.varies_code:
            draws = model.decode(draws, noise.to(device))
        draws = draws.cpu().double()  # Apple's GPUs have no double precision
        within.append(draws.var(0).sum())
        means.append(draws.mean(0))
    of_means = torch.stack(means).var(0).sum()
    return float(noise_share(torch.stack(within).mean(), of_means, DRAWS))
