"""The browser's engine: errors, clusters and disagreement that are known in closed form."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.studio import little_data
from tests.test_aside import distinct
from tests.tiny import CPU
from trainer.data.aside import FILE, Change, Decisions
from trainer.data.distributions import Gaussian
from trainer.data.loading import forget_data, load_data
from trainer.exploring.browse import DRAWS, aside, disagree, judged, listed, shown
from trainer.exploring.choosing import Choice, chosen, set_aside
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.data import (
    AskAside,
    Judged,
    JudgeImages,
    ListImages,
    Listing,
    ShowImages,
    Where,
)
from trainer.inference.render import column_noise
from trainer.inference.snapshot import Snapshot
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe


class Known(nn.Module):
    """The code is an image's mean brightness, as one of ten steps; what is drawn, one level."""

    def __init__(self, noisy: bool = False) -> None:
        super().__init__()
        self.noise, self.eps, self.noisy = Gaussian(int(noisy)), Gaussian(0), noisy

    def encode(self, x: Tensor, eps: Tensor) -> Tensor:
        step = (x.mean((1, 2, 3)) * 10).long().clamp(max=9)
        return nn.functional.one_hot(step, 10).float()

    def decode(self, z: Tensor, n: Tensor) -> Tensor:
        level = n[:, 0] if self.noisy else torch.full((len(z),), 0.25)
        return level[:, None, None, None].expand(-1, 1, 28, 28)


class Swap(Known):
    """A CycleIAE whose way there inverts an image, and whose way back halves it."""

    def encode(self, x: Tensor, eps: Tensor) -> Tensor:
        return 1 - x

    def decode(self, z: Tensor, n: Tensor) -> Tensor:
        return z / 2


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with little_data(monkeypatch):
        yield


def of(recipe: str | Recipe, model: nn.Module, step: int = 7) -> Snapshot:
    found = CATALOGUE[recipe] if isinstance(recipe, str) else recipe
    return Snapshot(found, step, model, None, CPU)  # type: ignore[arg-type]


CLUSTERS = CATALOGUE["mnist-clusters-small"].but(data="drawn-digits")


@pytest.mark.parametrize("noisy", [False, True])
def test_errors_are_those_of_a_decoder_that_is_known(noisy: bool) -> None:
    images = load_data(CLUSTERS).train.images.float() / 255
    snapshot = of(CLUSTERS, Known(noisy))
    levels = [float(column_noise(snapshot.model, seed)[0][0]) if noisy else 0.25 for seed in (0, 1)]
    assert len(levels) == DRAWS
    moved: list[tuple[int, int]] = []
    told = Circumstances(progress=lambda done, total: moved.append((done, total)))
    found = judged(snapshot, JudgeImages(Where(), most=100), told)
    assert found.step == 7 and moved[-1] == (50, 100)
    np.testing.assert_array_equal(found.rows, np.arange(100) * 4)
    wanted = sum((images[::4] - level).square().mean((1, 2, 3)) for level in levels) / DRAWS
    np.testing.assert_allclose(found.errors, np.asarray(wanted), rtol=1e-4)
    listing = listed(snapshot, ListImages(Where()), Circumstances())
    nothing = np.zeros(len(listing), bool)
    worst = chosen(listing, found, nothing, Choice("worst"))
    best = chosen(listing, found, nothing, Choice("best"))
    by_hand = np.argsort(np.asarray(wanted), kind="stable") * 4
    assert list(best[:5]) == list(by_hand[:5]) and worst[0] == by_hand[-1]
    mean = images[::4].mean((1, 2, 3))
    np.testing.assert_array_equal(found.clusters, np.asarray((mean * 10).long()))


def test_the_second_domain_goes_there_and_back_the_other_way_round() -> None:
    recipe = CATALOGUE["shoes-small"].but(data="drawn-shoes")
    data = load_data(recipe)
    assert data.other_train is not None
    for domain, rows in ((0, data.train), (1, data.other_train)):
        x = rows.images[:1].float() / 255
        back = (1 - x) / 2 if domain == 0 else 1 - x / 2
        snapshot = of(recipe, Swap())
        found = judged(snapshot, JudgeImages(Where(domain=domain), most=1), Circumstances())
        assert found.errors[0] == pytest.approx(float((back - x).square().mean()), rel=1e-4)
        assert not len(found.clusters) and not len(found.odd)
        pixels = shown(snapshot, ShowImages(Where(domain=domain), (5, 2)), Circumstances())
        np.testing.assert_array_equal(pixels, rows.images[[5, 2]].permute(0, 2, 3, 1).numpy())


def test_large_images_are_shown_smaller_and_sent_whole() -> None:
    recipe, where = CATALOGUE["drawn-10"], Where()
    images = load_data(recipe).train.images[3:4]
    snapshot, told = of(recipe, Known()), Circumstances()
    assert shown(snapshot, ShowImages(where, (3,), 28), told).shape == (1, 28, 28, 1)
    half = shown(snapshot, ShowImages(where, (3,), 14), told)[0, :, :, 0].astype(float)
    assert half.shape == (14, 14)
    means = images[0, 0].float().view(14, 2, 14, 2).mean((1, 3)).numpy()
    assert np.abs(half - means).mean() < 0.25 * means.std()


def test_an_image_disagrees_where_most_of_its_cluster_are_of_another_class() -> None:
    cluster = torch.tensor([0, 0, 0, 2, 2, 2, 3])
    labels = torch.tensor([1, 1, 4, 4, 0, 4, 9])
    assert disagree(cluster, labels, 5).tolist() == [False, False, True, False, True, False, False]


def made(aside_rows: tuple[int, ...] = ()) -> tuple[Listing, Judged, np.ndarray]:
    labels = np.array([0, 1, 0, 1, 2, 0], np.int64)
    listing = Listing(labels, np.array([50, 51, 52, 53, 54, 50], np.int64))
    known = Judged(
        1,
        np.array([0, 2, 3, 5], np.int64),
        np.array([0.2, 0.5, 0.2, 0.1], np.float32),
        np.array([7, 7, 7, 1], np.int64),
        np.array([False, False, True, False]),
    )
    return listing, known, set_aside(listing, frozenset(aside_rows))


@pytest.mark.parametrize(
    ("choice", "rows"),
    [
        (Choice(), [0, 1, 2, 3, 4, 5]),
        (Choice(label=1), [1, 3]),
        (Choice("best"), [5, 0, 3, 2]),
        (Choice("worst"), [2, 0, 3, 5]),
        (Choice("worst", label=0), [2, 0, 5]),
        (Choice("odd"), [3]),
        (Choice(cluster=7), [0, 2, 3]),
        (Choice("best", 0, 7), [0, 2]),
        (Choice("aside"), [0, 4, 5]),  # 0 and 5 have the same content
        (Choice("aside", cluster=1), [5]),
    ],
)
def test_what_is_chosen_and_in_which_order(choice: Choice, rows: list[int]) -> None:
    listing, known, gone = made((50, 54))
    assert chosen(listing, known, gone, choice).tolist() == rows
    if choice.judges:
        assert not len(chosen(listing, None, gone, choice))


def test_a_model_without_categories_has_no_clusters_to_choose() -> None:
    listing, known, gone = made()
    plain = Judged(1, known.rows, known.errors, known.clusters[:0], known.odd[:0])
    assert not len(chosen(listing, plain, gone, Choice("odd")))
    assert not len(chosen(listing, plain, gone, Choice(cluster=0)))


def test_data_that_are_not_here_are_told_and_no_fault(tmp_path: Path) -> None:
    there = listed(of("mnist-10-small", Known()), ListImages(Where()), Circumstances(tmp_path))
    assert not len(there) and "MNIST" in there.lacking and "download" in there.lacking


def test_own_images_are_named_by_their_files_and_known_by_their_content(tmp_path: Path) -> None:
    recipe = CATALOGUE["drawn-10"].with_images(str(distinct(tmp_path / "images", 30)), "")
    run = tmp_path / "run"
    run.mkdir()
    snapshot, told = of(recipe, Known()), Circumstances(path=None)
    listing = listed(snapshot, ListImages(Where()), told)
    assert len(set(listing.keys.tolist())) == len(listing) and set(listing.names) <= {
        f"{number}.png" for number in range(30)
    }
    tests = listed(snapshot, ListImages(Where(training=False)), told)
    assert not set(tests.names) & set(listing.names)
    key = int(listing.keys[3])
    (run / FILE).write_bytes(Decisions(True).but(2, Change(0, (key,), True)).to_json())
    gone = aside(snapshot, AskAside(), Circumstances(path=run))
    assert gone == {(0, key)}
    assert set_aside(listing, frozenset(k for _, k in gone)).nonzero()[0].tolist() == [3]
    assert aside(snapshot, AskAside(), Circumstances()) == frozenset()


def test_rows_of_images_that_came_or_went_since_are_not_answered(tmp_path: Path) -> None:
    folder = distinct(tmp_path / "images", 30)
    snapshot = of(CATALOGUE["drawn-10"].with_images(str(folder), ""), Known())
    mark = listed(snapshot, ListImages(Where()), Circumstances()).mark

    def answers() -> tuple[bool, bool]:
        pixels = shown(snapshot, ShowImages(Where(), (3,), mark=mark), Circumstances())
        judgement = judged(snapshot, JudgeImages(Where(), mark=mark), Circumstances())
        return pixels is not None, judgement is not None

    assert answers() == (True, True)
    for number in range(9):
        (folder / f"{number}.png").unlink()
    forget_data()
    gc.collect()
    assert answers() == (False, False)
    mark = listed(snapshot, ListImages(Where()), Circumstances()).mark
    assert answers() == (True, True)
