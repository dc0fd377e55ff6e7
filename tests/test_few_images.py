"""What cannot be measured is None, with a reason: too few images, one class, models of nonsense."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

import trainer
from tests.tiny import data_of, digits, kind_of, recipe_of, snapshot_of
from trainer.__main__ import main
from trainer.data.dataset import DataSet, Rows
from trainer.data.loading import SomeImages
from trainer.evaluation import MEASURES, CannotMeasureError, MeasureSpec, evaluate
from trainer.evaluation import reference_classifier as classifying
from trainer.evaluation.formulas.label_agreement import supervised_error
from trainer.evaluation.measures import categories
from trainer.inference.snapshot import Snapshot
from trainer.recipe.specs import DATA_SETS
from trainer.reporting import figures

NEED_FEW = {"recipe", "step", "images", "classifier_accuracy"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classifiers that are taught little, and taken as they are."""
    monkeypatch.setattr(classifying, "STEPS", 2)
    monkeypatch.setattr(categories, "supervised_error", partial(supervised_error, steps=5))
    for name in DATA_SETS.names():
        monkeypatch.setitem(DATA_SETS._records, name, replace(DATA_SETS[name], readable=0.0))


class Gives(nn.Module):
    """A network whose every number is the same."""

    def __init__(self, value: float, *shape: int) -> None:
        super().__init__()
        self.value, self.shape = value, shape

    def forward(self, x: Tensor, *_: Tensor) -> Tensor:
        return torch.full((len(x), *self.shape), self.value)


def few(data: DataSet, tests: int, trained: int = 120) -> DataSet:
    """So many of its images of every kind; of classes in turn."""

    def first(rows: Rows | None, count: int) -> Rows | None:
        return None if rows is None else rows.only(rows.labels.argsort(stable=True)[:count])

    train, test = data.train.only(torch.arange(min(trained, len(data.train)))), data.test
    other = (first(data.other_train, trained), first(data.other_test, tests))
    return DataSet(train, test.only(torch.arange(tests)), *other, data.classes)


def measured(snapshot: Snapshot, data: DataSet) -> dict[str, Any]:
    """The figures, after what holds of all: each is a number, or has a reason not to be one."""
    told = evaluate(snapshot, data)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    reasons = told.get("not_measured", {})
    assert reasons or "not_measured" not in told
    assert {name for name, value in told.items() if value is None} == set(reasons)
    assert all(isinstance(why, str) and why for why in reasons.values())
    share = told.get("noise_share")
    assert share is None or 0 <= share <= 1
    return told


KINDS = (
    *("iae", "iae, no noise", "iae, categories", "iae, labels", "fiae, categories"),
    *("cycleiae, decoder noise", "cycleiae, encoder noise"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_with_hardly_any_test_images(kind: str) -> None:
    recipe = kind_of(kind)
    snapshot, data = snapshot_of(recipe, 2), data_of(recipe)
    whole = measured(snapshot, few(data, 50))
    for count in (0, 1, 2, 4):
        told = measured(snapshot, few(data, count))
        assert told.keys() - {"not_measured"} == whole.keys() - {"not_measured"}
        assert told["images"] == count
        if not count:
            assert all(told[name] is None for name in told.keys() - NEED_FEW - {"not_measured"})
            assert "0 test images; at least 1 is needed" in told["not_measured"].values()
        else:
            first = "way_back_mse" if recipe.translates else "mse"
            assert told[first] > 0 and told["diversity"] >= 0
    if not recipe.translates:
        one = measured(snapshot, few(data, 1))
        assert one["not_measured"]["noise_share"] == "1 test image; at least 2 are needed"
        assert "test images are all of one class" in one["not_measured"]["label_agreement"]
    if "edges_chance" in whole:
        one = measured(snapshot, few(data, 1))
        assert one["edges_chance"] is None and one["edges_of_code"] is not None


@pytest.mark.parametrize("trained", [2, 16, 29])
def test_fewer_training_images_than_clusters(trained: int) -> None:
    snapshot = snapshot_of(kind_of("iae, categories"), 2)
    told = measured(snapshot, few(data_of(snapshot.recipe), 20, trained))
    why = f"{trained} training images; at least 30 are needed"
    assert told["not_measured"]["kmeans_error"] == why
    assert 0 <= told["clustering_error"] <= 1 and told["clusters_used"] >= 1


def test_fewer_training_images_than_principal_components() -> None:
    snapshot = snapshot_of(recipe_of("drawn-10", "code=40"), 2)
    told = measured(snapshot, few(data_of(snapshot.recipe), 20, 39))
    assert told["not_measured"]["pca_mse"] == "39 training images; at least 40 are needed"
    told = measured(snapshot, few(data_of(snapshot.recipe), 3, 40))
    assert told["pca_mse"] is not None, "few test images do"


@pytest.mark.parametrize("level", [0, 255])
def test_images_that_are_all_the_same(level: int) -> None:
    for kind in ("iae", "iae, categories"):
        recipe = kind_of(kind)
        images = torch.full((40, 1, 28, 28), level, dtype=torch.uint8)
        rows = Rows(images, torch.arange(40) % 2)
        told = measured(snapshot_of(recipe, 2), DataSet(rows, rows, classes=2))
        assert told["mean_image_mse"] == 0 and told["mse"] > 0


def test_images_of_one_class() -> None:
    snapshot = snapshot_of(kind_of("iae, labels"), 2)
    data = data_of(snapshot.recipe)
    one = replace(data.train, labels=torch.zeros_like(data.train.labels))
    told = measured(snapshot, DataSet(one, one, classes=1))
    assert "label_agreement" not in told and told["mse"] > 0
    of_classes = ("clustering_error", "kmeans_error", "classification_error", "supervised_error")
    for name in of_classes:
        assert told["not_measured"][name] == "the test images are all of one class; two are needed"
    told = measured(snapshot, DataSet(data.train, data.train.only(data.train.labels == 0)))
    assert set(of_classes) | {"label_agreement"} <= set(told["not_measured"])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
@pytest.mark.parametrize(
    "kind", ["iae", "iae, categories", "cycleiae, decoder noise", "iae, points", "fiae, points"]
)
def test_a_model_of_nonsense(kind: str, value: float) -> None:
    recipe = kind_of(kind)
    snapshot, data = snapshot_of(recipe, 2), data_of(recipe)
    shape = (2,) if recipe.two_dimensional else tuple(data.test.images.shape[1:])
    snapshot.model.decoder = Gives(value, *shape)
    told = measured(snapshot, data)
    if recipe.two_dimensional:
        of_pictures = {"high_quality"}
    else:
        of_pictures = {"way_back_mse"} if recipe.translates else {"mse", "frechet", "diversity"}
    broken = set(told.get("not_measured", {}))
    if not np.isfinite(value):
        assert of_pictures <= broken
        assert "not finite numbers" in str(told["not_measured"])
        assert told.get("mean_image_mse", 1) > 0, "what needs no model is measured"
    else:
        assert not of_pictures & broken
        if "noise_share" in told:
            assert "all the same" in told["not_measured"]["noise_share"]


@pytest.mark.parametrize("kind", ["iae, categories", "iae, labels", "iae, points"])
def test_an_encoder_of_nonsense(kind: str) -> None:
    snapshot = snapshot_of(kind_of(kind), 2)
    snapshot.model.encoder = Gives(float("nan"), snapshot.recipe.model.code)
    told = measured(snapshot, data_of(snapshot.recipe))
    name = "cluster_accuracy" if snapshot.recipe.two_dimensional else "clusters_used"
    assert told["not_measured"][name] == "the model gives codes that are not finite numbers"


def test_drawn_images_whose_factors_are_too_few() -> None:
    snapshot, data = snapshot_of(recipe_of("drawn-10"), 2), data_of(recipe_of("drawn-10"))
    slant = {"slant": torch.linspace(-1, 1, len(data.train))}
    known = DataSet(replace(data.train, factors=slant), replace(data.test, factors=slant))
    told = measured(snapshot, DataSet(known.train, known.test.only(torch.arange(12))))
    assert told["not_measured"]["factors"] == "12 test images; at least 20 are needed"
    few_known = DataSet(known.train.only(torch.arange(9)), known.test)
    told = measured(snapshot, few_known)
    assert told["not_measured"]["factors"] == "9 training images; at least 16 are needed"


def test_a_measure_from_outside_may_be_unable_too() -> None:
    def unable(subject: object) -> dict[str, Any]:
        raise CannotMeasureError("nothing to weigh")

    snapshot = snapshot_of(recipe_of("drawn-10"), 2)
    weight = MeasureSpec("weight", lambda recipe, data: True, unable)
    height = MeasureSpec("height", lambda recipe, data: True, lambda _: {"height": 1e999})
    with MEASURES.registered(weight), MEASURES.registered(height):
        told = measured(snapshot, data_of(snapshot.recipe))
    assert told["not_measured"]["weight"] == "nothing to weigh"
    assert told["height"] is None and told["mse"] > 0


def test_a_figure_of_one_test_image(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = snapshot_of(recipe_of("drawn-10"), 2)
    test = data_of(snapshot.recipe).test.only(torch.arange(1))
    some = SomeImages(test.images, test.labels, torch.arange(1), ("0",))
    monkeypatch.setattr(figures, "some_test_images", lambda *_, **__: some)
    assert figures.figure(snapshot).shape == (84, 3 * (28 + 6 + 8 * 30 - 2), 1)


# ---- from a folder, by the commands ----


def fill(folder: Path, classes: dict[str, int]) -> Path:
    pictures = iter(digits(sum(classes.values())))
    for name, count in classes.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            Image.fromarray(next(pictures)[:, :, 0]).save(folder / name / f"{number}.png")
    return folder


@pytest.mark.parametrize("classes", [{"": 37}, {"": 16}, {"a": 50, "b": 1}, {"a": 12, "b": 5}])
def test_own_images_are_measured_and_exported_however_few(
    tmp_path: Path, classes: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = recipe_of("mnist-clusters-small", "steps=2").with_images(
        str(fill(tmp_path / "i", classes))
    )
    run = tmp_path / "run"
    list(trainer.train(recipe, out=run, device="cpu"))
    capsys.readouterr()
    assert main(["evaluate", str(run), "--json", "--device", "cpu"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((run / "metrics.json").read_text("utf-8"))
    assert told["mse"] > 0 and 0 <= told["noise_share"] <= 1
    assert (told["kmeans_error"] is None) is (sum(classes.values()) < 60)
    assert main(["evaluate", str(run), "--device", "cpu"]) == 0
    lines = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines())
    assert lines["mse"] == str(told["mse"]) and "not_measured" not in lines
    assert lines["kmeans_error"] == f"-  ({told['not_measured']['kmeans_error']})"
    assert main(["export", str(run), str(tmp_path / "m.safetensors"), "--device", "cpu"]) == 0
    assert trainer.load(tmp_path / "m.safetensors", "cpu").metrics == told
