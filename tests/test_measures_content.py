"""Content and noise, on codes and readings made by hand."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from trainer.evaluation.formulas.content import carried, chance_level, explained, kept, noise_part
from trainer.evaluation.formulas.factor_probe import FactorProbe


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# ---- the code ----


def test_a_number_that_lies_along_a_line_is_explained_exactly() -> None:
    code = normal(2000, 20)
    assert explained(code, code @ normal(20, seed=1), "number") > 0.999
    assert explained(100 * code + 7, 5 - code[:, 3], "number") > 0.999


def test_a_number_bent_into_the_code_is_explained_too() -> None:
    code = normal(4000, 4)
    assert explained(code, code[:, 0].square(), "number") > 0.95  # no line finds it
    assert explained(code, code[:, 0] * code[:, 1], "number") > 0.85


def test_half_of_a_number_is_explained() -> None:
    code = normal(4000, 5)
    factor = code[:, 0] + normal(4000, seed=1)  # as much variance from elsewhere
    assert explained(code, factor, "number") == pytest.approx(0.5, abs=0.04)


def test_a_number_from_elsewhere_is_not_explained() -> None:
    assert 0 <= explained(normal(2000, 10), normal(2000, seed=1), "number") < 0.02
    assert explained(normal(200, 100), normal(200, seed=1), "number") == 0  # cut off below 0
    assert explained(normal(200, 3), torch.ones(200), "number") == 0
    assert chance_level(normal(10), "number") == 0


def test_classes_are_explained_as_far_as_they_can_be_told() -> None:
    rng = torch.Generator().manual_seed(0)
    labels = torch.randint(5, (3000,), generator=rng)
    onehot = functional.one_hot(labels, 5).float()
    assert explained(onehot[:, torch.randperm(5)], labels, "class") == 1
    assert explained(onehot + 0.1 * normal(3000, 5), labels, "class") > 0.99
    chance = explained(normal(3000, 5), labels, "class")
    assert chance == pytest.approx(0.2, abs=0.04)
    assert chance_level(labels, "class") == pytest.approx(0.2, abs=0.03)
    split = normal(3000, 2)
    assert explained(split, (split.prod(1) > 0).long(), "class") > 0.95  # no line parts them


def test_rare_and_single_classes_do_no_harm() -> None:
    code = normal(100, 3)
    labels = torch.zeros(100, dtype=torch.int64)
    assert explained(code, labels, "class") == chance_level(labels, "class") == 1
    assert carried(code, labels, "class") == 0
    labels[3], labels[5] = 1, 2
    assert chance_level(labels, "class") == 0.98
    assert explained(code, labels, "class") > 0.9


def test_what_a_code_carries_is_measured_from_chance() -> None:
    rng = torch.Generator().manual_seed(0)
    labels = torch.randint(10, (4000,), generator=rng) % 7
    pairs = functional.one_hot(labels // 2, 4).float()  # tells 0 and 1 apart from 2 and 3, ...
    # The best guess in each pair is right in 2/10 + 2/10 + 1/10 + 1/10 ... of the cases.
    shares = torch.bincount(labels, minlength=8).view(4, 2) / len(labels)
    best, chance = float(shares.max(1).values.sum()), chance_level(labels, "class")
    told = carried(pairs, labels, "class")
    assert told == pytest.approx((best - chance) / (1 - chance), abs=0.04)
    assert carried(functional.one_hot(labels, 7), labels, "class") == 1
    assert carried(normal(4000, 4), labels, "class") < 0.03
    code = normal(2000, 3)
    assert carried(code, code[:, 0], "number") == explained(code, code[:, 0], "number")


def test_what_is_explained_follows_from_the_seed() -> None:
    code, factor = normal(500, 3), normal(500, 1)[:, 0] + normal(500, 3)[:, 0]
    assert explained(code, factor, "number", 1) == explained(code, factor, "number", 1)
    assert explained(code, factor, "number", 1) != explained(code, factor, "number", 2)


# ---- the pictures ----


def readings(content: float, noise: float, inputs: int = 4000, draws: int = 4) -> Tensor:
    """r[i, d] = content c_i + noise n_id of unit variances."""
    return content * normal(inputs, 1) + noise * normal(inputs, draws, seed=1)


def test_the_part_of_the_noise() -> None:
    assert noise_part(readings(1, 0)) == 0
    assert noise_part(readings(0, 1)) > 0.97
    assert noise_part(readings(1, 1)) == pytest.approx(0.5, abs=0.03)
    assert noise_part(readings(3, 1)) == pytest.approx(0.1, abs=0.01)
    assert noise_part(5 - 7 * readings(3, 1)) == pytest.approx(0.1, abs=0.01)
    assert noise_part(torch.ones(5, 3)) == 0


def test_the_part_of_the_noise_does_not_depend_on_the_number_of_draws() -> None:
    few, many = noise_part(readings(1, 2, draws=2)), noise_part(readings(1, 2, draws=16))
    assert few == pytest.approx(0.8, abs=0.03) and many == pytest.approx(0.8, abs=0.03)


def test_the_part_of_the_noise_in_small_numbers() -> None:
    # Rows (0, 2) and (4, 6): W = 2, B = 8 - 2 / 2 = 7.
    assert noise_part(torch.tensor([[0.0, 2.0], [4.0, 6.0]])) == pytest.approx(2 / 9)
    for shape in ((1, 5), (5, 1)):
        with pytest.raises(ValueError, match="2 are needed"):
            noise_part(torch.zeros(shape))


def test_the_part_of_the_noise_in_classes() -> None:
    rng = torch.Generator().manual_seed(0)
    fixed = torch.randint(6, (3000, 1), generator=rng).expand(3000, 4)
    free = torch.randint(6, (3000, 4), generator=rng)
    assert noise_part(functional.one_hot(fixed, 6)) == 0
    assert noise_part(functional.one_hot(free, 6)) > 0.97
    mixed = torch.where(torch.rand(3000, 4, generator=rng) < 0.5, fixed, free)
    # Two draws of an input agree beyond chance where both are fixed: 1/4.
    assert noise_part(functional.one_hot(mixed, 6)) == pytest.approx(0.75, abs=0.03)


def test_what_is_kept_of_the_inputs_factor() -> None:
    truth = normal(4000)
    assert kept(3 - 2 * truth[:, None].expand(-1, 3), truth) == pytest.approx(1)
    noisy = truth[:, None] + normal(4000, 4, seed=1)
    assert kept(noisy, truth) == pytest.approx(0.5, abs=0.03)
    assert kept(normal(4000, 4, seed=1), truth) < 0.01
    assert kept(torch.ones(4000, 2), truth) == 0


# ---- the probe ----


def dots(count: int, side: int, channels: int, seed: int) -> tuple[Tensor, Tensor]:
    """Images of one soft dot, and its factors [N, 4]: x, y (px), brightness, and one unseen."""
    rng = torch.Generator().manual_seed(seed)
    factors = torch.rand(count, 4, generator=rng)
    factors[:, :2] = 4 + factors[:, :2] * (side - 8)
    place = torch.arange(side).float()
    across, down = ((place - factors[:, axis, None]).square() for axis in (0, 1))
    dot = torch.exp(-(down[:, :, None] + across[:, None]) / 8)
    dot = dot * (80 + 175 * factors[:, 2, None, None])
    return dot.to(torch.uint8)[:, None].repeat(1, channels, 1, 1), factors


@pytest.mark.parametrize(("side", "channels", "count"), [(24, 3, 600), (28, 1, 600), (64, 1, 600)])
def test_a_probe_reads_what_can_be_seen_and_no_more(side: int, channels: int, count: int) -> None:
    images, factors = dots(count, side, channels, 0)
    before = torch.get_rng_state()
    probe = FactorProbe.fit(images, factors, seed=0, steps=100)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(score > 0.8 for score in probe.held_out[:3]) and probe.held_out[3] < 0.1
    fresh, truth = dots(200, side, channels, 1)
    read = probe.read(fresh.float() / 255) * probe.deviation + probe.mean
    assert read.shape == (200, 4)
    wrong = (read - truth)[:, :3].square().mean(0) / truth[:, :3].var(0)
    assert (wrong < 0.2).all()


def test_a_probe_follows_from_its_seed_and_reads_each_image_alone() -> None:
    images, factors = dots(300, 24, 1, 0)
    factors[:, 3] = 5.0  # never varies
    probes = [FactorProbe.fit(images, factors, seed, steps=12) for seed in (0, 0, 1)]
    unit = images[:9].float() / 255
    first, again, other = (probe.read(unit) for probe in probes)
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.allclose(probes[0].read(unit[3:4]), first[3:4], atol=1e-5)
    assert probes[0].deviation[3] == 1 and probes[0].held_out[3] == 0
    assert probes[0].held_out == probes[1].held_out
