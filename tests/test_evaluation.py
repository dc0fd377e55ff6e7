"""The measures, on models made by hand whose right answer is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.tiny import CPU, data_of, recipe_of, snapshot_of
from trainer.data.dataset import DataSet, Rows
from trainer.data.distributions import Gaussian
from trainer.data.drawing.digits import draw_digits
from trainer.data.drawing.points import (
    FOUR,
    FOUR_SIGMA,
    MODES,
    SIGMA,
    mode_centres,
    nearest_mode,
    nearest_place,
)
from trainer.data.drawing.shoes import draw_shoes
from trainer.data.edge_detection import find_edges
from trainer.data.loading import load_data
from trainer.evaluation import MEASURES, CannotMeasureError, MeasureSpec, Subject, evaluate
from trainer.evaluation import reference_classifier as classifying
from trainer.evaluation.measures.categories import evaluate_categories
from trainer.evaluation.measures.factors import evaluate_factors
from trainer.evaluation.measures.mixture import evaluate_points
from trainer.evaluation.measures.posteriors import evaluate_places
from trainer.evaluation.measures.reconstructions import evaluate_images
from trainer.evaluation.measures.translations import evaluate_translations
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.inference.snapshot import Snapshot
from trainer.recipe.specs import DATA_SETS
from trainer.storage.paths import cache_root


def be_lenient(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A classifier that reads badly will do: what it learned from was little."""
    lenient = replace(DATA_SETS[name], readable=0.0)
    monkeypatch.setitem(DATA_SETS._records, name, lenient)


class Call(nn.Module):
    """A function in the place of a network."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(*inputs)


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
    return evaluate_points(points_model(name, decode), load_data(recipe_of("mog-iae")))


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
    assert told["high_quality"] == 0 and told["within_mode_spread"] is None
    assert told["not_measured"] == {"within_mode_spread": "no sample lies near a component"}


def test_evaluate_names_the_recipe_and_follows_from_the_seed() -> None:
    snapshot = snapshot_of(recipe_of("mog-iae"))
    told = evaluate(snapshot, load_data(recipe_of("mog-iae")))
    assert (told["recipe"], told["step"]) == ("mog-iae", 5)
    assert told == evaluate(snapshot, load_data(recipe_of("mog-iae")))


def ink(name: str, give: str = "ink") -> MeasureSpec:
    """A measure from outside: how much ink there is in the first tests, for drawn digits only."""

    def measure(subject: Subject) -> dict[str, Any]:
        return {give: round(subject.data.test.images[:10].float().mean().item() / 255, 3)}

    return MeasureSpec(name, lambda recipe, data: recipe.data.name == "drawn-digits", measure)


def test_a_measure_from_outside_is_taken_where_it_applies(data: DataSet, monkeypatch) -> None:
    be_lenient(monkeypatch, "drawn-digits")
    monkeypatch.setattr(classifying, "STEPS", 2)
    snapshot = snapshot_of(recipe_of("drawn-10"))
    before = evaluate(snapshot, data)
    with MEASURES.registered(ink("ink")):
        figures = evaluate(snapshot, data)
        assert 0 < figures["ink"] < 1 and list(figures) == [*before, "ink"]
        assert before.items() <= figures.items()
        points = recipe_of("mog-iae")
        assert "ink" not in evaluate(snapshot_of(points), load_data(points))
    with (
        MEASURES.registered(ink("ink", "mse")),
        pytest.raises(ValueError, match=r"'ink' gives .'mse'. a second time"),
    ):
        evaluate(snapshot, data)


def test_figures_come_in_their_order(data: DataSet, monkeypatch) -> None:
    be_lenient(monkeypatch, "mnist")
    monkeypatch.setattr(classifying, "STEPS", 2)
    figures = list(evaluate(snapshot_of(recipe_of("mnist-clusters-small")), data))
    assert figures == [
        *("recipe", "step", "mse", "mean_image_mse", "diversity", "noise_share"),
        *("label_agreement", "kin_confusions", "classifier_accuracy"),
        *("frechet", "frechet_floor", "kernel", "kernel_floor", "images"),
        *("clustering_error", "kmeans_error", "clusters_used", "perplexity", "factors"),
    ]


def test_the_classifier_is_made_once_for_all_measures(data: DataSet, monkeypatch) -> None:
    be_lenient(monkeypatch, "drawn-digits")
    monkeypatch.setattr(classifying, "STEPS", 2)
    subject = Subject(snapshot_of(recipe_of("drawn-10")), data)
    assert subject.classifier is subject.classifier
    assert subject.domain_classifier is None


def test_two_domains_of_photographs_have_a_classifier_of_their_own(monkeypatch) -> None:
    monkeypatch.setattr(classifying, "STEPS", 60)
    recipe = recipe_of("faces-small")
    subject = Subject(snapshot_of(recipe), data_of(recipe))
    assert subject.domain_classifier is not None
    assert subject.domain_classifier.accuracy > 0.8
    (file,) = kept_classifiers()
    assert file.name.startswith("drawn-faces-domains-")


# ---- images ----


@pytest.fixture(scope="module")
def data() -> DataSet:
    drawn = draw_digits(300, 3)
    rows = Rows(drawn.images.permute(0, 3, 1, 2).contiguous(), drawn.labels, drawn.factors)
    return DataSet(rows.only(torch.arange(250)), rows.only(torch.arange(250, 300)))


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


# ---- posteriors in the plane ----


def places_model(encode: Any) -> Snapshot:
    """Each quadrant of the prior makes one of the four points."""
    snapshot = snapshot_of(recipe_of("fiae-toy"))

    def decode(z: Tensor, n: Tensor) -> Tensor:
        return 1.5 * z.sign() + FOUR_SIGMA * n

    snapshot.model.decoder, snapshot.model.encoder = Call(decode), Call(encode)
    return snapshot


def places(encode: Any) -> dict[str, Any]:
    return evaluate_places(places_model(encode), load_data(recipe_of("fiae-toy")))


def signs(x: Tensor) -> Tensor:
    return torch.tensor(FOUR)[nearest_place(x)].sign()


def test_a_posterior_that_tiles_the_prior() -> None:
    told = places(lambda x, eps: signs(x) * eps[:, :2].abs())
    assert told["places"] == 4 and told["high_quality"] > 0.998
    assert told["posterior_accuracy"] == pytest.approx(0.5, abs=0.03)
    assert told["prior_distance"] <= 1.5 * told["prior_floor"]


def test_factorised_gaussians_overlap_and_leave_gaps() -> None:
    told = places(lambda x, eps: 0.8 * signs(x) + 0.6 * eps[:, :2])
    assert told["posterior_accuracy"] > 0.55
    assert told["prior_distance"] > 1.5 * told["prior_floor"]


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


def test_own_classes_that_nobody_can_tell_apart_are_measured_without_a_classifier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classifying, "STEPS", 2)
    rng = torch.Generator().manual_seed(0)
    images = torch.randint(256, (60, 1, 28, 28), generator=rng, dtype=torch.uint8)
    rows = Rows(images, torch.arange(60) % 6)
    data = DataSet(rows.only(torch.arange(40)), rows.only(torch.arange(40, 60)), classes=6)
    snapshot = replace(
        snapshot_of(recipe_of("drawn-10")), recipe=recipe_of("drawn-10").with_images("photos")
    )
    told = evaluate(snapshot, data)
    assert told["mse"] > 0 and told["label_agreement"] is told["frechet"] is None
    assert "reads only" in told["not_measured"]["label_agreement"]


# ---- the classifier ----


def kept_classifiers() -> list[Path]:
    return list((cache_root() / "classifiers").glob("*.safetensors"))


def test_a_classifier_that_cannot_read_is_refused(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifying, "STEPS", 2)
    with pytest.raises(CannotMeasureError, match=r"reads only .* of the test images"):
        ReferenceClassifier.of("drawn-digits", data, CPU, 0.98)


def test_a_classifier_is_kept_and_the_same_when_trained_again(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifying, "STEPS", 3)
    be_lenient(monkeypatch, "drawn-digits")
    images = data.test.images.float() / 255
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = ReferenceClassifier.of("drawn-digits", data, CPU, 0.0).network(images)
    assert torch.equal(torch.get_rng_state(), before)
    (file,) = kept_classifiers()
    kept = file.read_bytes()
    assert torch.equal(
        ReferenceClassifier.of("drawn-digits", data, CPU, 0.0).network(images), first
    )
    torch.manual_seed(2)
    file.write_bytes(kept[:50])  # damaged: trained anew
    assert torch.equal(
        ReferenceClassifier.of("drawn-digits", data, CPU, 0.0).network(images), first
    )
    assert file.read_bytes() == kept


@pytest.mark.slow
def test_a_trained_classifier_reads_the_drawn_digits() -> None:
    data = load_data(recipe_of("drawn-10"))
    classifier = ReferenceClassifier.of("drawn-digits", data, CPU, 0.98)
    assert classifier.accuracy >= 0.98 and len(kept_classifiers()) == 1
    read = classifier.read(data.test.images[:500].float() / 255)
    assert np.mean((read == data.test.labels[:500]).numpy()) >= 0.97
    told = evaluate(snapshot_of(recipe_of("drawn-10")), data)
    assert told["classifier_accuracy"] >= 0.98 and told["images"] == len(data.test) == 4000
