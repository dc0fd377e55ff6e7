"""What a training draws from: labelled images, unpaired domains, batches that follow a seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.tiny import CPU, KINDS, batches_of, data_of, kind_of, recipe_of
from trainer.data.dataset import DataSet, Rows, labelled_rows
from trainer.data.edge_detection import find_edges
from trainer.data.loading import load_data
from trainer.messages import UserError
from trainer.recipe.catalogue import find_recipe

LABELS = torch.arange(200) % 10


def rows_of(labels: torch.Tensor) -> Rows:
    """Images whose first pixel is their number and whose second is their label."""
    images = torch.zeros(len(labels), 1, 4, 4, dtype=torch.uint8)
    images[:, 0, 0, 0] = torch.arange(len(labels)) % 256
    images[:, 0, 0, 1] = labels
    return Rows(images, labels, {"slant": torch.arange(len(labels)).float()})


# ---- labelled images ----


@pytest.mark.parametrize("count", [10, 20, 100])
def test_labelled_images_are_as_many_of_each_class(count: int) -> None:
    known = labelled_rows(rows_of(LABELS), count, seed=3)
    assert len(known) == len(known.labels) == count
    assert Counter(known.labels.tolist()) == dict.fromkeys(range(10), count // 10)
    assert torch.equal(known.images[:, 0, 0, 1].long(), known.labels)
    assert torch.equal(known.factors["slant"].long() % 256, known.images[:, 0, 0, 0].long())
    assert len(known.factors["slant"].unique()) == count  # none of them twice


def test_counts_that_do_not_divide_differ_by_one() -> None:
    counts = Counter(labelled_rows(rows_of(LABELS), 25, seed=3).labels.tolist())
    assert set(counts.values()) == {2, 3} and sum(counts.values()) == 25


def test_a_class_that_is_rare_gives_all_it_has() -> None:
    labels = torch.tensor([0] * 50 + [1] * 3)
    counts = Counter(labelled_rows(rows_of(labels), 20, seed=0).labels.tolist())
    assert counts == {0: 17, 1: 3}


def test_labelled_images_follow_from_the_seed() -> None:
    rows = rows_of(LABELS)
    one, again, other = (labelled_rows(rows, 40, seed) for seed in (1, 1, 2))
    assert torch.equal(one.images, again.images) and torch.equal(one.labels, again.labels)
    assert not torch.equal(one.images, other.images)


def test_a_feed_knows_as_many_labels_as_the_recipe_says() -> None:
    recipe = kind_of("iae, labels")
    batches = batches_of(recipe)
    assert batches.labelled is not None and batches.labels is not None
    assert len(batches.labels) == recipe.data.labels == len(batches.labelled.rows)
    batch = batches.batch(8, 0, torch.Generator().manual_seed(0))
    assert batch.labelled is not None and batch.labels is not None
    assert len(batch.labelled) == len(batch.labels) == 8
    # Every image with its own label.
    whole = data_of(recipe).train
    for image, label in zip(batch.labelled, batch.labels, strict=True):
        (place,) = (whole.images.float() / 255 == image).flatten(1).all(1).nonzero()[0].tolist()
        assert whole.labels[place] == label
    # Few labels: all of them in every batch, none twice.
    all_of_them = batches.batch(50, 0, torch.Generator().manual_seed(0)).labels
    assert all_of_them is not None
    assert sorted(all_of_them.tolist()) == sorted(batches.labels.tolist())


def test_other_recipes_get_no_labels() -> None:
    for kind in ("iae", "iae, categories", "cycleiae, decoder noise"):
        batches = batches_of(kind_of(kind))
        assert batches.labels is None and batches.labelled is None
        assert batches.batch(4, 0, torch.Generator().manual_seed(0)).labels is None


def test_more_classes_than_categories_are_told_before_the_training() -> None:
    recipe = recipe_of("mnist-semi-small", "labels=22", "code=10")
    rows = rows_of(torch.arange(220) % 11)
    with pytest.raises(UserError, match="11"):
        DataSet(rows, rows, classes=11).batches(recipe, CPU)


# ---- batches ----


@pytest.mark.parametrize("kind", KINDS)
def test_batches_have_the_recipes_shape_and_range(kind: str) -> None:
    recipe = kind_of(kind)
    batch = batches_of(recipe).batch(5, 0, torch.Generator().manual_seed(0))
    assert len(batch) == 5 and batch.data.dtype == torch.float32
    if recipe.two_dimensional:
        assert batch.data.shape == (5, 2) and batch.other is None
        return
    assert batch.data.shape == (5, recipe.channels, recipe.data.size, recipe.data.size)
    assert batch.data.min() >= 0 and 0.2 < batch.data.max() <= 1
    assert (batch.other is not None) is recipe.translates
    if batch.other is not None:
        assert batch.other.shape == batch.data.shape and batch.other.max() <= 1


@pytest.mark.parametrize("kind", ["iae, labels", "cycleiae, decoder noise", "fiae, points"])
def test_batches_follow_from_the_generator(kind: str) -> None:
    batches = batches_of(kind_of(kind))
    torch.manual_seed(0)
    before = torch.get_rng_state()
    rng = torch.Generator().manual_seed(7)
    one, next_ = batches.batch(6, 0, rng), batches.batch(6, 0, rng)
    again = batches.batch(6, 0, torch.Generator().manual_seed(7))
    for name in ("data", "other", "labelled", "labels"):
        first, second, third = (getattr(batch, name) for batch in (one, next_, again))
        if first is not None:
            assert torch.equal(first, third) and not torch.equal(first, second)
    assert torch.equal(torch.get_rng_state(), before)


# ---- two domains ----


@pytest.mark.parametrize("name", ["shoes-small", "faces-small"])
def test_domains_are_unpaired(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shoe's own edges are in the other domain: nothing to be learned by heart."""
    monkeypatch.setattr("trainer.data.loading.DRAWN_COUNTS", {"train": 600, "test": 200})
    recipe = find_recipe(name).with_settings(["size=24", "width=7"])
    data = load_data(recipe)
    for first, second in ((data.train, data.other_train), (data.test, data.other_test)):
        assert second is not None and len(first) > 0
        assert first.images.shape[1:] == second.images.shape[1:] == (3, 24, 24)
        ours, theirs = first.factors, second.factors
        keys = sorted(ours)
        one = {tuple(row) for row in torch.stack([ours[k] for k in keys], 1).tolist()}
        two = {tuple(row) for row in torch.stack([theirs[k] for k in keys], 1).tolist()}
        assert len(one) == len(first) and not one & two
    batch = data.batches(recipe, CPU).batch(8, 0, torch.Generator().manual_seed(0))
    assert batch.other is not None and not torch.equal(batch.data, batch.other)


def colour_of(images: torch.Tensor) -> float:
    """The mean difference between an image's colour channels, in grey levels."""
    values = images.float()
    return (values.max(1).values - values.min(1).values).mean().item()


def test_the_second_domain_of_shoes_is_line_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.data.loading.DRAWN_COUNTS", {"train": 200, "test": 100})
    data = load_data(find_recipe("shoes-small").with_settings(["size=28"]))
    assert data.other_train is not None
    assert colour_of(data.other_train.images) < 1 < colour_of(data.train.images)
    assert data.other_train.images.float().mean() > 200  # mostly white paper


def test_the_domains_of_faces_are_the_two_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.data.loading.DRAWN_COUNTS", {"train": 240, "test": 100})
    data = load_data(find_recipe("faces-small").with_settings(["size=28"]))
    assert data.other_train is not None
    assert data.train.labels.unique().tolist() == [0]
    assert data.other_train.labels.unique().tolist() == [1]


# ---- own images ----


def write_pictures(folder: Path, count: int, colour: tuple[int, int, int], side: int = 40) -> Path:
    """Pictures of one colour with a bright box, each of a size and at a place of its own."""
    folder.mkdir(parents=True)
    for index in range(count):
        picture = np.full((side, side, 3), colour, np.uint8)
        picture[4 + 3 * (index % 6) : 28, 4 + 3 * (index // 6) : 32] = 255
        Image.fromarray(picture).save(folder / f"{index}.png")
    return folder


def test_two_folders_are_two_domains(tmp_path: Path) -> None:
    red = write_pictures(tmp_path / "red", 40, (200, 0, 0))
    blue = write_pictures(tmp_path / "blue", 30, (0, 0, 200))
    recipe = recipe_of("shoes-small").with_images(str(red), str(blue))
    data = load_data(recipe)
    assert data.other_train is not None and data.other_test is not None
    assert len(data.train) + len(data.test) == 40
    assert len(data.other_train) + len(data.other_test) == 30
    # The corner is of the folder's colour.
    assert (data.train.images[:, 0, 0, 0] > 150).all()
    assert (data.other_train.images[:, 2, 0, 0] > 150).all()
    assert (data.other_train.images[:, 0, 0, 0] < 50).all()
    batch = data.batches(recipe, CPU).batch(4, 0, torch.Generator().manual_seed(0))
    assert batch.other is not None and batch.data.shape == batch.other.shape == (4, 3, 24, 24)


def test_one_folder_for_edges_gives_the_edges_of_its_other_half(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "mine", 40, (20, 90, 160))
    data = load_data(recipe_of("shoes-small").with_images(str(folder)))
    assert data.other_train is not None and data.other_test is not None
    assert abs(len(data.train) - len(data.other_train)) <= 1
    parts = (data.train, data.other_train, data.test, data.other_test)
    assert sum(len(part) for part in parts) == 40
    ours = {image.numpy().tobytes() for image in find_edges(data.train.images)}
    theirs = {image.numpy().tobytes() for image in data.other_train.images}
    assert not ours & theirs and len(theirs) > 1


def test_one_folder_for_two_classes_needs_two_classes(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "mine", 40, (20, 90, 160))
    with pytest.raises(UserError, match=r"two classes.*--images-b"):
        load_data(recipe_of("faces-small").with_images(str(folder)))
    both = tmp_path / "both"
    write_pictures(both / "a", 30, (200, 0, 0))
    write_pictures(both / "b", 30, (0, 0, 200))
    data = load_data(recipe_of("faces-small").with_images(str(both)))
    assert data.other_train is not None
    assert (data.train.images[:, 0, 0, 0] > 150).all()
    assert (data.other_train.images[:, 2, 0, 0] > 150).all()


def test_own_images_take_the_recipes_looks(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "mine", 20, (20, 90, 160), side=50)
    grey = load_data(recipe_of("mnist-10-small").with_images(str(folder)))
    assert grey.train.images.shape[1:] == (1, 28, 28) and grey.other_train is None
    colour = load_data(recipe_of("svhn-75-small").with_images(str(folder)))
    assert colour.train.images.shape[1:] == (3, 32, 32)
    assert len(colour.train) + len(colour.test) == 20


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    recipe = recipe_of("svhn-75-small").with_images(str(tmp_path / "gone"))
    with pytest.raises(UserError, match=r"gone.*is not there"):
        load_data(recipe)
