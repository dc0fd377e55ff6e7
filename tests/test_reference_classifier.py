"""The classifier that reads images for the measures: it can read, and is made once and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.measured import be_lenient, drawn_data
from tests.tiny import CPU, data_of, recipe_of, snapshot_of
from trainer.data.dataset import DataSet
from trainer.data.loading import load_data
from trainer.data.sealed import read_tensors, write_tensors
from trainer.evaluation import CannotMeasureError, Subject, evaluate
from trainer.evaluation import reference_classifier as classifying
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.storage.paths import cache_root


@pytest.fixture(scope="module")
def data() -> DataSet:
    return drawn_data()


def kept_classifiers() -> list[Path]:
    return list((cache_root() / "classifiers").glob("*.safetensors"))


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
    weights = read_tensors(file)
    last = list(weights)[-1]
    write_tensors(file, weights | {last: weights[last][:-1]})  # partly of another network
    assert torch.equal(
        ReferenceClassifier.of("drawn-digits", data, CPU, 0.0).network(images), first
    )


@pytest.mark.slow
def test_a_trained_classifier_reads_the_drawn_digits() -> None:
    data = load_data(recipe_of("drawn-10"))
    classifier = ReferenceClassifier.of("drawn-digits", data, CPU, 0.98)
    assert classifier.accuracy >= 0.98 and len(kept_classifiers()) == 1
    read = classifier.read(data.test.images[:500].float() / 255)
    assert np.mean((read == data.test.labels[:500]).numpy()) >= 0.97
    told = evaluate(snapshot_of(recipe_of("drawn-10")), data)
    assert told["classifier_accuracy"] >= 0.98 and told["images"] == len(data.test) == 4000
