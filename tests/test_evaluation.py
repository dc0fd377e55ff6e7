"""The measures, on models made by hand whose right answer is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.tiny import CPU, recipe_of, snapshot_of
from trainer import judge as judging
from trainer.data import DataSet, load_data
from trainer.data.drawn import draw_digits
from trainer.data.points import MODES, SIGMA, mode_centres, nearest_mode
from trainer.evaluation import evaluate, evaluate_images, evaluate_points, matched_accuracy
from trainer.explore import Snapshot
from trainer.judge import Judge
from trainer.messages import UserError
from trainer.places import cache_root


class Call(nn.Module):
    """A function in the place of a network."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


def test_matched_accuracy_of_known_cases() -> None:
    truth = torch.tensor([0, 0, 1, 1, 2, 2])
    assert matched_accuracy(truth, truth) == 1
    assert matched_accuracy(torch.tensor([2, 2, 0, 0, 1, 1]), truth) == 1
    assert matched_accuracy(torch.zeros(6, dtype=torch.int64), truth) == pytest.approx(2 / 6)
    # One-to-one: two guesses for the same truth do not both count.
    assert matched_accuracy(torch.tensor([0, 1, 2, 2, 3, 3]), truth) == pytest.approx(5 / 6)
    assert matched_accuracy(truth, torch.tensor([0, 1, 2, 2, 3, 3])) == pytest.approx(5 / 6)


# ---- points ----


def points_model(name: str, decode: Any) -> Snapshot:
    """A snapshot whose decoder is a function, and whose encoder knows the components."""
    snapshot = snapshot_of(recipe_of(name))
    snapshot.model.decoder = Call(decode)
    snapshot.model.encoder = Call(
        lambda x, eps: functional.one_hot(nearest_mode(x)[0], MODES).float()
    )
    return snapshot


def measured(name: str, decode: Any) -> dict[str, Any]:
    return evaluate_points(points_model(name, decode), load_data("mog"))


def test_a_perfect_mixture() -> None:
    def decode(z: Tensor, n: Tensor) -> Tensor:
        return mode_centres().roll(3, 0)[z.argmax(1)] + SIGMA * n[:, :2]

    told = measured("mog-iae", decode)
    assert told["modes"] == 7 and told["high_quality"] > 0.998
    assert told["within_mode_spread"] == pytest.approx(1, abs=0.03)
    assert told["code_used"] > 0.999 and told["cluster_accuracy"] > 0.999


def test_a_collapsed_mixture() -> None:
    told = measured("mog-iae", lambda z, n: mode_centres()[:1] + SIGMA * n[:, :2])
    assert told["modes"] == 1 and told["high_quality"] > 0.998
    assert told["code_used"] == pytest.approx(1 / 7, abs=0.02)


def test_shrunken_modes() -> None:
    told = measured("mog-iae", lambda z, n: mode_centres()[z.argmax(1)] + 0.25 * SIGMA * n[:, :2])
    assert told["modes"] == 7 and told["high_quality"] == 1
    assert told["within_mode_spread"] == pytest.approx(0.25, abs=0.01)


def test_a_gan_that_ignores_its_code() -> None:
    def decode(z: Tensor, n: Tensor) -> Tensor:
        return mode_centres()[(n[:, 2] * 1e4).long() % MODES] + SIGMA * n[:, :2]

    told = measured("mog-gan", decode)
    assert told["modes"] == 7 and told["code_used"] == pytest.approx(1 / 7, abs=0.03)
    assert "cluster_accuracy" not in told  # it has no encoder


def test_points_between_the_modes_are_no_good() -> None:
    told = measured("mog-iae", lambda z, n: torch.zeros(len(z), 2))
    assert told["high_quality"] == 0 and told["within_mode_spread"] == 0


def test_evaluate_names_the_recipe_and_follows_from_the_seed() -> None:
    snapshot = snapshot_of(recipe_of("mog-iae"))
    told = evaluate(snapshot, load_data("mog"))
    assert (told["recipe"], told["step"]) == ("mog-iae", 5)
    assert told == evaluate(snapshot, load_data("mog"))


# ---- images ----


@pytest.fixture(scope="module")
def data() -> DataSet:
    drawn = draw_digits(300, 3)
    images = drawn.images.permute(0, 3, 1, 2).contiguous()
    return DataSet(images[:250], images[250:], drawn.labels[:250], drawn.labels[250:])


BRIGHT = Judge(Call(lambda x: functional.one_hot((x.mean((1, 2, 3)) > 0.1).long(), 10)), 0.99)


def images_model(decode: Any) -> Snapshot:
    """A snapshot whose code is the image itself."""
    snapshot = snapshot_of(recipe_of("drawn-10"))
    snapshot.model.encoder = Call(lambda x, eps: x.flatten(1))
    snapshot.model.decoder = Call(decode)
    return snapshot


def test_a_perfect_deterministic_autoencoder(data: DataSet) -> None:
    model = images_model(lambda z, n: z.unflatten(1, (1, 28, 28)))
    told = evaluate_images(model, data, BRIGHT)
    assert told["mse"] == told["diversity"] == told["noise_share"] == 0
    assert told["label_agreement"] == 1
    assert told["judge_accuracy"] == 0.99 and told["images"] == 50


def test_noise_is_measured(data: DataSet) -> None:
    def decode(z: Tensor, n: Tensor) -> Tensor:
        return z.unflatten(1, (1, 28, 28)) + 0.2 * n[:, :1, None, None]

    told = evaluate_images(images_model(decode), data, BRIGHT)
    assert told["mse"] == pytest.approx(0.04, rel=0.25)
    assert told["diversity"] == pytest.approx(0.2, rel=0.15)
    content = (data.test.float() / 255).var(0).mean().item()
    assert told["noise_share"] == pytest.approx(0.04 / (0.04 + content), rel=0.25)
    assert told["label_agreement"] < 1


def test_pictures_of_noise_alone_are_all_noise(data: DataSet) -> None:
    told = evaluate_images(
        images_model(lambda z, n: (0.5 + 0.1 * n[:, :1, None, None]).expand(-1, 1, 28, 28)),
        data,
        BRIGHT,
    )
    assert told["noise_share"] == pytest.approx(1, abs=0.05)


def test_a_model_without_noise_has_no_diversity(data: DataSet) -> None:
    told = evaluate_images(snapshot_of(recipe_of("drawn-10", "noise=0")), data, BRIGHT)
    assert told["diversity"] == told["noise_share"] == 0 and told["mse"] > 0


# ---- the judge ----


def kept_judges() -> list[Path]:
    return list((cache_root() / "judges").glob("*.safetensors"))


def test_a_judge_that_cannot_read_is_no_judge(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "STEPS", 2)
    with pytest.raises(UserError, match=r"reads only .* of the test images"):
        Judge.of("drawn-digits", data, CPU)


def test_a_judge_is_kept_and_the_same_when_trained_again(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "STEPS", 3)
    monkeypatch.setattr(judging, "ENOUGH", 0.0)
    images = data.test.float() / 255
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = Judge.of("drawn-digits", data, CPU).network(images)
    assert torch.equal(torch.get_rng_state(), before)
    (file,) = kept_judges()
    kept = file.read_bytes()
    assert torch.equal(Judge.of("drawn-digits", data, CPU).network(images), first)
    torch.manual_seed(2)
    file.write_bytes(kept[:50])  # damaged: trained anew
    assert torch.equal(Judge.of("drawn-digits", data, CPU).network(images), first)
    assert file.read_bytes() == kept


@pytest.mark.slow
def test_a_trained_judge_reads_the_drawn_digits() -> None:
    data = load_data("drawn-digits")
    judge = Judge.of("drawn-digits", data, CPU)
    assert judge.accuracy >= 0.98 and len(kept_judges()) == 1
    read = judge.read(data.test[:500].float() / 255)
    assert np.mean((read == data.test_labels[:500]).numpy()) >= 0.97
    told = evaluate(snapshot_of(recipe_of("drawn-10")), data)
    assert told["judge_accuracy"] >= 0.98 and told["images"] == 2000
