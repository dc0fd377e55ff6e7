"""Classes, what few labels are worth, and the small random changes of a picture."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from tests.tiny import data_of, recipe_of, snapshot_of
from trainer.evaluation.formulas import label_agreement as labels
from trainer.evaluation.formulas.label_agreement import label_agreement, supervised_error
from trainer.evaluation.measurable import CannotMeasureError
from trainer.evaluation.measures.categories import evaluate_categories
from trainer.objectives.augmentation import augment, recolour


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_agreement_of_labels() -> None:
    truth = torch.tensor([1, 2, 3, 4])
    assert label_agreement(truth, truth) == 1
    assert label_agreement(torch.tensor([1, 2, 0, 0]), truth) == 0.5
    draws = torch.tensor([[1, 1], [2, 0], [0, 0], [4, 4]])  # two draws of each
    assert label_agreement(draws, truth) == 5 / 8


# ---- few labels ----


def bars(count: int, seed: int, side: int = 28, channels: int = 1) -> tuple[Tensor, Tensor]:
    """Bars that lie (0) or stand (1), somewhere: images uint8 and labels."""
    kinds = torch.arange(count) % 2
    images = torch.randint(0, 60, (count, channels, side, side), generator=rng(seed))
    places = torch.randint(6, side - 6, (count,), generator=rng(seed + 1))
    for image, kind, place in zip(images, kinds.tolist(), places.tolist(), strict=True):
        bar = image if kind == 0 else image.transpose(1, 2)
        bar[:, place : place + 3, 4:-4] = 220
    return images.to(torch.uint8), kinds


@pytest.mark.parametrize(("side", "channels"), [(28, 1), (32, 3)])
@pytest.mark.parametrize("moved", [False, True])
def test_what_is_easy_is_learned_from_few_labels(side: int, channels: int, moved: bool) -> None:
    train, test = bars(40, 0, side, channels), bars(200, 50, side, channels)
    before = torch.get_rng_state()
    error = supervised_error(*train, *test, augment=moved, seed=0, steps=40)
    assert error < 0.05
    assert torch.equal(torch.get_rng_state(), before)


def test_what_there_is_too_little_of_is_named() -> None:
    (images, labels), none = bars(4, 0), bars(0, 1)
    for learned, asked, told in (
        (none, (images, labels), "0 labelled images"),
        ((images, labels), none, "0 test images"),
    ):
        with pytest.raises(CannotMeasureError, match=told):
            supervised_error(*learned, *asked, augment=False, seed=0, steps=2)


def test_labels_by_chance_teach_nothing() -> None:
    (images, _), test = bars(40, 0), bars(200, 50)
    by_chance = (torch.arange(40) // 2) % 2  # half of each kind
    error = supervised_error(images, by_chance, *test, augment=False, seed=0, steps=40)
    assert error == pytest.approx(0.5, abs=0.2)


def test_each_batch_is_moved_anew_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tensor] = []
    whole = labels.moved

    def watched(images: Tensor, strength: float, chance: torch.Generator) -> Tensor:
        seen.append(whole(images, strength, chance))
        return seen[-1]

    monkeypatch.setattr(labels, "moved", watched)
    (images, truth), test = bars(1, 0), bars(4, 50)
    for moved in (True, False):
        seen.clear()
        supervised_error(images, truth, *test, augment=moved, seed=0, steps=3)
        flat = torch.cat(seen).flatten(1)  # one image, shown 300 times
        assert len(flat.unique(dim=0)) == (len(flat) if moved else 1)


def test_the_yardstick_sees_the_second_views_of_the_recipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strengths: set[float] = set()

    def watched(images: Tensor, strength: float, _: torch.Generator) -> Tensor:
        strengths.add(strength)
        return images

    monkeypatch.setattr(labels, "moved", watched)
    recipe = recipe_of("mnist-semi-small", "labels=20", "augment=0.5")
    told = evaluate_categories(snapshot_of(recipe), data_of(recipe))
    assert "supervised_error" in told and strengths == {0.5}


def test_the_error_follows_from_the_seed() -> None:
    train, test = bars(10, 0), bars(300, 50)
    told = [supervised_error(*train, *test, True, seed, 8) for seed in (1, 1, 2)]
    assert told[0] == told[1] != told[2]


# ---- small changes ----


def dot(row: int, column: int, height: int = 28, width: int = 28) -> Tensor:
    """One soft dot, float32 [1, 1, height, width]."""
    down = (torch.arange(height) - row).float().square()[:, None]
    return torch.exp(-(down + (torch.arange(width) - column).float().square()) / 8)[None, None]


def centres(images: Tensor) -> Tensor:
    """Centre of mass of each image, (row, column): [N, 2]."""
    mass = images.sum((1, 2, 3))
    rows = (images.sum((1, 3)) * torch.arange(images.shape[2])).sum(1) / mass
    return torch.stack(
        [rows, (images.sum((1, 2)) * torch.arange(images.shape[3])).sum(1) / mass], 1
    )


def test_strength_nought_leaves_the_images_and_the_generator_alone() -> None:
    images, chance = dot(10, 12), rng()
    state = chance.get_state()
    assert augment(images, 0.0, chance) is images
    assert torch.equal(chance.get_state(), state)


class Script:
    """Stands in for `torch.rand`: one of the six random numbers runs from 0 to 1, the rest rest."""

    def __init__(self, which: int) -> None:
        self.which = which

    def __call__(self, count: int, numbers: int, **_: object) -> Tensor:
        random = torch.full((count, numbers), 0.5)
        random[:, self.which] = torch.linspace(0, 1, count)
        return random


TURN, WIDE, HIGH, SHEAR, RIGHT, DOWN = range(6)


def changed(monkeypatch: pytest.MonkeyPatch, which: int, image: Tensor) -> Tensor:
    """101 centres of mass, from the middle of the image, as one random number grows alone."""
    with monkeypatch.context() as patch:
        patch.setattr(torch, "rand", Script(which))
        images = augment(image.repeat(101, 1, 1, 1), 1.0, rng())
    return centres(images) - torch.tensor([(side - 1) / 2 for side in image.shape[2:]])


def test_the_centre_moves_by_two_pixels_at_most() -> None:
    images = dot(13, 13, 27, 27).repeat(2000, 1, 1, 1)
    away = centres(augment(images, 1.0, rng())) - 13
    reach = 2 * 27 / 28
    assert away.abs().max() == pytest.approx(reach, abs=0.05)
    assert away.mean(0).abs().max() < 0.1  # to no side
    assert away.std(0).tolist() == pytest.approx([reach / math.sqrt(3)] * 2, rel=0.05)
    half = centres(augment(images, 0.5, rng())) - 13
    assert half.std(0).tolist() == pytest.approx([reach / 2 / math.sqrt(3)] * 2, rel=0.05)


@pytest.mark.parametrize("width", [28, 56])
def test_turning_keeps_the_shape_of_wide_images_too(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = changed(monkeypatch, TURN, dot(14, width // 2 + 7, 28, width))
    angle = torch.atan2(away[:, 0], away[:, 1]).rad2deg()
    assert away.norm(dim=1).tolist() == pytest.approx([math.hypot(0.5, 7.5)] * 101, rel=0.01)
    assert float(angle.max() - angle.min()) == pytest.approx(30, rel=0.02)
    assert float(angle[50]) == pytest.approx(math.degrees(math.atan2(0.5, 7.5)), abs=0.2)


def test_scaling_shearing_and_shifting_reach_as_far_as_they_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = changed(monkeypatch, WIDE, dot(14, 20))  # 6.5 px right of the middle
    assert away[[0, -1], 1].tolist() == pytest.approx([6.5 * 0.85, 6.5 * 1.15], rel=0.01)
    away = changed(monkeypatch, HIGH, dot(20, 14))
    assert away[[0, -1], 0].tolist() == pytest.approx([6.5 * 0.85, 6.5 * 1.15], rel=0.01)
    away = changed(monkeypatch, SHEAR, dot(20, 14))
    assert float(away[0, 1] - away[-1, 1]) == pytest.approx(2 * 6.5 * 0.15, rel=0.01)
    assert away[:, 0].tolist() == pytest.approx([6.5] * 101, rel=0.01)
    for which, axis in ((RIGHT, 1), (DOWN, 0)):
        away = changed(monkeypatch, which, dot(14, 14))
        assert away[[0, -1], axis].tolist() == pytest.approx([-1.5, 2.5], abs=0.02)


def test_the_border_goes_on_outside() -> None:
    white = torch.ones(50, 3, 20, 20)
    assert torch.allclose(augment(white, 2.0, rng()), white, atol=1e-5)


def test_colours_change_and_ink_may_become_lighter_than_paper() -> None:
    """What is the same colour stays so; how light it is says nothing any more."""
    images = torch.full((2000, 3, 20, 20), 0.6)
    images[:, :, 5:15, 5:15] = 0.4
    seen = recolour(images, 1.0, rng())
    ink, paper = seen[:, :, 9:11, 9:11], seen[:, :, 0, 0]
    assert torch.allclose(ink, ink[:, :, :1, :1].expand_as(ink), atol=1e-5)
    darker = (ink[:, :, 0, 0] < paper).float()
    assert torch.equal(darker.amin(1), darker.amax(1)), "all channels, or none, turn"
    assert darker.mean().item() == pytest.approx(0.5, abs=0.04)
    assert recolour(images, 0.0, rng()) is images
    slight = recolour(images, 0.1, rng())
    turned = (slight[:, 0, 9, 9] > slight[:, 0, 0, 0]).float().mean().item()
    assert turned == pytest.approx(0.05, abs=0.02)
    tints = paper - paper.mean(1, keepdim=True)
    assert tints.std().item() > 0.05


def test_changes_follow_from_the_generator_alone() -> None:
    images = torch.rand(5, 3, 32, 32, generator=rng())
    before = torch.get_rng_state()
    first, again, other = (augment(images, 1.0, rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert first.shape == images.shape and first.min() >= 0 and first.max() <= 1 + 1e-6
    assert not torch.allclose(first[0] - images[0], first[1] - images[1])  # each in its own way


def test_changes_let_gradients_through() -> None:
    images = torch.rand(3, 1, 28, 28, generator=rng()).requires_grad_()
    augment(images, 1.0, rng()).sum().backward()
    assert images.grad is not None and images.grad.abs().sum() > 0
