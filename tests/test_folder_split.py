"""Which own images are for testing: it follows from each image; in older runs from their order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.folders import pack, photo, photos, write
from tests.own_trainings import held_contents, on, trained_contents
from trainer.data.folders.split import by_order, for_testing
from trainer.data.folders.trained_on import TrainedOn, content_of
from trainer.data.loading import load_data, some_test_images
from trainer.messages import UserError

# ---- the split follows from each image ----

HASHES = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60, unique=True)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(HASHES, st.integers(-(2**63), 2**63 - 1), st.integers(0, 60), st.booleans())
def test_an_image_that_comes_moves_no_other(
    hashes: list[int], new: int, place: int, removed: bool
) -> None:
    place = min(place, len(hashes))
    before = dict(zip(hashes, are_for_testing(hashes), strict=True))
    changed = hashes[:place] + ([] if removed else [new]) + hashes[place + removed :]
    after = dict(zip(changed, are_for_testing(changed), strict=True))
    assert all(after[value] == test for value, test in before.items() if value in after)


def are_for_testing(hashes: Iterable[int], known: TrainedOn | None = None) -> list[bool]:
    values = torch.tensor(list(hashes), dtype=torch.int64)
    found: list[bool] = for_testing(values, None, known).tolist()
    return found


@settings(max_examples=100, deadline=None, derandomize=True)
@given(HASHES, st.sets(st.integers(0, 59)), st.sets(st.integers(0, 59)))
def test_what_was_trained_on_is_never_for_testing(
    hashes: list[int], trained: set[int], kept: set[int]
) -> None:
    was = frozenset(hashes[i] for i in trained if i < len(hashes))
    tests = frozenset(hashes[i] for i in kept if i < len(hashes))
    found = dict(zip(hashes, are_for_testing(hashes, TrainedOn(was, tests)), strict=True))
    assert not any(found[value] for value in was)
    assert all(found[value] for value in tests - was)


def test_about_a_tenth_is_for_testing_whatever_it_is_called(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", photos(300))
    data = load_data(on(folder))
    assert 15 <= len(data.test) <= 50 and len(data.test) + len(data.train) == 300
    for number, file in enumerate(sorted(folder.iterdir())):
        file.rename(folder / f"{(number * 7) % 300} renamed.jpg")
    again = load_data(on(folder))
    assert held_contents(again) == held_contents(data)
    packed = load_data(on(pack(tmp_path / "mine.zip", photos(300))))
    assert held_contents(packed) == held_contents(data)


def test_the_users_own_split_is_kept_but_for_copies(tmp_path: Path) -> None:
    files = photos(30, "train/") | photos(6, "val/", 50) | photos(2, "val/")  # two are in both
    data = load_data(on(write(tmp_path / "mine", files)))
    assert held_contents(data) == {content_of(photo(50 + i)) for i in range(6)}
    assert not held_contents(data) & trained_contents(data)


def test_few_images_may_leave_none_for_testing(tmp_path: Path) -> None:
    every = {number: content_of(photo(number)) % 10 == 0 for number in range(200)}
    chosen = [number for number, test in every.items() if not test][:18]
    folder = write(tmp_path / "mine", {f"{n}.jpg": photo(n) for n in chosen})
    assert not len(load_data(on(folder)).test)
    some = some_test_images(on(folder), None, 6, 0)
    assert some.trained and len(some.images) == 6, "told as what they are"


def test_copies_of_one_image_are_on_one_side_of_a_validation_split(tmp_path: Path) -> None:
    files = photos(60) | {f"copy of {name}": data for name, data in photos(60).items()}
    data = load_data(on(write(tmp_path / "mine", files), "hold_out=12"))
    assert len(data.test) >= 12
    assert not held_contents(data) & trained_contents(data)


# ---- two domains ----


@pytest.mark.parametrize(("few", "many"), [("cats", "dogs"), ("dogs", "cats")])
def test_a_domain_with_one_image_is_named(tmp_path: Path, few: str, many: str) -> None:
    folder = write(tmp_path / "mine", photos(50, f"{many}/") | photos(1, f"{few}/", 90))
    with pytest.raises(UserError, match=rf'Of "{few}" in "mine" there are [01] images to train on'):
        load_data(on(folder, "second=class", name="faces-small"))


def test_three_classes_are_not_two(tmp_path: Path) -> None:
    files = photos(20, "a/") | photos(20, "b/", 30) | photos(20, "c/", 60)
    with pytest.raises(UserError, match=r'"mine" holds 3 classes \(a, b, c\), but not two'):
        load_data(on(write(tmp_path / "mine", files), "second=class", name="faces-small"))


def test_a_domain_without_test_images_still_trains(tmp_path: Path) -> None:
    """Two classes of 20: it may well be that no image of one is for testing."""
    train_only = [n for n in range(400) if content_of(photo(n)) % 10][:20]
    files = {f"a/{n}.jpg": photo(n) for n in train_only} | photos(60, "b/", 500)
    data = load_data(on(write(tmp_path / "mine", files), "second=class", name="faces-small"))
    assert not len(data.test) and data.other_test is not None and len(data.other_test)


# ---- a folder that an older version split by the order of its images ----


def split_folder(
    images: torch.Tensor, labels: torch.Tensor, seed: int = 0
) -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    test = by_order(labels, seed)
    return (images[~test], labels[~test]), (images[test], labels[test])


def rows(*counts: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images that hold their own number, and labels: so many of each class."""
    labels = torch.cat([torch.full((count,), label) for label, count in enumerate(counts)])
    return torch.arange(len(labels))[:, None, None, None], labels


@pytest.mark.parametrize(
    ("count", "test"), [(16, 8), (40, 8), (100, 10), (5000, 500), (20_000, 2000), (30_000, 2000)]
)
def test_a_tenth_is_for_testing_and_nothing_is_lost(count: int, test: int) -> None:
    images, labels = rows(count)
    (train_images, train_labels), (test_images, test_labels) = split_folder(images, labels)
    assert len(test_images) == len(test_labels) == test
    assert len(train_images) == len(train_labels) == count - test
    assert torch.cat([train_images, test_images]).flatten().sort()[0].equal(images.flatten())


def test_every_class_gives_its_share_and_labels_stay_with_images() -> None:
    images, labels = rows(300, 100, 20, 2, 1)
    (train_images, train_labels), (test_images, test_labels) = split_folder(images, labels)
    assert test_labels.bincount(minlength=5)[4] == 0, "the only one of its class is for training"
    assert (train_labels.bincount(minlength=5) > 0).all()
    assert test_labels.unique().tolist() == [0, 1, 2, 3]
    assert (test_labels.bincount() - torch.tensor([30, 10, 2, 1])).abs().max() <= 1
    assert torch.equal(labels[test_images.flatten()], test_labels)
    assert torch.equal(labels[train_images.flatten()], train_labels)


def test_a_seed_chooses_the_same_images() -> None:
    images, labels = rows(50, 50)
    first, again, other = (split_folder(images, labels, seed)[1][0] for seed in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
