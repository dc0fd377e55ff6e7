"""All measures of a model together: whichever apply, one from outside too, in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.measured import be_lenient, drawn_data
from tests.tiny import recipe_of, snapshot_of
from trainer.data.dataset import DataSet, Rows
from trainer.data.loading import load_data
from trainer.evaluation import MEASURES, MeasureSpec, Subject, evaluate
from trainer.evaluation import reference_classifier as classifying


@pytest.fixture(scope="module")
def data() -> DataSet:
    return drawn_data()


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
