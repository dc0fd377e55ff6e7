"""Measures of images, on models made by hand whose right answer is known."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tests.measured import Call, drawn_data
from tests.tiny import recipe_of, snapshot_of
from trainer.data.dataset import DataSet, Rows
from trainer.data.distributions import Gaussian
from trainer.data.drawing.digits import draw_digits
from trainer.data.drawing.shoes import draw_shoes
from trainer.data.edge_detection import find_edges
from trainer.evaluation.measures.categories import evaluate_categories
from trainer.evaluation.measures.factors import evaluate_factors
from trainer.evaluation.measures.reconstructions import evaluate_images
from trainer.evaluation.measures.translations import evaluate_translations
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.inference.snapshot import Snapshot


@pytest.fixture(scope="module")
def data() -> DataSet:
    return drawn_data()


class Bright(ReferenceClassifier):
    """Reads whether there is much ink."""

    def features(self, images: Tensor) -> Tensor:
        return images.flatten(1)[:, 300:310]


BRIGHT = Bright(Call(lambda x: functional.one_hot((x.mean((1, 2, 3)) > 0.1).long(), 10)), 0.99)


def images_model(decode: Any) -> Snapshot:
    """A snapshot whose code is the image itself."""
    snapshot = snapshot_of(recipe_of("drawn-10"))
    snapshot.model.encoder = Call(lambda x, eps: x.flatten(1))
    snapshot.model.prior = Gaussian(28 * 28)
    snapshot.model.decoder = Call(decode)
    return snapshot


def test_a_perfect_deterministic_autoencoder(data: DataSet) -> None:
    model = images_model(lambda z, n: z.unflatten(1, (1, 28, 28)))
    told = evaluate_images(model, data, BRIGHT)
    assert told["mse"] == told["diversity"] == told["noise_share"] == 0
    assert told["label_agreement"] == 1
    assert told["classifier_accuracy"] == 0.99 and told["images"] == 50


def test_noise_is_measured(data: DataSet) -> None:
    def decode(z: Tensor, n: Tensor) -> Tensor:
        return z.unflatten(1, (1, 28, 28)) + 0.2 * n[:, :1, None, None]

    told = evaluate_images(images_model(decode), data, BRIGHT)
    assert told["mse"] == pytest.approx(0.04, rel=0.25)
    assert told["diversity"] == pytest.approx(0.2, rel=0.15)
    content = (data.test.images.float() / 255).var(0).mean().item()
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


def test_samples_that_are_the_test_images_reach_the_floor(data: DataSet) -> None:
    model = images_model(lambda z, n: data.test.images[: len(z)].float() / 255)
    perfect = evaluate_images(model, data, BRIGHT)
    grey = evaluate_images(images_model(lambda z, n: torch.rand(len(z), 1, 28, 28)), data, BRIGHT)
    assert perfect["frechet"] <= 1.5 * perfect["frechet_floor"] < grey["frechet"]
    assert perfect["kernel"] < grey["kernel"]


def test_principal_components_stand_beside_the_code(data: DataSet) -> None:
    told = evaluate_images(snapshot_of(recipe_of("drawn-10")), data, BRIGHT)
    assert 0 < told["pca_mse"] < told["mean_image_mse"]
    twice = evaluate_images(snapshot_of(recipe_of("drawn-10", "code=8")), data, BRIGHT)
    assert twice["pca_mse"] < told["pca_mse"]


# ---- categories ----


def test_categories_that_are_the_classes(data: DataSet) -> None:
    known = {image.numpy().tobytes(): label for part in (data.train, data.test)
             for image, label in zip(part.images, part.labels, strict=True)}  # fmt: skip

    def encode(x: Tensor, eps: Tensor) -> Tensor:
        rows = [known[(image * 255).round().byte().numpy().tobytes()] for image in x]
        return functional.one_hot((torch.stack(rows) + 3) % 10, 10).float()

    snapshot = snapshot_of(recipe_of("mnist-semi-small", "labels=50"))
    snapshot.model.encoder = Call(encode)
    told = evaluate_categories(snapshot, data)
    assert told["clustering_error"] == 0 and told["clusters_used"] >= 9  # a few classes are rare
    assert told["classification_error"] == 1  # every category has another class's number
    assert 0 < told["kmeans_error"] < 0.9 and 0 <= told["supervised_error"] < 0.9


def test_one_category_for_all_is_the_largest_class(data: DataSet) -> None:
    snapshot = snapshot_of(recipe_of("mnist-clusters-small"))
    snapshot.model.encoder = Call(lambda x, eps: torch.eye(30)[:1].expand(len(x), -1))
    told = evaluate_categories(snapshot, data)
    share = (data.test.labels == data.train.labels.mode().values).float().mean().item()
    assert told["clustering_error"] == pytest.approx(1 - share, abs=1e-4)
    assert told["clusters_used"] == 1


# ---- translations ----


@pytest.fixture(scope="module")
def shoes() -> DataSet:
    drawn = draw_shoes(60, 3)

    def first(images: Tensor) -> Tensor:
        return images.permute(0, 3, 1, 2).contiguous()

    rows = Rows(first(drawn.images), drawn.labels, drawn.factors, first(drawn.edges))
    return DataSet(rows.only(torch.arange(40)), rows.only(torch.arange(40, 60)))


def translator(encode: Any, decode: Any, *settings: str) -> Snapshot:
    snapshot = snapshot_of(recipe_of("shoes-small", "size=32", *settings))
    snapshot.model.encoder, snapshot.model.decoder = Call(encode), Call(decode)
    return snapshot


def outlined(x: Tensor, eps: Tensor) -> Tensor:
    return find_edges((x * 255).round().byte()).float() / 255


def test_a_code_of_found_edges_is_as_good_as_edges_found(shoes: DataSet) -> None:
    snapshot = translator(outlined, lambda z, n: (z + 0.1 * n[:, :1, None, None]).clamp(0, 2))
    told = evaluate_translations(snapshot, shoes, None)
    assert told["edges_of_code"] == told["edges_found"] > 0.8 > told["edges_chance"]
    assert told["diversity"] == pytest.approx(0.1, rel=0.3) and told["images"] == 20


def test_a_code_without_edges_keeps_nothing(shoes: DataSet) -> None:
    snapshot = translator(lambda x, eps: torch.ones_like(x), lambda z, n: z)
    told = evaluate_translations(snapshot, shoes, None)
    assert told["edges_of_code"] == 0 and told["diversity"] == 0


def test_a_way_back_that_undoes_the_encoders_noise(shoes: DataSet) -> None:
    def encode(x: Tensor, eps: Tensor) -> Tensor:
        return torch.cat([x[:, :2], x[:, 2:] * 0 + eps[:, :1, None, None]], 1)

    snapshot = translator(encode, lambda z, n: z[:, :2].mean(1, True).expand_as(z),
                          "noise=0", "encoder_noise=3")  # fmt: skip
    told = evaluate_translations(snapshot, shoes, None)
    assert told["way_back_diversity"] < 1e-6 and told["diversity"] == pytest.approx(1 / 3, rel=0.2)


# ---- known factors ----


def test_factors_in_the_code_and_in_the_noise() -> None:
    drawn = draw_digits(900, 4)
    rows = Rows(drawn.images.permute(0, 3, 1, 2).contiguous(), drawn.labels, drawn.factors)
    data = DataSet(rows.only(torch.arange(600)), rows.only(torch.arange(600, 900)))
    same = evaluate_factors(images_model(lambda z, n: z.unflatten(1, (1, 28, 28))), data)
    assert same["slant"]["noise"] == 0 and same["thickness"]["kept"] > 0.5
    others = data.train.images.float() / 255

    def decode(z: Tensor, n: Tensor) -> Tensor:  # anyone's picture
        return others[(n[:, 0].abs() * 1e4).long() % len(others)]

    told = evaluate_factors(images_model(decode), data)
    assert told["thickness"]["noise"] > 0.9 and told["thickness"]["kept"] < 0.05
    assert told["thickness"]["code"] > 0.2  # the code is still the image
